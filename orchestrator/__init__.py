"""Which stacks, in which order, by which deployer, and what came of it.

Its modules load when they are first named (`orchestrator.commands`), so that `./invoke --list`
does not pay for an engine.
"""

from importlib import import_module
from types import ModuleType


def __getattr__(name: str) -> ModuleType:
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{name}":
            raise
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
