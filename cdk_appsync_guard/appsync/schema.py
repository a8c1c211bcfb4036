"""SDL → types, fields and directives with positions; extensions are merged.

In: SDL text and where it stands. Out: Schema. Does not know modes or callers, and does not build
a schema: AppSync's scalars and directives are never declared, and nothing here needs them to be.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from cdk_appsync_guard.appsync.definitions import (
    KINDS,
    Directive,
    Field,
    OperationKind,
    ProblemKind,
    SchemaProblem,
    TypeDefinition,
    read_definition,
    read_directives,
)
from cdk_appsync_guard.appsync.limits import SCALARS, find_limit_problems
from cdk_appsync_guard.appsync.root_rules import find_query_like, find_root_problems
from cdk_appsync_guard.appsync.sdl import STRINGS, move_place, parse_document, refuse_long_names
from cdk_appsync_guard.appsync.type_rules import find_type_problems
from cdk_appsync_guard.appsync.written_rules import find_written_problems
from cdk_appsync_guard.template.source.read import Place

__all__ = [
    "SCALARS",
    "Directive",
    "Field",
    "Schema",
    "SchemaProblem",
    "TypeDefinition",
    "comments",
    "parse_schema",
]

_COMMENT = re.compile(rf"{STRINGS}|#(?P<comment>[^\r\n]*)")


@dataclass(frozen=True, slots=True)
class Schema:
    """A parsed schema. ``place`` is where its first character stands."""

    types: dict[str, TypeDefinition]
    query: str | None
    mutation: str | None
    subscription: str | None
    problems: tuple[SchemaProblem, ...]
    place: Place
    text: str = ""
    directives: tuple[Directive, ...] = ()  # on `schema` itself, where none of AppSync's has effect
    declared: frozenset[str] = frozenset()  # the directives that the SDL itself defines
    _line_starts: list[int] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def roots(self) -> dict[OperationKind, str]:
        """``{"query": "Query", ...}`` for the roots that are named and defined."""
        roots: dict[OperationKind, str | None] = {
            "query": self.query,
            "mutation": self.mutation,
            "subscription": self.subscription,
        }
        return {operation: name for operation, name in roots.items() if name and name in self.types}

    def possible_types(self, name: str) -> tuple[TypeDefinition, ...]:
        """Return the object types a value of this type may be: itself, implementers or members."""
        named = self.types.get(name)
        if named is None:
            return ()
        if named.kind == "object":
            return (named,)
        if named.kind == "union":
            members = (self.types.get(member) for member in dict.fromkeys(named.members))
            return tuple(one for one in members if one is not None and one.kind == "object")
        if named.kind != "interface":
            return ()
        return tuple(
            one for one in self.types.values() if one.kind == "object" and name in one.interfaces
        )

    def line_of(self, offset: int) -> int:
        """Return the line, from 1, that the offset is on."""
        if not self._line_starts:  # filled on first use: most scans ask for few places
            self._line_starts.append(0)
            start = self.text.find("\n")
            while start >= 0:
                self._line_starts.append(start + 1)
                start = self.text.find("\n", start + 1)
        return bisect_right(self._line_starts, offset)

    def at(self, offset: int) -> Place:
        """Return the place of a spot of the SDL."""
        line = self.line_of(offset)
        return move_place(self.place, line, offset - self._line_starts[line - 1] + 1)


def parse_schema(text: str, place: Place) -> Schema:
    """Return the schema. Raise SchemaError, with the place inside, if it is not SDL.

    ``may_be_accepted`` tells an error that AppSync would share from one that it might not.
    """
    reader = _Reader()
    extensions: list[Any] = []
    document = parse_document(text, place)
    refuse_long_names(document, place)
    for node in document.definitions:
        if node.kind.endswith("_extension"):
            extensions.append(node)
        else:
            reader.define(node)
    for node in extensions:
        reader.extend(node)
    reader.settle(document.definitions)
    return Schema(
        types=reader.types,
        query=reader.roots.get("query"),
        mutation=reader.roots.get("mutation"),
        subscription=reader.roots.get("subscription"),
        problems=tuple(reader.problems),
        place=place,
        text=text,
        directives=tuple(reader.directives),
        declared=frozenset(reader.declared),
    )


def comments(schema: Schema) -> dict[int, str]:
    """Return the comments of the SDL by line, without the ``#``.

    A ``#`` inside a description or another string starts no comment.
    """
    return {
        schema.line_of(match.start()): match["comment"].strip()
        for match in _COMMENT.finditer(schema.text)
        if match["comment"] is not None
    }


class _Reader:
    """Collects definitions in the order of the document; extensions come last."""

    def __init__(self) -> None:
        self.types: dict[str, TypeDefinition] = {}
        self.problems: list[SchemaProblem] = []
        self.roots: dict[OperationKind, str] = {}
        self.directives: list[Directive] = []
        self.declared: set[str] = set()
        self.has_schema_definition = False

    def define(self, node: Any) -> None:
        """Take a definition that is not an extension."""
        if node.kind in KINDS:
            definition = self._read(node)
            if self.types.setdefault(definition.name, definition) is not definition:
                self._note("duplicate-type", definition.name, "is defined twice", definition.offset)
        elif node.kind == "schema_definition":
            self.has_schema_definition = True
            self._read_roots(node)
        elif node.kind == "directive_definition":
            self.declared.add(node.name.value)
        else:
            self._note("operation", "schema", "holds an operation or fragment", node.loc.start)

    def extend(self, node: Any) -> None:
        """Merge an extension; what it adds comes after what it extends."""
        if node.kind == "schema_extension":
            self._note("extension", "schema", "is extended", node.loc.start)
            self._read_roots(node)
            return
        more = self._read(node)
        self._note("extension", more.name, "is extended", more.offset)
        base = self.types.get(more.name)
        if base is None:
            self.types[more.name] = replace(more, defined=False)
            return
        fields = dict(base.fields)
        for name, added in more.fields.items():
            if fields.setdefault(name, added) is not added:
                self._note("duplicate-field", added.coordinate, "is defined twice", added.offset)
        self.types[more.name] = replace(
            base,
            directives=base.directives + more.directives,
            fields=fields,
            interfaces=base.interfaces + more.interfaces,
            members=base.members + more.members,
            values=base.values + more.values,
        )

    def settle(self, nodes: Iterable[Any]) -> None:
        """Find the roots by their default names, and note what schema creation may refuse."""
        if not self.has_schema_definition:
            for operation in ("query", "mutation", "subscription"):
                name = operation.capitalize()
                if name in self.types and self.types[name].kind == "object":
                    self.roots.setdefault(operation, name)
        if "query" not in self.roots:
            like = find_query_like(self.types)
            hint = f" (likely meant: `{like}`)" if like else ""
            words = f"does not have a query type{hint}"
            self._note("missing-query", "schema", words, 0)
        for name in self.roots.values():
            self._expect(name, "schema", 0)
        for one in self.types.values():
            for name in (*one.interfaces, *one.members):
                self._expect(name, one.name, one.offset)
            for field_ in one.fields.values():
                self._expect(field_.returns, field_.coordinate, field_.offset)
                for _, signature, _ in field_.arguments:
                    self._expect(signature.strip("[]!"), field_.coordinate, field_.offset)
        self.problems += find_written_problems(nodes, self.types)
        self.problems += find_type_problems(self.types)
        self.problems += find_root_problems(
            self.types, self.roots, has_schema_definition=self.has_schema_definition
        )
        self.problems += find_limit_problems(nodes, self.types, self.roots.get("subscription"))
        self.problems.sort(key=lambda problem: problem.offset)

    def _expect(self, name: str, user: str, offset: int) -> None:
        if name not in self.types and name not in SCALARS:
            self._note("undefined-type", name, f"is not defined: `{user}` names it", offset)

    def _read(self, node: Any) -> TypeDefinition:
        definition, repeated = read_definition(node)
        for twice in repeated:
            self._note("duplicate-field", twice.coordinate, "is defined twice", twice.offset)
        return definition

    def _read_roots(self, node: Any) -> None:
        self.directives.extend(read_directives(node))
        for root in node.operation_types or ():
            self.roots[root.operation.value] = root.type.name.value

    def _note(self, kind: ProblemKind, subject: str, words: str, offset: int) -> None:
        self.problems.append(SchemaProblem(kind, subject, f"`{subject}` {words}", offset))
