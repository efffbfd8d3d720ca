"""Who may call how often: usage plans, API keys, and which key is in which plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from localcloud.provider.base.resource import (
    AutoName,
    Aws,
    Prop,
    Props,
    ResourceType,
    present,
    sent,
)
from localcloud.provider.services.apigateway import patches
from localcloud.provider.services.apigateway.addresses import REST_TAGS, arn, within
from localcloud.provider.services.apigateway.rest_api import tagged

_LEAST_VALUE = 20  # characters of an API key's value (AWS: 20 to 128)


class UsagePlan(ResourceType):
    """Throttling and a quota for the keys of some stages."""

    token = "aws:apigateway/usagePlan:UsagePlan"
    service = "apigateway"
    name = AutoName(max=128, prefix=None)
    creation_token = True
    tags = REST_TAGS
    props = {
        "name": Prop(),
        "description": Prop(),
        "productCode": Prop(),
        # AWS could change this in place; the emulator's patches destroy lists.
        "apiStages": Prop(unordered=True, replaces=True),
        "quotaSettings": Prop(fields={"offset": Prop(default=0)}),
        "throttleSettings": Prop(
            fields={"burstLimit": Prop(default=0), "rateLimit": Prop(default=0)}
        ),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the plan."""
        answer = aws.client("apigateway").create_usage_plan(
            name=inputs["name"],
            tags=sent(inputs),
            **present(
                description=inputs.get("description"),
                apiStages=[_stage_request(stage) for stage in inputs.get("apiStages") or []],
                quota=inputs.get("quotaSettings"),
                throttle=inputs.get("throttleSettings"),
            ),
        )
        return str(answer["id"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Set the product code, which only an update takes."""
        self.update(aws, id, {}, inputs, frozenset({"productCode"} & inputs.keys()))

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the plan without its keys."""
        plan = aws.client("apigateway").get_usage_plan(usagePlanId=id)
        return {
            "name": plan["name"],
            "description": plan.get("description"),
            "productCode": plan.get("productCode"),
            "apiStages": [_stage(stage) for stage in plan.get("apiStages") or []],
            "quotaSettings": _numbers(plan.get("quota")),
            "throttleSettings": _numbers(plan.get("throttle")),
            "arn": arn(aws, "usageplans", id),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Patch what changed."""
        paths = {name: f"/{name}" for name in ("name", "description", "productCode")}
        operations = patches.fields(paths, new, changed)
        for name, path in (("quotaSettings", "/quota"), ("throttleSettings", "/throttle")):
            if name in changed:
                operations += _limits(path, new.get(name))
        if operations:
            aws.client("apigateway").update_usage_plan(usagePlanId=id, patchOperations=operations)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Take the stages out, as AWS wants, and remove the plan."""
        client = aws.client("apigateway")
        stages = [f"{s['apiId']}:{s['stage']}" for s in known.get("apiStages") or []]
        if stages:
            operations = [patches.remove("/apiStages", stage) for stage in stages]
            client.update_usage_plan(usagePlanId=id, patchOperations=operations)
        client.delete_usage_plan(usagePlanId=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for the creation token."""
        return tagged(aws.client("apigateway"), "get_usage_plans", inputs)


class ApiKey(ResourceType):
    """A key that a client sends along; AWS makes up its value when none is given."""

    token = "aws:apigateway/apiKey:ApiKey"
    service = "apigateway"
    name = AutoName(max=1024, prefix=None)
    creation_token = True
    tags = REST_TAGS
    secret_outputs = frozenset({"value"})
    props = {
        "name": Prop(),
        "description": Prop(),
        "customerId": Prop(),
        "enabled": Prop(default=True),
        "value": Prop(computed=True, replaces=True, secret=True),
    }
    volatile = frozenset({"lastUpdatedDate"})

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """A short value is refused by AWS, late and without the reason."""
        value = inputs.get("value")
        if isinstance(value, str) and 0 < len(value) < _LEAST_VALUE:
            yield "value", f"must have at least {_LEAST_VALUE} characters"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the key."""
        answer = aws.client("apigateway").create_api_key(
            name=inputs["name"],
            enabled=inputs.get("enabled", True),
            tags=sent(inputs),
            **present(
                description=inputs.get("description"),
                customerId=inputs.get("customerId"),
                value=inputs.get("value"),
            ),
        )
        return str(answer["id"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the key with its value."""
        found = aws.client("apigateway").get_api_key(apiKey=id, includeValue=True)
        return {
            **{name: found.get(name) for name in ("name", "description", "customerId", "value")},
            "enabled": patches.flag(found.get("enabled")),
            "arn": arn(aws, "apikeys", id),
            "createdDate": found["createdDate"].isoformat(),
            "lastUpdatedDate": found["lastUpdatedDate"].isoformat(),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Patch what changed."""
        client = aws.client("apigateway")
        paths = {name: f"/{name}" for name in ("name", "description", "customerId", "enabled")}
        operations = patches.fields(paths, {"enabled": True, **new}, changed)
        client.update_api_key(apiKey=id, patchOperations=operations)
        if aws.emulated and "enabled" in changed and not new.get("enabled", True):
            # The emulator keeps the text "false", which it then takes for true; "" is false.
            off = patches.replace("/enabled", "")
            client.update_api_key(apiKey=id, patchOperations=[off])

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Remove the key; it leaves its plans with it."""
        aws.client("apigateway").delete_api_key(apiKey=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Look for the creation token."""
        return tagged(aws.client("apigateway"), "get_api_keys", inputs)


class UsagePlanKey(ResourceType):
    """Membership of a key in a usage plan."""

    token = "aws:apigateway/usagePlanKey:UsagePlanKey"
    service = "apigateway"
    secret_outputs = frozenset({"value"})
    unique_by = ("usagePlanId", "keyId")
    props = {
        "usagePlanId": Prop(required=True, replaces=True),
        "keyId": Prop(required=True, replaces=True),
        "keyType": Prop(required=True, replaces=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the key into the plan."""
        answer = aws.client("apigateway").create_usage_plan_key(
            usagePlanId=inputs["usagePlanId"], keyId=inputs["keyId"], keyType=inputs["keyType"]
        )
        return str(answer["id"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Read the membership."""
        plan, key = within(known, "usagePlanId"), id
        found = aws.client("apigateway").get_usage_plan_key(usagePlanId=plan, keyId=key)
        return {
            "usagePlanId": plan,
            "keyId": key,
            "keyType": found.get("type"),
            "name": found.get("name"),
            "value": found.get("value"),
        }

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Take the key out of the plan."""
        aws.client("apigateway").delete_usage_plan_key(
            usagePlanId=known["usagePlanId"], keyId=known["keyId"]
        )

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """The id of a membership is that of its key."""
        return str(inputs["keyId"])


def _stage_request(stage: Props) -> Props:
    request = {"apiId": stage["apiId"], "stage": stage["stage"]}
    throttles = {
        item["path"]: present(burstLimit=item.get("burstLimit"), rateLimit=item.get("rateLimit"))
        for item in stage.get("throttles") or []
    }
    return request | present(throttle=throttles)


def _stage(stage: Props) -> Props:
    throttles = [
        {"path": path, **limits} for path, limits in sorted((stage.get("throttle") or {}).items())
    ]
    return {"apiId": stage["apiId"], "stage": stage["stage"], **present(throttles=throttles)}


def _numbers(value: Any) -> Props | None:
    return {name: patches.number(item) for name, item in value.items()} if value else None


def _limits(path: str, value: Any) -> list[patches.Operation]:
    if not value:
        return [patches.remove(path)]
    return [patches.replace(path + patches.pointer(name), item) for name, item in value.items()]
