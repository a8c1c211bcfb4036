"""A client's operation, one caller → which of the selected fields he gets; and what is invalid.

In: an endpoint, an operation of client code. Out: Calls, which a policy or a directive may deny,
and Mistakes, for which the server refuses the operation whoever sends it. Policies and directives
are asked apart: whoever mends one should know of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.access.decide import Caller, Decision
from cdk_appsync_guard.access.document import Operation, collect_fields
from cdk_appsync_guard.access.execution import Endpoint, Execution
from cdk_appsync_guard.appsync.client_files import HOLE
from cdk_appsync_guard.appsync.operation_size import MOST_FIELDS
from cdk_appsync_guard.appsync.operations import ClientOperation
from cdk_appsync_guard.appsync.schema import SCALARS, Field, Schema
from cdk_appsync_guard.errors import InputError
from cdk_appsync_guard.spelling import closest

__all__ = [
    "Call",
    "Mistake",
    "find_mistakes",
    "judge_fields",
    "judge_roots",
    "root_nodes",
    "selected_paths",
]

_COMPOSITE = ("object", "interface", "union")


@dataclass(frozen=True, slots=True)
class Call:
    """A selected field and the decision on it; ``path`` joins the names of fields with dots."""

    coordinate: str
    path: str
    decision: Decision
    node: Any


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that makes the operation invalid.

    ``kind``: unknown-field, unknown-argument, missing-argument, nullable-argument (a variable that
    may be null, where null is not allowed), unknown-type, missing-selection, surplus-selection or
    no-root.
    """

    kind: str
    coordinate: str
    node: Any
    argument: str = ""
    suggestion: str = ""


def judge_fields(
    endpoint: Endpoint, caller: Caller, operation: ClientOperation
) -> tuple[Call, ...]:
    """Return the calls as directives decide them: each field once, however often it is selected.

    What is below a denied field is not asked for, as AppSync never reaches it. Raise InputError if
    the operation selects too much to be judged.
    """
    if operation.is_too_much:
        raise InputError(f"the operations of the file select more than {MOST_FIELDS:,} fields")
    execution = Execution(endpoint, caller, _as_operation(operation), frozenset())
    try:
        execution.run()
    except RecursionError:
        raise InputError("an operation is nested too deeply to be judged") from None
    open_types = {
        (one.path, one.coordinate): one.decision
        for one in execution.undecided
        if one.decision.reason == "concrete-type"
    }
    calls: dict[tuple[str, int], Call] = {}
    for one in execution.decisions:
        decision = one.decision
        if decision.outcome == "denied":
            decision = open_types.get((one.path, one.coordinate), decision)
        names = ".".join(str(step) for step in one.path if not isinstance(step, int))
        calls.setdefault(
            (one.coordinate, id(one.node)), Call(one.coordinate, names, decision, one.node)
        )
    return tuple(calls.values())


def judge_roots(
    schema: Schema, operation: ClientOperation, allows: Callable[[str], Decision]
) -> tuple[Call, ...]:
    """Return the calls of the root fields as the policies of an IAM caller decide them."""
    root = schema.roots[operation.kind]
    return tuple(
        Call(f"{root}.{name}", name, allows(f"{root}.{name}"), node)
        for name, node in root_nodes(schema, operation).items()
    )


def root_nodes(schema: Schema, operation: ClientOperation) -> dict[str, Any]:
    """Return the root fields that exist and are selected, each with the first node that does."""
    root = schema.types.get(schema.roots.get(operation.kind, ""))
    if root is None:
        return {}
    asked = _as_operation(operation)
    selected = collect_fields(schema, asked, root, asked.selections)
    nodes = (nodes[0] for nodes in selected.values())
    found: dict[str, Any] = {}
    for node in nodes:
        if node.name.value in root.fields:
            found.setdefault(node.name.value, node)
    return found


def find_mistakes(schema: Schema, operation: ClientOperation) -> Iterator[Mistake]:
    """Yield what the server would refuse the operation for."""
    root = schema.roots.get(operation.kind)
    if root is None or root not in schema.types:
        yield Mistake("no-root", operation.kind.capitalize(), operation.node)
        return
    starts = [(root, operation.node)]
    for fragment in operation.fragments.values():
        condition = fragment.type_condition.name.value
        if condition in schema.types:
            starts.append((condition, fragment))
        else:
            yield from _unknown_type(schema, condition, fragment)
    nullable = _nullable_variables(operation.node)
    waiting = [(name, child) for name, node in starts for child in node.selection_set.selections]
    waiting.reverse()
    while waiting:
        parent, node = waiting.pop()
        mistakes, below = _check(schema, parent, node, nullable)
        yield from mistakes
        selections = getattr(node, "selection_set", None)
        if below is not None and selections is not None:
            waiting.extend((below, child) for child in reversed(selections.selections))


