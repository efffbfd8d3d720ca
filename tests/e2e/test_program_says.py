"""What a program prints and logs reaches people, never standard output, and without secrets."""

from __future__ import annotations

import json

from tests.checkout import Checkout

LAYER = "network-security"
SAID = ["to stdout", "to stderr", "logged", "the password is [secret]"]
PROGRAM = """
import sys
import pulumi
print("to stdout")
print("to stderr", file=sys.stderr)
pulumi.log.info("logged")
print("the password is", pulumi.Config().require("db_password"))
"""


def test_what_our_programs_print_is_nothing(checkout: Checkout) -> None:
    checkout.reduce(LAYER)
    for task in ("preview", "up"):
        said = checkout.invoke(task, LAYER).stderr
        assert "  info " not in said
        assert "  warning " not in said


def test_what_a_program_says_is_shown_once_on_standard_error(checkout: Checkout) -> None:
    checkout.reduce(LAYER)
    program = checkout.root / "stacks" / LAYER / "__main__.py"
    program.write_text(program.read_text() + PROGRAM)

    previewed = checkout.invoke("preview", LAYER, "--json")
    assert json.loads(previewed.stdout)["stacks"][0]["result"] == "succeeded"
    done = checkout.invoke("up", LAYER)
    assert done.stdout == ""
    for told in (previewed.stderr, done.stderr):
        shown = [line for line in told.splitlines() if line.startswith("  info ")]
        assert sorted(shown) == sorted(f"  info {LAYER} (local): {text}" for text in SAID)

    outputs = checkout.invoke("outputs", "--layer", LAYER, "--json")
    assert json.loads(outputs.stdout)
    assert outputs.stderr == ""
