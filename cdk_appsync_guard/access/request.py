"""One operation, one caller → the HTTP status and body AppSync would send.

In: what is known of an API, a caller, an operation. Out: Response. Resolvers are assumed to return
something: a leaf is shown as ``…`` and a list with one item. Firewalls, private networks and
whether the credential itself is valid are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from cdk_appsync_guard.access.answers import credential_refused, mode_refused, permission_denied
from cdk_appsync_guard.access.decide import Caller, Decision
from cdk_appsync_guard.access.document import Invalid, Operation, collect_fields
from cdk_appsync_guard.access.execution import Endpoint, Execution, Resolve, Selected
from cdk_appsync_guard.access.mistakes import Mistake, Validator
from cdk_appsync_guard.appsync.modes import AWS_IAM
from cdk_appsync_guard.errors import InputError
from cdk_appsync_guard.report import Symptom

__all__ = [
    "Endpoint",
    "Response",
    "Selected",
    "answer_operation",
    "decide_operation",
    "refuse_credential",
]

_NO_MODE = Decision("denied", "mode-not-configured")
_WORDING = Decision(
    "undecided", "message", "the status is certain, but AWS does not document the message"
)


@dataclass(frozen=True, slots=True)
class Response:
    """What AppSync would answer, as far as it is certain.

    ``errors`` are shaped as AppSync's. ``data`` is a skeleton in which every undecided field is
    shown as allowed; it merges what the possible types of an interface or union would show.
    ``decisions`` are all fields that were asked for, in order; ``undecided`` those left open;
    ``refused`` the root fields where the credential itself is refused; a subscriber is refused when
    it connects, a ``handshake``.
    """

    status: int
    errors: tuple[dict[str, Any], ...] = ()
    data: dict[str, Any] | None = None
    decisions: tuple[Selected, ...] = ()
    undecided: tuple[Selected, ...] = ()
    operation: str = "query"
    executed: bool = False
    refused: tuple[Selected, ...] = ()
    handshake: bool = False

    @property
    def body(self) -> dict[str, Any]:
        """The HTTP body, or for a subscription the WebSocket message."""
        if self.operation == "subscription":
            if not self.errors:
                return {"type": "start_ack"}
            keys = ("errorType", "message")
            said = [{key: one[key] for key in keys if key in one} for one in self.errors]
            if self.handshake:
                said = [{**one, "errorCode": self.status} for one in said]
            kind = "connection_error" if self.handshake else "error"
            return {"type": kind, "payload": {"errors": said}}
        body: dict[str, Any] = {"data": self.data} if self.executed else {}
        if self.errors:
            body["errors"] = list(self.errors)
        return body


def decide_operation(
    endpoint: Endpoint,
    caller: Caller,
    operation: Operation | Invalid,
    *,
    iam_allows: Callable[[str], Decision] | None = None,
    denied_fields: frozenset[str] = frozenset(),
    resolve: Resolve | None = None,
) -> Response:
    """Return the answer to an operation. Raise InputError if it selects too much to be judged.

    *iam_allows* decides a root field's coordinate by the policies of an IAM caller; without it they
    are taken to allow all. *denied_fields* are those that a Lambda authorizer returned. *resolve*
    tells what resolvers return.
    """
    modes = endpoint.authorization.modes
    if caller.mode not in modes:
        return _refuse_mode(caller.mode, endpoint, operation)
    if isinstance(operation, Invalid):
        return Response(200, (_syntax_error(operation),), executed=True)
    validator = Validator(endpoint.schema, introspection=endpoint.introspection)
    mistakes = validator.mistakes(operation)
    if mistakes:
        errors = tuple(map(_validation_error, mistakes))
        return Response(200, errors, operation=operation.kind, executed=True)
    return answer_operation(
        endpoint,
        caller,
        operation,
        iam_allows=iam_allows,
        denied_fields=denied_fields,
        resolve=resolve,
    )


def answer_operation(
    endpoint: Endpoint,
    caller: Caller,
    operation: Operation,
    *,
    iam_allows: Callable[[str], Decision] | None = None,
    denied_fields: frozenset[str] = frozenset(),
    resolve: Resolve | None = None,
) -> Response:
    """Return the answer to an operation that is valid, or of which only the valid part counts.

    Raise InputError if it selects too much to be judged.
    """
    if caller.mode not in endpoint.authorization.modes:
        return _refuse_mode(caller.mode, endpoint, operation)
    execution = Execution(endpoint, caller, operation, denied_fields, resolve)
    if caller.mode == AWS_IAM and iam_allows is not None and not execution.ask_iam(iam_allows):
        refused = permission_denied(execution.operation.kind)
        return _conclude(execution, HTTPStatus.UNAUTHORIZED.value, errors=(_error(refused),))
    try:
        data = execution.run()
    except RecursionError:
        raise InputError("the operation is nested too deeply to be checked") from None
    return _conclude(execution, 200, data=data, errors=tuple(execution.errors))


def _conclude(
    execution: Execution,
    status: int,
    *,
    errors: tuple[dict[str, Any], ...],
    data: dict[str, Any] | None = None,
) -> Response:
    kind = execution.operation.kind
    return Response(
        status=status,
        errors=errors,
        data=None if kind == "subscription" else data,
        decisions=tuple(execution.decisions),
        undecided=tuple(execution.undecided),
        operation=kind,
        executed=status == HTTPStatus.OK,
    )


def refuse_credential(
    endpoint: Endpoint, operation: Operation | Invalid, answer: Symptom, decision: Decision
) -> Response:
    """Return the answer to a request whose credential is refused: no field is looked at."""
    kind = "query" if isinstance(operation, Invalid) else operation.kind
    if kind == "subscription" and answer.status == HTTPStatus.UNAUTHORIZED:
        answer = credential_refused(None, kind)
    fields = () if isinstance(operation, Invalid) else _refused(endpoint, operation, decision)
    return Response(
        answer.status or HTTPStatus.UNAUTHORIZED.value,
        (_error(answer),),
        refused=fields,
        undecided=() if answer.message is not None else (Selected((), "", _WORDING),),
        operation=kind,
        handshake=kind == "subscription",
    )


def _refuse_mode(mode: str, endpoint: Endpoint, operation: Operation | Invalid) -> Response:
    """Return the 401 for a credential of a mode that the API does not have."""
    kind = "query" if isinstance(operation, Invalid) else operation.kind
    answer = mode_refused(mode, endpoint.authorization.modes, kind)
    return refuse_credential(endpoint, operation, answer, _NO_MODE)


def _error(answer: Symptom) -> dict[str, Any]:
    """Return an error as AppSync shapes it; of several reported messages, the most frequent."""
    if answer.message == "":
        return {"errorType": answer.error_type}
    message = answer.message or "Valid authorization header not provided."
    return {"errorType": answer.error_type, "message": message}


def _refused(endpoint: Endpoint, operation: Operation, decision: Decision) -> tuple[Selected, ...]:
    """Return the decisions on the root fields where the credential is refused."""
    root = endpoint.schema.types.get(endpoint.schema.roots.get(operation.kind, ""))
    if root is None:
        return ()
    selected = collect_fields(endpoint.schema, operation, root, operation.selections)
    return tuple(
        Selected((key,), f"{root.name}.{nodes[0].name.value}", decision, nodes[0])
        for key, nodes in selected.items()
        if nodes[0].name.value in root.fields
    )


def _syntax_error(invalid: Invalid) -> dict[str, Any]:
    return {
        "path": None,
        "locations": _locations(invalid.line, invalid.column),
        "message": invalid.message,
    }


def _validation_error(mistake: Mistake) -> dict[str, Any]:
    """Return the error as AppSync shapes it: an ``errorType`` is what clients add."""
    at = mistake.node.loc  # None for a node of the schema, which was parsed without places
    start = at.start_token if at is not None else None
    said = mistake.answer or f"`{mistake.coordinate}` {mistake.detail}"
    locations = _locations(start.line, start.column) if start else []
    return {"path": None, "locations": locations, "message": said}


def _locations(line: int | None, column: int | None) -> list[dict[str, Any]]:
    return [] if line is None else [{"line": line, "column": column, "sourceName": None}]
