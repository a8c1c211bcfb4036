"""Methods of values that are not known: what can be said of what they return.

A method that only reads gives an unknown value; one that changes is noted in the machine.
"""

from __future__ import annotations

from typing import Any

from cdk_appsync_guard.runtime.data import describe
from cdk_appsync_guard.runtime.machine import Machine, Stopped, derive
from cdk_appsync_guard.runtime.model import Data, UnknownData

__all__ = ["call_unknown"]

_READS: dict[str, str] = {
    **dict.fromkeys(("contains", "containsAll", "containsKey", "containsValue"), "boolean"),
    **dict.fromkeys(("isEmpty", "equals", "equalsIgnoreCase", "matches"), "boolean"),
    **dict.fromkeys(("startsWith", "endsWith"), "boolean"),
    **dict.fromkeys(("size", "length", "indexOf", "lastIndexOf", "compareTo"), "number"),
    **dict.fromkeys(("parseInt", "parseLong", "intValue", "longValue"), "number"),
    **dict.fromkeys(("toString", "toLowerCase", "toUpperCase", "trim", "substring"), "string"),
    **dict.fromkeys(("replace", "replaceAll", "concat", "format"), "string"),
    **dict.fromkeys(("keySet", "entrySet", "values", "split", "subList"), "list"),
}
_LOOKS_FOR = ("contains", "indexOf", "equals")
_CHANGES = ("add", "addAll", "remove", "removeAll", "clear", "set")


def call_unknown(machine: Machine, value: UnknownData, name: str, arguments: list[Data]) -> Data:
    """Return what a method of an unknown value returns."""
    if machine.is_null(value):
        return None
    if name in ("get", "getOrDefault") and arguments and isinstance(arguments[0], str):
        return machine.member(value, arguments[0])
    if name in ("get", "getOrDefault", "getKey", "getValue"):
        return derive(machine, value, _shown(name, arguments))
    if name == "put" and len(arguments) == len(("key", "value")):
        return _put(machine, value, arguments)
    if name == "put":
        return None  # no Java type has a `put` of one value: Velocity goes on with null
    if name == "putAll":
        return _put_all(machine, value, arguments)
    if name in _CHANGES:
        machine.change(value)
        return derive(machine, value, _shown(name, arguments))
    if name not in _READS:
        raise machine.lacks(f"`.{name}()` of a value that is not known")
    if name in _LOOKS_FOR and arguments:
        machine.note_group(value, arguments[0])
    return _read(machine, value, name, arguments)


def _read(machine: Machine, value: UnknownData, name: str, arguments: list[Data]) -> Data:
    if name == "isEmpty":
        return machine.choose(f"`{value.name}` is empty")
    kind: Any = _READS[name]
    return derive(machine, value, _shown(name, arguments), kind, nullable=False)


def _shown(name: str, arguments: list[Data]) -> str:
    return f".{name}({', '.join(describe(argument) for argument in arguments)})"


def _put(machine: Machine, value: UnknownData, arguments: list[Data]) -> Data:
    key, new = arguments
    if not isinstance(key, str):
        machine.change(value)
        return derive(machine, value, ".put(...)")
    old = machine.member(value, key)
    machine.change(value, key, new)
    return old


def _put_all(machine: Machine, value: UnknownData, arguments: list[Data]) -> Data:
    other = arguments[0] if arguments else None
    if not isinstance(other, dict):
        raise Stopped(f"{machine.where} copies values that are not known into `{value.name}`")
    for key, new in other.items():
        machine.change(value, key, new)
    return None
