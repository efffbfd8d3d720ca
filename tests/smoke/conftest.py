"""What the smoke tests know: the outputs of the deployed layers, and signed HTTP.

`./invoke smoke` sets MICROSTACK_DEPLOYED to a JSON file, {environment, region, outputs per layer},
and the AWS environment variables of the deployment. Where the API wants a JWT, MICROSTACK_TOKEN
must hold one.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import boto3
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from requests import Response
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from shared import contracts
from shared.contract.base import plain
from tests.smoke import probe

Found = TypeVar("Found")


@pytest.fixture(scope="session", autouse=True)
def lifeline() -> None:
    """In place of the one above: smoke tests start nothing, and users wait for them."""


@dataclass(frozen=True)
class Deployed:
    """A deployed environment as its outputs tell it."""

    environment: str
    region: str
    outputs: dict[str, dict[str, Any]]

    @property
    def data(self) -> contracts.Data:
        """What layer data publishes."""
        return contracts.Data.of(self.outputs[contracts.Data.layer])

    @property
    def compute(self) -> contracts.Compute:
        """What layer compute publishes."""
        return contracts.Compute.of(self.outputs[contracts.Compute.layer])

    @property
    def api(self) -> contracts.Api:
        """What layer api publishes."""
        return contracts.Api.of(self.outputs[contracts.Api.layer])

    @property
    def edge(self) -> str:
        """`rest` or `http`."""
        return plain(self.api.edge)

    @property
    def auth(self) -> str:
        """`iam`, `jwt` or `none`."""
        return plain(self.api.auth)


class SigV4(AuthBase):
    """Signs a request for API Gateway with the session's credentials (AWS Signature Version 4)."""

    def __init__(self, session: boto3.Session, region: str) -> None:
        self._credentials = session.get_credentials()
        self._region = region

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        url = urlsplit(str(request.url))
        signed = AWSRequest(
            method=request.method,
            url=url._replace(query="").geturl(),
            params=parse_qsl(url.query, keep_blank_values=True),  # signed in their one spelling
            data=request.body,
        )
        signed.headers["Host"] = url.netloc
        SigV4Auth(self._credentials, "execute-api", self._region).add_auth(signed)
        request.headers.update(dict(signed.headers))
        return request


class Bearer(AuthBase):
    """Shows the token of MICROSTACK_TOKEN; without one, what needs it cannot be tried."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        token = os.environ.get("MICROSTACK_TOKEN")
        if not token:
            pytest.skip("the API wants a JWT: set MICROSTACK_TOKEN to one of its issuer")
        request.headers["Authorization"] = f"Bearer {token}"
        return request


class AtAddress(HTTPAdapter):
    """Sends requests to another address: for names that no DNS server knows, as in `local`."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address.rstrip("/")

    def send(self, request: requests.PreparedRequest, *args: Any, **keywords: Any) -> Response:
        scheme, _, rest = str(request.url).partition("://")
        host, _, path = rest.partition("/")
        request.headers["Host"] = host
        request.url = f"{self._address}/{path}"
        return super().send(request, *args, **keywords)


class Api:
    """The live API: `get`, `post` and the rest, with credentials unless `signed=False`."""

    def __init__(self, base_url: str, auth: AuthBase | None, key: str | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self._auth = auth
        self._http = requests.Session()
        if key:
            self._http.headers["X-Api-Key"] = key

    def connect_to(self, address: str) -> None:
        """Send everything to this address instead, still by its own name (header Host)."""
        self._http.mount(self.base_url, AtAddress(address))

    def request(
        self, method: str, path: str, *, signed: bool = True, **keywords: Any
    ) -> requests.Response:
        return self._http.request(
            method,
            self.base_url + path,
            auth=self._auth if signed else None,
            timeout=30,
            **keywords,
        )

    def get(self, path: str, **keywords: Any) -> requests.Response:
        return self.request("GET", path, **keywords)

    def post(self, path: str, **keywords: Any) -> requests.Response:
        return self.request("POST", path, **keywords)

    def close(self) -> None:
        self._http.close()


@pytest.fixture(scope="session")
def deployed() -> Deployed:
    file = os.environ.get("MICROSTACK_DEPLOYED")
    if not file:
        pytest.skip("no deployed environment is named: run these with ./invoke smoke")
    return Deployed(**json.loads(Path(file).read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def aws(deployed: Deployed) -> boto3.Session:
    return boto3.Session(region_name=deployed.region)


@pytest.fixture(scope="session")
def apis(deployed: Deployed, aws: boto3.Session) -> dict[str, Api]:
    """The API at each address that the layer publishes: `base_url`, and `domain_url` if any."""
    published = deployed.api
    key = None
    if published.api_key_ids:  # clients have usage plans, and so have we
        id_ = plain(published.api_key_ids["operations"])
        key = aws.client("apigateway").get_api_key(apiKey=id_, includeValue=True)["value"]
    shown: dict[str, AuthBase | None] = {
        "iam": SigV4(aws, deployed.region),
        "jwt": Bearer(),
        "none": None,
    }
    base_url, domain_url = plain(published.base_url), plain(published.domain_url)
    urls = {"base_url": base_url, **({"domain_url": domain_url} if domain_url else {})}
    found = {name: Api(url, shown[deployed.auth], key) for name, url in urls.items()}
    for api in found.values():
        if deployed.environment == "local" and api.base_url == domain_url:
            api.connect_to(os.environ["AWS_ENDPOINT_URL"])
    return found


@pytest.fixture(scope="session")
def api(apis: dict[str, Api]) -> Api:
    return apis["base_url"]


@pytest.fixture(scope="session", autouse=True)
def tried_as_retrieve(
    aws: boto3.Session, deployed: Deployed
) -> Iterator[Future[list[tuple[probe.Call, str]]]]:
    """What `retrieve` may do and what not: begun first, for a new function takes its time."""
    table = plain(deployed.data.table_names["records"])
    key = {"symbol": {"S": "SMOKE"}, "timestamp": {"S": "never"}}
    calls: list[probe.Call] = [
        ("dynamodb", "get_item", {"TableName": table, "Key": key}),
        ("dynamodb", "delete_item", {"TableName": table, "Key": key}),
        ("dynamodb", "list_tables", {}),
        ("s3", "list_buckets", {}),
        ("iam", "list_users", {}),
    ]
    retrieve = plain(deployed.compute.function_names["retrieve"])

    alone = deployed.environment == "local"  # where a smoke run has it to itself

    def attempt() -> list[tuple[probe.Call, str]]:
        return list(zip(calls, probe.verdicts(aws, retrieve, calls, alone=alone), strict=True))

    with ThreadPoolExecutor(1) as aside:
        yield aside.submit(attempt)


@pytest.fixture(scope="session")
def eventually() -> Callable[[Callable[[], Found], str], Found]:
    """Ask again, up to 20 s, until the answer is truthy: for what S3 sets going in its own time."""

    def ask(question: Callable[[], Found], what: str) -> Found:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            answer = question()
            if answer:
                return answer
            time.sleep(0.1)
        raise AssertionError(f"{what}: not within 20 s")

    return ask
