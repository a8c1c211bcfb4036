"""Methods of arrays, as APPSYNC_JS has them, with the functions that they are given.

``call`` runs a function of the code. A list that is not known is gone through for none, one and
two elements.
https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from cdk_appsync_guard.runtime.data import describe, find_unknown, is_scalar
from cdk_appsync_guard.runtime.js.operators import same
from cdk_appsync_guard.runtime.js.values import UNDEFINED, is_true, text_of
from cdk_appsync_guard.runtime.machine import Machine, named
from cdk_appsync_guard.runtime.model import Data, UnknownData

__all__ = ["ITERATIONS", "Call", "array_length", "call_array", "iterate_unknown"]

Call: TypeAlias = "Callable[[Data, list[Data]], Data]"

_DEEPEST = 20


def call_array(
    machine: Machine, value: list[Data], name: str, arguments: list[Data], call: Call
) -> Data:
    """Return what a method of a known array returns."""
    machine.step()
    if name in ITERATIONS:
        return _iterate(machine, value, name, arguments, call)
    method = _METHODS.get(name)
    if method is None:
        raise machine.lacks(f"`.{name}()` of an array")
    try:
        return method(machine, value, *arguments)
    except TypeError:
        raise machine.lacks(f"`.{name}()` of an array with such arguments") from None


def _iterate(
    machine: Machine, value: list[Data], name: str, arguments: list[Data], call: Call
) -> Data:
    if name in ("reduce", "reduceRight"):
        return _reduce(machine, value, name, arguments, call)
    function = arguments[0] if arguments else UNDEFINED
    backwards = name in ("findLast", "findLastIndex")
    indexed = list(enumerate(value))
    results: list[Data] = []
    for index, item in reversed(indexed) if backwards else indexed:
        machine.step()
        result = call(function, [item, index, value])
        if name in ("map", "flatMap"):
            results += result if name == "flatMap" and isinstance(result, list) else [result]
        elif name == "forEach":
            continue
        elif is_true(machine, result) is not (name == "every"):
            if name == "filter":
                results.append(item)
                continue
            return {"some": True, "every": False}.get(name, index if "Index" in name else item)
    nothing = -1 if "Index" in name else UNDEFINED
    ends: dict[str, Data] = {"some": False, "every": True, "forEach": UNDEFINED}
    return results if name in ("map", "flatMap", "filter") else ends.get(name, nothing)


def _reduce(
    machine: Machine, value: list[Data], name: str, arguments: list[Data], call: Call
) -> Data:
    indexed = list(enumerate(value))
    if name == "reduceRight":
        indexed.reverse()
    if len(arguments) > 1:
        total = arguments[1]
    elif indexed:
        total = indexed.pop(0)[1]
    else:
        raise machine.lacks("`.reduce()` of an empty array without a first value")
    for index, item in indexed:
        machine.step()
        total = call(arguments[0], [total, item, index, value])
    return total


def iterate_unknown(
    machine: Machine, value: UnknownData, name: str, arguments: list[Data], call: Call
) -> Data:
    """Return what going through a list that is not known returns."""
    items: list[Data] = []
    if not machine.choose(f"`{value.name}` is empty"):
        items.append(UnknownData(f"{value.name}[*]"))
        if machine.choose(f"`{value.name}` has more than one element"):
            items.append(UnknownData(f"{value.name}[**]"))
    machine.open_loops += 1
    try:
        result = _iterate(machine, items, name, arguments, call)
    finally:
        machine.open_loops -= 1
    if name in ("some", "every", "forEach", "find", "findLast"):
        return result
    shown = f"{value.name}.{name}(...)"
    kind = "list" if name in ("map", "flatMap", "filter") else ""
    return machine.fresh(shown, kind) if kind else UnknownData(machine.fresh(shown).name)


ITERATIONS = frozenset(
    {"forEach", "map", "flatMap", "filter", "some", "every", "find", "findIndex"}
    | {"findLast", "findLastIndex", "reduce", "reduceRight"}
)


def _push(machine: Machine, value: list[Data], *items: Data) -> Data:
    machine.step(len(items))
    machine.grow(value)
    value.extend(items)
    return array_length(machine, value)


def _unshift(machine: Machine, value: list[Data], *items: Data) -> Data:
    machine.step(len(items))
    machine.grow(value)
    value[:0] = items
    return array_length(machine, value)


def array_length(machine: Machine, value: list[Data]) -> Data:
    """Return the length of a known array: unknown where a loop over unknown data fills it."""
    if id(value) in machine.grown:
        return machine.fresh("the length of an array that a loop fills", "number")
    return len(value)


def _pop(_: Machine, value: list[Data]) -> Data:
    return value.pop() if value else UNDEFINED


def _shift(_: Machine, value: list[Data]) -> Data:
    return value.pop(0) if value else UNDEFINED


def _includes(machine: Machine, value: list[Data], wanted: Data) -> bool:
    machine.step(len(value))
    return any(same(machine, item, wanted) for item in value)


def _index_of(machine: Machine, value: list[Data], wanted: Data) -> int:
    return next((at for at, item in enumerate(value) if same(machine, item, wanted)), -1)


def _last_index_of(machine: Machine, value: list[Data], wanted: Data) -> int:
    found = [at for at, item in enumerate(value) if same(machine, item, wanted)]
    return found[-1] if found else -1


def _join(machine: Machine, value: list[Data], separator: Data = ",") -> Data:
    texts = ["" if item in (None, UNDEFINED) else text_of(machine, item) for item in value]
    if find_unknown(machine, [*texts, separator]) is not None:
        shown = f"{describe(value)}.join({describe(separator)})"
        return named(machine, shown, "string", nullable=False)
    machine.characters += len(str(separator)) * len(texts)
    return machine.write(str(separator).join(str(text) for text in texts))


def _bound(index: Data, size: int, default: int) -> int:
    if index is UNDEFINED:
        return default
    whole = int(index)
    return max(0, min(size, whole + size if whole < 0 else whole))


def _slice(
    machine: Machine, value: list[Data], start: Data = UNDEFINED, end: Data = UNDEFINED
) -> Data:
    if isinstance(start, UnknownData) or isinstance(end, UnknownData):
        shown = f"{describe(value)}.slice({describe(start)}, {describe(end)})"
        return named(machine, shown, "list", nullable=False)
    machine.step(len(value))
    return value[_bound(start, len(value), 0) : _bound(end, len(value), len(value))]


def _splice(
    machine: Machine, value: list[Data], start: Data, count: Data = UNDEFINED, *items: Data
) -> Data:
    if isinstance(start, UnknownData) or isinstance(count, UnknownData):
        raise machine.lacks("`.splice()` at a place that is not known")
    at = _bound(start, len(value), 0)
    end = len(value) if count is UNDEFINED else min(len(value), at + max(0, int(count)))
    removed = value[at:end]
    machine.step(len(removed) + len(items))
    machine.grow(value)
    value[at:end] = items
    return removed


def _concat(machine: Machine, value: list[Data], *others: Data) -> Data:
    if any(isinstance(other, UnknownData) for other in others):
        shown = f"{describe(value)}.concat({', '.join(map(describe, others))})"
        return named(machine, shown, "list", nullable=False)
    made = list(value)
    for other in others:
        made += other if isinstance(other, list) else [other]
    machine.step(len(made))
    return made


def _flat(machine: Machine, value: list[Data], depth: Data = 1) -> Data:
    if not isinstance(depth, int) or depth > _DEEPEST:
        raise machine.lacks("`.flat()` to such a depth")
    if any(isinstance(item, UnknownData) for item in value):
        return named(machine, f"{describe(value)}.flat()", "list", nullable=False)
    made: list[Data] = []
    for item in value:
        machine.step()
        nested = isinstance(item, list) and depth > 0
        made += _flat(machine, item, depth - 1) if nested else [item]
    return made


def _reverse(machine: Machine, value: list[Data]) -> Data:
    machine.step(len(value))
    value.reverse()
    return value


def _sort(machine: Machine, value: list[Data]) -> Data:
    machine.step(4 * len(value))
    if not all(is_scalar(item) and item is not None for item in value):
        raise machine.lacks("`.sort()` of values that are not strings")
    texts = {id(item): str(text_of(machine, item)) for item in value}
    value.sort(key=lambda item: texts[id(item)])
    return value


def _fill(machine: Machine, value: list[Data], item: Data) -> Data:
    machine.step(len(value))
    value[:] = [item] * len(value)
    return value


_METHODS: dict[str, Callable[..., Any]] = {
    "concat": _concat,
    "fill": _fill,
    "flat": _flat,
    "includes": _includes,
    "indexOf": _index_of,
    "join": _join,
    "lastIndexOf": _last_index_of,
    "pop": _pop,
    "push": _push,
    "reverse": _reverse,
    "shift": _shift,
    "slice": _slice,
    "sort": _sort,
    "splice": _splice,
    "unshift": _unshift,
}
