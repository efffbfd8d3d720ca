"""Doors that MiniStack leaves open are closed; those that clients need are not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.localcloud.emulator.conftest import Lab
from tests.patience import PATIENCE


@pytest.mark.parametrize("path", ["/_ministack/health", "/_ministack/ready"])
def test_health_is_open(lab: Lab, path: str) -> None:
    assert requests.get(f"{lab.emulator.status().url}{path}", timeout=PATIENCE).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_ministack/reset"),
        ("GET", "/_ministack/ses/messages"),
        ("GET", "/_ministack/lambda-code/f"),
        ("GET", "/_localstack/anything"),
    ],
)
def test_administration_is_closed(lab: Lab, method: str, path: str) -> None:
    lab.client("ssm").put_parameter(Name="/p", Value="v", Type="String")
    answer = requests.request(method, f"{lab.emulator.status().url}{path}", timeout=PATIENCE)
    assert answer.status_code == 403
    assert lab.client("ssm").get_parameter(Name="/p")["Parameter"]["Value"] == "v"


@pytest.mark.parametrize("key", ["test", "000000000000", "123456789012", "AKIAUNKNOWN000000000"])
def test_well_known_and_unknown_keys_open_nothing(lab: Lab, key: str) -> None:
    for service, call in [("ssm", "describe_parameters"), ("iam", "list_users")]:
        with pytest.raises(ClientError) as refused:
            getattr(lab.client_as(service, key, "test"), call)()
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403)
    with pytest.raises(ClientError):
        lab.client_as("sts", key, "test").get_caller_identity()


def test_the_admin_needs_the_right_secret(lab: Lab) -> None:
    admin = lab.emulator.credentials()
    with pytest.raises(ClientError, match="ignature"):
        lab.client_as("ssm", admin.access_key_id, "wrong").describe_parameters()


def test_unsigned_requests_are_refused(lab: Lab) -> None:
    headers = {"X-Amz-Target": "AmazonSSM.DescribeParameters"}
    answer = requests.post(
        str(lab.emulator.status().url), data="{}", headers=headers, timeout=PATIENCE
    )
    assert answer.status_code in (400, 403)


@pytest.fixture
def guarded(lab: Lab) -> Iterator[str]:
    """Address of a route of an HTTP API that asks for a signature and has nothing behind it."""
    client = lab.client("apigatewayv2")
    api = client.create_api(Name="guarded", ProtocolType="HTTP")["ApiId"]
    client.create_route(ApiId=api, RouteKey="GET /things", AuthorizationType="AWS_IAM")
    client.create_stage(ApiId=api, StageName="live", AutoDeploy=True)
    yield f"{lab.emulator.status().url}/_aws/execute-api/{api}/live/things"
    client.delete_api(ApiId=api)


@pytest.mark.parametrize(
    "header", [None, "x", "Bearer x", "Basic eDp4", "AWS4-HMAC-SHA256 x", "AWS4-HMAC-SHA512 x"]
)
def test_an_http_api_takes_nothing_but_a_signature_for_one(
    guarded: str, header: str | None
) -> None:
    headers = {"Authorization": header} if header else {}
    assert requests.get(guarded, headers=headers, timeout=PATIENCE).status_code == 403


def test_an_http_api_lets_signed_calls_in(lab: Lab, guarded: str) -> None:
    admin = lab.emulator.credentials()
    for secret, status in ((admin.secret_access_key, 500), ("wrong", 403)):  # 500: nothing behind
        request = AWSRequest("GET", guarded)
        key = Credentials(admin.access_key_id, secret)
        SigV4Auth(key, "execute-api", "us-east-1").add_auth(request)
        answer = requests.get(guarded, headers=dict(request.headers), timeout=PATIENCE)
        assert answer.status_code == status, answer.text
