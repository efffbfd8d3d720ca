"""Puts functions on the emulator's Lambda: own zip, the Lambda layer, a least-privilege role."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from shared import packaging

ROOT = Path(__file__).resolve().parents[2]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
Permissions = Sequence[tuple[Sequence[str], Sequence[str]]]
"""Actions and the resources they are allowed on."""


class Deployment:
    """Functions on the emulator."""

    def __init__(self, client: Callable[[str], Any], build: Path) -> None:
        self.client = client
        self.suffix = uuid.uuid4().hex[:6]
        self._layer = self._publish_layer(build)

    def function(
        self,
        job: str,
        *,
        environment: Mapping[str, str],
        permissions: Permissions,
        dead_letters: str | None = None,
        timeout: int = 15,
    ) -> str:
        """Create the function of a job; gives its name."""
        name = f"{job}-{self.suffix}"
        self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.14",
            Architectures=["arm64"],
            Handler=f"{job}.handler.handler",
            Role=self.role(name, permissions),
            Timeout=timeout,
            Code={"ZipFile": self._code(job)},
            Layers=[self._layer],
            Environment={"Variables": {"ENVIRONMENT": "test", "PROJECT": "test", **environment}},
            **({"DeadLetterConfig": {"TargetArn": dead_letters}} if dead_letters else {}),
        )
        return name

    def role(self, name: str, permissions: Permissions) -> str:
        """Create a role that may do this and nothing else; gives its ARN."""
        iam = self.client("iam")
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))[
            "Role"
        ]["Arn"]
        statements = [
            {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
            for actions, resources in permissions
        ]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document)
        return arn

    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        """Call a function and wait for its answer."""
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
        result = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, result
        return result

    def _publish_layer(self, build: Path) -> str:
        archive = packaging.layer_archive(
            "local",
            sources=str(ROOT / "lambda_src"),
            requirements=str(ROOT / "requirements.lock"),
            build=str(build),
        )
        answer = self.client("lambda").publish_layer_version(
            LayerName=f"common-{self.suffix}", Content={"ZipFile": Path(archive).read_bytes()}
        )
        return str(answer["LayerVersionArn"])

    def _code(self, job: str) -> bytes:
        buffer = io.BytesIO()
        files = packaging.function_archive(job, sources=str(ROOT / "lambda_src"))
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, path in files.items():
                archive.write(path, name)
        return buffer.getvalue()
