"""Members and methods of JavaScript values: read, set, called.

A member that is not known to be there stops the run with its name.
"""

from __future__ import annotations

from typing import Any

from cdk_appsync_guard.runtime.data import describe, member_in, put_in
from cdk_appsync_guard.runtime.js.arrays import (
    ITERATIONS,
    Call,
    array_length,
    call_array,
    iterate_unknown,
)
from cdk_appsync_guard.runtime.js.globals import call_global
from cdk_appsync_guard.runtime.js.strings import call_number, call_string
from cdk_appsync_guard.runtime.js.values import UNDEFINED, Builtin, Closure, crash
from cdk_appsync_guard.runtime.machine import Machine, Stopped, derive, named
from cdk_appsync_guard.runtime.model import Data, UnknownData
from cdk_appsync_guard.runtime.util.table import ONLY_VTL, Namespace, call_util

__all__ = ["EarlyReturnError", "call_member", "get_item", "get_member", "set_member"]

_UTIL = ("util", "extensions")
_READS: dict[str, str] = {
    **dict.fromkeys(("includes", "startsWith", "endsWith"), "boolean"),
    **dict.fromkeys(("indexOf", "lastIndexOf"), "number"),
    **dict.fromkeys(("toLowerCase", "toUpperCase", "trim", "trimEnd", "trimStart"), "string"),
    **dict.fromkeys(("charAt", "substring", "replace", "replaceAll", "join"), "string"),
    **dict.fromkeys(("toString", "toFixed"), "string"),
    **dict.fromkeys(("concat", "slice"), ""),
    **dict.fromkeys(("split", "flat"), "list"),
}
_CHANGES = ("push", "pop", "shift", "unshift", "splice", "reverse", "sort", "fill")
_NOT_THERE = frozenset({"constructor", "__proto__", "prototype"})


class EarlyReturnError(Exception):
    """``runtime.earlyReturn(value, {skipTo})``."""

    def __init__(self, value: Data, skips: str) -> None:
        super().__init__()
        self.value = value
        self.skips = skips


def get_member(machine: Machine, value: Data, name: str) -> Data:
    """Return ``value.name``."""
    machine.step()
    if name in _NOT_THERE:
        raise machine.lacks(f"`.{name}`")
    if isinstance(value, Namespace):
        return Namespace(f"{value.name}.{name}")
    if value is UNDEFINED or machine.is_null(value):
        shown = f"`{value.name}`" if isinstance(value, UnknownData) else "null"
        raise crash(machine, f"reads `{name}` of {shown}")
    if isinstance(value, UnknownData):
        if name == "length":
            return derive(machine, value, ".length", "number", nullable=value.kind == "")
        return machine.member(value, name)
    if isinstance(value, dict):
        return member_in(machine, value, name, UNDEFINED)
    if name == "length" and isinstance(value, (str, list)):
        return array_length(machine, value) if isinstance(value, list) else len(value)
    if isinstance(value, (Closure, Builtin)):
        raise machine.lacks(f"`.{name}` of a function")
    raise machine.lacks(f"`.{name}` of such a value")


def get_item(machine: Machine, value: Data, key: Data) -> Data:
    """Return ``value[key]``."""
    if isinstance(key, UnknownData):
        if value is UNDEFINED or machine.is_null(value):
            raise crash(machine, f"reads `{key.name}` of null")
        if isinstance(value, Namespace):
            raise machine.lacks(f"a member of `{value.name}` whose name is not known")
        return named(machine, f"{describe(value)}[{key.name}]")
    whole = isinstance(key, int) and not isinstance(key, bool)
    if isinstance(value, (list, str)) and whole:
        return value[key] if 0 <= key < len(value) else UNDEFINED
    if isinstance(value, UnknownData) and whole:
        if machine.is_null(value):
            raise crash(machine, f"reads an item of `{value.name}`, which is null")
        return derive(machine, value, f"[{key}]")
    if isinstance(key, str) or whole:
        return get_member(machine, value, str(key))
    raise machine.lacks("an index that is neither a string nor a number")


