"""The objects that APPSYNC_JS has beside ``util``: Object, Math, JSON, Number, Array, console.

https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from cdk_appsync_guard.runtime.data import describe, dump, find_unknown, member_in, parse
from cdk_appsync_guard.runtime.js.values import UNDEFINED, crash, without_undefined
from cdk_appsync_guard.runtime.machine import Machine, Thrown, derive, named
from cdk_appsync_guard.runtime.model import Data, UnknownData

__all__ = ["CONSTANTS", "GLOBALS", "call_global", "spread_into"]

CONSTANTS: dict[str, Data] = {
    "undefined": UNDEFINED,
    "NaN": float("nan"),
    "Infinity": float("inf"),
}
GLOBALS = frozenset({"Object", "Math", "JSON", "Number", "Array", "String", "console", "Boolean"})


def call_global(machine: Machine, name: str, arguments: list[Data]) -> Data:
    """Return what ``Object.keys(...)`` and its like return."""
    function = _FUNCTIONS.get(name)
    if function is None:
        raise machine.lacks(f"`{name}`")
    machine.step()
    try:
        return function(machine, *arguments)
    except TypeError:
        raise machine.lacks(f"`{name}` with such arguments") from None


def spread_into(machine: Machine, target: dict[str, Data], source: Data) -> None:
    """Copy all members of a value into an object."""
    if isinstance(source, UnknownData):
        if not machine.is_null(source):
            machine.grow(target)
            machine.mix(target, source.name)
    elif isinstance(source, dict):
        machine.step(len(source))
        mixed = machine.mixed.get(id(source))
        if mixed is not None:
            for name in mixed.names:
                machine.mix(target, name)
        target.update(source)
        if mixed is not None:
            machine.mixed[id(target)].certain |= mixed.certain
        elif id(target) in machine.mixed:
            machine.mixed[id(target)].certain |= set(source)
    elif source not in (None, UNDEFINED):
        raise machine.lacks("the members of a value that is not an object")


def _is_open(machine: Machine, value: Data) -> bool:
    return isinstance(value, UnknownData) or id(value) in machine.mixed


def _of_object(name: str, take: Callable[[dict[str, Data]], list[Data]]) -> Callable[..., Data]:
    def call(machine: Machine, value: Data) -> Data:
        if _is_open(machine, value):
            if machine.is_null(value):
                raise crash(machine, f"`Object.{name}` of null")
            if isinstance(value, UnknownData):
                made = derive(machine, value, "")
                return named(machine, f"Object.{name}({made.name})", "list", nullable=False)
            return named(machine, f"Object.{name}({describe(value)})", "list", nullable=False)
        if value in (None, UNDEFINED):
            raise crash(machine, f"`Object.{name}` of null")
        if isinstance(value, list):
            value = {str(index): item for index, item in enumerate(value)}
        if not isinstance(value, dict):
            raise machine.lacks(f"`Object.{name}` of a value that is not an object")
        machine.step(len(value))
        return take(value)

    return call


def _assign(machine: Machine, target: Data, *sources: Data) -> Data:
    if not isinstance(target, dict):
        raise machine.lacks("`Object.assign` to a value that is not a known object")
    for source in sources:
        spread_into(machine, target, source)
    return target


def _has_own(machine: Machine, value: Data, key: Data) -> Data:
    if isinstance(value, UnknownData) or isinstance(key, UnknownData):
        shown = f"Object.hasOwn({describe(value)}, {describe(key)})"
        return named(machine, shown, "boolean", nullable=False)
    if not isinstance(value, dict):
        raise machine.lacks("`Object.hasOwn` of a value that is not an object")
    found = member_in(machine, value, str(key), UNDEFINED)
    if isinstance(found, UnknownData) and str(key) not in value:
        return named(machine, f"Object.hasOwn({found.name})", "boolean", nullable=False)
    return found is not UNDEFINED


def _number_function(function: Callable[..., Any]) -> Callable[..., Data]:
    def call(machine: Machine, *arguments: Data) -> Data:
        if find_unknown(machine, list(arguments)) is not None:
            shown = f"Math({', '.join(map(describe, arguments))})"
            return named(machine, f"{function.__name__} {shown}", "number", nullable=False)
        try:
            return function(*arguments)
        except (ValueError, OverflowError):
            return float("nan")

    return call


def _random(machine: Machine) -> Data:
    return machine.fresh("Math.random()", "number")


def round_half_up(value: float) -> int:
    """Return ``Math.round``."""
    return math.floor(value + 0.5)


def _stringify(machine: Machine, value: Data, replacer: Data = None, indent: Data = None) -> Data:
    del indent
    if replacer not in (None, UNDEFINED):
        raise machine.lacks("a function or list given to `JSON.stringify`")
    return UNDEFINED if value is UNDEFINED else dump(machine, without_undefined(machine, value))


def _parse(machine: Machine, text: Data) -> Data:
    """Return ``JSON.parse``: of what is not JSON it is an empty string, as AWS documents."""
    if isinstance(text, UnknownData):
        if text.holds is not None:
            return text.holds
        return named(machine, f"JSON.parse({text.name})")
    if not isinstance(text, str):
        raise machine.lacks("`JSON.parse` of a value that is not a string")
    try:
        return parse(machine, text.strip()) if text.strip() else ""
    except Thrown:
        return ""


def _is_array(machine: Machine, value: Data) -> Data:
    if not isinstance(value, UnknownData):
        return isinstance(value, list)
    if machine.is_null(value):
        return False
    return value.kind == "list" if value.kind else machine.choose(f"`{value.name}` is a list")


def _to_number(machine: Machine, value: Data = 0) -> Data:
    if isinstance(value, UnknownData):
        return named(machine, f"Number({value.name})", "number", nullable=False)
    if isinstance(value, bool) or value is None:
        return int(bool(value))
    if isinstance(value, (int, float)):
        return value
    text = value.strip() if isinstance(value, str) else "x"
    if text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) < len("1" * 16):
        return int(text)
    raise machine.lacks("`Number()` of such a value")


def _is_finite(machine: Machine, value: Data) -> Data:
    if isinstance(value, UnknownData):
        return named(machine, f"Number.isFinite({value.name})", "boolean", nullable=False)
    return isinstance(value, (int, float)) and math.isfinite(value)


def _is_nan(machine: Machine, value: Data) -> Data:
    if isinstance(value, UnknownData):
        return named(machine, f"Number.isNaN({value.name})", "boolean", nullable=False)
    return isinstance(value, float) and math.isnan(value)


def _log(machine: Machine, *values: Data) -> Data:
    machine.step(len(values))
    return UNDEFINED


_FUNCTIONS: dict[str, Callable[..., Data]] = {
    "Object.assign": _assign,
    "Object.entries": _of_object("entries", lambda value: [list(pair) for pair in value.items()]),
    "Object.hasOwn": _has_own,
    "Object.keys": _of_object("keys", list),
    "Object.values": _of_object("values", lambda value: list(value.values())),
    "Math.ceil": _number_function(math.ceil),
    "Math.floor": _number_function(math.floor),
    "Math.max": _number_function(max),
    "Math.min": _number_function(min),
    "Math.random": _random,
    "Math.round": _number_function(round_half_up),
    "JSON.parse": _parse,
    "JSON.stringify": _stringify,
    "Array.isArray": _is_array,
    "Number": _to_number,
    "Number.isFinite": _is_finite,
    "Number.isNaN": _is_nan,
    "console.debug": _log,
    "console.error": _log,
    "console.log": _log,
}
