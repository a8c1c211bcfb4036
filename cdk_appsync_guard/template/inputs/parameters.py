"""Parameters: what the user and the environment give a template to work with.

In: ``Key=Value`` and the parameter files of CloudFormation, CDK and Amplify. Out: Parameters.
Does not know which parameters a template declares until it is told which names fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from cdk_appsync_guard.errors import ConfigError, GuardError, Location
from cdk_appsync_guard.report import Notice
from cdk_appsync_guard.template.inputs.files import is_regular_file, read_regular_file
from cdk_appsync_guard.template.source.read import read_data
from cdk_appsync_guard.template.values.value import Unknown, Value

__all__ = ["Parameters", "StackAndName", "find_misfits", "read_parameters"]

StackAndName: TypeAlias = "tuple[str, str]"
"""The name of a stack, "" for all, and the name of a parameter."""

_ASSIGNMENT = re.compile(r"(?:(?P<stack>[\w-]+):)?(?P<name>\w+)=(?P<value>.*)", re.DOTALL)
_NAMES_A_FILE = re.compile(r"(?:file://)?[\w./\\:~@+ -]{0,1000}\.(?:json|ya?ml|txt|params?)")
_NAME = re.compile(r"[\w.:/-]{1,255}")
_SHORTHAND = re.compile(r"ParameterKey=(?P<name>\w+),ParameterValue=(?P<value>.*)", re.DOTALL)

_HELP = (
    'expected [{"ParameterKey": ..., "ParameterValue": ...}], {"Parameters": {...}},'
    ' {"Key": "Value"} or {"StackName": {"Key": "Value"}}'
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Values for parameters by name; ``by_stack`` are those for one stack only and win.

    ``region`` and ``account`` fill ``AWS::Region`` and ``AWS::AccountId`` where the assembly does
    not. ``sources`` tells which names came from which file or argument.
    """

    given: Mapping[str, Value] = field(default_factory=dict)
    by_stack: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    region: str | None = None
    account: str | None = None
    sources: Mapping[str, tuple[StackAndName, ...]] = field(default_factory=dict)


def read_parameters(
    arguments: Sequence[str], *, region: str | None = None, account: str | None = None
) -> Parameters:
    """Return what files, ``Key=Value`` and ``Stack:Key=Value`` give; the last one wins."""
    given: dict[str, Value] = {}
    by_stack: dict[str, dict[str, Value]] = {}
    sources: dict[str, tuple[StackAndName, ...]] = {}
    for argument in arguments:
        source, entries = _read_argument(argument)
        for (stack, name), value in entries.items():
            (by_stack.setdefault(stack, {}) if stack else given)[name] = value
        sources[source] = (*sources.get(source, ()), *entries)
    return Parameters(given, by_stack, region, account, sources)


def find_misfits(
    parameters: Parameters, fitting: Iterable[StackAndName]
) -> tuple[tuple[GuardError, ...], tuple[Notice, ...]]:
    """Return an error for each file or argument of which nothing fits, a notice for other misfits.

    *fitting* are the given names that some template declares.
    """
    declared = frozenset(fitting)
    problems: list[GuardError] = []
    notices: list[Notice] = []
    for source, names in parameters.sources.items():
        misfits = [_qualify(name) for name in names if name not in declared]
        if misfits and len(misfits) == len(names):
            listed = ", ".join(f"`{name}`" for name in misfits[:3])
            more = f" and {len(misfits) - 3} more" if len(misfits) > len(misfits[:3]) else ""
            problems.append(
                ConfigError(
                    f"no template declares the parameters of `{source}`: {listed}{more}",
                    location=Location(source),
                    help="check the names, and that the parameters are not those of a nested stack",
                )
            )
            continue
        notices.extend(
            Notice(f"no template declares the parameter `{name}` of `{source}`", Location(source))
            for name in misfits
        )
    return tuple(problems), tuple(notices)


def _qualify(name: StackAndName) -> str:
    return ":".join(part for part in name if part)


def _read_argument(argument: str) -> tuple[str, dict[StackAndName, Value]]:
    match = _SHORTHAND.fullmatch(argument) or _ASSIGNMENT.fullmatch(argument)
    if match is None:
        path = Path(argument.removeprefix("file://"))
        if not is_regular_file(path) and not _NAMES_A_FILE.fullmatch(argument):
            raise _no_parameter(argument)
        return path.as_posix(), _read_file(path)
    stack = match.groupdict().get("stack") or ""
    # Named without its value, which may be a secret.
    return _qualify((stack, match["name"])), {(stack, match["name"]): match["value"]}


def _no_parameter(argument: str) -> ConfigError:
    """Return the error for what is neither a pair nor a file, without what may be the value."""
    name, equals, _ = argument.partition("=")
    if equals and _NAME.fullmatch(name):
        message = f"`{name}` cannot be the name of a parameter"
    else:
        message = "an argument of `--parameters` is neither a pair nor a file that can be read"
    return ConfigError(
        message, help="write Name=Value with letters and digits in the name, or name a file"
    )


def _read_file(path: Path) -> dict[StackAndName, Value]:
    file = read_data(path.as_posix(), read_regular_file(path))
    data = file.data
    if isinstance(data, dict) and isinstance(data.get("Parameters"), (dict, list)):
        data = data["Parameters"]
    entries = dict(_read_list(data) if isinstance(data, list) else _read_mapping(data))
    if not entries:
        raise ConfigError(
            f"`{file.name}` is not a parameter file", location=Location(file.name), help=_HELP
        )
    return entries


def _read_list(data: list[Any]) -> Iterable[tuple[StackAndName, Value]]:
    for item in data:
        match = _ASSIGNMENT.fullmatch(item) if isinstance(item, str) else None
        if match is not None:
            yield (match["stack"] or "", match["name"]), match["value"]
        # {"UsePreviousValue": true} says that there is a value, not which.
        elif isinstance(item, dict) and isinstance(item.get("ParameterKey"), str):
            yield ("", item["ParameterKey"]), _value_of(item.get("ParameterValue"))


def _read_mapping(data: Any) -> Iterable[tuple[StackAndName, Value]]:
    for key, value in data.items() if isinstance(data, dict) else ():
        if isinstance(value, dict) and not _is_function(value):
            yield from (((key, name), _value_of(inner)) for name, inner in value.items())
        else:
            yield ("", key), _value_of(value)


def _value_of(raw: Any) -> Value:
    """Return a given value; Amplify gives some by ``Fn::GetAtt`` on its other stacks."""
    if isinstance(raw, (str, int, float, list)):
        return raw
    return Unknown("the parameter file does not give a plain value", "a plain value")


def _is_function(value: dict[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref"))
