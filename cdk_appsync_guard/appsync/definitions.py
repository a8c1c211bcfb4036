"""graphql-core's nodes → the types, fields and directives that the product mentions.

In: one definition or extension of a document that was parsed with locations. Out: TypeDefinition.
Does not know the other definitions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = [
    "AUTHORIZATION",
    "KINDS",
    "OWN_DIRECTIVES",
    "Directive",
    "Field",
    "OperationKind",
    "ProblemKind",
    "SchemaProblem",
    "TypeDefinition",
    "read_definition",
    "read_directives",
]

TypeKind: TypeAlias = Literal["object", "interface", "union", "enum", "scalar", "input"]
KINDS: dict[str, TypeKind] = {
    "object_type_definition": "object",
    "interface_type_definition": "interface",
    "union_type_definition": "union",
    "enum_type_definition": "enum",
    "scalar_type_definition": "scalar",
    "input_object_type_definition": "input",
}
_WITHOUT_FIELDS = ("union", "enum", "scalar")
AUTHORIZATION = (
    *("aws_api_key", "aws_iam", "aws_oidc", "aws_lambda"),
    *("aws_cognito_user_pools", "aws_auth"),
)
OWN_DIRECTIVES = (
    *AUTHORIZATION,
    *("aws_subscribe", "aws_publish"),
    *("canonical", "hidden", "renamed"),  # of the source APIs of a merged API
)
_ARGUMENTS = {
    "aws_api_key": (),
    "aws_iam": (),
    "aws_oidc": (),
    "aws_lambda": (),
    "aws_cognito_user_pools": ("cognito_groups",),
    "aws_auth": ("cognito_groups",),
    "aws_subscribe": ("mutations",),
    "aws_publish": ("subscriptions",),
}
# AppSync refuses a bare string here: https://github.com/aws-amplify/docs/pull/3419
_STRICT_LISTS = ("mutations",)


@dataclass(frozen=True, slots=True)
class Directive:
    """A use of a directive; ``offset`` is that of its ``@``.

    ``groups`` is ``cognito_groups``, None if the argument is not given. ``misplaced_arguments`` are
    the names of arguments that the directive does not have, or whose value is not what it takes;
    ``single_arguments`` those that are one string where a list is due.
    """

    name: str
    offset: int
    groups: tuple[str, ...] | None = None
    mutations: tuple[str, ...] | None = None  # @aws_subscribe
    misplaced_arguments: tuple[str, ...] = ()
    single_arguments: tuple[str, ...] = ()

    def takes(self, argument: str) -> bool:
        """Return whether the directive has an argument of that name."""
        return argument in _ARGUMENTS.get(self.name, (argument,))

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments that the directive has, () if it is not AppSync's."""
        return _ARGUMENTS.get(self.name, ())


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
    offset: int

    @property
    def coordinate(self) -> str:
        """``Query.getPost``."""
        return f"{self.type_name}.{self.name}"


@dataclass(frozen=True, slots=True)
class TypeDefinition:
    """A named type. ``kind``: object, interface, union, enum, scalar, input."""

    name: str
    kind: TypeKind
    directives: tuple[Directive, ...]
    fields: dict[str, Field]
    interfaces: tuple[str, ...]
    members: tuple[str, ...]  # of a union
    offset: int
    defined: bool = True  # False if only `extend` names it
    values: tuple[str, ...] = ()  # of an enum


OperationKind: TypeAlias = Literal["query", "mutation", "subscription"]
ProblemKind: TypeAlias = Literal[
    "undefined-type",
    "duplicate-type",
    "duplicate-field",
    "duplicate-part",
    "missing-query",
    "extension",
    "operation",
    "wrong-position",
    "wrong-kind",
    "not-implemented",
    "forbidden",
    "repeated-directive",
    "custom-scalar",
    "redeclared",
    "long-subscription",
    "root-omitted",
    "root-misnamed",
]


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """Something in SDL that schema creation would refuse, or is reported to.

    ``subject`` is the type or the coordinate at fault, ``message`` a sentence about it. The kinds
    and what they mean stand in the vocabulary of facts.
    """

    kind: ProblemKind
    subject: str
    message: str
    offset: int


def read_definition(node: Any) -> tuple[TypeDefinition, tuple[Field, ...]]:
    """Return the type, and the fields that repeat a name it already has."""
    kind = KINDS[node.kind.replace("_extension", "_definition")]
    name = node.name.value
    fields: dict[str, Field] = {}
    repeated = []
    for child in () if kind in _WITHOUT_FIELDS else node.fields or ():
        read = _read_field(name, child)
        if fields.setdefault(read.name, read) is not read:
            repeated.append(read)
    definition = TypeDefinition(
        name=name,
        kind=kind,
        directives=read_directives(node),
        fields=fields,
        interfaces=_read_names(getattr(node, "interfaces", None)),
        members=_read_names(node.types) if kind == "union" else (),
        offset=node.name.loc.start,
        values=_read_values(node) if kind == "enum" else (),
    )
    return definition, tuple(repeated)


def read_directives(node: Any) -> tuple[Directive, ...]:
    """Return the directives that are used on a node."""
    return tuple(_read_directive(use) for use in node.directives or ())


def _read_names(nodes: Any) -> tuple[str, ...]:
    return tuple(named.name.value for named in nodes or ())


def _read_values(node: Any) -> tuple[str, ...]:
    return tuple(value.name.value for value in node.values or ())


def _read_field(type_name: str, node: Any) -> Field:
    returns, signature, full, is_list = _read_reference(node.type)
    arguments = getattr(node, "arguments", None)  # an input field has none
    return Field(
        type_name=type_name,
        name=node.name.value,
        returns=returns,
        signature=signature,
        non_null=signature[-1] == "!",
        items_non_null=full,
        is_list=is_list,
        directives=read_directives(node) if node.directives else (),
        arguments=tuple(_read_argument(one) for one in arguments) if arguments else (),
        offset=node.name.loc.start,
    )


def _read_argument(node: Any) -> tuple[str, str, bool]:
    signature = _read_reference(node.type)[1]
    return node.name.value, signature, signature[-1] == "!" and node.default_value is None


def _read_reference(node: Any) -> tuple[str, str, bool, bool]:
    """Return the named type, the type as written, if no position is nullable, if it is a list."""
    left, right, full, is_list = "", "", True, False
    while True:
        if node.kind == "non_null_type":
            right = "!" + right
            node = node.type
        else:
            full = False
        if node.kind == "named_type":
            name = node.name.value
            return name, f"{left}{name}{right}", full, is_list
        left += "["
        right = "]" + right
        is_list = True
        node = node.type


def _read_directive(node: Any) -> Directive:
    name = node.name.value
    groups = mutations = None
    misplaced = []
    single = []
    known = _ARGUMENTS.get(name)
    for argument in node.arguments or ():
        called = argument.name.value
        values = _read_strings(argument.value)
        if argument.value.kind == "string_value":
            single.append(called)
            values = None if called in _STRICT_LISTS else values
        if known is not None and (called not in known or values is None):
            misplaced.append(called)
        if argument.value.kind == "null_value":
            continue
        if called == "cognito_groups":
            groups = values or ()
        elif called == "mutations":
            mutations = values or ()
    return Directive(name, node.loc.start, groups, mutations, tuple(misplaced), tuple(single))


def _read_strings(node: Any) -> tuple[str, ...] | None:
    """Return a list of strings; a bare string is read as a list of one."""
    if node.kind == "null_value":
        return ()
    values = node.values or () if node.kind == "list_value" else (node,)
    if any(value.kind != "string_value" for value in values):
        return None
    return tuple(value.value for value in values)
