"""Amazon CloudWatch: metric alarms, composite alarms and dashboards."""

from __future__ import annotations

from localcloud.provider.services.cloudwatch.composite_alarm import CompositeAlarm
from localcloud.provider.services.cloudwatch.dashboard import Dashboard
from localcloud.provider.services.cloudwatch.metric_alarm import MetricAlarm

TYPES = [MetricAlarm(), CompositeAlarm(), Dashboard()]
