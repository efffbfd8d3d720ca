"""AWS's errors, told to people."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from localcloud.provider.base.errors import NotFound, ProviderError, code_of, describe, is_missing


def aws_error(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "PutParameter")


def test_an_error_of_aws_is_told_with_code_sentence_and_call() -> None:
    assert describe(aws_error("AccessDenied", "not yours")) == (
        "AccessDenied: not yours (PutParameter)"
    )


def test_an_error_of_ours_is_its_text_and_any_other_says_what_it_is() -> None:
    assert describe(ProviderError("waited long")) == "waited long"
    assert describe(KeyError("arn")) == "KeyError: 'arn'"


@pytest.mark.parametrize("code", ["NoSuchEntity", "InvalidVpcID.NotFound", "ParameterNotFound"])
def test_services_say_not_found_in_many_ways(code: str) -> None:
    assert is_missing(aws_error(code))


def test_other_errors_are_not_not_found() -> None:
    assert not is_missing(aws_error("AccessDenied"))
    assert not is_missing(KeyError("NotFound"))
    assert is_missing(aws_error("Odd"), frozenset({"Odd"}))
    assert is_missing(NotFound("gone"))
    assert code_of(KeyError("x")) == ""
