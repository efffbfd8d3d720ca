"""Functions: code, settings, concurrency and published versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from localcloud.provider.base.archives import ArchiveError, sha256_base64, zip_bytes
from localcloud.provider.base.errors import ProviderError
from localcloud.provider.base.resource import (
    AutoName,
    Aws,
    Prop,
    Props,
    ResourceType,
    TagCalls,
    present,
    sent,
)
from localcloud.provider.base.values import UNKNOWN
from localcloud.provider.services.lambda_ import settings

_CODE = frozenset(
    {"code", "s3Bucket", "s3Key", "s3ObjectVersion", "sourceCodeHash", "architectures"}
)
_NO_RESERVATION = -1  # the SDK's word for "no limit of its own"
_BUSY = frozenset({"Pending", "InProgress"})
_SETTLED_SECONDS = 600.0

TAGS = TagCalls(read_call="list_tags", argument="Resource", shape="dict")


class Function(ResourceType):
    """A function from a zip, given as an archive or as an object in S3.

    `read` compares the code that runs with the code on record, and the newest version with what
    would be published now: so a change by hand, or an update that was cut off between two calls,
    shows as a difference of `code` or `publish` and is put right by the next deployment.
    """

    token = "aws:lambda/function:Function"
    service = "lambda"
    name = AutoName(max=64, prefix=None)
    tags = TAGS
    props = {
        "name": Prop(replaces=True),
        "role": Prop(required=True),
        "handler": Prop(),
        "runtime": Prop(),
        "description": Prop(),
        "timeout": Prop(default=3),
        "memorySize": Prop(default=128),
        "architectures": Prop(default=["x86_64"]),
        "packageType": Prop(default="Zip", replaces=True),
        "code": Prop(),
        "s3Bucket": Prop(write_only=True),
        "s3Key": Prop(write_only=True),
        "s3ObjectVersion": Prop(write_only=True),
        "sourceCodeHash": Prop(write_only=True),  # of the program's own making: any change counts
        "layers": Prop(),
        "environment": Prop(),
        "kmsKeyArn": Prop(),
        "deadLetterConfig": Prop(),
        "tracingConfig": Prop(default={"mode": "PassThrough"}),
        "loggingConfig": Prop(
            computed=True,
            fields={
                "logGroup": Prop(computed=True),
                "applicationLogLevel": Prop(computed=True),
                "systemLogLevel": Prop(computed=True),
            },
        ),
        "vpcConfig": Prop(
            unordered=True,
            fields={"vpcId": Prop(computed=True), "ipv6AllowedForDualStack": Prop(default=False)},
        ),
        "ephemeralStorage": Prop(default={"size": 512}),
        "reservedConcurrentExecutions": Prop(default=_NO_RESERVATION),
        "publish": Prop(default=False),
        "skipDestroy": Prop(provider_only=True),
    }
    volatile = frozenset(
        {
            "version",
            "qualifiedArn",
            "qualifiedInvokeArn",
            "lastModified",
            "codeSha256",
            "sourceCodeSize",
        }
    )
    retry_codes = {"InvalidParameterValueException": "cannot be assumed"}  # a new role spreads

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """Code comes from one place, and a zip needs handler and runtime."""
        if ("code" in inputs) == ("s3Bucket" in inputs):
            yield "code", "give exactly one of code and s3Bucket"
        for name in ("handler", "runtime"):
            if name not in inputs:
                yield name, f"a function from a zip needs {name}"
        if inputs.get("packageType", "Zip") not in ("Zip", UNKNOWN):
            yield "packageType", "the local cloud's provider makes functions from zips only"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the function, unpublished."""
        aws.client("lambda").create_function(
            FunctionName=inputs["name"],
            Code=_code(inputs),
            **settings.request(inputs, settings.SETTINGS),
            **present(Architectures=inputs.get("architectures"), Tags=sent(inputs)),
        )
        return str(inputs["name"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Reserve concurrency, wait until the function can run, publish it."""
        if inputs.get("reservedConcurrentExecutions", _NO_RESERVATION) != _NO_RESERVATION:
            _reserve(aws, id, inputs)
        _settle(aws, id)
        if inputs.get("publish"):
            _publish(aws, id)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read settings, code and the newest version."""
        found = aws.client("lambda").get_function(FunctionName=id)
        live = found["Configuration"]
        newest = _newest(aws, id) if known.get("publish") else None
        reserved = found.get("Concurrency", {}).get("ReservedConcurrentExecutions")
        return {
            "name": id,
            **settings.described(live),
            **_addresses(aws, live["FunctionArn"], newest["Version"] if newest else "$LATEST"),
            "architectures": live.get("Architectures"),
            "packageType": live.get("PackageType"),
            "code": known.get("code") if _runs(live, known) else None,
            "publish": bool(known.get("publish")) and not settings.unpublished(live, newest),
            "reservedConcurrentExecutions": _NO_RESERVATION if reserved is None else reserved,
            "lastModified": live.get("LastModified"),
            "codeSha256": live.get("CodeSha256"),
            "sourceCodeSize": live.get("CodeSize"),
            "tagsAll": found.get("Tags") or {},
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Change settings, then code, each to its end; then publish what came of it."""
        client = aws.client("lambda")
        arguments = settings.request(new, changed & settings.SETTINGS, clear=True)
        if arguments:
            client.update_function_configuration(FunctionName=id, **arguments)
            _settle(aws, id)
        if changed & _CODE:
            machines = new.get("architectures") or ["x86_64"]
            client.update_function_code(FunctionName=id, Architectures=machines, **_code(new))
            _settle(aws, id)
        if "reservedConcurrentExecutions" in changed:
            _reserve(aws, id, new)
        if new.get("publish"):
            _publish(aws, id)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the function with its versions and aliases."""
        if not known.get("skipDestroy"):
            aws.client("lambda").delete_function(FunctionName=id)


def _code(inputs: Props) -> dict[str, Any]:
    if inputs.get("code"):
        return {"ZipFile": _zipped(inputs["code"])}
    return present(
        S3Bucket=inputs.get("s3Bucket"),
        S3Key=inputs.get("s3Key"),
        S3ObjectVersion=inputs.get("s3ObjectVersion"),
    )


def _zipped(code: Props) -> bytes:
    try:
        return zip_bytes(code)
    except ArchiveError as error:
        raise ProviderError(str(error)) from error


def _runs(live: Props, known: Props) -> bool:
    """Tell whether the code on record is what runs.

    The digest on record answers mostly. After an update it is the former one; then the archive
    itself is asked, which may have moved on with the program's files.
    """
    digest = live.get("CodeSha256")
    if known.get("codeSha256") == digest or not known.get("code"):
        return True
    try:
        return sha256_base64(zip_bytes(known["code"])) == digest
    except ArchiveError:
        return False


def _addresses(aws: Aws, arn: str, version: str) -> Props:
    path = f"arn:{aws.partition}:apigateway:{aws.region}:lambda:path"
    return {
        "arn": arn,
        "version": version,
        "qualifiedArn": f"{arn}:{version}",
        "invokeArn": f"{path}/2015-03-31/functions/{arn}/invocations",
        "qualifiedInvokeArn": f"{path}/2015-03-31/functions/{arn}:{version}/invocations",
        "responseStreamingInvokeArn": (
            f"{path}/2021-11-15/functions/{arn}/response-streaming-invocations"
        ),
    }


def _settle(aws: Aws, name: str) -> None:
    """Wait until Lambda has finished its last change."""
    client = aws.client("lambda")

    def check() -> bool:
        found = client.get_function_configuration(FunctionName=name)
        state, update = found.get("State", "Active"), found.get("LastUpdateStatus", "Successful")
        if "Failed" in (state, update):
            reason = found.get("StateReason") or found.get("LastUpdateStatusReason")
            raise ProviderError(f"function {name} cannot run: {reason or 'Lambda gives no reason'}")
        return not {state, update} & _BUSY

    aws.wait(check, what=f"function {name} to become ready", timeout=_SETTLED_SECONDS)


def _reserve(aws: Aws, name: str, inputs: Props) -> None:
    client, wanted = aws.client("lambda"), inputs.get("reservedConcurrentExecutions")
    if wanted is None or wanted == _NO_RESERVATION:
        client.delete_function_concurrency(FunctionName=name)
    else:
        client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=wanted)


def _publish(aws: Aws, name: str) -> None:
    """Publish a version, unless the newest one is what runs already."""
    client = aws.client("lambda")
    live = client.get_function_configuration(FunctionName=name)
    if settings.unpublished(live, _newest(aws, name)):
        client.publish_version(FunctionName=name, CodeSha256=live["CodeSha256"])


def _newest(aws: Aws, name: str) -> Props | None:
    pages = aws.client("lambda").get_paginator("list_versions_by_function")
    found = [
        version
        for page in pages.paginate(FunctionName=name)
        for version in page["Versions"]
        if version["Version"] != "$LATEST"
    ]
    return max(found, key=lambda version: int(version["Version"]), default=None)
