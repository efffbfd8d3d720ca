"""The REST edge, made from the route table.

Reads keys and the permissions boundary from network-security, functions from compute. Publishes
the API's id, names and URLs to observability and to whoever calls.
"""

from dataclasses import asdict

from endpoints import endpoints, preflights
from errors import ERRORS, gateway_errors
from gateway import gateway
from pulumi import Output
from stage import access_log_name, deployment, execution_log_name, log_group, logging_role, stage

from shared import contracts, routes, settings
from shared.account import Account

# What it may be told
config = settings.Api.load()
account = Account.current()

# What it reads
security = contracts.NetworkSecurity.read()
compute = contracts.Compute.read()

# What it builds
edge = gateway()
answers = endpoints(of=edge, compute=compute, stage=config.stage)
browsers = preflights(of=edge, origins=config.allowed_origins)
refusals = gateway_errors(edge.api, origins=config.allowed_origins)
snapshot = deployment(
    edge.api,
    serves={
        "routes": [asdict(route) for route in routes.ROUTES],
        "schemas": [routes.schema(name) for name in routes.bodies()],
        "errors": {kind: error.template for kind, error in ERRORS.items()},
        "origins": config.allowed_origins,
        "functions": [answer.invoke_arn for answer in answers],
        "resources": list(edge.resource_ids.values()),
    },
    made_of=[*answers, *browsers, *refusals],
)
access_log = log_group(
    "access", group=access_log_name(account), settings=config, key_arn=security.logs_key_arn
)
execution_log = log_group(
    "execution",
    group=execution_log_name(edge.api, settings=config),
    settings=config,
    key_arn=security.logs_key_arn,
)
boundary_arn = security.permissions_boundary_arn
role = [logging_role(boundary_arn=boundary_arn)] if config.account_logging else []
live = stage(
    edge.api,
    settings=config,
    snapshot=snapshot,
    access_log=access_log,
    after=[execution_log, *role],
)

# What it promises
contracts.Api(
    rest_api_id=edge.api.id,
    rest_api_name=edge.api.name,
    stage_name=live.stage_name,
    execution_arn=edge.api.execution_arn,
    base_url=live.invoke_url,
    health_url=Output.concat(live.invoke_url, "/health"),
    process_url=Output.concat(live.invoke_url, "/process"),
    access_log_group_name=access_log.name,
).publish()
