"""Definitions as written → what GraphQL forbids: repetitions, types and directives out of place.

In: graphql-core's nodes, and the types that they define. Out: SchemaProblems, each with the
coordinate and the offset of the very part. graphql-core's own rules cannot serve: it does not even
build a schema whose types are of the wrong kinds.
https://spec.graphql.org/October2021/#sec-Type-System
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from cdk_appsync_guard.appsync.default_values import DefaultValues
from cdk_appsync_guard.appsync.definitions import (
    KINDS,
    OWN_DIRECTIVES,
    SchemaProblem,
    TypeDefinition,
)
from cdk_appsync_guard.appsync.limits import SCALARS

__all__ = ["find_written_problems"]

_Types: TypeAlias = "Mapping[str, TypeDefinition]"
_NAMED = {
    "object": "object type",
    "interface": "interface",
    "union": "union",
    "input": "input type",
    "enum": "enum",
    "scalar": "scalar",
}
_OUTPUT_ONLY = ("object", "interface", "union")
_WHERE = {
    "object": "OBJECT",
    "interface": "INTERFACE",
    "union": "UNION",
    "enum": "ENUM",
    "scalar": "SCALAR",
    "input": "INPUT_OBJECT",
}
# AppSync allows a caller that any of several directives allows.
_ASK_FOR_GROUPS = ("aws_cognito_user_pools", "aws_auth")
# https://spec.graphql.org/October2021/#sec-Type-System.Directives.Built-in-Directives
_BUILT_IN = {
    "deprecated": frozenset(
        {"FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INPUT_FIELD_DEFINITION", "ENUM_VALUE"}
    ),
    "specifiedBy": frozenset({"SCALAR"}),
    "skip": frozenset(),
    "include": frozenset(),
}


@dataclass(frozen=True, slots=True)
class _Spot:
    """A part of a definition on which directives can stand, and what the language calls it."""

    coordinate: str
    where: str
    node: Any

    @property
    def offset(self) -> int:
        name = getattr(self.node, "name", None)
        return int((name or self.node).loc.start)


@dataclass(frozen=True, slots=True)
class _Directives:
    """Where GraphQL's own directives and those of the SDL are allowed; which can be repeated."""

    places: Mapping[str, frozenset[str] | None]
    repeatable: frozenset[str]


def find_written_problems(nodes: Iterable[Any], types: _Types) -> Iterator[SchemaProblem]:
    """Yield what is wrong with definitions and extensions, part by part."""
    listed = list(nodes)
    declared = [node for node in listed if node.kind == "directive_definition"]
    directives = _Directives(
        {one.name.value: frozenset(p.value for p in one.locations) for one in declared}
        | dict.fromkeys(OWN_DIRECTIVES)
        | _BUILT_IN,
        frozenset(one.name.value for one in declared if one.repeatable),
    )
    defaults = DefaultValues(listed)
    yield from _repeated("schema", [(f"@{one.name.value}", one.name) for one in declared])
    yield from _problems_of_roots(listed, types)
    for node in listed:
        yield from _problems_of_lists(node, types)
        for spot in _spots(node):
            if spot.node.directives:
                yield from _problems_of_directives(spot, directives)
            yield from _problems_of_spot(spot, types, defaults)


def _spots(node: Any) -> Iterator[_Spot]:
    """Yield a definition, its fields, their arguments, and the values of an enum."""
    if node.kind in ("schema_definition", "schema_extension"):
        yield _Spot("schema", "SCHEMA", node)
        return
    kind = KINDS.get(node.kind.replace("_extension", "_definition"))
    if kind is None:
        return
    name = node.name.value
    yield _Spot(name, _WHERE[kind], node)
    for value in (node.values or ()) if kind == "enum" else ():
        yield _Spot(f"{name}.{value.name.value}", "ENUM_VALUE", value)
    where = "INPUT_FIELD_DEFINITION" if kind == "input" else "FIELD_DEFINITION"
    for field in getattr(node, "fields", None) or ():
        coordinate = f"{name}.{field.name.value}"
        yield _Spot(coordinate, where, field)
        for argument in getattr(field, "arguments", None) or ():
            yield _Spot(f"{coordinate}({argument.name.value}:)", "ARGUMENT_DEFINITION", argument)


def _problems_of_roots(nodes: Iterable[Any], types: _Types) -> Iterator[SchemaProblem]:
    """Yield what is wrong with ``schema { query: ... }``."""
    roots: dict[str, str] = {}
    operations: dict[str, str] = {}
    defined = False
    for node in nodes:
        if node.kind == "schema_definition" and defined:
            words = "`schema` is defined twice"
            yield SchemaProblem("duplicate-part", "schema", words, node.loc.start)
            continue
        defined = defined or node.kind == "schema_definition"
        if node.kind not in ("schema_definition", "schema_extension"):
            continue
        for root in node.operation_types or ():
            operation, name = root.operation.value, root.type.name.value
            if operation in operations:
                words = f"`schema` names its {operation} type twice"
                yield SchemaProblem("duplicate-part", "schema", words, root.loc.start)
            elif name in roots:
                words = f"`{name}` is both the {roots[name]} and the {operation} type"
                yield SchemaProblem("forbidden", name, words, root.loc.start)
            operations[operation] = name
            roots.setdefault(name, operation)
            definition = types.get(name)
            if _is_of_other_kind(name, types, "object"):
                what = _a(definition) if definition else "a scalar"
                words = f"the {operation} type `{name}` is {what}, not an object type"
                yield SchemaProblem("wrong-kind", name, words, root.loc.start)