def _check(
    schema: Schema, parent: str, node: Any, nullable: Mapping[str, bool]
) -> tuple[list[Mistake], str | None]:
    """Return what is wrong with a selection itself, and the type of what is selected below it."""
    if node.kind == "field":
        return _check_field(schema, parent, node, nullable)
    if node.kind == "inline_fragment" and node.type_condition is not None:
        below = node.type_condition.name.value
        if below not in schema.types:
            return list(_unknown_type(schema, below, node)), None
        return [], below
    return [], parent


def selected_paths(operation: ClientOperation, root: Any) -> dict[str, Any]:
    """Return what is selected below a root field: the node by the names of the fields on the way.

    Fragments count whatever type they are for. A fragment inside itself is not entered again.
    """
    found: dict[str, Any] = {}
    waiting: list[tuple[str, Any, tuple[str, ...]]] = [
        ("", node, ()) for node in reversed(_selections(root))
    ]
    work = 0
    while waiting and work < MOST_FIELDS:
        work += 1
        path, node, spread = waiting.pop()
        inside = spread
        if node.kind == "fragment_spread":
            name = node.name.value
            if name in spread or name not in operation.fragments:
                continue
            node = operation.fragments[name]
            inside = (*spread, name)
        elif node.kind == "field":
            name = node.name.value
            if name.startswith("__") or HOLE.search(name):
                continue
            path = f"{path}.{name}" if path else name
            found.setdefault(path, node)
        waiting.extend((path, child, inside) for child in reversed(_selections(node)))
    return found


def _selections(node: Any) -> tuple[Any, ...]:
    return tuple(node.selection_set.selections) if node.selection_set is not None else ()


def _as_operation(operation: ClientOperation) -> Operation:
    return Operation(
        operation.kind,
        operation.name,
        tuple(operation.node.selection_set.selections),
        operation.fragments,
    )


def _check_field(
    schema: Schema, parent: str, node: Any, nullable: Mapping[str, bool]
) -> tuple[list[Mistake], str | None]:
    """Return what is wrong with the field itself, and the type of what is selected below it."""
    name = node.name.value
    if name.startswith("__") or HOLE.search(name):
        return [], None
    declared = schema.types[parent].fields.get(name)
    if declared is None:
        suggestion = _likely(name, schema.types[parent].fields)
        return [Mistake("unknown-field", f"{parent}.{name}", node, suggestion=suggestion)], None
    mistakes = list(_check_arguments(declared, node, nullable))
    returned = schema.types.get(declared.returns)
    is_composite = returned is not None and returned.kind in _COMPOSITE
    if is_composite and node.selection_set is None:
        mistakes.append(Mistake("missing-selection", declared.coordinate, node))
    is_leaf = declared.returns in SCALARS if returned is None else not is_composite
    if is_leaf and node.selection_set is not None:
        mistakes.append(Mistake("surplus-selection", declared.coordinate, node))
    return mistakes, declared.returns if is_composite else None


def _check_arguments(declared: Field, node: Any, nullable: Mapping[str, bool]) -> Iterator[Mistake]:
    given = {one.name.value: one for one in node.arguments or ()}
    known = [name for name, _, _ in declared.arguments]
    for name, argument in given.items():
        if name not in known and not HOLE.search(name):
            suggestion = _likely(name, known)
            yield Mistake("unknown-argument", declared.coordinate, argument, name, suggestion)
    if any(HOLE.search(name) for name in given):
        return
    for name, _, required in declared.arguments:
        if not required:
            continue
        if name not in given:
            yield Mistake("missing-argument", declared.coordinate, node, name)
        elif _may_be_null(given[name].value, nullable):
            yield Mistake("nullable-argument", declared.coordinate, given[name], name)


def _may_be_null(value: Any, nullable: Mapping[str, bool]) -> bool:
    if value.kind == "variable":
        return nullable.get(value.name.value, False)
    return bool(value.kind == "null_value")


def _nullable_variables(node: Any) -> dict[str, bool]:
    """Return for each variable whether it may be null where null is not allowed.

    A default value that is not null keeps it from that.
    https://spec.graphql.org/October2021/#sec-All-Variable-Usages-are-Allowed
    """
    return {
        one.variable.name.value: one.type.kind != "non_null_type"
        and (one.default_value is None or one.default_value.kind == "null_value")
        for one in node.variable_definitions or ()
    }


def _unknown_type(schema: Schema, name: str, node: Any) -> Iterator[Mistake]:
    if not HOLE.search(name):
        yield Mistake("unknown-type", name, node, suggestion=_likely(name, schema.types))


def _likely(name: str, names: Iterable[str]) -> str:
    by_case = {one.lower(): one for one in names}
    if name.lower() in by_case:
        return by_case[name.lower()]
    return closest(name, names) or ""
