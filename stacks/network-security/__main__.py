"""Keys, parameters, the secret and the ceiling of every role.

Reads no other layer. Publishes key ARNs, parameter and secret names and the permissions boundary
to all layers above.
"""

from boundary import permissions_boundary
from keys import Key, administration, log_groups, service_writes, use_through
from parameters import parameters, secret

from shared import contracts
from shared.account import Account
from shared.contract.upstream import by_name
from shared.settings.network_security import NetworkSecurity

# What it may be told
config = NetworkSecurity.load()
account = Account.current()

# What it builds
data_key = Key(
    "data",
    description="Tables, uploads and dead-letter queues.",
    alias=f"alias/{account.name('data')}",
    statements=[
        administration(account),
        *use_through(account, "dynamodb", "s3", "sqs", users=config.key_users),
    ],
    deletion_days=config.key_deletion_days,
    protect=config.prevent_destroy,
)
logs_key = Key(
    "logs",
    description="Log groups, archived events, access logs and the alarm topic.",
    alias=f"alias/{account.name('logs')}",
    statements=[
        administration(account),
        *use_through(account, "s3", "sns", users=config.key_users),
        log_groups(account),
        service_writes(account, sid="DeliverAccessLogs", service="logging.s3"),
        service_writes(account, sid="PublishAlarms", service="cloudwatch"),
    ],
    deletion_days=config.key_deletion_days,
    protect=config.prevent_destroy,
)
secrets_key = Key(
    "secrets",
    description="SecureString parameters and Secrets Manager secrets.",
    alias=f"alias/{account.name('secrets')}",
    statements=[
        administration(account),
        *use_through(account, "ssm", "secretsmanager", users=config.key_users),
    ],
    deletion_days=config.key_deletion_days,
    protect=config.prevent_destroy,
)
parameter = parameters(config, account=account, key_arn=secrets_key.arn)
signing = secret(config, key_arn=secrets_key.arn)
boundary = permissions_boundary(allowed_regions=config.allowed_regions, in_vpc=config.vpc_enabled)
subnet_ids, security_group_id, vpc_cidr = None, None, None
if config.vpc_enabled:
    from vpc import network  # its part of the AWS SDK is large: loaded where it is needed

    private = network(config, account=account)
    subnet_ids, security_group_id = private.subnet_ids, private.security_group_id
    vpc_cidr = private.cidr

# What it promises
contracts.NetworkSecurity(
    data_key_arn=data_key.arn,
    logs_key_arn=logs_key.arn,
    secrets_key_arn=secrets_key.arn,
    parameter_names=by_name({key: item.name for key, item in parameter.items()}),
    parameter_arns=by_name({key: item.arn for key, item in parameter.items()}),
    secret_arn=signing.arn,
    permissions_boundary_arn=boundary.arn,
    subnet_ids=subnet_ids,
    security_group_id=security_group_id,
    vpc_cidr=vpc_cidr,
).publish()
