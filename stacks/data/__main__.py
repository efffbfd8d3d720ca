"""Tables and buckets, encrypted, restorable and protected.

Reads keys from network-security. Publishes table and bucket names and ARNs to compute and
observability.
"""

from buckets import access_log_delivery, bucket, log_access
from tables import table

from shared import contracts
from shared.account import Account
from shared.components.bucket import Bucket
from shared.contract.upstream import by_name
from shared.registry.buckets import BucketName
from shared.registry.tables import TABLES
from shared.settings.data import Data

# What it may be told
config = Data.load()
account = Account.current()

# What it reads
security = contracts.NetworkSecurity.read()
replica_keys = {
    region: contracts.NetworkSecurity.read(region=region).data_key_arn
    for region in config.replica_regions
}

# What it builds
tables = {
    name: table(name, settings=config, key_arn=security.data_key_arn, replica_keys=replica_keys)
    for name in TABLES
}

uploads = bucket(
    "uploads",
    settings=config,
    key_arn=security.data_key_arn,
    expire_days=config.uploads_expire_days,
)
logs = bucket(
    "logs",
    settings=config,
    key_arn=security.logs_key_arn,
    expire_days=config.logs_expire_days,
    allow=access_log_delivery(account, source=uploads),
)
log_access(uploads, into=logs)
# S3's own key: what is served to everybody is no secret, and a CDN needs no key of ours
static = bucket("static", settings=config, key_arn=None, expire_days=None)
buckets: dict[BucketName, Bucket] = {"uploads": uploads, "static": static, "logs": logs}

# What it promises
contracts.Data(
    table_names=by_name({key: item.name for key, item in tables.items()}),
    table_arns=by_name({key: item.arn for key, item in tables.items()}),
    bucket_names=by_name({key: item.name for key, item in buckets.items()}),
    bucket_arns=by_name({key: item.arn for key, item in buckets.items()}),
).publish()