def _problems_of_lists(node: Any, types: _Types) -> Iterator[SchemaProblem]:
    """Yield repetitions within a definition, and members and interfaces of the wrong kind."""
    kind = KINDS.get(node.kind.replace("_extension", "_definition"))
    if kind is None:
        return
    name = node.name.value
    for field in getattr(node, "fields", None) or ():
        arguments = getattr(field, "arguments", None) or ()
        if len(arguments) > 1:
            owner = f"{name}.{field.name.value}"
            yield from _repeated(owner, [(one.name.value, one.name) for one in arguments])
    if kind == "enum":
        yield from _repeated(name, [(one.name.value, one.name) for one in node.values or ()])
    named = (node.types if kind == "union" else getattr(node, "interfaces", None)) or ()
    yield from _repeated(name, [(one.name.value, one) for one in named])
    right = "object" if kind == "union" else "interface"
    for one in named:
        called = one.name.value
        definition = types.get(called)
        if _is_of_other_kind(called, types, right):
            does = "has the member" if kind == "union" else "implements"
            what = _a(definition) if definition else "a scalar"
            words = f"`{name}` {does} `{called}`, which is {what}"
            yield SchemaProblem("wrong-kind", name, words, one.loc.start)


def _is_of_other_kind(name: str, types: _Types, kind: str) -> bool:
    definition = types.get(name)
    return name in SCALARS if definition is None else definition.kind != kind


def _repeated(owner: str, parts: list[tuple[str, Any]]) -> Iterator[SchemaProblem]:
    seen: set[str] = set()
    for name, node in parts:
        if name in seen:
            words = f"`{name}` is listed twice in `{owner}`"
            yield SchemaProblem("duplicate-part", owner, words, node.loc.start)
        seen.add(name)


def _problems_of_directives(spot: _Spot, directives: _Directives) -> Iterator[SchemaProblem]:
    used = Counter(use.name.value for use in spot.node.directives)
    for name, count in used.items():
        if count > 1 and name not in directives.repeatable and name not in _ASK_FOR_GROUPS:
            words = f"`{spot.coordinate}` carries `@{name}` more than once"
            yield SchemaProblem("repeated-directive", spot.coordinate, words, spot.offset)
        allowed = directives.places.get(name)
        if allowed is not None and spot.where not in allowed:
            place = spot.where.lower().replace("_", " ")
            words = f"`@{name}` on `{spot.coordinate}` is not allowed on {_article(place)}"
            yield SchemaProblem("forbidden", spot.coordinate, words, spot.offset)


def _problems_of_spot(
    spot: _Spot, types: _Types, defaults: DefaultValues
) -> Iterator[SchemaProblem]:
    name = getattr(spot.node, "name", None)
    if name is not None and name.value.startswith("__"):
        words = f"`{spot.coordinate}` begins with `__`, which is reserved for introspection"
        yield SchemaProblem("forbidden", spot.coordinate, words, spot.offset)
    written = getattr(spot.node, "type", None)
    if written is None:
        return
    definition = types.get(_named(written))
    if definition is not None:
        words = _misplaced(spot, definition)
        if words:
            yield SchemaProblem("wrong-position", spot.coordinate, words, spot.offset)
            return
    default = getattr(spot.node, "default_value", None)
    if default is not None and (misfit := defaults.find_misfit(default, written)):
        words = f"the default value of `{spot.coordinate}` does not fit: {misfit}"
        yield SchemaProblem("forbidden", spot.coordinate, words, default.loc.start)


def _misplaced(spot: _Spot, definition: TypeDefinition) -> str:
    """Return why a type cannot stand here, "" if it can."""
    named = f"the {_NAMED[definition.kind]} `{definition.name}`"
    if spot.where == "FIELD_DEFINITION":
        return f"`{spot.coordinate}` returns {named}" if definition.kind == "input" else ""
    if definition.kind not in _OUTPUT_ONLY:
        return ""
    what = "an argument" if spot.where == "ARGUMENT_DEFINITION" else "a field of an input"
    return f"`{spot.coordinate}` takes {named}, and {what} is of an input type, enum or scalar"


def _named(written: Any) -> str:
    while written.kind != "named_type":
        written = written.type
    return str(written.name.value)


def _a(definition: TypeDefinition) -> str:
    return _article(_NAMED[definition.kind])


def _article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' and not words.startswith('union') else 'a'} {words}"
