"""The edge of the system, REST or HTTP, made from the route table.

Reads keys and the permissions boundary from network-security, functions from compute. Publishes
the API's id, names, metrics and URLs to observability and to whoever calls.
"""

from pulumi import Output
from rest_edge import rest_edge
from usage import usage_plans

from shared import contracts
from shared.account import Account
from shared.contract.upstream import by_name
from shared.settings.api import Api

# What it may be told
config = Api.load()
account = Account.current()

# What it reads
security = contracts.NetworkSecurity.read()
compute = contracts.Compute.read()
if config.domain_name:
    from domain import domain_url, require_zone

    require_zone(config)

# What it builds; parts of the AWS SDK that only some need are loaded there
make_edge = rest_edge
if config.edge == "http":
    from http_edge import http_edge as make_edge
edge = make_edge(account, settings=config, security=security, compute=compute)
own_url = domain_url(edge, account=account, settings=config) if config.domain_name else None
key_ids = usage_plans(edge, settings=config)
url = own_url if own_url and not config.default_endpoint_enabled else edge.url

# What it promises
contracts.Api(
    edge=Output.from_input(config.edge),
    auth=Output.from_input(config.auth),
    api_id=edge.api_id,
    api_name=edge.api_name,
    stage_name=edge.stage_name,
    execution_arn=edge.execution_arn,
    metric_dimensions=by_name(edge.metric_dimensions),
    metric_names=by_name(
        {counted: Output.from_input(name) for counted, name in edge.metric_names.items()}
    ),
    traced_services=edge.traced_services,
    base_url=url,
    health_url=Output.concat(url, "/health"),
    process_url=Output.concat(url, "/process"),
    domain_url=own_url,
    api_key_ids=by_name(key_ids) if key_ids else None,
).publish()
