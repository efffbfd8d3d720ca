"""The edge of the system, REST or HTTP, made from the route table.

Reads keys and the permissions boundary from network-security, functions from compute. Publishes
the API's id, names, metrics and URLs to observability and to whoever calls.
"""

from http_edge import http_edge
from pulumi import Output
from rest_edge import rest_edge

from shared import contracts, settings
from shared.account import Account
from shared.contracts import by_name

EDGES = {"rest": rest_edge, "http": http_edge}

# What it may be told
config = settings.Api.load()
account = Account.current()

# What it reads
security = contracts.NetworkSecurity.read()
compute = contracts.Compute.read()

# What it builds
edge = EDGES[config.edge](account, settings=config, security=security, compute=compute)

# What it promises
contracts.Api(
    edge=Output.from_input(config.edge),
    auth=Output.from_input(config.auth),
    api_id=edge.api_id,
    api_name=edge.api_name,
    stage_name=edge.stage_name,
    execution_arn=edge.execution_arn,
    metric_dimensions=by_name(edge.metric_dimensions),
    metric_names=Output.from_input({**edge.metric_names}),
    traced_services=edge.traced_services,
    base_url=edge.url,
    health_url=Output.concat(edge.url, "/health"),
    process_url=Output.concat(edge.url, "/process"),
    access_log_group_name=edge.access_log.name,
).publish()
