"""Application Auto Scaling: scalable targets and target tracking. The emulator has none of it."""

from __future__ import annotations

from typing import Any

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

_CLIENT = "application-autoscaling"


def _where(inputs: Props) -> dict[str, str]:
    return {
        "ServiceNamespace": inputs["serviceNamespace"],
        "ResourceId": inputs["resourceId"],
        "ScalableDimension": inputs["scalableDimension"],
    }


def _pascal(name: str) -> str:
    return name[0].upper() + name[1:]


def _camel(name: str) -> str:
    return name[0].lower() + name[1:]


def _renamed(value: Any, rename: Any) -> Any:
    """Give nested properties AWS's capital letters, or take them away."""
    if isinstance(value, dict):
        return {rename(name): _renamed(item, rename) for name, item in value.items()}
    return value


_PLACE = {
    "serviceNamespace": Prop(required=True, replaces=True),
    "resourceId": Prop(required=True, replaces=True),
    "scalableDimension": Prop(required=True, replaces=True),
}


class Target(ResourceType):
    """What may be scaled, and between which bounds; its id is "namespace/resource/dimension"."""

    token = "aws:appautoscaling/target:Target"
    service = _CLIENT
    emulated = False
    props = {
        **_PLACE,
        "minCapacity": Prop(required=True),
        "maxCapacity": Prop(required=True),
        "roleArn": Prop(computed=True),
        "suspendedState": Prop(computed=True),
    }
    tags = TagCalls(argument="ResourceARN", shape="dict")

    def create(self, aws: Aws, inputs: Props) -> str:
        """Register it."""
        self._register(aws, inputs, **present(Tags=sent(inputs)))
        return _target_id(inputs)

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """AWS lists targets by their place."""
        namespace, resource, dimension = _split(id)
        found = aws.client(_CLIENT).describe_scalable_targets(
            ServiceNamespace=namespace, ResourceIds=[resource], ScalableDimension=dimension
        )["ScalableTargets"]
        if not found:
            return None
        target = found[0]
        return {
            "arn": target.get("ScalableTargetARN"),
            "serviceNamespace": namespace,
            "resourceId": resource,
            "scalableDimension": dimension,
            "minCapacity": target["MinCapacity"],
            "maxCapacity": target["MaxCapacity"],
            "roleArn": target.get("RoleARN"),
            "suspendedState": _renamed(target.get("SuspendedState"), _camel),
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Registering again changes it."""
        self._register(aws, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Deregister it."""
        namespace, resource, dimension = _split(id)
        aws.client(_CLIENT).deregister_scalable_target(
            ServiceNamespace=namespace, ResourceId=resource, ScalableDimension=dimension
        )

    def id_of(self, aws: Aws, inputs: Props) -> str | None:
        """The place makes the id."""
        return _target_id(inputs)

    def placeholder(self, aws: Aws, inputs: Props) -> tuple[str, Props]:
        """There is no telling what ARN AWS would give."""
        return _target_id(inputs), {}

    def _register(self, aws: Aws, inputs: Props, **more: Any) -> None:
        aws.client(_CLIENT).register_scalable_target(
            **_where(inputs),
            MinCapacity=inputs["minCapacity"],
            MaxCapacity=inputs["maxCapacity"],
            **present(
                RoleARN=inputs.get("roleArn"),
                SuspendedState=_renamed(inputs.get("suspendedState"), _pascal),
            ),
            **more,
        )


def _target_id(inputs: Props) -> str:
    place = ("serviceNamespace", "resourceId", "scalableDimension")
    return "/".join(str(inputs[name]) for name in place)


def _split(id: str) -> tuple[str, str, str]:
    """Take an id apart: resource ids such as "table/records" have slashes of their own."""
    namespace, _, rest = id.partition("/")
    resource, _, dimension = rest.rpartition("/")
    return namespace, resource, dimension


class Policy(ResourceType):
    """How a target follows a metric; step and predictive scaling are refused."""

    token = "aws:appautoscaling/policy:Policy"
    service = _CLIENT
    emulated = False
    name = AutoName(max=255, prefix=None)
    props = {
        "name": Prop(replaces=True),
        **_PLACE,
        "policyType": Prop(required=True, replaces=True),
        "targetTrackingScalingPolicyConfiguration": Prop(
            required=True, fields={"disableScaleIn": Prop(default=False)}
        ),
    }

    def validate(self, inputs: Props) -> list[tuple[str, str]]:
        """Only target tracking is here."""
        if inputs.get("policyType") in (None, "TargetTrackingScaling"):
            return []
        return [("policyType", "only TargetTrackingScaling is implemented")]

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put it."""
        self._put(aws, inputs)
        return str(inputs["name"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """AWS lists policies by their place, which the id does not say."""
        found = aws.client(_CLIENT).describe_scaling_policies(PolicyNames=[id], **_where(known))
        if not found["ScalingPolicies"]:
            return None
        policy = found["ScalingPolicies"][0]
        tracking = policy.get("TargetTrackingScalingPolicyConfiguration")
        return {
            **{name: known[name] for name in _PLACE},
            "arn": policy["PolicyARN"],
            "name": policy["PolicyName"],
            "policyType": policy["PolicyType"],
            "targetTrackingScalingPolicyConfiguration": _renamed(tracking, _camel),
            "alarmArns": [alarm["AlarmARN"] for alarm in policy.get("Alarms", [])],
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Put the new one over the old one."""
        self._put(aws, new)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete it by name and place."""
        aws.client(_CLIENT).delete_scaling_policy(PolicyName=id, **_where(known))

    def _put(self, aws: Aws, inputs: Props) -> None:
        tracking = inputs["targetTrackingScalingPolicyConfiguration"]
        aws.client(_CLIENT).put_scaling_policy(
            PolicyName=inputs["name"],
            PolicyType=inputs["policyType"],
            TargetTrackingScalingPolicyConfiguration=_renamed(tracking, _pascal),
            **_where(inputs),
        )


TYPES = [Target(), Policy()]
