"""Lambda entry of `status`: GET /health and GET /info."""

from __future__ import annotations

from common.edge import Api, Routes
from common.request import Request
from common.response import Response

from status import logic
from status.models import Deployment
from status.store import SsmStore


def routes(store: logic.Store, deployment: Deployment) -> Routes:
    """The route table over any store."""

    def health(_request: Request) -> Response:
        """GET /health."""
        return Response(body=logic.health(deployment))

    def info(_request: Request) -> Response:
        """GET /info."""
        return Response(body=logic.info(deployment, store.app_config()))

    return {"GET /health": health, "GET /info": info}


handler = Api("status", lambda: routes(SsmStore.from_environment(), Deployment.from_environment()))
