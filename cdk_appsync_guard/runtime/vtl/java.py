"""Members and methods of values in a template: what Java's String, List, Map and Set have.

A method that is not here stops the run with its name. On null everything is null, before it gets
here. https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-programming-guide.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from cdk_appsync_guard.runtime.data import (
    describe,
    equal,
    find_unknown,
    is_scalar,
    member_in,
    put_in,
)
from cdk_appsync_guard.runtime.machine import Machine, Mixed, Stopped, derive, named
from cdk_appsync_guard.runtime.model import HOLE, Data, UnknownData
from cdk_appsync_guard.runtime.pattern import matches_whole, replace_matches, split_at
from cdk_appsync_guard.runtime.vtl.java_unknown import call_unknown

__all__ = [
    "Pieces",
    "call_method",
    "entries_of",
    "index_of",
    "member_of",
    "put_into",
    "text_of",
]

Pieces: TypeAlias = "list[str | UnknownData]"
"""A text with unknown parts."""

_DEEPEST = 30


def text_of(machine: Machine, value: Data, depth: int = 0) -> Pieces:
    """Return how a value prints: as Java's toString does."""
    machine.step()
    if depth > _DEEPEST:
        raise Stopped(f"{machine.where} prints a value that is too deep")
    if isinstance(value, UnknownData):
        return [value]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if is_scalar(value):
        return [machine.write("null" if value is None else str(value))]
    if isinstance(value, list):
        parts = [text_of(machine, item, depth + 1) for item in value]
        return _joined("[", parts, "]")
    if isinstance(value, dict):
        parts = [[f"{key}=", *text_of(machine, item, depth + 1)] for key, item in value.items()]
        return _joined("{", parts, "}")
    raise machine.lacks("a value that cannot be printed")


def _joined(start: str, parts: list[Pieces], end: str) -> Pieces:
    out: Pieces = [start]
    for number, part in enumerate(parts):
        out += [", ", *part] if number else part
    return [*out, end]


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
    if isinstance(value, dict):
        found = member_in(machine, value, name, None)
        return not value if name == "empty" and found is None else found
    if name == "empty" and isinstance(value, (str, list)):
        return not value
    raise machine.lacks(f"`.{name}` of a {_kind(value)}")


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
    raise machine.lacks(f"`[...]` of a {_kind(value)}")


def _item(machine: Machine, value: UnknownData, key: Data) -> Data:
    return derive(machine, value, f"[{describe(key)}]")


def put_into(machine: Machine, holder: Data, key: Data, value: Data) -> None:
    """Set a member of a map or an item of a list."""
    if isinstance(holder, UnknownData):
        machine.change(holder, key, value)
    elif isinstance(key, UnknownData):
        raise Stopped(f"{machine.where} sets the member `{key.name}`, whose name is not known")
    elif isinstance(holder, dict):
        _put(machine, holder, key, value)
    elif isinstance(holder, list) and isinstance(key, int) and 0 <= key < len(holder):
        holder[key] = value
    elif holder is not None:
        raise machine.lacks(f"`#set` inside a {_kind(holder)}")


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
        shown = f"`.{name}()` of a {_kind(value)} with {len(arguments)} arguments"
        raise machine.lacks(shown)
    return method[1](machine, value, *arguments)


def _of_mixed(machine: Machine, mixed: Mixed, name: str, arguments: list[Data]) -> Data:
    """Return what a method says of a map with unknown members."""
    key = arguments[0] if arguments else None
    if name == "containsKey" and isinstance(key, str) and key in mixed.certain:
        return True
    shown = f"{describe(mixed.container)}.{name}({', '.join(map(describe, arguments))})"
    kind = "list" if name in _LISTED else "number" if name == "size" else "boolean"
    return named(machine, shown, kind, nullable=False)


def _table(value: Data) -> Mapping[str, tuple[tuple[int, ...], Callable[..., Data]]]:
    if isinstance(value, dict):
        return _MAP
    if isinstance(value, list):
        return _LIST
    if isinstance(value, str):
        return _STRING
    return _SCALAR if is_scalar(value) else {}


def _kind(value: Data) -> str:
    if isinstance(value, UnknownData):
        return value.kind or "value"
    for kind, name in ((dict, "map"), (list, "list"), (str, "string"), (bool, "boolean")):
        if isinstance(value, kind):
            return name
    return "number" if isinstance(value, (int, float)) else "value"


def _plain(machine: Machine, value: Data) -> str:
    return "".join(str(piece) for piece in text_of(machine, value))


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
    _check_index(machine, arguments[0], len(value) + 1)
    value.insert(arguments[0], arguments[1])
    return None


def _check_index(machine: Machine, index: Data, size: int) -> None:
    known = isinstance(index, int) and not isinstance(index, bool)
    if not known or not 0 <= index < size:
        raise machine.lacks("an index that is unknown or beyond the end of a list")


