"""Shows the settings of each layer: the value in force, and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from orchestrator.checkout.stacks import Stack
from orchestrator.checkout.target import Target
from orchestrator.checkout.workspace import Workspace
from orchestrator.deployers.base import SECRET_MASK
from orchestrator.settings.check import ENCRYPTED, values_in
from orchestrator.settings.encrypted import is_encrypted
from orchestrator.settings.reference import Setting, markdown, settings_of, value_text
from orchestrator.verbs.listings import first_region, further_regions
from shared import commands
from shared.registry.jobs import JOBS
from shared.settings.compute import Compute
from shared.settings.config import Settings
from shared.settings.models import MODELS
from shared.stack_name import StackName

DEFAULT = "default"
NOT_SET = "not set"
WORDS = {"missing": "must be given", "extra_forbidden": "not a setting of this layer"}
"""For what pydantic has words of its own."""


@dataclass(frozen=True, kw_only=True)
class SettingRow:
    """A setting with its value in force; `problem` is what is wrong with it."""

    setting: str
    value: str
    source: str
    """`default`, the stack file's name, or `not set`."""
    allowed: str = ""
    description: str = ""
    problem: str = ""


def show(target: Target, *, as_json: bool = False, as_markdown: bool = False) -> None:
    """Print the settings of one layer or all: for a person, a script, or docs/settings.md."""
    if as_markdown:
        print(markdown(), end="")
        return
    found = {stack: settings_in(target.workspace, stack) for stack in target.stacks}
    if as_json:
        rows = {stack: [asdict(each) for each in shown] for stack, shown in found.items()}
        layers = {"layers": first_region(rows), **further_regions(rows)}
        print(json.dumps({"environment": target.environment, **layers}, indent=2))
        return
    console = Console(emoji=False)
    for stack, shown in found.items():
        _print(console, stack, shown)


def settings_in(workspace: Workspace, stack: Stack) -> list[SettingRow]:
    """The settings of a stack; a layer without a model has none."""
    model = MODELS.get(stack.layer.name)
    if model is None:
        return []
    values = _values(workspace, stack)
    problems: dict[str, str] = {}
    for name, problem in _problems(model, values, stack.stack_name):
        problems.setdefault(name, problem)  # the first is the cause of the others
    settings, every = _valid(model, values), settings_of(model)
    rows = [
        row
        for setting in every
        if not setting.member
        for row in (
            _row(setting, values, stack.file.name, problems),
            *_members(settings, setting.path, every, values, stack.file.name),
        )
    ]
    unknown = [
        SettingRow(
            setting=name, value=_masked(values[name]), source=stack.file.name, problem=problem
        )
        for name, problem in problems.items()
        if name in values and name not in model.model_fields
    ]
    whole = (
        [SettingRow(setting="", value="", source="", problem=problems[""])]
        if "" in problems
        else []
    )
    return [*rows, *unknown, *whole]


def _values(workspace: Workspace, stack: Stack) -> dict[str, Any]:
    """The layer's values in the stack file; the local one is made if need be."""
    from orchestrator.checkout.local_files import prepare_stack_file

    if stack.environment.is_local:
        prepare_stack_file(workspace, stack)
    return values_in(stack)


def _row(
    setting: Setting, values: Mapping[str, Any], file: str, problems: Mapping[str, str]
) -> SettingRow:
    given = setting.path in values
    missing = setting.path in problems and not given
    value = _masked(values[setting.path], secret=setting.secret) if given else setting.default
    return SettingRow(
        setting=setting.path,
        value=NOT_SET if missing else value,
        source=file if given else NOT_SET if missing else DEFAULT,
        allowed=setting.allowed,
        description=setting.description,
        problem=problems.get(setting.path, ""),
    )


def _masked(value: Any, *, secret: bool = False) -> str:
    return SECRET_MASK if secret or is_encrypted(value) else value_text(value)


def _problems(
    model: type[Settings], values: Mapping[str, Any], where: StackName
) -> Iterator[tuple[str, str]]:
    """What the layer's program would refuse: setting (none: several together) → why."""
    for name, value in values.items():
        info = model.model_fields.get(name)
        if info is not None and info.annotation is SecretStr and not is_encrypted(value):
            yield (
                name,
                f"in plain text; encrypt it: {commands.set_secret(model.layer, name, where)}",
            )
    try:
        if wanted := _parsed(model, values).misplaced(where):
            yield "", f"expects {wanted}"
    except ValidationError as error:
        for each in error.errors():
            place = ".".join(str(part) for part in each["loc"][1:])
            message = WORDS.get(each["type"], each["msg"].removeprefix("Value error, "))
            yield (
                str(each["loc"][0]) if each["loc"] else "",
                f"{place}: {message}" if place else message,
            )


def _parsed(model: type[Settings], values: Mapping[str, Any]) -> Settings:
    """The settings as the program has them, but for the secrets."""
    parsed = {name: _value(model, name, value) for name, value in values.items()}
    return model.model_validate_json(json.dumps(parsed), strict=True)


def _value(model: type[Settings], name: str, value: Any) -> Any:
    """What a program makes of it: config comes as text, and text fields take it as it stands."""
    if is_encrypted(value):
        return ENCRYPTED
    text = value if isinstance(value, str) else json.dumps(value)
    info = model.model_fields.get(name)
    if info is None or info.annotation in (str, SecretStr):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _valid(model: type[Settings], values: Mapping[str, Any]) -> Settings | None:
    """The settings, if they are usable."""
    try:
        return _parsed(model, values)
    except ValidationError:
        return None


def _members(
    settings: Settings | None,
    holder: str,
    every: Iterable[Setting],
    values: Mapping[str, Any],
    file: str,
) -> Iterator[SettingRow]:
    """What is in each of the objects that a setting holds by name, or could be if there is none."""
    members = {name: each for each in every if (name := each.member_of(holder))}
    if settings is None or not members:
        return
    given: Mapping[str, BaseModel] = getattr(settings, holder)
    for key, part in (_parts(settings, given) or {"<name>": None}).items():
        own = given[key].model_fields_set if key in given else set()
        for name, about in members.items():
            yield SettingRow(
                setting=f"{holder}.{key}.{name}",
                value=value_text(getattr(part, name)) if part else about.default,
                source=file if name in own else _inherited(settings, name, values, file),
                allowed=about.allowed,
                description=about.description,
            )


def _parts(settings: Settings, given: Mapping[str, BaseModel]) -> Mapping[str, BaseModel | None]:
    """Name → object as it ends up: of every function, and else of those that are set."""
    if isinstance(settings, Compute):
        return {job: settings.function(job) for job in JOBS}
    return given


def _inherited(settings: Settings, name: str, values: Mapping[str, Any], file: str) -> str:
    """Where a value comes from that an object has not of its own; functions have the layer's."""
    layers = isinstance(settings, Compute) and name in values and name in Compute.model_fields
    return f"{file} ({name})" if layers else DEFAULT


def _print(console: Console, stack: Stack, rows: list[SettingRow]) -> None:
    console.print(Text(stack.label, "bold"))
    for row in rows:
        head = Text(f"  {row.setting} = ").append(row.value, "cyan") if row.setting else Text("  ")
        head.append(f"  ({row.source})" if row.source else "", "dim")
        console.print(head, soft_wrap=True)
        about = f"{row.description} [{row.allowed}]" if row.allowed else row.description
        for text, style in ((about, "dim"), (row.problem, "red")):
            if text:
                console.print(Padding(Text(text, style), (0, 0, 0, 6)))
