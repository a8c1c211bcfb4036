"""What a template's ``Parameters`` section says about one parameter.

In: the raw declaration. Out: a Declaration, and values brought into the parameter's type. Does not
know which value the parameter has.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.template.values.strings import mark_dynamic, split
from cdk_appsync_guard.template.values.value import (
    Text,
    Unknown,
    Value,
    concatenate,
    display,
    unknown_of,
)

__all__ = ["Declaration", "coerce", "read_declaration"]

_LOOKED_UP = "AWS::SSM::Parameter::Value<"
_SMALL_RANGE = 8


@dataclass(frozen=True, slots=True)
class Declaration:
    """One parameter. ``only`` are the only values it may have, None if the list is open.

    ``is_lookup`` means that the value given is the name of an SSM parameter, not the value itself.
    """

    is_list: bool = False
    is_secret: bool = False
    is_lookup: bool = False
    default: Value = None
    only: tuple[str, ...] | None = None


def read_declaration(raw: Any) -> Declaration:
    """Return what a declaration says; whatever is malformed in it counts as not said."""
    if not isinstance(raw, dict):
        return Declaration()
    kind = raw.get("Type")
    kind = kind if isinstance(kind, str) else "String"
    is_lookup = kind.startswith(_LOOKED_UP)
    inner = kind.removeprefix(_LOOKED_UP) if is_lookup else kind
    default = raw.get("Default")
    return Declaration(
        is_list=inner.startswith(("CommaDelimitedList", "List<")),
        is_secret=display(raw.get("NoEcho")) == "true",
        is_lookup=is_lookup,
        default=default if isinstance(default, (str, int, float, list)) else None,
        only=None if is_lookup else _only_values(raw),
    )


def coerce(declaration: Declaration, value: Value) -> Value:
    """Return the value as ``Ref`` gives it: a string, or a list of strings for a list type."""
    if isinstance(value, dict):
        return Unknown("the value of the parameter is not a string")
    if declaration.is_list:
        return _coerce_list(value)
    if isinstance(value, list):
        return concatenate([piece for item in value for piece in (",", item)][1:])
    return mark_dynamic(display(value)) if isinstance(value, (str, int, float)) else value


def _coerce_list(value: Value) -> Value:
    if isinstance(value, list):
        plain = (str, int, float, Text, Unknown)
        return [
            display(item) if isinstance(item, (int, float)) else item
            for item in value
            if isinstance(item, plain)
        ]
    if not isinstance(value, (str, Text)):
        return unknown_of(value) or coerce(Declaration(is_list=True), display(value))
    items, complete = split(value, ",")
    if not complete:
        why = unknown_of(value)
        return Unknown(why.reason, why.would_decide) if why else why
    return [mark_dynamic(item.strip()) if isinstance(item, str) else item for item in items]


def _only_values(raw: dict[str, Any]) -> tuple[str, ...] | None:
    allowed = raw.get("AllowedValues")
    if isinstance(allowed, list) and allowed:
        plain = [display(value) for value in allowed if isinstance(value, (str, int, float))]
        return tuple(dict.fromkeys(plain)) if len(plain) == len(allowed) else None
    low, high = (_whole_number(raw.get(key)) for key in ("MinValue", "MaxValue"))
    if low is None or high is None or not 0 <= high - low < _SMALL_RANGE:
        return None
    return tuple(str(number) for number in range(low, high + 1))


def _whole_number(value: Any) -> int | None:
    text = display(value).strip()
    return int(text) if len(text) < _SMALL_RANGE and text.removeprefix("-").isdecimal() else None
