from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from localcloud.engine.provider.client import ProviderClient
from localcloud.engine.provider.inprocess_grpc import InitFailed, ProviderError
from localcloud.engine.state.model import ResourceState
from localcloud.engine.values.values import UNKNOWN, Secret
from localcloud.engine.values.wire import from_struct, to_struct
from tests.localcloud.engine.fake_provider import FakeProvider, World

URN = "urn:pulumi:dev::p::fake:index:Thing::a"
PROVIDER = "urn:pulumi:dev::p::pulumi:providers:fake::default"


@pytest.fixture
def client(tmp_path: Path) -> ProviderClient:
    client = ProviderClient("fake", FakeProvider(World(tmp_path / "world.json")))
    client.configure(PROVIDER, "id", {})
    return client


def thing(**inputs: Any) -> ResourceState:
    return ResourceState(urn=URN, type="fake:index:Thing", inputs={"name": "x", **inputs})


def test_a_whole_life(client: ProviderClient) -> None:
    inputs, failures = client.check(URN, None, {"value": "1"}, preview=False, seed=b"\1" * 32)
    assert failures == []
    state = thing(**inputs)
    state.id, state.outputs = client.create(state, preview=False)
    assert state.outputs["name"] == "a-0101010"
    assert client.diff(state, state, preview=False).changed is False

    new = thing(**{**inputs, "value": "2"})
    assert client.diff(state, new, preview=False).changes == ["value"]
    assert client.update(state, new, preview=False)["count"] == 1
    assert client.read(state, state.id).outputs["value"] == "2"
    assert client.read(state, "").id == state.id
    client.delete(state)
    assert client.read(state, state.id).id == ""
    client.delete(state)


def test_secrets_go_in_plain_and_come_out_marked(client: ProviderClient) -> None:
    state = thing(value=Secret("pw"))
    state.id, state.outputs = client.create(state, preview=False)
    assert state.outputs["value"] == Secret("pw")
    assert client.read(state, state.id).outputs["value"] == Secret("pw")
    assert client.update(state, state, preview=False)["value"] == Secret("pw")
    imported = client.read(state, state.id, id_only=True)
    assert imported.outputs["value"] == "pw"


def test_a_resource_that_came_up_halfway_comes_with_its_secrets_marked(
    client: ProviderClient,
) -> None:
    with pytest.raises(InitFailed) as failure:
        client.create(thing(partial=True, value=Secret("pw")), preview=False)
    assert failure.value.id
    assert failure.value.outputs["value"] == Secret("pw")
    assert failure.value.reasons == ["it did not come up"]


def test_unknowns_reach_a_provider_in_previews_only(client: ProviderClient) -> None:
    inputs, _ = client.check(URN, None, {"value": UNKNOWN}, preview=True, seed=b"")
    assert inputs["value"] == UNKNOWN
    inputs, _ = client.check(URN, None, {"value": UNKNOWN}, preview=False, seed=b"")
    assert "value" not in inputs


def test_a_provider_that_cannot_be_configured_yet_is_not_asked() -> None:
    client = ProviderClient("fake", None)
    client.configure(PROVIDER, "id", {"region": UNKNOWN})
    state = thing(value="1")

    assert client.check(URN, None, {"a": 1}, preview=True, seed=b"") == ({"a": 1}, [])
    assert client.diff(state, state, preview=True).changed
    assert client.create(state, preview=True) == ("", {})
    assert client.update(state, state, preview=True) == {}
    assert client.read(state, "id").outputs == {}
    assert client.invoke("fake:index:f", {}, preview=True) == (None, [])


class Strict(FakeProvider):
    """A provider that keeps secrets by itself and knows no previews."""

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        self.variables = dict(request.variables)
        return provider_pb2.ConfigureResponse(acceptSecrets=True)

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802  # Pulumi's name
        assert not request.preview
        given = from_struct(request.properties)
        assert given["value"] == Secret("pw")
        return provider_pb2.CreateResponse(
            id="" if request.timeout == 7 else "id", properties=to_struct({"value": "open"})
        )


def test_a_provider_that_accepts_secrets_is_left_to_itself(tmp_path: Path) -> None:
    servicer = Strict(World(tmp_path / "w.json"))
    client = ProviderClient("fake", servicer)
    client.configure(PROVIDER, "id", {"tags": {"a": Secret(1)}, "region": "x", "version": "1"})

    assert servicer.variables == {"fake:config:tags": '{"a": 1}', "fake:config:region": "x"}
    state = thing(value=Secret("pw"))
    assert client.create(state, preview=False) == ("id", {"value": "open"})
    assert client.create(state, preview=True) == ("", state.inputs)


def test_a_new_resource_must_have_an_id(tmp_path: Path) -> None:
    client = ProviderClient("fake", Strict(World(tmp_path / "w.json")))
    client.configure(PROVIDER, "id", {})
    state = thing(value=Secret("pw"))
    state.custom_timeouts = {"create": 7}
    with pytest.raises(ProviderError, match="no id for a new resource"):
        client.create(state, preview=False)
