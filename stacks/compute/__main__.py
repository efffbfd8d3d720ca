"""Functions, each under its own role, behind the alias `live`.

Reads keys, names and the permissions boundary from network-security, tables and buckets from data.
Publishes function names and ARNs to api and observability.
"""

import pulumi
from functions import common_layer, function
from needs import Upstream
from uploads import notify

from shared import contracts
from shared.account import Account
from shared.components.function import ALIAS
from shared.contract.upstream import by_name
from shared.registry.jobs import JOBS
from shared.settings.compute import Compute

# What it may be told
config = Compute.load()

# What it reads
upstream = Upstream(
    account=Account.current(),
    security=contracts.NetworkSecurity.read(),
    data=contracts.Data.read(),
)

# What it builds
layer = common_layer(config, of=upstream)
functions = {job: function(job, settings=config, layer=layer, of=upstream) for job in JOBS}
notify(functions["ingest"], settings=config, of=upstream)

# What it promises
made = {job: item.function for job, item in functions.items()}
aliases = {job: item.alias for job, item in functions.items()}
queues = {job: item.dlq for job, item in functions.items()}
contracts.Compute(
    function_names=by_name({job: item.name for job, item in made.items()}),
    function_arns=by_name({job: item.arn for job, item in made.items()}),
    invoke_arns=by_name({job: item.invoke_arn for job, item in aliases.items()}),
    alias_name=pulumi.Output.from_input(ALIAS),
    log_group_names=by_name({job: item.log_group.name for job, item in functions.items()}),
    dlq_names=by_name({job: item.name for job, item in queues.items()}),
    dlq_urls=by_name({job: item.url for job, item in queues.items()}),
    timeouts=by_name(
        {job: pulumi.Output.from_input(config.function(job).timeout_seconds) for job in functions}
    ),
).publish()
