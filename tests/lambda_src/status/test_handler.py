"""GET /health and GET /info as their callers see them."""

from __future__ import annotations

import pytest
from common.edge import Api
from common.errors import DependencyUnavailable
from status.handler import routes
from status.models import AppConfig, Deployment

from tests.lambda_src.samples import Context, body_of, error_code, event

HERE = Deployment(project="microstack", environment="test", region="us-east-1", version="1.2.3")


class Config:
    """A configuration that is what it is told to be."""

    def __init__(self, text: str | None) -> None:
        self.text = text

    def app_config(self) -> AppConfig:
        if self.text is None:
            raise DependencyUnavailable("away")
        return AppConfig(text=self.text, version=3)


def handler(config: str | None = "{}") -> Api:
    return Api("status", lambda: routes(Config(config), HERE))


def test_health_needs_nothing_else() -> None:
    answer = handler(None)(event("status/rest_get_health"), Context())
    assert answer["statusCode"] == 200
    assert body_of(answer) == {
        "status": "ok",
        "project": "microstack",
        "environment": "test",
        "region": "us-east-1",
        "version": "1.2.3",
    }


def test_info_shows_the_public_part_of_the_configuration_only() -> None:
    config = '{"public": {"banner": "hello"}, "internal": "hidden"}'
    answer = handler(config)(event("status/rest_get_health", resource="/info"), Context())
    assert body_of(answer)["config"] == {"banner": "hello"}
    assert body_of(answer)["config_version"] == 3
    assert "hidden" not in answer["body"]


@pytest.mark.parametrize("config", ["", "[]", "{", '{"public": 1}', "null"])
def test_a_slip_in_the_configuration_does_not_take_info_down(config: str) -> None:
    answer = handler(config)(event("status/rest_get_health", resource="/info"), Context())
    assert (answer["statusCode"], body_of(answer)["config"]) == (200, {})


def test_info_says_so_when_its_configuration_is_away() -> None:
    answer = handler(None)(event("status/rest_get_health", resource="/info"), Context())
    assert (answer["statusCode"], error_code(answer)) == (503, "dependency_unavailable")
    assert answer["headers"]["Retry-After"] == "1"
