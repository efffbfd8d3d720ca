from __future__ import annotations

import json
from typing import Any

import pytest

from shared.jobs import JOBS
from tests.stacks.conftest import below
from tests.stacks.recorder import ACCOUNT, Program, run

TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:alarms-made"
ALARM = "cloudwatch/metricAlarm:MetricAlarm"

WINDOWS = ("long", "short")

every_job = pytest.mark.parametrize("job", JOBS)


def metrics(alarm: dict[str, Any]) -> dict[str, Any]:
    """Id → metric of a metric-math alarm, its expression under `result`."""
    return {
        query["id"]: query.get("metric", query.get("expression"))
        for query in alarm["metricQueries"]
    }


def test_every_alarm_notifies_on_alarm_and_on_ok_and_silence_is_no_breach(
    observability: Program,
) -> None:
    alarms = observability.all(ALARM)
    assert alarms
    windows = {f"burn-{speed}-{window}" for speed in ("fast", "slow") for window in WINDOWS}
    assert windows < set(alarms)
    for name, alarm in alarms.items():
        notified = None if name in windows else [TOPIC]  # their composite alarm does it
        assert alarm.inputs.get("alarmActions") == notified
        assert alarm.inputs.get("okActions") == notified
        assert alarm.inputs["treatMissingData"] == "notBreaching"
        assert alarm.inputs["comparisonOperator"] == "GreaterThanThreshold"
        assert alarm.inputs["alarmDescription"].endswith(".")


@every_job
@pytest.mark.parametrize(
    ("suffix", "metric", "statistic", "threshold"),
    [("errors", "Errors", "Sum", 2), ("throttles", "Throttles", "Sum", 0)],
)
def test_errors_and_throttles_are_counted_by_the_minute(
    observability: Program, job: str, suffix: str, metric: str, statistic: str, threshold: int
) -> None:
    alarm = observability.one(ALARM, f"{job}-{suffix}").inputs
    assert alarm["namespace"] == "AWS/Lambda"
    assert alarm["metricName"] == metric
    assert alarm["dimensions"] == {"FunctionName": f"{job}-made"}
    assert alarm["statistic"] == statistic
    assert alarm["period"] == 60
    assert alarm["threshold"] == threshold


@every_job
def test_the_error_rate_is_a_percentage_of_calls(observability: Program, job: str) -> None:
    alarm = observability.one(ALARM, f"{job}-error-rate").inputs
    query = metrics(alarm)
    assert query["result"] == "100 * failed / IF(all > 0, all, 1)"
    assert (query["failed"]["metricName"], query["all"]["metricName"]) == ("Errors", "Invocations")
    for part in ("failed", "all"):
        assert query[part]["dimensions"] == {"FunctionName": f"{job}-made"}
        assert (query[part]["stat"], query[part]["period"]) == ("Sum", 60)
    assert alarm["threshold"] == 1
    assert [item["returnData"] for item in alarm["metricQueries"]] == [True, False, False]


@every_job
def test_duration_is_held_against_nine_tenths_of_the_timeout(
    compute: Program, observability: Program, job: str
) -> None:
    alarm = observability.one(ALARM, f"{job}-duration").inputs
    assert alarm["metricName"] == "Duration"
    assert alarm["extendedStatistic"] == "p99"
    assert "statistic" not in alarm
    assert alarm["threshold"] == compute.outputs["timeouts"][job] * 1000 * 0.9


@every_job
@pytest.mark.parametrize(
    ("suffix", "metric", "threshold"),
    [
        ("dlq-depth", "ApproximateNumberOfMessagesVisible", 0),
        ("dlq-age", "ApproximateAgeOfOldestMessage", 3600),
    ],
)
def test_a_failed_event_that_waits_rings(
    compute: Program, observability: Program, job: str, suffix: str, metric: str, threshold: int
) -> None:
    alarm = observability.one(ALARM, f"{job}-{suffix}").inputs
    assert alarm["namespace"] == "AWS/SQS"
    assert alarm["metricName"] == metric
    assert alarm["dimensions"] == {"QueueName": compute.outputs["dlq_names"][job]}
    assert alarm["statistic"] == "Maximum"
    assert alarm["threshold"] == threshold


def test_every_table_has_its_throttles_and_errors_watched(
    data: Program, observability: Program
) -> None:
    for table, name in data.outputs["table_names"].items():
        throttles = observability.one(ALARM, f"{table}-table-throttles").inputs
        query = metrics(throttles)
        assert query["reads"]["metricName"] == "ReadThrottleEvents"
        assert query["writes"]["metricName"] == "WriteThrottleEvents"
        assert query["reads"]["dimensions"] == {"TableName": name}
        assert query["result"] == "FILL(reads, 0) + FILL(writes, 0)"
        errors = observability.one(ALARM, f"{table}-table-errors").inputs
        query = metrics(errors)
        operations = {query[id_]["dimensions"]["Operation"] for id_ in query if id_ != "result"}
        assert operations == {"DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"}
        assert {item["metricName"] for id_, item in query.items() if id_ != "result"} == {
            "SystemErrors"
        }
        assert throttles["threshold"] == errors["threshold"] == 0


