"""Types together → what GraphQL forbids: interfaces that are not implemented, empty types, circles.

In: all types, extensions merged. Out: SchemaProblems. Names that are not defined are left alone.
https://spec.graphql.org/October2021/#sec-Objects.Type-Validation
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TypeAlias

from cdk_appsync_guard.appsync.definitions import Field, SchemaProblem, TypeDefinition
from cdk_appsync_guard.appsync.limits import SCALARS

__all__ = ["find_type_problems"]

_Types: TypeAlias = "Mapping[str, TypeDefinition]"
_PARTS = {
    "object": "field",
    "interface": "field",
    "input": "field",
    "union": "member",
    "enum": "value",
}


def find_type_problems(types: _Types) -> Iterator[SchemaProblem]:
    """Yield what is wrong with types as they stand together."""
    subtypes = _Subtypes(types)
    for one in types.values():
        part = _PARTS.get(one.kind)
        if one.defined and part and not (one.fields or one.members or one.values):
            yield _forbidden(one, f"`{one.name}` has no {part}")
        own = dict.fromkeys(one.interfaces)
        for name in own:
            interface = types.get(name)
            if interface is not None and interface.kind == "interface" and interface is not one:
                why = _find_gap(one, own, interface, subtypes)
                if why:
                    words = f"`{one.name}` implements `{name}` but {why}"
                    yield SchemaProblem("not-implemented", one.name, words, one.offset)
    yield from _find_circles(types)


def _find_gap(
    one: TypeDefinition, own: Container[str], interface: TypeDefinition, subtypes: _Subtypes
) -> str:
    """Return what the type lacks first of what the interface promises, "" if nothing."""
    for inherited in interface.interfaces:
        if inherited not in own and inherited != one.name:
            return f"not `{inherited}`, which `{interface.name}` implements"
    for promised in interface.fields.values():
        field = one.fields.get(promised.name)
        if field is None:
            return f"does not have the field `{promised.name}`"
        if not subtypes.fits(field.signature, promised.signature):
            return (
                f"its field `{field.name}` is of type `{field.signature}`,"
                f" not `{promised.signature}`"
            )
        gap = _find_argument_gap(field, promised)
        if gap:
            return gap
    return ""


def _find_argument_gap(own: Field, promised: Field) -> str:
    given = {name: (signature, required) for name, signature, required in own.arguments}
    expected = {name: signature for name, signature, _ in promised.arguments}
    for name, signature in expected.items():
        if name not in given:
            return f"its field `{own.name}` does not have an argument `{name}`"
        if given[name][0] != signature:
            return (
                f"the argument `{name}` of its field `{own.name}` is of type `{given[name][0]}`,"
                f" not `{signature}`"
            )
    for name, (_, required) in given.items():
        if required and name not in expected:
            return (
                f"its field `{own.name}` requires the argument `{name}`, which"
                f" `{promised.coordinate}` does not have"
            )
    return ""


class _Subtypes:
    """Tells whether a type as written can stand where another is promised.

    https://spec.graphql.org/October2021/#IsValidImplementationFieldType()
    """

    def __init__(self, types: _Types) -> None:
        self._types = types
        self._behind: dict[str, set[str]] = {
            one.name: set(one.members) for one in types.values() if one.kind == "union"
        }
        for one in types.values():
            for interface in one.interfaces:
                self._behind.setdefault(interface, set()).add(one.name)

    def fits(self, signature: str, promised: str) -> bool:
        """Return whether the first is the second or stricter, in every list and non-null."""
        while True:
            if signature.endswith("!"):
                signature = signature[:-1]
                promised = promised.removesuffix("!")
            elif promised.endswith("!"):
                return False
            if not signature.startswith("[") or not promised.startswith("["):
                same = signature.startswith("[") == promised.startswith("[")
                return same and self._fits_by_name(signature, promised)
            signature, promised = signature[1:-1], promised[1:-1]

    def _fits_by_name(self, name: str, promised: str) -> bool:
        if name == promised or name in self._behind.get(promised, ()):
            return True
        return _is_undefined(name, self._types) or _is_undefined(promised, self._types)


def _is_undefined(name: str, types: _Types) -> bool:
    return name not in types and name not in SCALARS


def _find_circles(types: _Types) -> Iterator[SchemaProblem]:
    required = {
        one.name: [
            field.returns for field in one.fields.values() if field.non_null and not field.is_list
        ]
        for one in types.values()
        if one.kind == "input"
    }
    for name in _close_circles(required):
        words = f"`{name}` requires a value of itself, so no value is ever complete"
        yield _forbidden(types[name], words)
    above = {one.name: one.interfaces for one in types.values() if one.kind == "interface"}
    for name in _close_circles(above):
        yield _forbidden(types[name], f"`{name}` implements itself")


def _close_circles(edges: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Yield a node of each circle that a walk along the edges closes."""
    done: set[str] = set()
    for start in edges:
        if start in done:
            continue
        way: dict[str, Iterator[str]] = {start: iter(edges[start])}
        while way:
            last = next(reversed(way))
            target = next(way[last], None)
            if target is None:
                done.add(last)
                del way[last]
            elif target in way:
                yield target
            elif target in edges and target not in done:
                way[target] = iter(edges[target])


def _forbidden(one: TypeDefinition, words: str) -> SchemaProblem:
    return SchemaProblem("forbidden", one.name, words, one.offset)
