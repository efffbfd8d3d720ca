"""What a function must be made of."""

from __future__ import annotations

import pytest

from localcloud.provider.base.values import UNKNOWN
from localcloud.provider.services.lambda_.functions import Function

_INPUTS = {"code": {}, "handler": "app.handler", "runtime": "python3.12"}


@pytest.mark.parametrize("kind", ["Zip", UNKNOWN])
def test_a_function_is_made_from_a_zip(kind: object) -> None:
    assert not list(Function().validate(_INPUTS))
    assert not list(Function().validate({**_INPUTS, "packageType": kind}))


def test_a_function_from_an_image_is_refused() -> None:
    [(name, reason)] = Function().validate({**_INPUTS, "packageType": "Image"})
    assert name == "packageType"
    assert "zips only" in reason
