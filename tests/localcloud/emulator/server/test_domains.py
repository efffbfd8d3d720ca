"""A custom domain leads to its API, whatever the path."""

from __future__ import annotations

import requests

from tests.localcloud.emulator.conftest import Lab
from tests.patience import PATIENCE

DOMAIN = "api.example.test"


def test_an_api_answers_for_paths_that_the_server_uses_itself(lab: Lab) -> None:
    _teapot_behind_a_domain(lab)
    url = f"{lab.emulator.status().url}/health"
    assert requests.get(url, headers={"Host": DOMAIN}, timeout=PATIENCE).status_code == 418
    for host in (None, "other.example.test"):
        assert requests.get(url, headers={"Host": host}, timeout=PATIENCE).status_code == 200


def _teapot_behind_a_domain(lab: Lab) -> None:
    """GET /health of an API that says 418."""
    client = lab.client("apigateway")
    api = client.create_rest_api(name="teapot")["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    resource = client.create_resource(restApiId=api, parentId=root, pathPart="health")["id"]
    method = {"restApiId": api, "resourceId": resource, "httpMethod": "GET"}
    client.put_method(**method, authorizationType="NONE")
    client.put_integration(
        **method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 418}'}
    )
    client.put_method_response(**method, statusCode="418")
    client.put_integration_response(**method, statusCode="418")
    client.create_deployment(restApiId=api, stageName="live")
    client.create_domain_name(domainName=DOMAIN, endpointConfiguration={"types": ["REGIONAL"]})
    client.create_base_path_mapping(domainName=DOMAIN, restApiId=api, stage="live")
