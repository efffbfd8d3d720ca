"""Samples of Identity and Access Management."""

from __future__ import annotations

import json

from tests.localcloud.provider.samples import Clients, Made, Sample


def trust(*services: str) -> str:
    """Give the document of a role that these services may take."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": [f"{service}.amazonaws.com" for service in services]},
        "Action": "sts:AssumeRole",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(*actions: str) -> str:
    """Give a document that allows these actions on everything."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


def _describe(clients: Clients, made: Made) -> None:
    clients("iam").update_role(RoleName=made.id, Description="by hand")


def _widen(clients: Clients, made: Made) -> None:
    role, name = made.id.split(":")
    clients("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=allow("*"))


def _new_version(clients: Clients, made: Made) -> None:
    clients("iam").create_policy_version(
        PolicyArn=made.id, PolicyDocument=allow("*"), SetAsDefault=True
    )


def _detach(clients: Clients, made: Made) -> None:
    role, policy = made.id.split("/", 1)
    clients("iam").detach_role_policy(RoleName=role, PolicyArn=policy)


ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"

SAMPLES = [
    Sample(
        token=ROLE,
        needs={"boundary": POLICY},
        inputs=lambda needs: {
            "assumeRolePolicy": trust("lambda", "ecs-tasks"),
            "permissionsBoundary": needs["boundary"].outputs["arn"],
            "path": "/tests/",
            "tags": {"purpose": "test"},
        },
        updates={
            "assumeRolePolicy": trust("lambda"),
            "description": "described",
            "maxSessionDuration": 7200,
            "permissionsBoundary": None,
        },
        replace={"name": "other", "namePrefix": "other", "path": "/"},
        drift=_describe,
        drifted=("description",),
    ),
    Sample(
        token="aws:iam/rolePolicy:RolePolicy",
        needs={"role": ROLE},
        inputs=lambda needs: {"role": needs["role"].id, "policy": allow("s3:GetObject")},
        updates={"policy": json.loads(allow("s3:GetObject", "s3:PutObject"))},
        replace={"name": "other", "namePrefix": "other"},
        moves=("role",),
        drift=_widen,
        drifted=("policy",),
    ),
    Sample(
        token=POLICY,
        inputs={"policy": allow("s3:GetObject"), "path": "/tests/", "description": "for a test"},
        updates={"policy": allow("s3:PutObject", "s3:GetObject")},
        replace={"name": "other", "namePrefix": "other", "path": "/", "description": "other"},
        drift=_new_version,
        drifted=("policy",),
    ),
    Sample(
        token="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        needs={"role": ROLE, "policy": POLICY},
        inputs=lambda needs: {"role": needs["role"].id, "policyArn": needs["policy"].id},
        moves=("role", "policyArn"),
        drift=_detach,
    ),
]