@pytest.mark.parametrize(
    ("name", "metric", "threshold", "minutes"),
    [("api-5xx", "5XXError", 1, 1), ("api-4xx", "4XXError", 10, 5)],
)
def test_refused_and_failed_requests_are_percentages(
    observability: Program, name: str, metric: str, threshold: int, minutes: int
) -> None:
    alarm = observability.one(ALARM, name).inputs
    query = metrics(alarm)
    assert query["failed"]["metricName"] == metric
    assert query["all"]["metricName"] == "Count"
    assert query["failed"]["dimensions"] == {"ApiName": "rest-made", "Stage": "live"}
    assert (alarm["threshold"], alarm["evaluationPeriods"]) == (threshold, minutes)


def test_the_other_edge_is_watched_by_the_names_of_its_own(http_observability: Program) -> None:
    """API Gateway counts requests of HTTP APIs under other names and dimensions."""
    expected = {
        "api-5xx": {"failed": "5xx", "all": "Count"},
        "api-4xx": {"failed": "4xx", "all": "Count"},
        **{
            f"burn-{speed}-{window}": {"failed": "5xx", "all": "Count"}
            for speed in ("fast", "slow")
            for window in WINDOWS
        },
    }
    place = {"ApiId": "http123", "Stage": "live"}
    for name, names in expected.items():
        query = metrics(http_observability.one(ALARM, name).inputs)
        assert {id_: query[id_]["metricName"] for id_ in names} == names
        assert query["failed"]["dimensions"] == query["all"]["dimensions"] == place
    latency = http_observability.one(ALARM, "api-latency").inputs
    assert (latency["metricName"], latency["dimensions"]) == ("Latency", place)
    board = http_observability.one("cloudwatch/dashboard:Dashboard", "overview")
    lines = [
        line
        for widget in board.document("dashboardBody")["widgets"]
        for line in widget["properties"]["metrics"]
        if line[0] == "AWS/ApiGateway"
    ]
    assert [line[1] for line in lines] == ["Count", "4xx", "5xx", "Latency"]
    assert all(line[2:6] == ["ApiId", "http123", "Stage", "live"] for line in lines)


def test_traces_of_the_other_edge_begin_at_the_functions(
    http_api: Program, http_observability: Program
) -> None:
    group = http_observability.one("xray/group:Group", "requests").inputs
    services = http_api.outputs["traced_services"]
    assert len(services) == 5
    assert group["filterExpression"] == " OR ".join(f'service("{name}")' for name in services)


def test_slow_requests_ring_after_three_minutes(observability: Program) -> None:
    alarm = observability.one(ALARM, "api-latency").inputs
    assert alarm["metricName"] == "Latency"
    assert alarm["extendedStatistic"] == "p99"
    assert alarm["threshold"] == 3000
    assert alarm["evaluationPeriods"] == alarm["datapointsToAlarm"] == 3


def test_the_service_is_unhealthy_when_any_alarm_rings_but_refusals(
    observability: Program,
) -> None:
    unhealthy = observability.one("cloudwatch/compositeAlarm:CompositeAlarm", "unhealthy").inputs
    rule = unhealthy["alarmRule"]
    children = {part.removeprefix('ALARM("').removesuffix('")') for part in rule.split(" OR ")}
    arn = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:"
    single = {name for name in observability.all(ALARM) if not name.startswith("burn-")}
    assert children == {
        *(f"{arn}metricAlarm/{name}-made" for name in single - {"api-4xx"}),
        f"{arn}compositeAlarm/microstack-local-burn-fast",
        f"{arn}compositeAlarm/microstack-local-burn-slow",
    }
    assert len(children) <= 100  # CloudWatch's limit for one composite alarm
    assert len(rule) <= 10240  # and for its rule
    assert unhealthy["alarmName"] == "microstack-local-unhealthy"
    assert unhealthy["alarmActions"] == unhealthy["okActions"] == [TOPIC]


def test_only_this_accounts_alarms_publish_to_the_encrypted_topic(
    security: Program, observability: Program
) -> None:
    topic = observability.one("sns/topic:Topic", "alarms")
    assert topic.inputs["kmsMasterKeyId"] == security.outputs["logs_key_arn"]
    policy = observability.one("sns/topicPolicy:TopicPolicy", "alarms-policy")
    allowed = policy.statement("policy", "AlarmsPublish")
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Resource"] == TOPIC
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:*"},
    }
    denied = policy.statement("policy", "DenyPlainHttp")
    assert denied["Effect"] == "Deny"
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_subscribers_are_a_setting(
    security: Program, data: Program, compute: Program, api: Program
) -> None:
    upstream = below(security, data, compute, api)
    config = {"alarm_emails": '["ops@example.com"]'}
    program = run("observability", upstream=upstream, config=config)
    [subscription] = program.all("sns/topicSubscription:TopicSubscription").values()
    assert subscription.inputs == {
        "topic": TOPIC,
        "protocol": "email",
        "endpoint": "ops@example.com",
    }
    assert (
        run("observability", upstream=upstream).all("sns/topicSubscription:TopicSubscription") == {}
    )


