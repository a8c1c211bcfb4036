"""Members and methods of values in a template: what Java's String, List, Map and Set have.

A method that is not here stops the run with its name. On null everything is null, before it gets
here. https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-programming-guide.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdk_appsync_guard.runtime.data import describe, is_scalar, member_in
from cdk_appsync_guard.runtime.machine import Machine, Mixed, Stopped, derive, named
from cdk_appsync_guard.runtime.model import Data, UnknownData
from cdk_appsync_guard.runtime.vtl.java_collections import (
    LIST_METHODS,
    MAP_METHODS,
    put_member,
)
from cdk_appsync_guard.runtime.vtl.java_strings import SCALAR_METHODS, STRING_METHODS
from cdk_appsync_guard.runtime.vtl.java_unknown import call_unknown
from cdk_appsync_guard.runtime.vtl.java_values import Method, kind_of

__all__ = ["call_method", "entries_of", "index_of", "is_method", "member_of", "put_into"]


def entries_of(machine: Machine, value: Data) -> list[Data]:
    """Return what `#foreach` goes through: a list's items, a map's values."""
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list):
        return list(value)
    if value is None or is_scalar(value):
        return []
    raise machine.lacks("`#foreach` over such a value")


def member_of(machine: Machine, value: Data, name: str) -> Data:
    """Return ``value.name``."""
    if isinstance(value, UnknownData):
        return machine.member(value, name)
    if name == "class":
        raise machine.lacks("`.class`")
    if isinstance(value, dict):
        found = member_in(machine, value, name, None)
        return not value if name == "empty" and found is None else found
    if name == "empty" and isinstance(value, (str, list)):
        return not value
    raise machine.lacks(f"`.{name}` of a {kind_of(value)}")


def index_of(machine: Machine, value: Data, key: Data) -> Data:
    """Return ``value[key]``."""
    if isinstance(key, UnknownData):
        if machine.is_null(key):
            return None
        return named(machine, f"{describe(value)}[{key.name}]")
    if isinstance(value, UnknownData):
        return machine.member(value, key) if isinstance(key, str) else _item(machine, value, key)
    if isinstance(value, dict):
        return member_of(machine, value, key if isinstance(key, str) else str(key))
    if isinstance(value, list) and isinstance(key, int) and not isinstance(key, bool):
        if -len(value) <= key < len(value):
            return value[key]
        raise machine.lacks("an index beyond the end of a list")
    raise machine.lacks(f"`[...]` of a {kind_of(value)}")


def _item(machine: Machine, value: UnknownData, key: Data) -> Data:
    return derive(machine, value, f"[{describe(key)}]")


def put_into(machine: Machine, holder: Data, key: Data, value: Data) -> None:
    """Set a member of a map or an item of a list."""
    if isinstance(holder, UnknownData):
        machine.change(holder, key, value)
    elif isinstance(key, UnknownData):
        raise Stopped(f"{machine.where} sets the member `{key.name}`, whose name is not known")
    elif isinstance(holder, dict):
        put_member(machine, holder, key, value)
    elif isinstance(holder, list) and isinstance(key, int) and 0 <= key < len(holder):
        holder[key] = value
    elif holder is not None:
        raise machine.lacks(f"`#set` inside a {kind_of(holder)}")


def call_method(machine: Machine, value: Data, name: str, arguments: list[Data]) -> Data:
    """Return what the method returns; it may change the value."""
    machine.step()
    if isinstance(value, UnknownData):
        return call_unknown(machine, value, name, arguments)
    mixed = machine.mixed.get(id(value))
    if mixed is not None and name in _OF_ALL:
        return _of_mixed(machine, mixed, name, arguments)
    table = _table(value)
    if name == "put" and len(arguments) == 1 and isinstance(value, (dict, list, str)):
        return None  # no Java type has a `put` of one value: Velocity goes on with null
    method = table.get(name)
    if method is None or len(arguments) not in method[0]:
        shown = f"`.{name}()` of a {kind_of(value)} with {len(arguments)} arguments"
        raise machine.lacks(shown)
    return method[1](machine, value, *arguments)


def is_method(name: str) -> bool:
    """Return whether values of any kind have such a method."""
    return any(name in table for table in (MAP_METHODS, LIST_METHODS, STRING_METHODS)) or (
        name in SCALAR_METHODS
    )


def _of_mixed(machine: Machine, mixed: Mixed, name: str, arguments: list[Data]) -> Data:
    """Return what a method says of a map with unknown members."""
    key = arguments[0] if arguments else None
    if name == "containsKey" and isinstance(key, str) and key in mixed.certain:
        return True
    shown = f"{describe(mixed.container)}.{name}({', '.join(map(describe, arguments))})"
    kind: Any = "list" if name in _LISTED else "number" if name == "size" else "boolean"
    return named(machine, shown, kind, nullable=False)


def _table(value: Data) -> Mapping[str, Method]:
    if isinstance(value, dict):
        return MAP_METHODS
    if isinstance(value, list):
        return LIST_METHODS
    if isinstance(value, str):
        return STRING_METHODS
    return SCALAR_METHODS if is_scalar(value) else {}


_LISTED = ("keySet", "values", "entrySet")
_OF_ALL = (*_LISTED, "size", "isEmpty", "containsKey", "containsValue", "equals")
