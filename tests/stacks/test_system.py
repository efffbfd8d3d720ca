"""All five layers together: what they say of each other, and what holds for every resource."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from shared.contracts import CONTRACTS
from shared.errors import ConfigError, RegionError, StackError, UpstreamError
from shared.registry.tables import TABLES
from tests.stacks.conftest import below
from tests.stacks.recorder import SECRETS, Program, local, run

LAYERS = ("security", "data", "compute", "api", "observability")

every_layer = pytest.mark.parametrize("fixture", LAYERS)
every_program = pytest.mark.parametrize("fixture", [*LAYERS, "http_api", "http_observability"])


@pytest.fixture
def program(request: pytest.FixtureRequest, fixture: str) -> Program:
    found: Program = request.getfixturevalue(fixture)
    return found


@every_program
def test_a_layer_publishes_its_contract_and_nothing_else(program: Program) -> None:
    promises = CONTRACTS[program.layer].promises()
    promised = {name for name, promise in promises.items() if not promise.optional}
    assert set(program.outputs) == {*promised, "contract"}
    assert None not in program.outputs.values()
    assert program.outputs["contract"]["layer"] == program.layer
    assert program.outputs["contract"]["version"] == 1


READS = {
    "network-security": {},
    "data": {"network-security": ["data_key_arn", "logs_key_arn"]},
    "compute": {
        "data": ["bucket_arns", "bucket_names", "table_arns", "table_names"],
        "network-security": [
            "data_key_arn",
            "logs_key_arn",
            "parameter_arns",
            "parameter_names",
            "permissions_boundary_arn",
            "secret_arn",
            "secrets_key_arn",
            "security_group_id",
            "subnet_ids",
        ],
    },
    "api": {
        "compute": ["alias_name", "function_names", "invoke_arns"],
        "network-security": ["logs_key_arn", "permissions_boundary_arn"],
    },
    "observability": {
        "api": ["api_name", "metric_dimensions", "metric_names", "stage_name", "traced_services"],
        "compute": ["dlq_names", "function_names", "log_group_names", "timeouts"],
        "data": ["table_names"],
        "network-security": ["logs_key_arn"],
    },
}


@every_layer
def test_a_layer_says_which_fields_it_really_read(program: Program) -> None:
    assert program.outputs["contract"]["reads"] == READS[program.layer]


def test_a_layer_says_which_members_it_really_read(compute: Program, data: Program) -> None:
    assert data.outputs["contract"]["members"] == {}
    members = compute.outputs["contract"]["members"]
    assert members["network-security"] == dict.fromkeys(
        ("parameter_arns", "parameter_names"), ["app_config"]
    )
    assert members["data"]["bucket_names"] == ["logs", "uploads"]
    assert members["data"]["table_names"] == sorted(TABLES)


def test_what_is_read_as_a_whole_is_read_with_all_its_members(observability: Program) -> None:
    members = observability.outputs["contract"]["members"]["api"]
    assert members["metric_dimensions"] == ["ApiName", "Stage"]


@every_program
def test_logical_names_are_short_and_unique_in_their_type(program: Program) -> None:
    taken = Counter((item.type, item.name) for item in program.resources)
    assert [key for key, count in taken.items() if count > 1] == []
    for item in program.resources:
        if item.type != "pulumi:pulumi:StackReference":
            assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*", item.name), item.name
            assert "microstack" not in item.name
            assert "local" not in item.name


@every_program
def test_tags_and_regions_come_from_the_provider_only(program: Program) -> None:
    for item in program.resources:
        assert "tags" not in item.inputs, item.name
        assert "region" not in item.inputs, item.name
        assert not item.type.startswith("pulumi:providers:")


FIXED = {
    "aws:kms/alias:Alias": "name",
    "aws:ssm/parameter:Parameter": "name",
    "aws:cloudwatch/logGroup:LogGroup": "name",
    "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": "alarmName",
    "aws:cloudwatch/queryDefinition:QueryDefinition": "name",
    "aws:xray/group:Group": "groupName",
    "aws:xray/samplingRule:SamplingRule": "ruleName",
    "aws:lambda/layerVersion:LayerVersion": "layerName",
    # these live within a resource that has an automatic name itself
    "aws:lambda/alias:Alias": "name",
    "aws:apigateway/model:Model": "name",
    "aws:apigatewayv2/stage:Stage": "name",
    "aws:apigateway/requestValidator:RequestValidator": "name",
}
"""Types whose names are fixed: docs/adr/0003-fixed-names.md says why."""


NAMES = {
    "name",
    "groupName",
    "ruleName",
    "bucketPrefix",
    "namePrefix",
    "dashboardName",
    "alarmName",
    "layerName",
}


@every_program
def test_physical_names_are_automatic_unless_the_adr_lists_them(program: Program) -> None:
    for item in program.resources:
        given = NAMES & set(item.inputs)
        assert given <= {FIXED.get(item.type)}, f"{item.type} {item.name} has a fixed name"
        assert item.type != "aws:s3/bucket:Bucket" or "bucket" not in item.inputs


@every_program
def test_no_secret_is_in_plain_text_anywhere(program: Program) -> None:
    for item in program.resources:
        for key, value in item.inputs.items():
            if any(secret in str(value) for secret in SECRETS.values()):
                assert key in item.secrets, f"{item.name}.{key}"


@pytest.mark.parametrize("layer", ["data", "compute", "api", "observability"])
def test_a_missing_upstream_is_one_sentence_with_the_command(layer: str) -> None:
    with pytest.raises(UpstreamError) as caught:
        run(layer)
    missing = next(iter(READS[layer])) if layer == "data" else None
    text = str(caught.value)
    assert "\n" not in text
    assert f"Layer {layer} reads layer" in text
    assert "is not deployed" in text
    assert re.search(r"\./invoke up [a-z-]+$", text)
    if missing:
        assert text.endswith(f"./invoke up {missing}")


def test_an_upstream_that_was_destroyed_is_as_good_as_missing() -> None:
    with pytest.raises(UpstreamError, match=r"has no outputs.*\./invoke up network-security$"):
        run("data", upstream={"network-security": Program("network-security")})


def test_an_upstream_that_lacks_a_field_is_named_with_it(security: Program) -> None:
    outputs = {key: value for key, value in security.outputs.items() if key != "logs_key_arn"}
    older = Program("network-security", outputs=outputs)
    with pytest.raises(UpstreamError, match="does not publish logs_key_arn yet"):
        run("data", upstream=below(older))


def test_a_member_that_is_not_published_yet_is_named_with_its_owner(
    security: Program, data: Program
) -> None:
    tables = {name: arn for name, arn in data.outputs["table_names"].items() if name != "items"}
    older = Program("data", outputs={**data.outputs, "table_names": tables})
    with pytest.raises(UpstreamError) as caught:
        run("compute", upstream=below(security, older), config=local("compute"))
    assert str(caught.value) == (
        "Layer compute reads layer data (data-team), but stack local of data does not publish "
        "table_names['items'] yet; deploy it first with: ./invoke up data"
    )


def _kept_in(table: str) -> Callable[[Any], Any]:
    """Needs by which items are kept in a table of that name."""

    def change(needs: dict[str, Any]) -> dict[str, Any]:
        def items(of: Any) -> Any:
            return of.data.table_names[table]

        return {**needs, "items": items}

    return change


def test_a_member_that_nobody_promises_is_named_with_its_owner(
    security: Program, data: Program
) -> None:
    with pytest.raises(StackError) as caught:
        run(
            "compute",
            upstream=below(security, data),
            config=local("compute"),
            changed={"needs.NEEDS": _kept_in("itmes")},
        )
    assert str(caught.value) == (
        "Layer compute reads table_names['itmes'] of layer data (data-team), which promises "
        f"{', '.join(TABLES)}: correct the name, or let data promise it (shared/contracts.py)."
    )


def test_a_function_without_needs_is_named(security: Program, data: Program) -> None:
    def without(needs: dict[str, Any]) -> dict[str, Any]:
        return {job: need for job, need in needs.items() if job != "items"}

    with pytest.raises(StackError, match=r"^Function items has no needs: .*compute/needs\.py"):
        run(
            "compute",
            upstream=below(security, data),
            config=local("compute"),
            changed={"needs.NEEDS": without},
        )


def test_on_aws_the_command_names_the_environment() -> None:
    with pytest.raises(UpstreamError, match=r"--env dev --region us-west-2$"):
        run("data", stack="dev-us-west-2", region="us-west-2")


@pytest.mark.parametrize("layer", list(READS))
def test_a_region_that_is_not_allowed_stops_before_anything_is_made(layer: str) -> None:
    with pytest.raises(RegionError, match=f"eu-west-1 is not one of {layer}:allowed_regions"):
        run(layer, stack="dev-eu-west-1", region="eu-west-1")


@pytest.mark.parametrize("layer", list(READS))
def test_an_unknown_key_is_named_with_the_command_that_removes_it(layer: str) -> None:
    with pytest.raises(ConfigError, match=rf"\./invoke config\.rm {layer} colour$"):
        run(layer, config={"colour": "blue"})


def test_a_second_region_has_names_of_its_own() -> None:
    program = run("network-security", stack="dev-us-west-2", region="us-west-2")
    assert program.outputs["parameter_names"]["api_key"] == "/microstack/dev-us-west-2/api_key"
    alias = program.one("kms/alias:Alias", "data-alias")
    assert alias.inputs["name"] == "alias/microstack-dev-us-west-2-data"
    use = program.one("kms/key:Key", "data").statement("policy", "UseThroughServices")
    assert "s3.us-west-2.amazonaws.com" in use["Condition"]["StringEquals"]["kms:ViaService"]
