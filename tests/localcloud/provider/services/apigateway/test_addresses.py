"""Addresses of APIs: those of AWS on AWS, the emulator's own on an emulator."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from localcloud.provider.base.aws import Aws, Connections, Settings
from localcloud.provider.base.errors import ProviderError
from localcloud.provider.services.apigateway.addresses import arn, invoke_url, within

AWS = Aws(Connections(Settings(region="us-east-1")), "us-east-1")


def client(endpoint: str) -> SimpleNamespace:
    return SimpleNamespace(meta=SimpleNamespace(endpoint_url=endpoint))


@pytest.mark.parametrize(
    ("endpoint", "stage", "url"),
    [
        (
            "https://apigateway.us-east-1.amazonaws.com",
            "live",
            "https://abc.execute-api.us-east-1.amazonaws.com/live",
        ),
        (
            "https://apigateway.us-east-1.amazonaws.com",
            "$default",
            "https://abc.execute-api.us-east-1.amazonaws.com",
        ),
        ("http://127.0.0.1:4566", "live", "http://127.0.0.1:4566/_aws/execute-api/abc/live"),
        (
            "http://127.0.0.1:4566",
            "$default",
            "http://127.0.0.1:4566/_aws/execute-api/abc",
        ),
    ],
)
def test_a_stage_is_served_where_the_endpoint_is(endpoint: str, stage: str, url: str) -> None:
    assert invoke_url(AWS, client(endpoint), "abc", stage) == url


def test_arns_of_apis_name_no_account() -> None:
    assert arn(AWS, "restapis", "abc", "stages", "live") == (
        "arn:aws:apigateway:us-east-1::/restapis/abc/stages/live"
    )


def test_an_import_that_lacks_the_api_is_refused_in_a_sentence() -> None:
    with pytest.raises(ProviderError, match="cannot be imported: its id does not tell its restApi"):
        within({}, "restApi")
