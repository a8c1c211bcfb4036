"""An operation's selections, checked field by field in the order AppSync would take them.

In: an endpoint, a caller, an operation that fits the schema, and for those who know it what
resolvers return. Out: data, errors, decisions. A resolver of which nothing is known is assumed to
return something: a leaf shows as ``…``, a list has one item.

To the reasons of ``decide`` it adds, denied: ``iam`` (policies), ``denied-fields`` (the Lambda
authorizer's list); undecided: ``concrete-type`` (denied for some of the types that the object may
have), ``only-type`` (denied for all the types of which it is selected), ``iam-partial`` and
``iam-introspection`` (what the whole request gets is not documented).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from cdk_appsync_guard.access.answers import field_refused, null_refused
from cdk_appsync_guard.access.decide import ALLOWED, Caller, Decision, decide
from cdk_appsync_guard.access.document import Operation, collect_fields
from cdk_appsync_guard.appsync.modes import Authorization
from cdk_appsync_guard.appsync.operation_size import MOST_FIELDS
from cdk_appsync_guard.appsync.schema import Field, Schema, TypeDefinition
from cdk_appsync_guard.errors import InputError

__all__ = ["UNSEEN", "Endpoint", "Execution", "Resolve", "Resolved", "Selected", "Wanted"]

LEAF = "…"
UNSEEN: Any = object()
"""What stands for a value that is not known."""

Path: TypeAlias = "tuple[str | int, ...]"
# A concrete type that a value may be of, what is selected of it, and the value if it is known.
State: TypeAlias = "tuple[TypeDefinition, tuple[Any, ...], Any]"

_FIELD_ARN = re.compile(r"arn:[^:]+:appsync:[^:]*:[^:]*:apis/[^/]+/types/([^/]+)/fields/([^/]+)")
_DENIED_BY_IAM = Decision("denied", "iam")
_DENIED_BY_AUTHORIZER = Decision("denied", "denied-fields")
_IAM_PARTIAL = Decision(
    "undecided",
    "iam-partial",
    "AWS does not document the answer to a request if IAM allows only some of its root fields",
)
_IAM_INTROSPECTION = Decision(
    "undecided",
    "iam-introspection",
    "AWS does not say which permission an introspection-only request needs",
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is known of the API that a request is sent to."""

    authorization: Authorization
    schema: Schema
    introspection: bool = True


@dataclass(frozen=True, slots=True)
class Selected:
    """The decision on one selected field; the path is empty if it is about the whole request.

    ``node`` is the first of the document's nodes that select the field.
    """

    path: tuple[str | int, ...]
    coordinate: str
    decision: Decision
    node: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field that a resolver is asked for; ``source`` is the object that has it, if known."""

    field: Field
    nodes: tuple[Any, ...]
    path: Path
    source: Any = UNSEEN


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a resolver makes of a field.

    ``error`` are the members that an error raised by it has instead of those of a denial;
    ``appended`` are errors beside the value.
    """

    decision: Decision = ALLOWED
    value: Any = UNSEEN
    error: Mapping[str, Any] | None = None
    appended: tuple[Mapping[str, Any], ...] = ()


Resolve: TypeAlias = "Callable[[Wanted], Resolved]"


@dataclass(frozen=True, slots=True)
class _Use:
    """A field as it is selected on one concrete type."""

    type: TypeDefinition
    field: Field
    nodes: list[Any]
    decision: Decision
    resolved: Resolved = Resolved()


