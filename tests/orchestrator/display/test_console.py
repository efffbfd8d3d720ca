from __future__ import annotations

import io

from orchestrator.display.console import stderr_console
from orchestrator.display.progress import Progress
from tests.orchestrator.display.conftest import written


def test_an_arn_of_a_secret_is_no_emoji() -> None:
    out = stderr_console()
    out.file = io.StringIO()
    Progress(out).message("arn:aws:secretsmanager:us-east-1:000000000000:secret:signing")
    assert ":secret:signing" in written(out)
