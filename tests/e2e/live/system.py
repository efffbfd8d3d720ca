"""A deployed system as its tests see it: outputs, AWS clients, the API."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import boto3
import requests

from tests.checkout import Checkout
from tests.smoke.conftest import Api, SigV4


class System:
    """All five layers, deployed from a checkout of their own."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout
        self.outputs: dict[str, dict[str, Any]] = checkout.json("outputs")
        self.exports = checkout.aws()
        """Endpoint, region and credentials, as `./invoke env` exports them."""
        self._clients: dict[str, Any] = {}

    @property
    def region(self) -> str:
        return self.exports["AWS_REGION"]

    @cached_property
    def session(self) -> boto3.Session:
        """Credentials of the one who deployed."""
        return boto3.Session(
            aws_access_key_id=self.exports["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.exports["AWS_SECRET_ACCESS_KEY"],
            region_name=self.region,
        )

    @cached_property
    def api(self) -> Api:
        """The API; its requests are signed."""
        return Api(self.outputs["api"]["base_url"], self.signature)

    @property
    def signature(self) -> SigV4:
        """Signs requests to the API."""
        return SigV4(self.session, self.region)

    def call(self, method: str, path: str, **keywords: Any) -> requests.Response:
        """Ask the API over a connection of its own, as one of many callers."""
        api = Api(self.outputs["api"]["base_url"], self.signature)
        try:
            return api.request(method, path, **keywords)
        finally:
            api.close()

    def client(self, service: str) -> Any:
        """A boto3 client of the local cloud; one for each service."""
        if service not in self._clients:
            self._clients[service] = self.new_client(service)
        return self._clients[service]

    def new_client(self, service: str) -> Any:
        """One more client, which the caller closes."""
        return self.session.client(service, endpoint_url=self.exports["AWS_ENDPOINT_URL"])

    def table(self, name: str) -> str:
        """The table's physical name."""
        return str(self.outputs["data"]["table_names"][name])

    def bucket(self, name: str) -> str:
        """The bucket's physical name."""
        return str(self.outputs["data"]["bucket_names"][name])

    def function(self, job: str) -> str:
        """The function's physical name."""
        return str(self.outputs["compute"]["function_names"][job])

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.close()
        self.api.close()
