from __future__ import annotations

import asyncio

import pulumi

from shared.account import Account
from shared.stack_name import StackName


def test_names_and_arns_are_those_of_the_stack() -> None:
    async def made() -> list[str]:
        account = Account(
            id=pulumi.Output.from_input("123456789012"),
            partition=pulumi.Output.from_input("aws-us-gov"),
            stack=StackName("prod", "us-gov-west-1"),
        )
        outputs = [account.root, account.arn("logs", "log-group:/x")]
        return [str(await output.future()) for output in outputs]

    assert asyncio.run(made()) == [
        "arn:aws-us-gov:iam::123456789012:root",
        "arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:/x",
    ]


def test_fixed_names_carry_project_and_stack() -> None:
    async def made() -> Account:
        nowhere = pulumi.Output.from_input("")
        return Account(id=nowhere, partition=nowhere, stack=StackName("dev", "us-west-2"))

    account = asyncio.run(made())
    assert account.region == "us-west-2"
    assert account.path("app_config") == "/microstack/dev-us-west-2/app_config"
    assert account.name("overview") == "microstack-dev-us-west-2-overview"
