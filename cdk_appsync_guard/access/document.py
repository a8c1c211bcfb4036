"""A client's document → the operation to run, and the fields it selects of a concrete type.

In: GraphQL text. Out: Operation. Whether it fits the schema is asked in ``mistakes``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cdk_appsync_guard.appsync.definitions import OperationKind
from cdk_appsync_guard.appsync.schema import Schema, TypeDefinition
from cdk_appsync_guard.errors import InputError

__all__ = ["Invalid", "Operation", "collect_fields", "find_cycle", "read_operation"]

LARGEST_DOCUMENT = 1_000_000  # characters
MOST_TOKENS = 100_000


@dataclass(frozen=True, slots=True)
class Invalid:
    """Something in the document that keeps the server from running it."""

    message: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document. ``selections`` and ``fragments`` are graphql-core's nodes."""

    kind: OperationKind
    name: str | None
    selections: tuple[Any, ...]
    fragments: dict[str, Any]
    variables: Mapping[str, Any] = field(default_factory=dict)
    node: Any = None


def read_operation(
    text: str, name: str | None = None, variables: Mapping[str, Any] | None = None
) -> Operation | Invalid:
    """Return the operation called *name*, or the only one. Raise InputError if it is too large.

    Variables matter only to ``@skip`` and ``@include``; one that is not given counts as whatever
    keeps the field.
    """
    from graphql.error import GraphQLSyntaxError  # noqa: PLC0415 - 0.1 s that only a parse should cost
    from graphql.language import parse  # noqa: PLC0415

    if len(text) > LARGEST_DOCUMENT:
        raise InputError(f"the operation has {len(text)} characters, more than can be checked")
    try:
        document = parse(text, max_tokens=MOST_TOKENS)
    except GraphQLSyntaxError as error:
        spot = next(iter(error.locations or ()), None)
        words = _in_our_words(error.description)
        return Invalid(words, spot.line, spot.column) if spot else Invalid(words)
    except RecursionError:
        raise InputError("the operation is nested too deeply to be checked") from None
    fragments: dict[str, Any] = {}
    operations: list[Any] = []
    nodes: Iterable[Any] = document.definitions
    for node in nodes:
        if node.kind == "fragment_definition":
            fragments[node.name.value] = node
        elif node.kind == "operation_definition":
            operations.append(node)
    chosen = [one for one in operations if name is None or _name_of(one) == name]
    if len(chosen) != 1:
        return Invalid(_explain_choice(name, [_name_of(one) for one in operations]))
    return Operation(
        kind=chosen[0].operation.value,
        name=_name_of(chosen[0]),
        selections=tuple(chosen[0].selection_set.selections),
        fragments=fragments,
        variables=_read_defaults(chosen[0]) | dict(variables or {}),
        node=chosen[0],
    )


def collect_fields(
    schema: Schema, operation: Operation, concrete: TypeDefinition, selections: tuple[Any, ...]
) -> dict[str, list[Any]]:
    """Return the field nodes by response key that are selected on a concrete type, in order.

    https://spec.graphql.org/October2021/#CollectFields()
    """
    collected: dict[str, list[Any]] = {}
    visited: set[str] = set()
    waiting = list(reversed(selections))
    while waiting:
        node = waiting.pop()
        if _is_skipped(node, operation):
            continue
        if node.kind == "field":
            key = node.alias.value if node.alias else node.name.value
            collected.setdefault(key, []).append(node)
            continue
        if node.kind == "fragment_spread":
            if node.name.value in visited or node.name.value not in operation.fragments:
                continue
            visited.add(node.name.value)
            node = operation.fragments[node.name.value]
        condition = node.type_condition.name.value if node.type_condition else concrete.name
        if _applies(schema, condition, concrete):
            waiting.extend(reversed(node.selection_set.selections))
    return collected


def _applies(schema: Schema, condition: str, concrete: TypeDefinition) -> bool:
    if condition == concrete.name or condition in concrete.interfaces:
        return True
    named = schema.types.get(condition)
    return named is not None and concrete.name in named.members


def _is_skipped(node: Any, operation: Operation) -> bool:
    for directive in node.directives or ():
        if directive.name.value not in {"skip", "include"}:
            continue
        for argument in directive.arguments or ():
            value = argument.value
            if value.kind == "variable":
                given = operation.variables.get(value.name.value)
            else:
                given = value.value if value.kind == "boolean_value" else None
            if given is (directive.name.value == "skip"):
                return True
    return False


def find_cycle(operation: Operation) -> Any:
    """Return a fragment that never ends, as it spreads itself or others that do, or None."""
    pending: dict[str, set[str]] = {}
    users: dict[str, list[str]] = {}
    for name, node in operation.fragments.items():
        pending[name] = {one for one in _find_spreads(node) if one in operation.fragments}
        for spread in pending[name]:
            users.setdefault(spread, []).append(name)
    done = [name for name, spread in pending.items() if not spread]
    while done:  # take away, again and again, the fragments that spread nothing that is left
        gone = done.pop()
        del pending[gone]
        for name in users.get(gone, ()):
            pending[name].discard(gone)
            if not pending[name]:
                done.append(name)
    return operation.fragments[next(iter(pending))] if pending else None


def _find_spreads(fragment: Any) -> list[str]:
    nodes = _walk_selections(fragment.selection_set.selections)
    return [node.name.value for node in nodes if node.kind == "fragment_spread"]


def _walk_selections(selections: Any) -> Iterator[Any]:
    waiting = deque(selections)
    while waiting:
        node = waiting.popleft()
        yield node
        if node.kind != "fragment_spread" and node.selection_set is not None:
            waiting.extend(node.selection_set.selections)


def _read_defaults(node: Any) -> dict[str, Any]:
    return {
        one.variable.name.value: one.default_value.value
        for one in node.variable_definitions or ()
        if one.default_value is not None and one.default_value.kind == "boolean_value"
    }


def _name_of(node: Any) -> str | None:
    return node.name.value if node.name else None


def _explain_choice(name: str | None, names: list[str | None]) -> str:
    if not names:
        return "the document has no operation"
    if name is not None:
        return f"the document has no single operation called `{name}`"
    listed = ", ".join(f"`{one}`" for one in names if one)
    return f"the document has several operations: say which of {listed or 'them'} is meant"


def _in_our_words(description: str) -> str:
    words = description.rstrip(".").replace("\n", " ")
    return f"the document is not GraphQL: {words[:1].lower()}{words[1:]}"