def set_member(machine: Machine, holder: Data, key: Data, value: Data) -> None:
    """Set ``holder[key]``."""
    if isinstance(holder, UnknownData):
        if machine.is_null(holder):
            raise crash(machine, f"sets a member of `{holder.name}`, which is null")
        machine.change(holder, key if isinstance(key, str) else None, value)
    elif isinstance(holder, dict) and isinstance(key, str):
        if key in _NOT_THERE:
            raise machine.lacks(f"`.{key}`")
        put_in(machine, holder, key, value)
    elif isinstance(holder, dict) and isinstance(key, UnknownData):
        machine.grow(holder)
        machine.mix(holder, f"[{key.name}]")
    elif isinstance(holder, list) and isinstance(key, int) and 0 <= key <= len(holder):
        machine.grow(holder)
        holder[key : key + 1] = [value]
    else:
        raise machine.lacks("an assignment to such a member")


def call_member(
    machine: Machine, holder: Data, name: str, arguments: list[Data], call: Call
) -> Data:
    """Return what ``holder.name(arguments)`` returns."""
    machine.step()
    if isinstance(holder, Namespace):
        return _call_namespace(machine, f"{holder.name}.{name}", arguments)
    if holder is UNDEFINED or machine.is_null(holder):
        shown = f"`{holder.name}`" if isinstance(holder, UnknownData) else "null"
        raise crash(machine, f"calls `{name}` of {shown}")
    if isinstance(holder, UnknownData):
        return _call_unknown(machine, holder, name, arguments, call)
    if isinstance(holder, list):
        return call_array(machine, holder, name, arguments, call)
    if isinstance(holder, str):
        return call_string(machine, holder, name, arguments)
    if isinstance(holder, (bool, int, float)):
        return call_number(machine, holder, name, arguments)
    if isinstance(holder, dict):
        return call(get_member(machine, holder, name), arguments)
    raise machine.lacks(f"`.{name}()` of such a value")


def _call_namespace(machine: Machine, name: str, arguments: list[Data]) -> Data:
    top, _, member = name.partition(".")
    if name == "runtime.earlyReturn":
        raise _early_return(machine, arguments)
    if top not in _UTIL:
        return call_global(machine, name, arguments)
    if top == "util" and member in ONLY_VTL:
        raise Stopped(f"{machine.where} calls `{name}`, which only mapping templates have")
    plain = [None if argument is UNDEFINED else argument for argument in arguments]
    while plain and plain[-1] is None and len(plain) > 1:
        plain.pop()
    result = call_util(machine, name, plain)
    return UNDEFINED if result in ("", None) and member in _EFFECTS else result


_EFFECTS = ("appendError", "http.addResponseHeader", "http.addResponseHeaders")


def _early_return(machine: Machine, arguments: list[Data]) -> Exception:
    """Return the early return, or its failure: without a value it is a runtime error.

    https://github.com/aws/aws-appsync-community/issues/280
    """
    value = arguments[0] if arguments else UNDEFINED
    if value is UNDEFINED or machine.is_null(value):
        return crash(machine, "`runtime.earlyReturn()` without a value")
    options: Any = arguments[1] if len(arguments) > 1 else {}
    ends = isinstance(options, dict) and options.get("skipTo") == "END"
    return EarlyReturnError(value, "end" if ends else "next")


def _call_unknown(
    machine: Machine, holder: UnknownData, name: str, arguments: list[Data], call: Call
) -> Data:
    if name in ITERATIONS:
        return iterate_unknown(machine, holder, name, arguments, call)
    shown = f".{name}({', '.join(describe(argument) for argument in arguments)})"
    if name in _CHANGES:
        machine.change(holder)
        return derive(machine, holder, shown)
    if name not in _READS:
        raise machine.lacks(f"`.{name}()` of a value that is not known")
    fixed = machine.fixed(holder.name)
    if fixed is not None and isinstance(fixed[0], str):
        return call_string(machine, fixed[0], name, arguments)
    if name in ("includes", "indexOf") and arguments:
        machine.note_group(holder, arguments[0])
    kind: Any = _READS[name]
    return derive(machine, holder, shown, kind, nullable=False)
