"""A refusal → the words that AppSync answers it with. The only place that knows them.

In: a decision and what it was made of. Out: a Symptom: HTTP status, error type and message, or the
message over the WebSocket that carries subscriptions. Decides nothing.

https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from cdk_appsync_guard.appsync.modes import AWS_IAM, JWT_MODES, LAMBDA
from cdk_appsync_guard.report import Symptom

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from cdk_appsync_guard.access.decide import Decision
    from cdk_appsync_guard.appsync.schema import Field, Schema

__all__ = [
    "answer_to",
    "credential_refused",
    "field_refused",
    "mode_refused",
    "null_refused",
    "permission_denied",
]

SUBSCRIPTION = "subscription"
WEBSOCKET = "websocket"
_REFUSED = "UnauthorizedException"
_NO_HEADER = "Valid authorization header not provided."
_NO_JWT = "Unable to parse JWT token."
_HANDSHAKE = "You are not authorized to make this call."
_PERMISSION = "Permission denied"
_BY_POLICY = ("iam", "iam-deny")


def answer_to(
    decision: Decision, *, mode: str, modes: Collection[str], schema: Schema, field: Field
) -> Symptom:
    """Return what a caller of the mode gets who is denied the field, in AppSync's order.

    The credential comes first, then for IAM the policies, then the directives.
    """
    if decision.reason == "mode-not-configured":
        return mode_refused(mode, modes, _operation(schema, field))
    if decision.reason in _BY_POLICY:
        return permission_denied(_operation(schema, field))
    return field_refused(schema, field)


def field_refused(schema: Schema, field: Field) -> Symptom:
    """Return the answer for a field that directives deny: the request runs, the field is null.

    A subscriber is asked about the root field only, and gets an error over the WebSocket.
    """
    message = f"Not Authorized to access {field.name} on type {field.type_name}"
    if _operation(schema, field) == SUBSCRIPTION:
        return Symptom(None, "Unauthorized", message, WEBSOCKET)
    return Symptom(HTTPStatus.OK.value, "Unauthorized", message)


def permission_denied(operation: str | None = None) -> Symptom:
    """Return the answer where IAM allows no root field: nothing runs, whatever directives say."""
    if operation == SUBSCRIPTION:
        return Symptom(None, _REFUSED, _PERMISSION, WEBSOCKET)
    return Symptom(HTTPStatus.UNAUTHORIZED.value, _REFUSED, _PERMISSION)


def null_refused(field: Field, expected: str, path: Iterable[str | int]) -> str:
    """Return the message for a null where the schema allows none.

    https://github.com/aws-amplify/amplify-category-api/issues/1338
    """
    way = "".join(f"/{step}" for step in path)
    within = f"within parent '{field.type_name}' ({way})"
    return f"Cannot return null for non-nullable type: '{expected}' {within}"


def credential_refused(message: str | None, operation: str | None = None) -> Symptom:
    """Return the answer to a credential of a mode that the API has and that is not good enough.

    The message is None where it is not documented.
    """
    if operation == SUBSCRIPTION:
        return Symptom(HTTPStatus.UNAUTHORIZED.value, _REFUSED, _HANDSHAKE, WEBSOCKET)
    return Symptom(HTTPStatus.UNAUTHORIZED.value, _REFUSED, message)


def mode_refused(mode: str, modes: Collection[str], operation: str | None = None) -> Symptom:
    """Return the answer to a credential of a mode that the API does not have.

    A signature or an opaque token is taken for a broken JWT where a mode with JWTs is configured;
    what a foreign JWT gets there is reported in more than one wording, so it has none here.
    """
    status = HTTPStatus.UNAUTHORIZED.value
    if operation == SUBSCRIPTION:
        return Symptom(status, _REFUSED, _HANDSHAKE, WEBSOCKET)
    if not any(one in modes for one in JWT_MODES):
        return Symptom(status, _REFUSED, _NO_HEADER)
    if mode in JWT_MODES:
        return Symptom(status, _REFUSED)
    return Symptom(status, _REFUSED, _NO_JWT if mode in {AWS_IAM, LAMBDA} else _NO_HEADER)


def _operation(schema: Schema, field: Field) -> str | None:
    """Return the operation whose root field it is, None below the roots."""
    roots = {name: operation for operation, name in schema.roots.items()}
    return roots.get(field.type_name)
