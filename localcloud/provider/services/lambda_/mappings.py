"""Event source mappings: queues and streams that a function reads."""

from __future__ import annotations

from typing import Any

from localcloud.provider.base.resource import (
    TOKEN_INPUT,
    TOKEN_TAG,
    Aws,
    Prop,
    Props,
    ResourceType,
    present,
    sent,
)
from localcloud.provider.services.lambda_.functions import TAGS
from localcloud.provider.services.lambda_.settings import function_reference

_BUSY = frozenset({"Creating", "Enabling", "Disabling", "Updating", "Deleting"})
_PLAIN: dict[str, tuple[str, Any]] = {  # input -> (member, what clears it)
    "batchSize": ("BatchSize", None),
    "bisectBatchOnFunctionError": ("BisectBatchOnFunctionError", False),
    "functionResponseTypes": ("FunctionResponseTypes", []),
    "maximumBatchingWindowInSeconds": ("MaximumBatchingWindowInSeconds", 0),
    "maximumRecordAgeInSeconds": ("MaximumRecordAgeInSeconds", -1),
    "maximumRetryAttempts": ("MaximumRetryAttempts", -1),
    "parallelizationFactor": ("ParallelizationFactor", 1),
}


class EventSourceMapping(ResourceType):
    """A queue or stream whose messages go to a function in batches."""

    token = "aws:lambda/eventSourceMapping:EventSourceMapping"
    service = "lambda"
    creation_token = True
    tags = TAGS
    unique_by = ("functionName", "eventSourceArn")
    props = {
        "functionName": Prop(required=True, normalize=function_reference),
        "eventSourceArn": Prop(required=True, replaces=True),
        "enabled": Prop(default=True),
        "batchSize": Prop(computed=True),
        "bisectBatchOnFunctionError": Prop(default=False),
        "destinationConfig": Prop(),
        "filterCriteria": Prop(unordered=True),
        "functionResponseTypes": Prop(unordered=True),
        "maximumBatchingWindowInSeconds": Prop(default=0),
        "maximumRecordAgeInSeconds": Prop(computed=True),
        "maximumRetryAttempts": Prop(computed=True),
        "parallelizationFactor": Prop(computed=True),
        "scalingConfig": Prop(),
        "startingPosition": Prop(replaces=True),
        "kmsKeyArn": Prop(write_only=True),  # the emulator drops it
    }
    volatile = frozenset({"functionArn", "lastModified", "state", "stateTransitionReason"})
    retry_codes = {
        "ResourceInUseException": "",
        "InvalidParameterValueException": "permissions",  # a new role spreads
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the mapping."""
        answer = aws.client("lambda").create_event_source_mapping(
            FunctionName=inputs["functionName"],
            EventSourceArn=inputs["eventSourceArn"],
            Enabled=inputs.get("enabled", True),
            **present(
                StartingPosition=inputs.get("startingPosition"),
                KMSKeyArn=inputs.get("kmsKeyArn"),
                Tags=sent(inputs),
            ),
            **present(**{member: inputs.get(name) for name, (member, _) in _PLAIN.items()}),
            **present(**_nested(inputs)),
        )
        return str(answer["UUID"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Wait until it is in force."""
        _settle(aws, id)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the mapping."""
        found = aws.client("lambda").get_event_source_mapping(UUID=id)
        if found.get("State") == "Deleting":
            return None
        failure = (found.get("DestinationConfig") or {}).get("OnFailure") or {}
        patterns = (found.get("FilterCriteria") or {}).get("Filters") or []
        scaling = (found.get("ScalingConfig") or {}).get("MaximumConcurrency")
        on_failure = present(destinationArn=failure.get("Destination"))
        return {
            "functionName": found["FunctionArn"],
            "eventSourceArn": found.get("EventSourceArn"),
            "enabled": found.get("State") in ("Enabled", "Enabling", "Creating", "Updating"),
            **{name: found.get(member) for name, (member, _) in _PLAIN.items()},
            "destinationConfig": present(onFailure=on_failure),
            "filterCriteria": present(filters=[{"pattern": f["Pattern"]} for f in patterns]),
            "scalingConfig": present(maximumConcurrency=scaling),
            "startingPosition": found.get("StartingPosition"),
            "kmsKeyArn": found.get("KMSKeyArn"),
            "arn": _arn(aws, found),
            "uuid": id,
            "functionArn": found["FunctionArn"],
            "state": found.get("State"),
            "stateTransitionReason": found.get("StateTransitionReason"),
            "lastModified": found["LastModified"].isoformat(),
            "lastProcessingResult": found.get("LastProcessingResult"),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Update what changed; empty values clear."""
        arguments = {
            member: new.get(name, cleared)
            for name, (member, cleared) in _PLAIN.items()
            if name in changed
        }
        nested = _nested(new)
        arguments |= {member: nested[member] for name, member in _NESTED.items() if name in changed}
        if "enabled" in changed:
            arguments["Enabled"] = new.get("enabled", True)
        if "functionName" in changed:
            arguments["FunctionName"] = new["functionName"]
        if "kmsKeyArn" in changed:
            arguments["KMSKeyArn"] = new.get("kmsKeyArn", "")
        aws.client("lambda").update_event_source_mapping(UUID=id, **arguments)
        _settle(aws, id)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Stop reading."""
        aws.client("lambda").delete_event_source_mapping(UUID=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for the creation token."""
        client = aws.client("lambda")
        pages = client.get_paginator("list_event_source_mappings")
        for page in pages.paginate(EventSourceArn=inputs["eventSourceArn"]):
            for item in page["EventSourceMappings"]:
                tags = client.list_tags(Resource=_arn(aws, item)).get("Tags") or {}
                if inputs.get(TOKEN_INPUT) and tags.get(TOKEN_TAG) == inputs[TOKEN_INPUT]:
                    return str(item["UUID"])
        return None


_NESTED = {
    "destinationConfig": "DestinationConfig",
    "filterCriteria": "FilterCriteria",
    "scalingConfig": "ScalingConfig",
}


def _nested(inputs: Props) -> dict[str, Any]:
    failure = (inputs.get("destinationConfig") or {}).get("onFailure") or {}
    filters = (inputs.get("filterCriteria") or {}).get("filters") or []
    scaling = (inputs.get("scalingConfig") or {}).get("maximumConcurrency")
    target = {"OnFailure": {"Destination": failure["destinationArn"]}} if failure else {}
    return {
        "DestinationConfig": target,
        "FilterCriteria": {"Filters": [{"Pattern": f["pattern"]} for f in filters]}
        if filters
        else {},
        "ScalingConfig": present(MaximumConcurrency=scaling),
    }


def _settle(aws: Aws, id: str) -> None:
    client = aws.client("lambda")
    aws.wait(
        lambda: client.get_event_source_mapping(UUID=id).get("State") not in _BUSY,
        what=f"event source mapping {id} to settle",
    )


def _arn(aws: Aws, found: Props) -> str:
    composed = aws.arn("lambda", f"event-source-mapping:{found['UUID']}")
    return str(found.get("EventSourceMappingArn") or composed)
