"""SDL → types, fields and directives with positions; extensions are merged.

In: SDL text and where it stands. Out: Schema. Does not know modes or callers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cdk_appsync_guard.template.read import Place

__all__ = ["Directive", "Field", "Schema", "SchemaProblem", "TypeDefinition", "parse_schema"]


@dataclass(frozen=True, slots=True)
class Directive:
    """A use of a directive. ``groups`` is ``cognito_groups`` (None if the argument is not given)."""

    name: str
    line: int
    column: int
    groups: tuple[str, ...] | None = None
    mutations: tuple[str, ...] | None = None  # @aws_subscribe
    misplaced_arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object or interface type (input fields are kept too, marked by their type)."""

    type_name: str  # the type that has the field
    name: str
    returns: str  # the named type, without lists and non-null
    signature: str  # as written: "[Post!]!"
    non_null: bool  # the outermost position is non-null: a null here nulls the parent
    items_non_null: bool  # no position at all is nullable (a null innermost value climbs out)
    is_list: bool
    directives: tuple[Directive, ...]
    arguments: tuple[tuple[str, str, bool], ...]  # name, type as written, required
    line: int
    column: int

    @property
    def coordinate(self) -> str:
        """``Query.getPost``."""
        return f"{self.type_name}.{self.name}"


@dataclass(frozen=True, slots=True)
class TypeDefinition:
    """A named type. ``kind``: object, interface, union, enum, scalar, input."""

    name: str
    kind: str
    directives: tuple[Directive, ...]
    fields: dict[str, Field]
    interfaces: tuple[str, ...]
    members: tuple[str, ...]  # of a union
    line: int
    column: int
    defined: bool = True  # False if only `extend` names it


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """Something in SDL that schema creation would refuse, or is reported to.

    ``kind``: undefined-type, extension, duplicate-type, duplicate-field, missing-query, ...
    """

    kind: str
    subject: str
    message: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Schema:
    """A parsed schema. ``place`` is where its first character stands."""

    types: dict[str, TypeDefinition]
    query: str | None
    mutation: str | None
    subscription: str | None
    problems: tuple[SchemaProblem, ...]
    place: Place
    comments: dict[int, str] = field(default_factory=dict)

    @property
    def roots(self) -> dict[str, str]:
        """``{"query": "Query", ...}`` for the roots that exist."""
        raise NotImplementedError

    def possible_types(self, name: str) -> tuple[TypeDefinition, ...]:
        """Return the object types a value of this type may be: itself, implementers or members."""
        raise NotImplementedError

    def at(self, line: int, column: int) -> Place:
        """Return the place of a spot of the SDL."""
        raise NotImplementedError


def parse_schema(text: str, place: Place) -> Schema:
    """Return the schema. Raise SchemaError, with the place inside, if it is not SDL."""
    raise NotImplementedError