def _add_all(machine: Machine, value: list[Data], other: Data) -> bool:
    if isinstance(other, UnknownData):
        if not machine.is_null(other):
            machine.grow(value)
            value.append(UnknownData(f"{other.name}[*]"))
            machine.grown[id(value)] = value
        return True
    if not isinstance(other, list):
        raise machine.lacks(f"`.addAll()` with a {_kind(other)}")
    machine.step(len(other))
    machine.grow(value)
    value.extend(list(other))
    return bool(other)


def _get_item(machine: Machine, value: list[Data], index: Data) -> Data:
    if isinstance(index, UnknownData):
        return named(machine, f"{describe(value)}[{index.name}]")
    _check_index(machine, index, len(value))
    return value[index]


def _remove_item(machine: Machine, value: list[Data], which: Data) -> Data:
    """Remove by index if it is a number, by value otherwise, as Java chooses."""
    machine.grow(value)
    if isinstance(which, int) and not isinstance(which, bool):
        _check_index(machine, which, len(value))
        return value.pop(which)
    for at, item in enumerate(value):
        if equal(machine, item, which):
            del value[at]
            return True
    return False


def _remove_all(machine: Machine, value: list[Data], other: Data) -> bool:
    if not isinstance(other, list):
        raise machine.lacks(f"`.removeAll()` with a {_kind(other)}")
    kept = [item for item in value if not _contains(machine, other, item)]
    changed = len(kept) != len(value)
    value[:] = kept
    return changed


def _set_item(machine: Machine, value: list[Data], index: Data, new: Data) -> Data:
    _check_index(machine, index, len(value))
    old, value[index] = value[index], new
    return old


def _index_in(machine: Machine, value: list[Data], wanted: Data) -> int:
    return next((at for at, item in enumerate(value) if equal(machine, item, wanted)), -1)


def _sub_list(machine: Machine, value: list[Data], start: Data, end: Data) -> list[Data]:
    _check_index(machine, start, len(value) + 1)
    _check_index(machine, end, len(value) + 1)
    return value[start:end]


def _clear(_: Machine, value: Any) -> None:
    value.clear()


def _map_key(machine: Machine, key: Data) -> str:
    if isinstance(key, UnknownData):
        raise Stopped(f"{machine.where} uses the member `{key.name}`, whose name is not known")
    return _plain(machine, key)


def _get(machine: Machine, value: dict[str, Data], key: Data) -> Data:
    if isinstance(key, UnknownData):
        return named(machine, f"{describe(value)}[{key.name}]")
    return member_of(machine, value, _map_key(machine, key))


def _get_or_default(machine: Machine, value: dict[str, Data], key: Data, other: Data) -> Data:
    return value.get(_map_key(machine, key), other)


def _put(machine: Machine, value: dict[str, Data], key: Data, new: Data) -> Data:
    name = f"${{{key.name}}}" if isinstance(key, UnknownData) else _plain(machine, key)
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
        raise machine.lacks(f"`.putAll()` with a {_kind(other)}")
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


def _text_argument(machine: Machine, method: str, value: Data) -> str:
    if isinstance(value, str):
        return value
    raise machine.lacks(f"`.{method}()` with a {_kind(value)}")


def _of_strings(name: str, function: Callable[..., Data], kind: str = "") -> Callable[..., Data]:
    """Return a method of strings that takes known strings only; else the result is unknown."""

    def call(machine: Machine, value: str, *arguments: Data) -> Data:
        unknown = find_unknown(machine, list(arguments))
        if unknown is not None:
            shown = ", ".join(describe(argument) for argument in arguments)
            return named(machine, f"{describe(value)}.{name}({shown})", kind, nullable=False)
        texts = [_text_argument(machine, name, argument) for argument in arguments]
        result = function(value, *texts)
        if any(HOLE in text for text in (value, *texts)) and result is not True:
            shown = f"{describe(value)}.{name}({', '.join(map(describe, texts))})"
            return named(machine, shown, kind, nullable=False)
        return machine.write(result) if isinstance(result, str) else result

    return call


def _substring(machine: Machine, value: str, start: Data, end: Data = None) -> Data:
    if isinstance(start, UnknownData) or isinstance(end, UnknownData):
        return named(
            machine,
            f"{describe(value)}.substring({describe(start)}, {describe(end)})",
            "string",
            nullable=False,
        )
    end = len(value) if end is None else end
    known = isinstance(start, int) and isinstance(end, int)
    if not known or not 0 <= start <= end <= len(value):
        raise machine.lacks("an index that is beyond the end of a string")
    return value[start:end]


