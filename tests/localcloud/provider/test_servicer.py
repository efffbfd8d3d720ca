"""The protocol, as an engine sees it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from subprocess import run

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from localcloud.provider import AwsProvider, registry
from localcloud.provider.base.errors import ProviderError
from localcloud.provider.base.values import UNKNOWN, from_struct, to_struct
from tests.localcloud.provider.driver import Context, Driver, Refused, Resource, urn
from tests.localcloud.provider.shelf import Shelf, Unbuilt

PARAMETER = "aws:ssm/parameter:Parameter"
KIND = provider_pb2.PropertyDiff.Kind


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    made = Shelf()
    monkeypatch.setattr(registry, "types", lambda: {made.token: made, Unbuilt.token: Unbuilt()})
    return made


@pytest.fixture
def offline() -> Driver:
    environment = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_REGION": "us-east-1"}
    return Driver(environment)


@pytest.fixture
def parameter(driver: Driver) -> Iterator[Resource]:
    made = driver.create(PARAMETER, {"type": "String", "value": "one"})
    yield made
    driver.delete(made)


def test_importing_the_provider_imports_no_boto3() -> None:
    code = "import sys, localcloud.provider; sys.exit('boto3' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0


def test_it_takes_no_newer_feature_and_says_its_version(offline: Driver) -> None:
    answer = offline.provider.Handshake(provider_pb2.ProviderHandshakeRequest(), offline.context)
    assert answer == provider_pb2.ProviderHandshakeResponse()
    assert offline.provider.GetPluginInfo(None, offline.context).version.startswith("7.")


def test_previews_are_supported(offline: Driver) -> None:
    answer = offline.provider.Configure(
        provider_pb2.ConfigureRequest(variables={"aws:config:region": "us-east-1"}), Context()
    )
    assert answer.supportsPreview
    assert not answer.acceptSecrets


def test_a_setting_that_is_not_implemented_is_refused_by_name() -> None:
    provider, news = AwsProvider({}), to_struct({"assumeRoles": "[]", "region": "us-east-1"})
    checked = provider.CheckConfig(provider_pb2.CheckRequest(news=news), Context())
    assert [failure.property for failure in checked.failures] == ["assumeRoles"]
    assert checked.inputs == news
    with pytest.raises(Refused, match="configuring the aws provider failed: .*assumeRoles"):
        provider.Configure(provider_pb2.ConfigureRequest(args=news), Context())


def test_another_region_is_another_provider() -> None:
    request = provider_pb2.DiffRequest(
        old_inputs=to_struct({"region": "us-east-1", "version": "1"}),
        news=to_struct({"region": "us-west-2", "version": "2"}),
    )
    found = AwsProvider({}).DiffConfig(request, Context())
    assert list(found.diffs) == list(found.replaces) == ["region"]


def test_an_unknown_type_is_unimplemented_by_name(offline: Driver) -> None:
    with pytest.raises(Refused, match=r"implement aws:x/y:Y; .*/provider/README\.md$") as caught:
        offline.check("aws:x/y:Y", {})
    assert caught.value.code == grpc.StatusCode.UNIMPLEMENTED


def test_used_before_it_was_configured(shelf: Shelf) -> None:
    with pytest.raises(ProviderError, match="before it was configured"):
        AwsProvider({}).Check(provider_pb2.CheckRequest(urn=urn(shelf.token, "it")), Context())


def test_preview_of_a_creation_calls_nothing_and_gives_the_inputs(
    offline: Driver, shelf: Shelf
) -> None:
    inputs = offline.check(shelf.token, {"size": UNKNOWN, "colour": "red"})
    request = provider_pb2.CreateRequest(
        urn=urn(shelf.token, "it"), properties=to_struct(inputs), preview=True
    )
    shown = from_struct(offline.provider.Create(request, offline.context).properties)
    assert shown == {"name": inputs["name"], "size": UNKNOWN, "colour": "red"}
    assert shelf.log == []


def test_diff_tells_added_altered_and_removed_and_which_replace(
    offline: Driver, shelf: Shelf
) -> None:
    olds = {"name": "a", "size": 2, "code": "c"}
    resource = Resource(shelf.token, urn(shelf.token, "it"), "a", olds, {})
    found = offline.diff(resource, {"name": "b", "size": 3, "force": True})
    kinds = {name: KIND.Name(diff.kind) for name, diff in found.detailedDiff.items()}
    assert kinds == {
        "code": "DELETE",
        "force": "ADD",
        "name": "UPDATE_REPLACE",
        "size": "UPDATE",
    }
    assert list(found.replaces) == ["name"]


def test_an_unknown_value_is_a_change(offline: Driver, shelf: Shelf) -> None:
    resource = Resource(shelf.token, urn(shelf.token, "it"), "a", {"name": "a", "size": 2}, {})
    found = offline.diff(resource, {"name": UNKNOWN, "size": 2})
    assert list(found.replaces) == ["name"]


def test_without_recorded_inputs_the_outputs_are_compared(offline: Driver, shelf: Shelf) -> None:
    outputs = {"name": "a", "size": 2, "version": 5}
    resource = Resource(shelf.token, urn(shelf.token, "it"), "a", {}, outputs)
    assert list(offline.diff(resource, {"name": "a", "size": 3}).diffs) == ["size"]


def test_naming_what_aws_had_filled_in_changes_nothing(offline: Driver, shelf: Shelf) -> None:
    outputs = {"name": "a", "colour": "white", "region": "us-east-1"}
    resource = Resource(shelf.token, urn(shelf.token, "it"), "a", {"name": "a"}, outputs)
    news = {"name": "a", "colour": "white", "region": "us-east-1"}
    assert not offline.diff(resource, news).diffs


def test_an_error_says_what_failed_on_what_and_why(driver: Driver, parameter: Resource) -> None:
    taken = {"type": "String", "value": "x", "name": parameter.id}
    with pytest.raises(Refused) as caught:
        driver.create(PARAMETER, taken, name="second")
    assert str(caught.value).startswith(
        f"creating {PARAMETER} 'second' failed: ParameterAlreadyExists: "
    )
    assert str(caught.value).endswith("(PutParameter)")


def test_half_a_creation_is_reported_with_its_id_and_outputs(offline: Driver, shelf: Shelf) -> None:
    shelf.broken["complete"] = ProviderError("no luck")
    with pytest.raises(Refused, match="failed: no luck") as caught:
        offline.create(shelf.token, {"size": 3, "key": "s3cret"})
    detail = caught.value.init_failed()
    assert detail.id in shelf.store
    assert from_struct(detail.properties)["size"] == 3
    assert list(detail.reasons) == ["creating aws:test/shelf:Shelf 'it' failed: no luck"]


def test_secret_outputs_go_out_wrapped(offline: Driver, shelf: Shelf) -> None:
    inputs = offline.check(shelf.token, {"key": "s3cret"})
    request = provider_pb2.CreateRequest(urn=urn(shelf.token, "it"), properties=to_struct(inputs))
    outputs = offline.provider.Create(request, offline.context).properties
    assert outputs.fields["key"].struct_value.fields["value"].string_value == "s3cret"
    found = offline.provider.Read(
        provider_pb2.ReadRequest(urn=urn(shelf.token, "it"), id=inputs["name"]), offline.context
    )
    assert found.inputs.fields["key"].struct_value.fields["value"].string_value == "s3cret"


def test_a_resource_may_live_in_another_region(driver: Driver, clients: object) -> None:
    inputs = {"type": "String", "value": "x", "region": "us-west-2"}
    made = driver.create(PARAMETER, inputs)
    assert ":us-west-2:" in made.outputs["arn"]
    found = driver.read(made)
    assert found is not None
    assert found.inputs == made.inputs
    assert driver.read(Resource(PARAMETER, made.urn, made.id, {}, {})) is None
    driver.delete(made)
    assert driver.read(made) is None


def test_many_threads_create_at_once(driver: Driver) -> None:
    def life(number: int) -> str:
        made = driver.create(PARAMETER, {"type": "String", "value": "x"}, name=f"p{number}")
        driver.delete(made)
        return made.id

    with ThreadPoolExecutor(16) as threads:
        assert len(set(threads.map(life, range(48)))) == 48


def test_lookups(driver: Driver) -> None:
    who = driver.invoke("aws:index/getCallerIdentity:getCallerIdentity")
    assert who["accountId"] == "000000000000"
    assert driver.invoke("aws:index/getRegion:getRegion")["region"] == "us-east-1"
    assert driver.invoke("aws:index/getPartition:getPartition")["partition"] == "aws"
    zones = driver.invoke(
        "aws:index/getAvailabilityZones:getAvailabilityZones", {"state": "available"}
    )
    assert zones["names"][0] == "us-east-1a"


def test_a_zone_is_looked_up_by_its_id(driver: Driver) -> None:
    made = driver.create("aws:route53/zone:Zone", {"name": "looked-up.test", "tags": {"a": "1"}})
    try:
        found = driver.invoke("aws:route53/getZone:getZone", {"zoneId": made.id})
        same = ("zoneId", "arn", "name", "comment", "nameServers", "primaryNameServer", "tags")
        assert {key: found[key] for key in same} == {key: made.outputs[key] for key in same}
        assert found["privateZone"] is False
        assert found["resourceRecordSetCount"] == 2  # its own NS and SOA
    finally:
        driver.delete(made)
    with pytest.raises(Refused, match="looking up aws:route53/getZone:getZone failed: "):
        driver.invoke("aws:route53/getZone:getZone", {"zoneId": made.id})


def test_a_zone_is_not_looked_up_by_its_name(driver: Driver) -> None:
    with pytest.raises(Refused, match="by zoneId alone"):
        driver.invoke("aws:route53/getZone:getZone", {"name": "looked-up.test"})


def test_a_lookup_that_is_not_implemented_is_refused(driver: Driver) -> None:
    with pytest.raises(Refused, match="looking up aws:x:y failed: .* does not implement it"):
        driver.invoke("aws:x:y")


def test_default_tags_changed_later_are_an_update(
    environment: Mapping[str, str], parameter: Resource, driver: Driver
) -> None:
    tagged = Driver(environment, {"region": "us-east-1", "defaultTags": '{"tags": {"a": "1"}}'})
    news = tagged.check(PARAMETER, {"type": "String", "value": "one"}, olds=parameter.inputs)
    assert list(tagged.diff(parameter, news).diffs) == ["tagsAll"]
    updated = tagged.update(parameter, news)
    assert updated.outputs["tagsAll"] == {"a": "1"}
    assert not updated.outputs.get("tags")


def test_cancel_stops_what_waits(offline: Driver) -> None:
    offline.provider.Cancel(None, offline.context)
    assert offline.provider._connections is not None
    assert offline.provider._connections.cancelled.is_set()
