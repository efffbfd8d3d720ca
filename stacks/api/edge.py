"""An edge: what stands in front of the functions, whichever kind of API Gateway made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import Output

from shared.contracts import Counted


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A deployed API and what its readers must know of it."""

    api_id: Output[str]
    api_name: Output[str]
    stage_name: Output[str]
    execution_arn: Output[str]
    """ARN prefix of the API's methods."""
    url: Output[str]
    """Address of the stage, without a slash at the end."""
    metric_dimensions: Mapping[str, Output[str]]
    """What CloudWatch files this stage's metrics under."""
    metric_names: Mapping[Counted, str]
    """CloudWatch's names of requests, client_errors, server_errors and latency."""
    traced_services: Output[list[str]]
    """Where the traces of requests begin, as X-Ray names it."""
