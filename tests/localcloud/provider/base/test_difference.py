"""What differs, what replaces, and in which order."""

from __future__ import annotations

import pytest

from localcloud.provider import registry
from localcloud.provider.base.difference import diff
from localcloud.provider.base.values import Props
from tests.localcloud.provider.shelf import Shelf


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_a_replacement_that_keeps_its_chosen_name_deletes_first(shelf: Shelf) -> None:
    class Sized(Shelf):
        props = {**Shelf.props, "size": Shelf.props["name"]}

    sized = Sized()
    assert diff(sized, {"name": "n", "size": 1}, {"name": "n", "size": 2}).delete_before_replace
    made_up = {"name": "n-1", "__defaults": ["name"]}
    found = diff(sized, {**made_up, "size": 1}, {**made_up, "size": 2})
    assert found.replaces == ("size",)
    assert not found.delete_before_replace


def test_another_region_is_another_resource(shelf: Shelf) -> None:
    assert diff(shelf, {"region": "us-east-1"}, {"region": "us-west-2"}).replaces == ("region",)
    assert not diff(shelf, {"region": "us-east-1"}, {}).changed


def test_a_type_may_ask_to_be_deleted_first(shelf: Shelf) -> None:
    class Only(Shelf):
        delete_before_replace = True

    news = {"name": "b", "__defaults": ["name"]}
    assert diff(Only(), {"name": "a"}, news).delete_before_replace
    assert not diff(shelf, {"name": "a"}, news).delete_before_replace


def test_what_takes_the_old_ones_place_waits_until_it_is_gone(shelf: Shelf) -> None:
    class Placed(Shelf):
        name = None
        unique_by = ("size",)

    placed = Placed()
    assert diff(placed, {"name": "a", "size": 1}, {"name": "b", "size": 1}).delete_before_replace
    assert diff(placed, {"name": "a"}, {"name": "b", "size": 1}).delete_before_replace
    elsewhere = diff(placed, {"name": "a", "size": 1}, {"name": "b", "size": 2})
    assert not elsewhere.delete_before_replace


_SUBNET = {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24", "availabilityZone": "us-east-1a"}
_MAPPING = {"functionName": "f", "eventSourceArn": "arn:stream", "startingPosition": "LATEST"}
_RECORD = {"zoneId": "Z1", "name": "www", "type": "A"}


@pytest.mark.parametrize(
    ("token", "inputs", "change"),
    [
        ("aws:ec2/subnet:Subnet", _SUBNET, {"availabilityZone": "us-east-1b"}),
        (
            "aws:lambda/eventSourceMapping:EventSourceMapping",
            _MAPPING,
            {"startingPosition": "TRIM_HORIZON", "functionName": "arn:aws:lambda:r:1:function:f"},
        ),
        ("aws:route53/record:Record", _RECORD, {"type": "CNAME"}),
        ("aws:route53/record:Record", _RECORD, {"setIdentifier": "one"}),
    ],
)
def test_what_aws_but_not_the_emulator_refuses_beside_the_old_one_waits(
    token: str, inputs: Props, change: Props
) -> None:
    assert diff(registry.types()[token], inputs, {**inputs, **change}).delete_before_replace


def test_an_update_in_place_deletes_nothing(shelf: Shelf) -> None:
    found = diff(shelf, {"name": "a", "size": 1}, {"name": "a", "size": 2})
    assert found.changed == ("size",)
    assert not found.replaces
    assert not found.delete_before_replace