class Execution:
    """The execution of one operation: errors and decisions are collected on the way."""

    def __init__(
        self,
        endpoint: Endpoint,
        caller: Caller,
        operation: Operation,
        denied_fields: frozenset[str],
        resolve: Resolve | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.caller = caller
        self.operation = operation
        self.resolve = resolve
        self.denied_fields = {_FIELD_ARN.sub(r"\1.\2", entry) for entry in denied_fields}
        self.iam: dict[str, Decision] = {}
        self.errors: list[dict[str, Any]] = []
        self.decisions: list[Selected] = []
        self.undecided: list[Selected] = []

    @property
    def root(self) -> TypeDefinition:
        """The root type of the operation."""
        schema = self.endpoint.schema
        return schema.types[schema.roots[self.operation.kind]]

    def ask_iam(self, iam_allows: Callable[[str], Decision]) -> bool:
        """Return whether the caller's policies let the request in: they see its root fields only.

        https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-iam-authorization
        """
        selected = collect_fields(
            self.endpoint.schema, self.operation, self.root, self.operation.selections
        )
        keys = [
            (key, f"{self.root.name}.{nodes[0].name.value}", nodes[0])
            for key, nodes in selected.items()
            if nodes[0].name.value in self.root.fields
        ]
        self.iam = {coordinate: _by_policy(iam_allows(coordinate)) for _, coordinate, _ in keys}
        outcomes = {decision.outcome for decision in self.iam.values()}
        if not outcomes:
            self._leave_open((), "", _IAM_INTROSPECTION)
        if outcomes == {"denied"}:
            for key, coordinate, node in keys:
                self.decisions.append(Selected((key,), coordinate, self.iam[coordinate], node))
            return False
        if "denied" in outcomes:
            self._leave_open((), "", _IAM_PARTIAL)
        return True

    def run(self) -> dict[str, Any] | None:
        """Return the data, None if a null climbed all the way."""
        return self._visit([(self.root, self.operation.selections, UNSEEN)], ())

    def _visit(self, states: list[State], path: Path) -> dict[str, Any] | None:
        """Return the value of an object that may be of any of the states' types."""
        selected = [
            (state, collect_fields(self.endpoint.schema, self.operation, state[0], state[1]))
            for state in states
        ]
        data: dict[str, Any] = {}
        is_null = False
        for key in dict.fromkeys(key for _, fields in selected for key in fields):
            on = [(state, fields[key]) for state, fields in selected if key in fields]
            name = on[0][1][0].name.value
            if name.startswith("__"):
                known = name == "__typename" and len(on) == 1
                data[key] = on[0][0][0].name if known else LEAF
                continue
            at = (*path, key)
            uses = [self._use(state, nodes, at) for state, nodes in on if name in state[0].fields]
            if not uses:
                continue
            value = self._select(uses, at, is_certain=len(uses) == len(states))
            data[key] = value
            is_null = is_null or (value is None and all(use.field.non_null for use in uses))
        return None if is_null else data

    def _use(self, state: State, nodes: list[Any], path: Path) -> _Use:
        """Return the field with the decision on it: directives come first, then its resolver."""
        concrete, _, source = state
        selected = concrete.fields[nodes[0].name.value]
        decision = self._decide(selected, path)
        if decision.outcome == "denied" or self.resolve is None:
            return _Use(concrete, selected, nodes, decision)
        resolved = self.resolve(Wanted(selected, tuple(nodes), path, source))
        if resolved.decision.outcome == "denied" or decision.outcome == "allowed":
            decision = resolved.decision if resolved.decision != ALLOWED else decision
        return _Use(concrete, selected, nodes, decision, resolved)

    def _decide(self, selected: Field, path: Path) -> Decision:
        endpoint = self.endpoint
        decision = decide(endpoint.authorization, endpoint.schema, self.caller, selected)
        by_iam = self.iam.get(selected.coordinate) if len(path) == 1 else None
        if (by_iam is not None and by_iam.outcome == "denied") or (
            by_iam is not None and by_iam.outcome == "undecided" and decision.outcome == "allowed"
        ):
            return by_iam
        if selected.coordinate in self.denied_fields and decision.outcome != "denied":
            return _DENIED_BY_AUTHORIZER
        return decision

    def _select(self, uses: list[_Use], path: Path, *, is_certain: bool) -> Any:
        """Return the value of a field, None if it is denied whatever the type of the object."""
        if len(self.decisions) > MOST_FIELDS:
            raise InputError(f"the operation selects more than {MOST_FIELDS} fields")
        for use in uses:
            self.decisions.append(Selected(path, use.field.coordinate, use.decision, use.nodes[0]))
            self.errors += [self._error(use, path, one) for one in use.resolved.appended]
        denied = [use for use in uses if use.decision.outcome == "denied"]
        if is_certain and len(denied) == len(uses):
            self._deny(denied[0], path)
            return None
        for use in uses:
            if use.decision.outcome == "undecided":
                self._leave_open(path, use.field.coordinate, use.decision)
        passing = [use for use in uses if use.decision.outcome != "denied"]
        for use in denied:
            question = f"denied if the object is of type `{use.type.name}`"
            reason = "concrete-type" if passing else "only-type"
            decision = Decision("undecided", reason, question)
            self._leave_open(path, use.field.coordinate, decision)
        if not passing:  # of the other types it is not selected, and of these it is denied
            return _wrap(uses[0].field.signature, LEAF)
        if len(uses) == 1 and uses[0].resolved.value is not UNSEEN:
            use = uses[0]
            return self._complete(use, use.field.signature, use.resolved.value, path)
        return self._value(passing, path)

    def _value(self, uses: list[_Use], path: Path) -> Any:
        """Return a value of which only the type is known."""
        states: dict[tuple[str, tuple[int, ...]], State] = {}
        for use in uses:
            for state in self._states(use, UNSEEN):
                states[state[0].name, tuple(map(id, use.nodes))] = state
        signature = uses[0].field.signature
        # The subscriber gets what was checked for the caller of the mutation.
        if not states or self.operation.kind == "subscription":
            return _wrap(signature, LEAF)
        indices = (0,) * signature.count("[")
        return _wrap(signature, self._visit(list(states.values()), (*path, *indices)))

    def _states(self, use: _Use, source: Any) -> list[State]:
        """Return the object types that the field's value may be of, none if it has no fields."""
        selections = tuple(
            child
            for node in use.nodes
            if node.selection_set is not None
            for child in node.selection_set.selections
        )
        possible = self.endpoint.schema.possible_types(use.field.returns) if selections else ()
        named = source.get("__typename") if isinstance(source, dict) else None
        exact = [one for one in possible if one.name == named]
        return [(one, selections, source) for one in exact or possible]

    def _complete(self, use: _Use, signature: str, value: Any, path: Path) -> Any:
        """Return a value that is known as the client gets it.

        https://spec.graphql.org/October2021/#CompleteValue()
        """
        inner = signature.removesuffix("!")
        if value is None:
            if inner != signature:
                said = null_refused(use.field, inner, path)
                self.errors.append({"path": list(path), "locations": None, "message": said})
            return None
        if inner.startswith("[") and isinstance(value, list):
            item = inner[1:-1]
            items = [
                self._complete(use, item, one, (*path, index)) for index, one in enumerate(value)
            ]
            return None if item.endswith("!") and None in items else items
        if value is UNSEEN or inner.startswith("["):
            return _wrap(signature, LEAF)
        states = self._states(use, value) if self.operation.kind != "subscription" else []
        return self._visit(states, path) if states else value

    def _deny(self, use: _Use, path: Path) -> None:
        refused = field_refused(self.endpoint.schema, use.field)
        said = {"errorType": refused.error_type, "message": refused.message}
        self.errors.append(self._error(use, path, said | dict(use.resolved.error or {})))

    def _error(self, use: _Use, path: Path, said: Mapping[str, Any]) -> dict[str, Any]:
        start = use.nodes[0].loc.start_token
        return {
            "path": list(path),
            "data": said.get("data"),
            "errorType": said.get("errorType"),
            "errorInfo": said.get("errorInfo"),
            "locations": [{"line": start.line, "column": start.column, "sourceName": None}],
            "message": said.get("message"),
        }

    def _leave_open(self, path: Path, coordinate: str, decision: Decision) -> None:
        self.undecided.append(Selected(path, coordinate, decision))


def _by_policy(decision: Decision) -> Decision:
    """Return the decision with a reason."""
    if decision.outcome == "denied" and not decision.reason:
        return _DENIED_BY_IAM
    return decision


def _wrap(signature: str, innermost: Any) -> Any:
    """Return the value with its lists around it; a null where none may be nulls what holds it."""
    nullable = signature.removesuffix("!")
    if not nullable.startswith("["):
        return innermost
    item = nullable[1:-1]
    value = _wrap(item, innermost)
    return None if value is None and item.endswith("!") else [value]
