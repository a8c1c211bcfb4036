"""Methods of Java's String and numbers."""

from __future__ import annotations

from collections.abc import Callable

from cdk_appsync_guard.runtime.data import describe, find_unknown
from cdk_appsync_guard.runtime.machine import Machine, named
from cdk_appsync_guard.runtime.model import HOLE, Data, UnknownData
from cdk_appsync_guard.runtime.pattern import matches_whole, replace_matches, split_at
from cdk_appsync_guard.runtime.vtl.java_values import COMMON, Method, kind_of

__all__ = ["SCALAR_METHODS", "STRING_METHODS"]


def _text_argument(machine: Machine, method: str, value: Data) -> str:
    if isinstance(value, str):
        return value
    raise machine.lacks(f"`.{method}()` with a {kind_of(value)}")


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


def _to_integer(machine: Machine, value: Data, text: Data) -> Data:
    """Return ``Integer.parseInt``, which any number gives: ``$n.parseInt("1")``."""
    del value
    if isinstance(text, UnknownData):
        return UnknownData(f"parseInt({text.name})", nullable=False, kind="number")
    digits = text.lstrip("-") if isinstance(text, str) else ""
    if not digits.isascii() or not digits.isdigit() or len(digits) > len("9223372036854775807"):
        raise machine.lacks("`.parseInt()` of a value that is not a number")
    return int(str(text))


SCALAR_METHODS: dict[str, Method] = {
    **COMMON,
    "parseInt": ((1,), _to_integer),
    "parseLong": ((1,), _to_integer),
    "intValue": ((0,), lambda _, value: int(value)),
    "longValue": ((0,), lambda _, value: int(value)),
}
STRING_METHODS: dict[str, Method] = {
    **COMMON,
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
