"""What is half-done is named: each file of a new function left out in turn, and single slips."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import new_function
from tests.new_function import FILES

ROOT = Path(__file__).parents[2]
JOBS, TABLES = "shared/registry/jobs.py", "shared/registry/tables.py"
PARTS = ("shared", "lambda_src", "stacks", "tests/lambda_src")
ASK = (
    "import json, sys; from pathlib import Path; from shared.completeness import gaps; "
    "print(json.dumps([gaps(Path(sys.argv[1])), 'pulumi' in sys.modules]))"
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout of its own."""
    for part in PARTS:
        shutil.copytree(
            ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
        )
    return tmp_path


def gaps(root: Path) -> list[str]:
    """What the copy says of itself, by its own lists."""
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(root)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str]
    found, pulumi = json.loads(done.stdout)
    assert not pulumi, "half a second for each command"
    return found


def slip(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text()
    assert old in text
    (root / file).write_text(text.replace(old, new, 1))


def test_nothing_is_missing_here(copy: Path) -> None:
    assert gaps(copy) == []


def test_a_new_function_takes_eight_files_of_which_five_are_its_own(copy: Path) -> None:
    assert len(FILES) == 8
    assert len([name for name in FILES if not (ROOT / name).exists()]) == 5
    new_function.add(copy)
    assert gaps(copy) == []


def test_a_new_table_takes_one_file(copy: Path) -> None:
    new_function.change(copy, TABLES)
    assert gaps(copy) == []


NAMED = {
    JOBS: "lambda_src/orders is a function that shared/registry/jobs.py does not list.",
    TABLES: "layer data (data-team) promises no table_names['orders'], but records, "
    "users, items, idempotency. ",
    "stacks/compute/needs.py": "Function orders has no needs: say in stacks/compute/needs.py what "
    "they are.",
    "lambda_src/orders/__init__.py": "Function orders has no lambda_src/orders/__init__.py.",
    "lambda_src/orders/handler.py": "Function orders has no lambda_src/orders/handler.py.",
    "lambda_src/orders/models.py": "lambda_src/orders/handler.py, line 12: imports orders.models, "
    "and there is no lambda_src/orders/models.py.",
    "lambda_src/common/schemas/Order.json": "POST /orders of function orders has the schema Order, "
    "and there is no lambda_src/common/schemas/Order.json.",
    "tests/lambda_src/orders/test_handler.py": "Function orders has no test: write "
    "tests/lambda_src/orders/test_handler.py.",
}
"""File that is left out → what is said."""


@pytest.mark.parametrize("left_out", FILES)
def test_a_file_that_is_left_out_is_named(copy: Path, left_out: str) -> None:
    new_function.add(copy, without=left_out)
    assert any(NAMED[left_out] in gap for gap in gaps(copy)), gaps(copy)


def test_the_place_of_a_misspelt_member_is_named(copy: Path) -> None:
    slip(copy, "stacks/compute/uploads.py", 'bucket_arns["uploads"]', 'bucket_arns["upload"]')
    lines = (copy / "stacks/compute/uploads.py").read_text().splitlines()
    [line] = [number for number, text in enumerate(lines, 1) if '["upload"]' in text]
    [gap] = gaps(copy)
    assert gap.startswith(f"stacks/compute/uploads.py, line {line}: layer data (data-team) ")
    assert "promises no bucket_arns['upload'], but uploads, static, logs." in gap


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (JOBS, '    "status",\n', "", "JOBS has 'status', and Job does not"),
        (TABLES, '    "items": Table(),\n', "", "TableName has 'items', and TABLES"),
        (
            JOBS,
            'called_by="uploads to S3"',
            "timeout_seconds=9",
            "Nothing calls function ingest",
        ),
        (
            JOBS,
            "                sample=_RECORD,\n",
            "",
            "POST /process of function process takes a body and has no sample",
        ),
        (
            "shared/registry/layers.py",
            'LAYERS: Final[Mapping[str, Layer]] = {\n',
            'LAYERS: Final[Mapping[str, Layer]] = {\n    "extra": Layer(owner="extra-team"),\n',
            "Layer extra has no contract",
        ),
        (
            "lambda_src/items/handler.py",
            "handler = Api(",
            "entry = Api(",
            "lambda_src/items/handler.py defines no `handler`",
        ),
        (
            "lambda_src/items/logic.py",
            "from common.amounts",
            "from users import logic\nfrom common.amounts",
            "imports users, and items knows common and itself only.",
        ),
        (
            "lambda_src/common/aws.py",
            "import os",
            "import requests, os",
            "lambda_src/common/aws.py, line",
        ),
        (
            "lambda_src/status/handler.py",
            "from status import logic",
            "from status import logics",
            "imports status, and there is no lambda_src/status/logics.py.",
        ),
        ("lambda_src/users/logic.py", "def canonical", "def (", "lambda_src/users/logic.py is no"),
        (
            "stacks/compute/needs.py",
            '    "items": items,\n',
            '    "items": items,\n    "extra": items,\n',
            "needs.py has needs of 'extra', which shared/registry/jobs.py does not list.",
        ),
    ],
)  # fmt: skip
def test_a_slip_is_named(copy: Path, file: str, old: str, new: str, said: str) -> None:
    slip(copy, file, old, new)
    assert any(said in gap for gap in gaps(copy)), gaps(copy)


def test_a_checkout_of_other_layers_needs_no_functions(copy: Path) -> None:
    shutil.rmtree(copy / "lambda_src")
    shutil.rmtree(copy / "stacks" / "compute")
    found = gaps(copy)
    assert not [gap for gap in found if "lambda_src/" in gap and "schema" not in gap], found
