"""Keeps the files that are made from code up to date: `./invoke check` compares, `--fix` writes.

By itself: `python -m orchestrator.verbs.generated_files [--fix] [FILE ...]`, in the root.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from orchestrator.checkout import code_owners


def _settings() -> str:
    from orchestrator.settings.reference import markdown  # a second that CODEOWNERS does not need

    return markdown()


GENERATED: Mapping[str, Callable[[], str]] = {
    ".github/CODEOWNERS": code_owners.text,
    "docs/settings.md": _settings,
}
"""File → what makes its text."""


def stale(root: Path, files: Iterable[str] = GENERATED, *, fix: bool = False) -> list[str]:
    """The files that are not as they would be made now; with `fix`, they are by the end."""
    found = []
    for name in files:
        file, text = root / name, GENERATED[name]()
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        found.append(name)
        if fix:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    return found


def main(arguments: list[str]) -> int:
    """Name the stale files; exit code 1 if one is left so."""
    fix = "--fix" in arguments
    files = [name for name in arguments if name != "--fix"] or GENERATED
    found = stale(Path.cwd(), files, fix=fix)
    for name in found:
        print(f"{name}: {'written anew' if fix else 'stale'}", file=sys.stderr)
    return int(bool(found) and not fix)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
