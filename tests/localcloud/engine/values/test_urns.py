from __future__ import annotations

import pytest

from localcloud.engine.values import urns
from localcloud.engine.values.urns import ProviderRef

ROOT = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev"
GROUP = "urn:pulumi:dev::p::my:m:Group::g"


def test_parents_stand_in_the_type_except_the_stack() -> None:
    assert urns.stack_urn("dev", "p") == ROOT
    assert urns.make("dev", "p", ROOT, "my:m:Group", "g") == GROUP
    child = urns.make("dev", "p", GROUP, "a:b:C", "n")
    assert child == "urn:pulumi:dev::p::my:m:Group$a:b:C::n"
    assert urns.make("dev", "p", child, "a:b:D", "m") == (
        "urn:pulumi:dev::p::my:m:Group$a:b:C$a:b:D::m"
    )
    assert (urns.qualified_type(child), urns.type_of(child)) == ("my:m:Group$a:b:C", "a:b:C")


def test_names_may_hold_anything() -> None:
    urn = urns.make("dev", "p", "", "a:b:C", "x::y$z")
    assert (urns.name_of(urn), urns.type_of(urn)) == ("x::y$z", "a:b:C")
    assert (urns.stack_of(urn), urns.project_of(urn)) == ("dev", "p")


def test_packages_of_tokens() -> None:
    assert urns.package_of("aws:s3/bucket:Bucket") == "aws"
    assert urns.package_of("pulumi:providers:aws") == "aws"
    assert urns.is_provider_type("pulumi:providers:aws")
    assert not urns.is_provider_type("pulumi:pulumi:Stack")


def test_provider_references() -> None:
    text = "urn:pulumi:dev::p::pulumi:providers:aws::default_7_51_1::some-id"
    ref = ProviderRef.parse(text)
    assert (ref.id, str(ref)) == ("some-id", text)
    with pytest.raises(ValueError, match="no(t)? a provider reference"):
        ProviderRef.parse("nonsense")


@pytest.mark.parametrize(
    ("child", "expected"), [("g-role", "old-role"), ("other", "other"), ("g", "old")]
)
def test_children_are_named_after_their_renamed_parent(child: str, expected: str) -> None:
    alias = urns.inherited_alias(
        stack="dev",
        project="p",
        child_type="a:b:C",
        child_name=child,
        parent_name="g",
        alias="urn:pulumi:dev::p::my:m:Group::old",
    )
    assert alias == f"urn:pulumi:dev::p::my:m:Group$a:b:C::{expected}"
