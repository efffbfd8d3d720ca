from __future__ import annotations

import json

import pytest

from shared.registry.jobs import JOBS
from shared.settings.observability import Observability
from tests.stacks.conftest import below
from tests.stacks.recorder import ACCOUNT, Program, run

TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:alarms-made"
ALARM = "cloudwatch/metricAlarm:MetricAlarm"

WINDOWS = ("long", "short")

every_job = pytest.mark.parametrize("job", JOBS)


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


def test_the_dashboard_names_the_other_edge_by_its_own_names(http_observability: Program) -> None:
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
    compute: Program, http_api: Program, http_observability: Program
) -> None:
    group = http_observability.one("xray/group:Group", "requests").inputs
    services = http_api.outputs["traced_services"]
    answering = {job for job, function in JOBS.items() if function.operations}
    assert set(services) == {compute.outputs["function_names"][job] for job in answering}
    assert group["filterExpression"] == " OR ".join(f'service("{name}")' for name in services)


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


@pytest.mark.parametrize("speed", ["fast", "slow"])
def test_a_burn_rings_when_both_windows_are_over_their_rate(
    observability: Program, speed: str
) -> None:
    arn = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:metricAlarm/burn-{speed}"
    burn = observability.one("cloudwatch/compositeAlarm:CompositeAlarm", f"burn-{speed}").inputs
    assert burn["alarmRule"] == f'ALARM("{arn}-long-made") AND ALARM("{arn}-short-made")'
    assert burn["alarmActions"] == burn["okActions"] == [TOPIC]


def test_the_objective_is_a_setting(
    security: Program, data: Program, compute: Program, api: Program
) -> None:
    upstream = below(security, data, compute, api)
    program = run("observability", upstream=upstream, config={"availability_percent": "99"})
    assert program.one(ALARM, "burn-fast-long").inputs["threshold"] == 14.4


def test_every_burn_alarm_can_ring_at_the_lowest_objective(
    security: Program, data: Program, compute: Program, api: Program
) -> None:
    upstream = below(security, data, compute, api)
    lowest = Observability.model_json_schema()["properties"]["availability_percent"]["minimum"]
    program = run("observability", upstream=upstream, config={"availability_percent": str(lowest)})
    burns = [item for name, item in program.all(ALARM).items() if name.startswith("burn-")]
    assert len(burns) == 4
    assert all(item.inputs["threshold"] < 100 for item in burns), "more than all requests"


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
