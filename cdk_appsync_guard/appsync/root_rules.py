"""Types that were meant as roots and are none: no request reaches their fields.

In: types and the names of the roots. Out: SchemaProblems. A type that some field returns has a
purpose of its own and is left alone.
https://spec.graphql.org/October2021/#sec-Root-Operation-Types
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cdk_appsync_guard.appsync.definitions import OperationKind, SchemaProblem, TypeDefinition

__all__ = ["find_query_like", "find_root_problems"]

_OPERATIONS = ("query", "mutation", "subscription")
_AFFIXES = re.compile(r"^root|(?:root|types?|s)$")


def find_root_problems(
    types: Mapping[str, TypeDefinition],
    roots: Mapping[OperationKind, str],
    *,
    has_schema_definition: bool,
) -> Iterator[SchemaProblem]:
    """Yield each type that is called like a root although no operation starts there.

    A schema without a query type is refused as a whole, so nothing is said of types like one.
    """
    used = {field.returns for one in types.values() for field in one.fields.values()}
    for one in types.values():
        if one.kind != "object" or one.name in roots.values() or one.name in used:
            continue
        if one.name.lower() == "schema":
            yield from _named_by_type(one, types, roots)
        operation = _operation_of(one.name)
        if operation in (None, "query") or operation in roots:
            continue
        right = str(operation).capitalize()
        if has_schema_definition:
            words = f"`schema` does not name `{one.name}` as its {operation} type"
            yield SchemaProblem("root-omitted", one.name, words, one.offset)
        elif one.name != right:
            words = f"the {operation} type is called `{right}`, not `{one.name}`"
            yield SchemaProblem("root-misnamed", one.name, words, one.offset)


def find_query_like(types: Mapping[str, TypeDefinition]) -> str | None:
    """Return a type that was probably meant as the query type."""
    objects = (one.name for one in types.values() if one.kind == "object")
    return next((name for name in objects if _operation_of(name) == "query"), None)


def _named_by_type(
    one: TypeDefinition, types: Mapping[str, TypeDefinition], roots: Mapping[OperationKind, str]
) -> Iterator[SchemaProblem]:
    """Yield the types that ``type Schema { query: ... }`` names in vain."""
    for field in one.fields.values():
        meant = types.get(field.returns)
        if field.name in _OPERATIONS[1:] and meant and meant.name not in roots.values():
            words = f"`type {one.name}` does not name roots as `schema` without `type` does"
            yield SchemaProblem("root-misnamed", meant.name, words, field.offset)


def _operation_of(name: str) -> str | None:
    plain = name.lower().replace("_", "").replace("queries", "query")
    for _ in range(2):
        if plain not in _OPERATIONS:
            plain = _AFFIXES.sub("", plain)
    return plain if plain in _OPERATIONS else None
