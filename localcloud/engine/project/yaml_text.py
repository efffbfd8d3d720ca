"""YAML as the Pulumi CLI reads and writes it: 1.2 scalars, mappings in the order of the text."""

from __future__ import annotations

import json
import re
import sys
from typing import Any, Final

import yaml

from localcloud.engine.errors import ProjectInvalid

Document = dict[str, Any]


# libyaml's parser is ten times faster; a PyYAML that was built without it has the other one.
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_MERGE: Final = "tag:yaml.org,2002:merge"


class _Loader(_Parser):  # type: ignore[misc]  # either class, with the same interface
    """Without YAML 1.1's surprises: `no`, `12:30` and dates stay text, as they do for the CLI.

    A key that stands twice is an error, as it is for the CLI: one of the two would be lost.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        keys: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in keys and key.tag != _MERGE:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {name} stands there twice", key.start_mark
                )
            keys.add(name)
        return super().construct_mapping(node, deep)


class _Dumper(yaml.SafeDumper):
    """Quotes every text that either version of YAML would take for something else.

    What stands there twice is written twice: `&id001` is nothing that a person would write.
    """

    def ignore_aliases(self, data: Any) -> bool:
        return True


_SCALARS: Final = {  # tag: pattern, first characters (gopkg.in/yaml.v3, resolve.go)
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (
        r"[-+]?(?:0|[1-9][0-9_]*|0[0-7_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+)",
        "-+0123456789",
    ),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)"
        r"|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
    "null": (r"~|null|Null|NULL", "~nN"),
    "merge": (r"<<", "<"),
}


def _teach() -> None:
    _Loader.yaml_implicit_resolvers = {"": [("tag:yaml.org,2002:null", re.compile("$"))]}
    for tag, (pattern, first) in _SCALARS.items():
        for taught in (_Loader, _Dumper):
            regexp = re.compile(f"(?:{pattern})$")
            taught.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", regexp, [*first])


_teach()


def _one_line(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """A text of several lines as "a\\nb": no line of a value looks like anything else."""
    style = '"' if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _one_line)


def parse(content: bytes, where: object) -> Document:
    """What a YAML text says, a mapping; nothing is an empty one. ProjectInvalid names `where`."""
    try:
        document = yaml.load(content, _Loader)  # a SafeLoader
    except UnicodeDecodeError as error:
        raise ProjectInvalid(f"{where} cannot be read ({error}).") from error
    except yaml.YAMLError as error:
        raise ProjectInvalid(f"{where} is no valid YAML ({_first_line(error)}).") from error
    except ValueError as error:  # a number beyond what Python reads
        raise ProjectInvalid(f"{where} holds a value that cannot be read ({error}).") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ProjectInvalid(f"{where} must be a mapping of names to values.")
    try:
        json.dumps(document, default=str)
    except ValueError as error:
        raise ProjectInvalid(f"{where} holds a value that contains itself.") from error
    return document


def dump(value: Any, *, flow: bool = False) -> str:
    """A value as YAML, a line for each member; in brackets in one line if `flow`."""
    return yaml.dump(
        value,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=sys.maxsize,
        default_flow_style=flow,
    )


def same(one: Any, other: Any) -> bool:
    """Whether both say the same, `1` being neither `1.0` nor `true`, in any order of keys."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return dump(one) == dump(other)


def _first_line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"line {mark.line + 1}: {problem}" if mark else str(problem)
