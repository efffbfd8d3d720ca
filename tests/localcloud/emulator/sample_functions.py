"""Small functions for tests."""

from __future__ import annotations

import io
import json
import time
import zipfile

from tests.localcloud.emulator.conftest import Lab

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


def archive(text: str, name: str = "index.py") -> bytes:
    """A zip with one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as content:
        content.writestr(name, text)
    return file.getvalue()


def make_function(lab: Lab, name: str, text: str) -> None:
    """A function without permissions, ready to be called."""
    lab.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    functions = lab.client("lambda")
    functions.create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=f"arn:aws:iam::000000000000:role/{name}",
        Handler="index.handler",
        Code={"ZipFile": archive(text)},
        Timeout=60,
    )
    while functions.get_function_configuration(FunctionName=name)["State"] == "Pending":
        time.sleep(0.05)


def busy_function(lab: Lab) -> None:
    """A function `busy` that ends in no time that a test waits for; a file `busy` says it began."""
    began = lab.emulator.layout.home.parent / "busy"
    body = f"    open({str(began)!r}, 'w').close()\n    time.sleep(100_000)\n"
    make_function(lab, "busy", f"import time\ndef handler(event, context):\n{body}")
