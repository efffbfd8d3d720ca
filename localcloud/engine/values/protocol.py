"""Load Pulumi's protobuf modules without paying for the whole SDK.

`import pulumi` costs about a second and 25 MB, and the engine needs nothing of it but the
generated messages. So the two packages above them are put in place as lazy packages: their
submodules import as usual, and their own code runs on the first attribute that somebody asks for.
A later real `import pulumi` (by the Automation API, or by a test) therefore just works.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
from types import ModuleType
from typing import Any

_PACKAGES = ("pulumi", "pulumi.runtime")
_loading = threading.RLock()


class _LazyPackage(ModuleType):
    """A package whose `__init__` runs when the first of its own names is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        with _loading:
            _load(sys.modules.get(self.__name__.rpartition(".")[0]))  # which loads this one in turn
            _load(self)
        return getattr(self, name)


def _load(package: ModuleType | None) -> None:
    """Run the package's own code, once."""
    if type(package) is not _LazyPackage:
        return
    package.__class__ = ModuleType  # type: ignore[assignment]  # from now on an ordinary module
    spec = package.__spec__
    if spec is None or spec.loader is None:
        raise ImportError(f"{package.__name__} cannot be loaded")
    spec.loader.exec_module(package)


def install() -> None:
    """Make `pulumi` and `pulumi.runtime` lazy, unless the real ones are loaded already."""
    if "pulumi" in sys.modules:
        return
    for name in _PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is None:
            raise ImportError("the Pulumi SDK is not installed")
        module = _LazyPackage(name)
        module.__spec__, module.__loader__ = spec, spec.loader
        module.__file__, module.__package__ = spec.origin, name
        module.__path__ = list(spec.submodule_search_locations or ())
        sys.modules[name] = module
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)


install()