def test_the_dashboard_shows_every_function_queue_and_table(
    data: Program, compute: Program, observability: Program
) -> None:
    dashboard = observability.one("cloudwatch/dashboard:Dashboard", "overview")
    assert dashboard.inputs["dashboardName"] == "microstack-local-overview"
    body = json.loads(dashboard.inputs["dashboardBody"])
    titles = [widget["properties"]["title"] for widget in body["widgets"]]
    assert len(set(titles)) == len(titles)
    assert {widget["properties"]["region"] for widget in body["widgets"]} == {"us-east-1"}
    text = dashboard.inputs["dashboardBody"]
    for names in ("function_names", "dlq_names"):
        assert all(f'"{name}"' in text for name in compute.outputs[names].values())
    assert all(f'"{name}"' in text for name in data.outputs["table_names"].values())
    places = {(widget["x"], widget["y"]) for widget in body["widgets"]}
    assert len(places) == len(body["widgets"])
    assert max(widget["x"] + widget["width"] for widget in body["widgets"]) <= 24


@pytest.mark.parametrize(
    ("speed", "threshold", "periods"),
    [("fast", 1.44, {"long": 3600, "short": 300}), ("slow", 0.6, {"long": 21600, "short": 1800})],
)
def test_a_burn_rings_when_both_windows_are_over_their_rate(
    observability: Program, speed: str, threshold: float, periods: dict[str, int]
) -> None:
    arn = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:metricAlarm/burn-{speed}"
    burn = observability.one("cloudwatch/compositeAlarm:CompositeAlarm", f"burn-{speed}").inputs
    assert burn["alarmRule"] == f'ALARM("{arn}-long-made") AND ALARM("{arn}-short-made")'
    assert burn["alarmActions"] == burn["okActions"] == [TOPIC]
    for window, period in periods.items():
        alarm = observability.one(ALARM, f"burn-{speed}-{window}").inputs
        query = metrics(alarm)
        assert alarm["threshold"] == threshold
        assert query["failed"]["period"] == query["all"]["period"] == period
        assert (query["failed"]["metricName"], query["all"]["metricName"]) == ("5XXError", "Count")


def test_the_objective_is_a_setting(
    security: Program, data: Program, compute: Program, api: Program
) -> None:
    upstream = below(security, data, compute, api)
    program = run("observability", upstream=upstream, config={"availability_percent": "99"})
    assert program.one(ALARM, "burn-fast-long").inputs["threshold"] == 14.4


@every_job
def test_error_lines_are_counted_and_ring(
    compute: Program, observability: Program, job: str
) -> None:
    lines = observability.one("cloudwatch/logMetricFilter:LogMetricFilter", f"{job}-error-lines")
    assert lines.inputs["logGroupName"] == compute.outputs["log_group_names"][job]
    assert lines.inputs["pattern"] == '{ $.level = "ERROR" }'
    counted = lines.inputs["metricTransformation"]
    assert (counted["value"], counted["defaultValue"], counted["unit"]) == ("1", "0", "Count")
    alarm = observability.one(ALARM, f"{job}-error-lines").inputs
    assert alarm["namespace"] == counted["namespace"] == "microstack/local/logs"
    assert alarm["metricName"] == counted["name"] == f"{job}-errors"
    assert alarm["threshold"] == 0


def test_queries_over_all_functions_are_saved(compute: Program, observability: Program) -> None:
    queries = observability.all("cloudwatch/queryDefinition:QueryDefinition")
    assert {query.inputs["name"] for query in queries.values()} == {
        f"microstack/local/{name}" for name in ("errors", "one-request", "slowest")
    }
    for query in queries.values():
        assert set(query.inputs["logGroupNames"]) == set(
            compute.outputs["log_group_names"].values()
        )


def test_requests_of_this_stage_are_traced_and_grouped(observability: Program) -> None:
    rule = observability.one("xray/samplingRule:SamplingRule", "requests").inputs
    assert rule["serviceName"] == "rest-made/live"
    assert (rule["reservoirSize"], rule["fixedRate"]) == (1, 0.05)
    assert len(rule["ruleName"]) <= 32
    group = observability.one("xray/group:Group", "requests").inputs
    assert group["filterExpression"] == 'service("rest-made/live")'


def test_the_dashboard_shows_what_functions_count_themselves(observability: Program) -> None:
    body = observability.one("cloudwatch/dashboard:Dashboard", "overview").document("dashboardBody")
    [records] = [item for item in body["widgets"] if item["properties"]["title"] == "Records"]
    line = records["properties"]["metrics"][0]
    assert line[:6] == [
        "microstack",
        "RecordsStored",
        "Environment",
        "local",
        "Function",
        "process-made",
    ]
