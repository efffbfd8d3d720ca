"""Alarms, the topic that they notify, and the dashboard.

Reads every layer below. Publishes the topic, the dashboard and the alarm that says whether the
service is well.
"""

from alarms import Alarms
from burn import burn_alarms
from dashboard import dashboard
from logs import error_lines, saved_queries
from topic import topic
from tracing import tracing
from watched import api_alarms, function_alarms, queue_alarms, refusal_alarm, table_alarms

from shared import contracts
from shared.account import Account
from shared.registry.jobs import JOBS
from shared.registry.tables import TABLES
from shared.settings.observability import Observability

# What it may be told
config = Observability.load()
account = Account.current()

# What it reads
security = contracts.NetworkSecurity.read()
data = contracts.Data.read()
compute = contracts.Compute.read()
api = contracts.Api.read()

# What it builds
bell = topic(account, key_arn=security.logs_key_arn, emails=config.alarm_emails)
alarms = Alarms(bell.arn)
tables = {name: data.table_names[name] for name in TABLES}
of_functions = [
    alarm
    for job in JOBS
    for alarm in function_alarms(job, of=compute, alarms=alarms, settings=config)
]
of_queues = [
    alarm for job in JOBS for alarm in queue_alarms(job, of=compute, alarms=alarms, settings=config)
]
of_tables = [
    alarm
    for table, name in tables.items()
    for alarm in table_alarms(table, name=name, alarms=alarms)
]
of_logs = [error_lines(job, account, of=compute, alarms=alarms) for job in JOBS]
of_api = api_alarms(of=api, alarms=alarms, settings=config)
burns = burn_alarms(account, of=api, alarms=alarms, settings=config)
refusal_alarm(of=api, alarms=alarms, settings=config)
unhealthy = alarms.composite(
    "unhealthy",
    alarm_name=account.name("unhealthy"),
    alarms=[*of_functions, *of_queues, *of_tables, *of_logs, *of_api, *burns],
    about="The service is unhealthy: at least one of its alarms rings.",
    when="any",
)
overview = dashboard(account, compute=compute, api=api, tables=tables)
saved_queries(account, of=compute)
tracing(account, of=api, settings=config)

# What it promises
contracts.Observability(
    topic_arn=bell.arn,
    dashboard_name=overview.dashboard_name,
    unhealthy_alarm_name=unhealthy.alarm_name,
).publish()
