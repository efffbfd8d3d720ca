"""Inline rules are the same rules, however the program or EC2 groups them."""

from __future__ import annotations

from typing import Any

from localcloud.provider.services.ec2.permissions import flat, from_permissions, to_permissions

_GROUP = "sg-me"


def _rule(**more: Any) -> dict[str, Any]:
    return {"protocol": "tcp", "fromPort": 443, "toPort": 443, **more}


def test_one_rule_with_two_peers_equals_two_rules() -> None:
    together = [_rule(cidrBlocks=["10.0.0.0/8", "172.16.0.0/12"])]
    apart = [_rule(cidrBlocks=["172.16.0.0/12"]), _rule(cidrBlocks=["10.0.0.0/8"])]
    assert sorted(flat(together), key=str) == sorted(flat(apart), key=str)


def test_everything_has_no_ports() -> None:
    everything = {"protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}
    assert flat([{**everything, "fromPort": 0, "toPort": 0}]) == flat([everything])
    assert "FromPort" not in to_permissions(flat([everything]), _GROUP)[0]


def test_rules_survive_the_way_to_ec2_and_back() -> None:
    rules = [
        _rule(cidrBlocks=["10.0.0.0/8"], description="inside"),
        _rule(ipv6CidrBlocks=["::/0"]),
        _rule(prefixListIds=["pl-1"]),
        _rule(securityGroups=["sg-other"]),
        {**_rule(), "self": True},
        {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]},
    ]
    back = from_permissions(to_permissions(flat(rules), _GROUP), _GROUP)
    assert back == rules


def test_another_description_is_another_rule() -> None:
    assert flat([_rule(cidrBlocks=["10.0.0.0/8"])]) != flat(
        [_rule(cidrBlocks=["10.0.0.0/8"], description="inside")]
    )