def _replace(machine: Machine, value: str, old: Data, new: Data) -> Data:
    if isinstance(old, UnknownData) or isinstance(new, UnknownData):
        return named(
            machine,
            f"{describe(value)}.replace({describe(old)}, {describe(new)})",
            "string",
            nullable=False,
        )
    old, new = _text_argument(machine, "replace", old), _text_argument(machine, "replace", new)
    machine.step(len(value) // 100)
    count = value.count(old) if old else len(value) + 1
    machine.characters += count * len(new)
    machine.write("")
    return value.replace(old, new)


def _with_pattern(name: str, function: Callable[..., Data], kind: str) -> Callable[..., Data]:
    def call(machine: Machine, value: str, *arguments: Data) -> Data:
        unknown = find_unknown(machine, list(arguments))
        if unknown is not None:
            shown = ", ".join(describe(argument) for argument in arguments)
            return named(machine, f"{describe(value)}.{name}({shown})", kind, nullable=False)
        texts = [_text_argument(machine, name, argument) for argument in arguments]
        if any(HOLE in text for text in (value, *texts)):
            shown = f"{describe(value)}.{name}({', '.join(map(describe, texts))})"
            return named(machine, shown, kind, nullable=False)
        return function(machine, value, *texts)

    return call


def _equals(machine: Machine, value: Data, other: Data) -> bool:
    return equal(machine, value, other)


def _to_string(machine: Machine, value: Data) -> Data:
    pieces = text_of(machine, value)
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(str(piece) for piece in pieces)
    return named(machine, f"{describe(value)}.toString()", "string", nullable=False)


def _to_integer(machine: Machine, value: Data, text: Data) -> Data:
    """Return ``Integer.parseInt``, which any number gives: ``$n.parseInt("1")``."""
    del value
    if isinstance(text, UnknownData):
        return UnknownData(f"parseInt({text.name})", nullable=False, kind="number")
    digits = text.lstrip("-") if isinstance(text, str) else ""
    if not digits.isascii() or not digits.isdigit() or len(digits) > len("9223372036854775807"):
        raise machine.lacks("`.parseInt()` of what is no number")
    return int(str(text))


def _foreach_get(name: str) -> Callable[[Machine, dict[str, Data]], Data]:
    def get(machine: Machine, value: dict[str, Data]) -> Data:
        if set(value) == _FOREACH:
            return value[name]
        raise machine.lacks(f"`.{name}()` of a map")

    return get


_FOREACH = {"count", "index", "hasNext", "first", "last"}
_LISTED = ("keySet", "values", "entrySet")
_OF_ALL = (*_LISTED, "size", "isEmpty", "containsKey", "containsValue", "equals")
_COMMON: dict[str, tuple[tuple[int, ...], Callable[..., Data]]] = {
    "equals": ((1,), _equals),
    "toString": ((0,), _to_string),
}
_SCALAR: dict[str, tuple[tuple[int, ...], Callable[..., Data]]] = {
    **_COMMON,
    "parseInt": ((1,), _to_integer),
    "parseLong": ((1,), _to_integer),
    "intValue": ((0,), lambda _, value: int(value)),
    "longValue": ((0,), lambda _, value: int(value)),
}
_MAP: dict[str, tuple[tuple[int, ...], Callable[..., Data]]] = {
    **_COMMON,
    "get": ((1,), _get),
    "getOrDefault": ((2,), _get_or_default),
    "put": ((2,), _put),
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
_LIST: dict[str, tuple[tuple[int, ...], Callable[..., Data]]] = {
    **_COMMON,
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
_STRING: dict[str, tuple[tuple[int, ...], Callable[..., Data]]] = {
    **_COMMON,
    "length": ((0,), lambda _, value: len(value)),
    "isEmpty": ((0,), lambda _, value: not value),
    "toUpperCase": ((0,), lambda _, value: value.upper()),
    "toLowerCase": ((0,), lambda _, value: value.lower()),
    "trim": ((0,), lambda _, value: value.strip()),
    "contains": ((1,), _of_strings("contains", lambda a, b: b in a, "boolean")),
    "startsWith": ((1,), _of_strings("startsWith", str.startswith, "boolean")),
    "endsWith": ((1,), _of_strings("endsWith", str.endswith, "boolean")),
    "indexOf": ((1,), _of_strings("indexOf", str.find, "number")),
    "lastIndexOf": ((1,), _of_strings("lastIndexOf", str.rfind, "number")),
    "concat": ((1,), _of_strings("concat", str.__add__, "string")),
    "equalsIgnoreCase": (
        (1,),
        _of_strings("equalsIgnoreCase", lambda a, b: a.lower() == b.lower(), "boolean"),
    ),
    "compareTo": ((1,), _of_strings("compareTo", lambda a, b: (a > b) - (a < b), "number")),
    "substring": ((1, 2), _substring),
    "replace": ((2,), _replace),
    "replaceAll": ((2,), _with_pattern("replaceAll", replace_matches, "string")),
    "matches": ((1,), _with_pattern("matches", matches_whole, "boolean")),
    "split": ((1,), _with_pattern("split", split_at, "list")),
    "parseInt": ((1,), _to_integer),
}
