from __future__ import annotations

import subprocess
import sys

from tests.localcloud.engine.stacks import REPOSITORY


def says(code: str) -> str:
    """Run some code in a fresh Python."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_engine_does_not_load_the_sdk() -> None:
    code = "import localcloud.engine, sys; print('pulumi.resource' in sys.modules)"
    assert says(code) == "False"


def test_the_sdk_can_be_loaded_afterwards() -> None:
    code = """
import localcloud.engine
from localcloud.engine.program.monitor import resource_pb2 as early
import pulumi, pulumi.automation
from pulumi import Output
from pulumi.runtime.proto import resource_pb2 as late
print(pulumi.ResourceOptions(protect=True).protect, Output.__name__, early is late)
"""
    assert says(code) == "True Output True"


def test_the_sdk_can_be_loaded_from_its_runtime() -> None:
    code = "import localcloud.engine; from pulumi.runtime import mocks; print(mocks.__name__)"
    assert says(code) == "pulumi.runtime.mocks"


def test_the_sdk_may_be_loaded_before() -> None:
    code = "import pulumi, localcloud.engine; print(pulumi.ResourceOptions().protect)"
    assert says(code) == "None"


def test_a_name_that_the_sdk_lacks_is_missing_as_usual() -> None:
    code = """
import localcloud.engine
try:
    from pulumi import nothing_of_the_kind
except ImportError as error:
    print("ImportError")
"""
    assert says(code) == "ImportError"
