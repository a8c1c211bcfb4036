"""A client's operation, one caller → which of the selected fields the caller gets.

In: an endpoint, an operation of client code. Out: Calls. There is one answer to a request, that of
``request``: what it never comes to is not a call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from cdk_appsync_guard.access.decide import Caller, Decision, decide
from cdk_appsync_guard.access.document import Operation, collect_fields
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.access.request import answer_operation
from cdk_appsync_guard.appsync.client_files import HOLE
from cdk_appsync_guard.appsync.operation_size import MOST_FIELDS
from cdk_appsync_guard.appsync.operations import ClientOperation
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.errors import InputError

__all__ = ["Call", "as_operation", "judge_calls", "root_nodes", "selected_paths"]

_BY_POLICY = ("iam", "iam-deny")


Gate: TypeAlias = Literal["credential", "policy", "directive"]


@dataclass(frozen=True, slots=True)
class Call:
    """A selected field and the decision on it; ``path`` joins the names of fields with dots.

    ``gate`` is what decides: credential, policy or directive. ``runs`` tells whether the rest of
    the request is executed; None where AWS does not say.
    """

    coordinate: str
    path: str
    decision: Decision
    node: Any
    gate: Gate = "directive"
    runs: bool | None = True
    closed_too: bool = False  # the directives would deny it as well


def judge_calls(
    endpoint: Endpoint,
    caller: Caller,
    operation: ClientOperation,
    allows: Callable[[str], Decision] | None = None,
) -> tuple[Call, ...]:
    """Return the calls that come of a request: each field once, however often it is selected.

    What is below a denied field is not asked for, as AppSync never reaches it. *allows* decides
    root fields by the policies of an IAM caller. Raise InputError if the operations of the file
    select too much to be judged.
    """
    if operation.is_too_much:
        raise InputError(f"the operations of the file select more than {MOST_FIELDS:,} fields")
    answer = answer_operation(endpoint, caller, as_operation(operation), iam_allows=allows)
    open_types = {
        (one.path, one.coordinate): one.decision
        for one in answer.undecided
        if one.decision.reason == "concrete-type"
    }
    partial = any(one.decision.reason == "iam-partial" for one in answer.undecided)
    calls: dict[tuple[str, int], Call] = {}
    for one in (*answer.refused, *answer.decisions):
        decision = one.decision
        if decision.outcome == "denied":
            decision = open_types.get((one.path, one.coordinate), decision)
        names = ".".join(str(step) for step in one.path if not isinstance(step, int))
        gate = _gate(decision)
        call = Call(
            one.coordinate,
            names,
            decision,
            one.node,
            gate,
            None if gate == "policy" and partial else answer.executed,
            gate == "policy" and _is_closed(endpoint, caller, one.coordinate),
        )
        calls.setdefault((one.coordinate, id(one.node)), call)
    return tuple(calls.values())


def root_nodes(schema: Schema, operation: ClientOperation) -> dict[str, Any]:
    """Return the root fields that exist and are selected, each with the first node that does."""
    root = schema.types.get(schema.roots.get(operation.kind, ""))
    if root is None:
        return {}
    asked = as_operation(operation)
    selected = collect_fields(schema, asked, root, asked.selections)
    nodes = (nodes[0] for nodes in selected.values())
    found: dict[str, Any] = {}
    for node in nodes:
        if node.name.value in root.fields:
            found.setdefault(node.name.value, node)
    return found


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


def as_operation(operation: ClientOperation) -> Operation:
    """Return the operation as a request sends it."""
    return Operation(
        operation.kind,
        operation.name,
        tuple(operation.node.selection_set.selections),
        operation.fragments,
        node=operation.node,
    )


def _gate(decision: Decision) -> Gate:
    if decision.reason == "mode-not-configured":
        return "credential"
    by_policy = decision.reason in _BY_POLICY
    return "policy" if by_policy else "directive"


def _is_closed(endpoint: Endpoint, caller: Caller, coordinate: str) -> bool:
    type_name, _, name = coordinate.partition(".")
    field = endpoint.schema.types[type_name].fields[name]
    return decide(endpoint.authorization, endpoint.schema, caller, field).outcome == "denied"


def _selections(node: Any) -> tuple[Any, ...]:
    return tuple(node.selection_set.selections) if node.selection_set is not None else ()
