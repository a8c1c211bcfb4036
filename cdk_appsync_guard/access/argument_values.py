"""Values, variables and their types → what the server refuses of them.

In: a schema and an operation. Out: Misuses. graphql-core holds the operation against the rules of
the specification that AppSync's own validation shares; here they are only put into words.
https://spec.graphql.org/October2021/#sec-Values.Input-Coercion
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cdk_appsync_guard.access.document import Operation
from cdk_appsync_guard.appsync.client_files import HOLE
from cdk_appsync_guard.appsync.schema import SCALARS, Schema

__all__ = ["Misuse", "ValueChecker"]

_MOST = 50
_OWN_SCALARS = tuple(sorted(name for name in SCALARS if name.startswith("AWS")))


@dataclass(frozen=True, slots=True)
class Misuse:
    """A value or a variable that does not fit.

    ``kind`` and ``words`` are AppSync's, "" where they are not documented; ``field`` is the id of
    the field's node that the value is given to, 0 for what concerns the whole operation.
    """

    kind: str
    words: str
    detail: str
    node: Any
    field: int = 0


class ValueChecker:
    """Holds the values in operations against one schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def misuses(self, operation: Operation, *, complete: bool) -> Iterator[Misuse]:
        """Yield what is wrong with values and variables, one of a kind for each argument."""
        schema = self._executable
        if schema is None:
            return
        from graphql.language import DocumentNode  # noqa: PLC0415 - see `_executable`

        fields = _fields_by_value(operation)
        document = DocumentNode(definitions=(operation.node, *operation.fragments.values()))
        told: set[tuple[str, int]] = set()
        for name, error in _violations(schema, document, complete=complete):
            nodes = error.nodes or ()
            if not nodes or any(_is_open(node) for node in nodes):
                continue
            at, argument = next((fields[id(node)] for node in nodes if id(node) in fields), _WHOLE)
            if name == "KnownTypeNamesRule" and not _is_in(nodes[-1], operation.node):
                continue  # the type of a fragment
            misuse = _word(name, error, nodes, argument, at)
            if (key := ("", id(argument)) if argument else (misuse.detail, at)) not in told:
                told.add(key)
                yield misuse

    @cached_property
    def _executable(self) -> Any:
        """The schema as graphql-core wants it, None if it cannot be built."""
        from graphql import GraphQLError, parse  # noqa: PLC0415 - 0.1 s that a scan without operations should not pay
        from graphql.utilities import build_ast_schema  # noqa: PLC0415

        missing = (name for name in _OWN_SCALARS if name not in self._schema.types)
        own = " ".join(f"scalar {name}" for name in missing)
        try:
            document = parse(f"{self._schema.text}\n{own}", no_location=True)
            built = build_ast_schema(document, assume_valid=True, assume_valid_sdl=True)
            refuse = built.type_map.get("AWSJSON")
        except (GraphQLError, TypeError, KeyError, RecursionError):
            return None  # the schema has findings of its own
        if refuse is not None and "AWSJSON" not in self._schema.types:
            _take_text_only(refuse)
        return built


def _take_text_only(scalar: Any) -> None:
    """Refuse an object where AppSync wants JSON as a string.

    https://github.com/awslabs/aws-mobile-appsync-sdk-js/issues/554
    """
    from graphql import GraphQLError  # noqa: PLC0415 - see `_executable`

    def parse_literal(node: Any, *_: Any) -> Any:
        if node.kind == "object_value":
            raise GraphQLError("an object is given where AWSJSON is a string", node)
        return ""

    scalar.parse_literal = parse_literal
    if hasattr(scalar, "coerce_input_literal"):
        scalar.coerce_input_literal = parse_literal


def _violations(schema: Any, document: Any, *, complete: bool) -> Iterator[tuple[str, Any]]:
    from graphql import validation  # noqa: PLC0415 - see `_executable`
    from graphql.validation import validate  # noqa: PLC0415

    names = [*_RULES, *(_RULES_OF_COMPLETE if complete else ())]
    for name in names:
        rule = getattr(validation, name)
        try:
            errors = validate(schema, document, [rule], max_errors=_MOST)
        except (RecursionError, KeyError, TypeError, AttributeError):
            continue  # nested too deeply, or spread fragments are elsewhere
        for error in errors:
            yield name, error


def _fields_by_value(operation: Operation) -> dict[int, tuple[int, Any]]:
    """Return for each node below an argument the id of its field's node, and the argument."""
    found: dict[int, tuple[int, Any]] = {}
    waiting = [operation.node, *operation.fragments.values()]
    while waiting:
        node = waiting.pop()
        for argument in getattr(node, "arguments", None) or () if node.kind == "field" else ():
            for value in _values(argument.value):
                found[id(value)] = (id(node), argument)
        selections = getattr(node, "selection_set", None)
        waiting.extend(selections.selections if selections is not None else ())
    return found


