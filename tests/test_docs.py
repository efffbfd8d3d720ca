"""What the pages promise exists: every relative link, every command of ours with its options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from invoke.exceptions import Exit

from launcher.program import program
from shared.registry.layers import LAYERS
from tasks import namespace
from tests.recipes import RECIPES

ROOT = Path(__file__).resolve().parent.parent
OURS = (
    "docs",
    "lambda_src",
    "installer",
    "launcher",
    "localcloud",
    "orchestrator",
    "shared",
    "stacks",
    "tests",
)
PAGES = sorted(
    file.relative_to(ROOT).as_posix()
    for folder in (ROOT, ROOT / ".github", *(ROOT / name for name in OURS))
    for file in (folder.glob("*.md") if folder == ROOT else folder.rglob("*.md"))
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"\./invoke ([^`\n#|()]*)")
FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|md|json|toml|lock))`")
PLACEHOLDER = "TASK"
MADE = {
    place.as_posix()
    for recipe in RECIPES
    for path in recipe.files
    for place in (Path(path), Path(path).parent)
}
"""What only exists once a recipe of CONTRIBUTING.md was carried out."""

every_page = pytest.mark.parametrize("page", PAGES)


def links(page: str) -> Iterator[tuple[str, str]]:
    """File and heading of each link that stays in the checkout; what is code is none."""
    for target in LINK.findall(re.sub(r"^```.*?^```$", "", _text(page), flags=re.M | re.S)):
        if not re.match(r"[a-z]+:", target):
            path, _, heading = target.partition("#")
            yield path, heading


def commands(page: str) -> Iterator[list[str]]:
    """The words behind each `./invoke`."""
    for typed in COMMAND.findall(_text(page)):
        if (words := _words(typed)) and words[-1] != PLACEHOLDER:
            yield words


def _words(typed: str) -> list[str]:
    """As a shell has them, up to where the command ends."""
    try:
        words = shlex.split(re.split(r"&&|>|;", typed)[0])
    except ValueError:  # a quotation that ends on the next line
        words = typed.split()
    return [word.rstrip(",.:") for word in words]


def refused(words: list[str]) -> str:
    """Why `./invoke` would not take these words; empty if it would."""
    if words[0] in namespace.task_names and len(words) == 1:
        return ""  # a task that is only named
    parsing = program()
    try:
        parsing.create_config()
        parsing.parse_core(["./invoke", *words])
        parsing.parse_collection()
        parsing.parse_tasks()
    except Exit as refusal:
        return str(refusal)
    return ""


@cache
def headings(path: Path) -> frozenset[str]:
    """The anchors that GitHub gives a page's headings."""
    found = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.M)
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in found)
    return frozenset(title.replace(" ", "-") for title in plain)


@cache
def _text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@every_page
def test_every_relative_link_leads_somewhere(page: str) -> None:
    for path, heading in links(page):
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), path
        assert not heading or heading in headings(target), f"{path}#{heading}"


@every_page
def test_every_file_that_a_page_names_exists(page: str) -> None:
    folder = (ROOT / page).parent
    places = (ROOT, folder, ROOT / "tests" / folder.relative_to(ROOT))
    for path in FILE.findall(_text(page)):
        assert path in MADE or any((place / path).exists() for place in places), path


@every_page
def test_every_command_exists_with_its_options(page: str) -> None:
    assert [why for words in commands(page) if (why := refused(words))] == []


def test_a_command_that_does_not_exist_is_seen() -> None:
    assert refused(["destroy-everything"])
    assert refused(["up", "data", "--fast"])
    assert refused(["redrive", "--dry-run"])


def test_tests_that_a_page_names_exist() -> None:
    named = {each for page in PAGES for each in re.findall(r"--path (tests/[\w./:]+)", _text(page))}
    assert named
    for path, _, name in (each.partition("::") for each in named - MADE):
        assert (ROOT / path).exists(), path
        assert not name or f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layers_page_has_its_owner_first_command_and_tests(layer: str) -> None:
    page = _text(f"stacks/{layer}/README.md")
    assert f"- Owner: {LAYERS[layer].owner}\n" in page
    assert f"First command: `./invoke up {layer}`." in page
    assert f"./invoke test --path tests/stacks/test_{layer.replace('-', '_')}.py" in page


@pytest.mark.parametrize("page", ["README.md", "stacks/README.md"])
def test_a_table_of_layers_names_the_owner_and_the_first_command(page: str) -> None:
    rows = [line for line in _text(page).splitlines() if "`./invoke up " in line]
    for layer, listed in LAYERS.items():
        [row] = [line for line in rows if re.match(rf"\| \[?{layer}\b", line)]
        assert f"| {listed.owner} |" in row
        assert f"| `./invoke up {layer}` |" in row


def test_pages_with_links_and_commands_were_read() -> None:
    assert {"README.md", "docs/runbooks/README.md", "stacks/api/README.md"} <= set(PAGES)
    assert len([link for page in PAGES for link in links(page)]) > 40
    assert len([command for page in PAGES for command in commands(page)]) > 100
