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

from cdk_appsync_guard.access.decide import Caller, Decision
from cdk_appsync_guard.access.document import Invalid, Operation, find_invalid
from cdk_appsync_guard.access.execution import Endpoint, Execution, Selected
from cdk_appsync_guard.appsync.modes import AWS_IAM, COGNITO, LAMBDA, OIDC
from cdk_appsync_guard.errors import InputError

__all__ = ["Endpoint", "Response", "Selected", "decide_operation"]

_NO_HEADER = "Valid authorization header not provided."
_NO_JWT = "Unable to parse JWT token."
_PERMISSION_DENIED = {"errorType": "UnauthorizedException", "message": "Permission denied"}
_WORDING = Decision("undecided", "message", "the status is certain, its message is not documented")


@dataclass(frozen=True, slots=True)
class Response:
    """What AppSync would answer, as far as it is certain.

    ``errors`` are shaped as AppSync's. ``data`` is a skeleton in which every undecided field is
    shown as allowed; it merges what the possible types of an interface or union would show.
    ``decisions`` are all fields that were asked for, in order; ``undecided`` those left open.
    """

    status: int
    errors: tuple[dict[str, Any], ...] = ()
    data: dict[str, Any] | None = None
    decisions: tuple[Selected, ...] = ()
    undecided: tuple[Selected, ...] = ()
    operation: str = "query"
    executed: bool = False

    @property
    def body(self) -> dict[str, Any]:
        """The HTTP body, or for a subscription the WebSocket message."""
        if self.operation == "subscription":
            if not self.errors:
                return {"type": "start_ack"}
            said = [{key: one[key] for key in ("errorType", "message")} for one in self.errors]
            return {"type": "error", "payload": {"errors": said}}
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
) -> Response:
    """Return the answer to an operation. Raise InputError if it selects too much to be judged.

    *iam_allows* decides a root field's coordinate by the policies of an IAM caller; without it they
    are taken to allow all. *denied_fields* are those that a Lambda authorizer returned.
    """
    modes = endpoint.authorization.modes
    if caller.mode not in modes:
        return _refuse_mode(caller.mode, modes, operation)
    invalid = _find_problems(endpoint, operation)
    if isinstance(operation, Invalid) or invalid:
        errors = tuple(_validation_error(one) for one in invalid)
        return Response(200, errors, executed=True)
    execution = Execution(endpoint, caller, operation, denied_fields)
    if caller.mode == AWS_IAM and iam_allows is not None and not execution.ask_iam(iam_allows):
        return _conclude(execution, 401, errors=(_PERMISSION_DENIED,))
    try:
        data = execution.run()
    except RecursionError:
        raise InputError("the operation is nested too deeply to be judged") from None
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


def _find_problems(endpoint: Endpoint, operation: Operation | Invalid) -> tuple[Invalid, ...]:
    if isinstance(operation, Invalid):
        return (operation,)
    return find_invalid(endpoint.schema, operation, introspection=endpoint.introspection)


def _refuse_mode(mode: str, modes: tuple[str, ...], operation: Operation | Invalid) -> Response:
    """Return the 401 for a credential of a mode that the API does not have.

    A signature or an opaque token is taken for a broken JWT where a mode with JWTs is configured;
    what a foreign JWT gets there is reported in more than one wording.
    """
    takes_jwt = COGNITO in modes or OIDC in modes
    message = _NO_JWT if takes_jwt and mode in {AWS_IAM, LAMBDA} else _NO_HEADER
    is_open = takes_jwt and mode in {COGNITO, OIDC}
    return Response(
        401,
        ({"errorType": "UnauthorizedException", "message": message},),
        undecided=(Selected((), "", _WORDING),) if is_open else (),
        operation="query" if isinstance(operation, Invalid) else operation.kind,
    )


def _validation_error(invalid: Invalid) -> dict[str, Any]:
    return {
        "path": None,
        "locations": _locations(invalid.line, invalid.column),
        "errorType": "ValidationError",
        "message": invalid.message,
    }


def _locations(line: int | None, column: int | None) -> list[dict[str, Any]]:
    return [] if line is None else [{"line": line, "column": column, "sourceName": None}]