def _values(value: Any) -> Iterator[Any]:
    waiting = [value]
    while waiting:
        node = waiting.pop()
        yield node
        if node.kind == "object_field":
            waiting.append(node.value)
        waiting.extend(getattr(node, "fields", None) or ())
        waiting.extend(getattr(node, "values", None) or ())


def _is_open(node: Any) -> bool:
    """Return whether code fills in a part of the value."""
    at = node.loc
    return at is not None and HOLE.search(at.source.body, at.start, at.end) is not None


def _is_in(node: Any, operation: Any) -> bool:
    """Return whether the node is part of the operation's variables."""
    return any(
        one.loc.start <= node.loc.start < one.loc.end and one.loc.source is node.loc.source
        for one in operation.variable_definitions or ()
    )


def _word(name: str, error: Any, nodes: Any, argument: Any, field: int) -> Misuse:
    last = nodes[-1]
    if name == "VariablesInAllowedPositionRule":
        return _mismatch(error, nodes, argument, field)
    if name == "NoUndefinedVariablesRule":
        variable = nodes[0].name.value
        detail = f"uses the variable `${variable}`, which the operation does not declare"
        words = f"Undefined variable {variable}"
        return Misuse("UndefinedVariable", words, detail, nodes[0], field)
    if name == "NoUnusedVariablesRule":
        detail = f"declares the variable `${nodes[0].variable.name.value}`, which nothing uses"
        return Misuse("UnusedVariable", "", detail, nodes[0])
    if name == "SingleFieldSubscriptionsRule":
        return Misuse("", "", "selects more than one root field, where one is allowed", last)
    if name == "KnownTypeNamesRule":
        unknown = last.name.value
        detail = f"declares a variable of type `{unknown}`, which is not in the schema"
        return Misuse("UnknownType", f"Unknown type {unknown}", detail, last)
    if name == "VariablesAreInputTypesRule":
        detail = f"declares a variable of a type that is not for input: {_brief(error)}"
        return Misuse("", "", detail, last)
    written = f"the argument `{argument.name.value}`" if argument else "a default value"
    if last.kind == "null_value" and argument and argument.value is last:
        detail = f"requires the argument `{argument.name.value}`, which is `null` here"
        return Misuse("WrongType", "", detail, last, field)
    words = _wrong_type(error, argument)
    return Misuse("WrongType", words, f"refuses {written}: {_brief(error)}", last, field)


def _mismatch(error: Any, nodes: Any, argument: Any, field: int) -> Misuse:
    declared, used = nodes[0], nodes[-1]
    given = _text_of(declared.type)
    wanted = error.message.rpartition("expecting type ")[2].strip(".'\"")
    name = argument.name.value if argument else ""
    where = f"the argument `{name}`" if argument and argument.value is used else "a value"
    detail = f"takes `{wanted}` for {where}, and the variable `${used.name.value}` is `{given}`"
    words = f"Variable type '{given}' doesn't match expected type '{wanted}'"
    return Misuse("VariableTypeMismatch", words, detail, used, field)


def _wrong_type(error: Any, argument: Any) -> str:
    """Return AppSync's words for a plain value of the wrong scalar type, "" for all others."""
    if argument is None or error.nodes is None or error.nodes[-1] is not argument.value:
        return ""
    shown = _PRINTED.get(argument.value.kind)
    wanted = error.message.split(" cannot represent ")
    if shown is None or len(wanted) == 1 or not wanted[0].isalpha():
        return ""
    value = f"{shown}{{value={_plain(argument.value)}}}"
    if argument.value.kind == "string_value":
        value = f"{shown}{{value='{argument.value.value}'}}"
    return f"argument '{argument.name.value}' with value '{value}' is not a valid '{wanted[0]}'"


def _plain(value: Any) -> str:
    written = value.value
    return str(written).lower() if isinstance(written, bool) else str(written)


def _text_of(node: Any) -> str:
    from graphql.language import print_ast  # noqa: PLC0415 - see `_executable`

    return print_ast(node)


def _brief(error: Any) -> str:
    words: Iterable[str] = error.message.rstrip(".").replace("`", "'").split()
    text = " ".join(words)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


_WHOLE: tuple[int, Any] = (0, None)
_LONGEST = 160
_PRINTED = {"int_value": "IntValue", "boolean_value": "BooleanValue", "string_value": "StringValue"}
_RULES = (
    "ValuesOfCorrectTypeRule",
    "VariablesInAllowedPositionRule",
    "KnownTypeNamesRule",
    "VariablesAreInputTypesRule",
    "SingleFieldSubscriptionsRule",
)
# Where fragments are elsewhere, a variable may be used there.
_RULES_OF_COMPLETE = ("NoUndefinedVariablesRule", "NoUnusedVariablesRule")
