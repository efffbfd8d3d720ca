"""CloudWatch Logs: log groups, metric filters, saved queries and resource policies."""

from __future__ import annotations

from localcloud.provider.services.logs.group import LogGroup
from localcloud.provider.services.logs.metric_filter import LogMetricFilter
from localcloud.provider.services.logs.query_definition import QueryDefinition
from localcloud.provider.services.logs.resource_policy import LogResourcePolicy

TYPES = [
    LogGroup(),
    LogMetricFilter(),
    QueryDefinition(),
    LogResourcePolicy(),
]
