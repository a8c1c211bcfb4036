"""Methods of strings and numbers, as APPSYNC_JS has them.

Patterns are Java's, written in strings.
https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cdk_appsync_guard.runtime.data import describe, find_unknown
from cdk_appsync_guard.runtime.js.values import UNDEFINED, number_text
from cdk_appsync_guard.runtime.machine import Machine, named
from cdk_appsync_guard.runtime.model import HOLE, Data
from cdk_appsync_guard.runtime.pattern import replace_matches, split_at

__all__ = ["STRING_METHODS", "call_number", "call_string"]

_PLAIN = " ,:;_/#@&=<>~%!'\"-"
_KINDS = {
    **dict.fromkeys(("endsWith", "startsWith", "includes"), "boolean"),
    **dict.fromkeys(("indexOf", "lastIndexOf"), "number"),
    "split": "list",
}


def call_string(machine: Machine, value: str, name: str, arguments: list[Data]) -> Data:
    """Return what a method of a known string returns."""
    method = _METHODS.get(name)
    if method is None:
        raise machine.lacks(f"`.{name}()` of a string")
    machine.step(1 + len(value) // 100)
    arguments = [None if one is UNDEFINED else one for one in arguments]
    held = any(isinstance(text, str) and HOLE in text for text in (value, *arguments))
    if find_unknown(machine, arguments) is not None or held:
        sure = name in ("includes", "startsWith", "endsWith") and held
        if sure and isinstance(arguments[0], str) and method(machine, value, *arguments):
            return True
        shown = f"{describe(value)}.{name}({', '.join(map(describe, arguments))})"
        return named(machine, shown, _KINDS.get(name, "string"), nullable=False)
    try:
        result = method(machine, value, *arguments)
    except TypeError:
        raise machine.lacks(f"`.{name}()` with such arguments") from None
    return machine.write(result) if isinstance(result, str) else result


def call_number(machine: Machine, value: Any, name: str, arguments: list[Data]) -> Data:
    """Return what a method of a known number or boolean returns."""
    if name == "toString" and not arguments:
        return ("true" if value else "false") if isinstance(value, bool) else number_text(value)
    digits = arguments[0] if arguments else 0
    if name == "toFixed" and isinstance(digits, int) and 0 <= digits <= len("a hundred digits"):
        return f"{value:.{digits}f}"
    raise machine.lacks(f"`.{name}()` of a number")


def _clamp(index: Data, size: int, default: int) -> int:
    if index is None:
        return default
    whole = int(index)
    return max(0, min(size, whole + size if whole < 0 else whole))


def _slice(_: Machine, text: str, start: Data = 0, end: Data = None) -> str:
    return text[_clamp(start, len(text), 0) : _clamp(end, len(text), len(text))]


def _substring(_: Machine, text: str, start: Data = 0, end: Data = None) -> str:
    size = len(text)
    bounds = (max(0, min(size, int(start or 0))), size if end is None else max(0, min(size, end)))
    return text[min(bounds) : max(bounds)]


def _char_at(_: Machine, text: str, index: Data = 0) -> str:
    return text[index : index + 1] if isinstance(index, int) and index >= 0 else ""


def _split(machine: Machine, text: str, separator: Data = None) -> list[Data]:
    if separator is None:
        return [text]
    if separator == "":
        machine.step(len(text))
        return list(text)
    machine.step(len(text) // 10)
    plain = all(character.isalnum() or character in _PLAIN for character in separator)
    return list(text.split(separator) if plain else split_at(machine, text, separator))


def _replace_all(machine: Machine, text: str, pattern: str, replacement: str) -> str:
    return replace_matches(machine, text, pattern, replacement)


def _replace(machine: Machine, text: str, pattern: str, replacement: str) -> str:
    return replace_matches(machine, text, pattern, replacement, most=1)


def _concat(machine: Machine, text: str, *others: str) -> str:
    return machine.write(text + "".join(others))


_METHODS: dict[str, Callable[..., Data]] = {
    "charAt": _char_at,
    "concat": _concat,
    "endsWith": lambda _, text, end: text.endswith(end),
    "includes": lambda _, text, part: part in text,
    "indexOf": lambda _, text, part, start=0: text.find(part, start),
    "lastIndexOf": lambda _, text, part: text.rfind(part),
    "replace": _replace,
    "replaceAll": _replace_all,
    "slice": _slice,
    "split": _split,
    "startsWith": lambda _, text, start: text.startswith(start),
    "substring": _substring,
    "toLowerCase": lambda _, text: text.lower(),
    "toString": lambda _, text: text,
    "toUpperCase": lambda _, text: text.upper(),
    "trim": lambda _, text: text.strip(),
    "trimEnd": lambda _, text: text.rstrip(),
    "trimStart": lambda _, text: text.lstrip(),
}
STRING_METHODS = frozenset(_METHODS)
