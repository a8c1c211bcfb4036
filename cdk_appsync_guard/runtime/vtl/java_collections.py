"""Methods of Java's Map and List, and of Velocity's loop status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cdk_appsync_guard.runtime.data import describe, equal, member_in, put_in
from cdk_appsync_guard.runtime.machine import Machine, Stopped, named
from cdk_appsync_guard.runtime.model import Data, UnknownData
from cdk_appsync_guard.runtime.vtl.java_values import (
    COMMON,
    Method,
    check_index,
    kind_of,
    plain_text,
)

__all__ = ["LIST_METHODS", "MAP_METHODS", "put_member"]


def _size(machine: Machine, value: Any) -> Data:
    if id(value) in machine.grown:
        return machine.fresh("the size of a list that a loop fills", "number")
    return len(value)


def _contains(machine: Machine, value: list[Data], wanted: Data) -> bool:
    return any(equal(machine, item, wanted) for item in list(value))


def _add(machine: Machine, value: list[Data], *arguments: Data) -> Data:
    machine.grow(value)
    if len(arguments) == 1:
        value.append(arguments[0])
        return True
    check_index(machine, arguments[0], len(value) + 1)
    value.insert(arguments[0], arguments[1])
    return None


def _add_all(machine: Machine, value: list[Data], other: Data) -> bool:
    if isinstance(other, UnknownData):
        if not machine.is_null(other):
            machine.grow(value)
            value.append(UnknownData(f"{other.name}[*]"))
            machine.grown[id(value)] = value
        return True
    if not isinstance(other, list):
        raise machine.lacks(f"`.addAll()` with a {kind_of(other)}")
    machine.step(len(other))
    machine.grow(value)
    value.extend(list(other))
    return bool(other)


def _get_item(machine: Machine, value: list[Data], index: Data) -> Data:
    if isinstance(index, UnknownData):
        return named(machine, f"{describe(value)}[{index.name}]")
    check_index(machine, index, len(value))
    return value[index]


def _remove_item(machine: Machine, value: list[Data], which: Data) -> Data:
    """Remove by index if it is a number, by value otherwise, as Java chooses."""
    machine.grow(value)
    if isinstance(which, int) and not isinstance(which, bool):
        check_index(machine, which, len(value))
        return value.pop(which)
    for at, item in enumerate(value):
        if equal(machine, item, which):
            del value[at]
            return True
    return False


def _remove_all(machine: Machine, value: list[Data], other: Data) -> bool:
    if not isinstance(other, list):
        raise machine.lacks(f"`.removeAll()` with a {kind_of(other)}")
    kept = [item for item in value if not _contains(machine, other, item)]
    changed = len(kept) != len(value)
    value[:] = kept
    return changed


def _set_item(machine: Machine, value: list[Data], index: Data, new: Data) -> Data:
    check_index(machine, index, len(value))
    old, value[index] = value[index], new
    return old


def _index_in(machine: Machine, value: list[Data], wanted: Data) -> int:
    return next((at for at, item in enumerate(value) if equal(machine, item, wanted)), -1)


def _sub_list(machine: Machine, value: list[Data], start: Data, end: Data) -> list[Data]:
    check_index(machine, start, len(value) + 1)
    check_index(machine, end, len(value) + 1)
    return value[start:end]


def _clear(_: Machine, value: Any) -> None:
    value.clear()


def _map_key(machine: Machine, key: Data) -> str:
    if isinstance(key, UnknownData):
        raise Stopped(f"{machine.where} uses the member `{key.name}`, whose name is not known")
    return plain_text(machine, key)


def _get(machine: Machine, value: dict[str, Data], key: Data) -> Data:
    if isinstance(key, UnknownData):
        return named(machine, f"{describe(value)}[{key.name}]")
    return member_in(machine, value, _map_key(machine, key), None)


def _get_or_default(machine: Machine, value: dict[str, Data], key: Data, other: Data) -> Data:
    return value.get(_map_key(machine, key), other)


def put_member(machine: Machine, value: dict[str, Data], key: Data, new: Data) -> Data:
    """Return the old value after ``put``."""
    if isinstance(key, UnknownData):
        machine.grow(value)
        machine.mix(value, f"[{key.name}]")
        return named(machine, f"{describe(value)}.put({key.name})")
    name = plain_text(machine, key)
    old = value.get(name)
    put_in(machine, value, name, new)
    return old


def _put_all(machine: Machine, value: dict[str, Data], other: Data) -> None:
    if isinstance(other, UnknownData):
        if machine.is_null(other):
            return
        machine.grow(value)
        machine.mix(value, other.name)
        return
    if not isinstance(other, dict):
        raise machine.lacks(f"`.putAll()` with a {kind_of(other)}")
    machine.step(len(other))
    machine.grow(value)
    value.update(dict(other))


def _remove_key(machine: Machine, value: dict[str, Data], key: Data) -> Data:
    machine.grow(value)
    return value.pop(_map_key(machine, key), None)


def _contains_key(machine: Machine, value: dict[str, Data], key: Data) -> Data:
    if isinstance(key, UnknownData):
        return any(equal(machine, key, name) for name in value)
    return _map_key(machine, key) in value


def _contains_value(machine: Machine, value: dict[str, Data], wanted: Data) -> bool:
    return any(equal(machine, item, wanted) for item in list(value.values()))


def _entry_set(machine: Machine, value: dict[str, Data]) -> list[Data]:
    machine.step(len(value))
    return [{"key": key, "value": item} for key, item in value.items()]


def _entry_get(name: str) -> Callable[[Machine, dict[str, Data]], Data]:
    def get(machine: Machine, value: dict[str, Data]) -> Data:
        if set(value) == {"key", "value"}:
            return value[name]
        raise machine.lacks(f"`.get{name.title()}()` of a map")

    return get


def _foreach_get(name: str) -> Callable[[Machine, dict[str, Data]], Data]:
    def get(machine: Machine, value: dict[str, Data]) -> Data:
        if set(value) == _FOREACH:
            return value[name]
        raise machine.lacks(f"`.{name}()` of a map")

    return get


_FOREACH = {"count", "index", "hasNext", "first", "last"}


MAP_METHODS: dict[str, Method] = {
    **COMMON,
    "get": ((1,), _get),
    "getOrDefault": ((2,), _get_or_default),
    "put": ((2,), put_member),
    "putAll": ((1,), _put_all),
    "remove": ((1,), _remove_key),
    "clear": ((0,), _clear),
    "containsKey": ((1,), _contains_key),
    "containsValue": ((1,), _contains_value),
    "keySet": ((0,), lambda _, value: list(value)),
    "values": ((0,), lambda _, value: list(value.values())),
    "entrySet": ((0,), _entry_set),
    "size": ((0,), _size),
    "isEmpty": ((0,), lambda _, value: not value),
    "getKey": ((0,), _entry_get("key")),
    "getValue": ((0,), _entry_get("value")),
    "hasNext": ((0,), _foreach_get("hasNext")),
    "isFirst": ((0,), _foreach_get("first")),
    "isLast": ((0,), _foreach_get("last")),
    "getCount": ((0,), _foreach_get("count")),
    "getIndex": ((0,), _foreach_get("index")),
}
LIST_METHODS: dict[str, Method] = {
    **COMMON,
    "add": ((1, 2), _add),
    "addAll": ((1,), _add_all),
    "get": ((1,), _get_item),
    "set": ((2,), _set_item),
    "remove": ((1,), _remove_item),
    "removeAll": ((1,), _remove_all),
    "contains": ((1,), _contains),
    "containsAll": (
        (1,),
        lambda machine, value, other: all(_contains(machine, value, one) for one in other),
    ),
    "indexOf": ((1,), _index_in),
    "subList": ((2,), _sub_list),
    "size": ((0,), _size),
    "isEmpty": ((0,), lambda _, value: not value),
    "clear": ((0,), _clear),
}
