"""An exchange and an API of the template → the answer that AppSync should have given, and why.

In: what was sent. Out: an Explanation, None where the request cannot be asked again: no document,
no credential. It is ``explain`` that answers.
"""

from __future__ import annotations

from datetime import datetime, timezone

from cdk_appsync_guard.access.document import Invalid, read_operation
from cdk_appsync_guard.diagnosis.credentials import Credential
from cdk_appsync_guard.diagnosis.exchange import Exchange
from cdk_appsync_guard.diagnosis.provider_checks import given_by
from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.explanation.answer import Asked, answer
from cdk_appsync_guard.explanation.callers import Given
from cdk_appsync_guard.explanation.credential import Around
from cdk_appsync_guard.explanation.model import Explanation
from cdk_appsync_guard.explanation.secrets import without_identities

__all__ = ["moment_as_date", "predict"]


def predict(
    exchange: Exchange, one: Credential | None, mode: str | None, around: Around
) -> Explanation | None:
    """Return what AppSync would answer to the same request."""
    asked = exchange.asked
    if not asked.text or asked.batch:
        return None
    given = _given(exchange, one, mode)
    if given is None:
        return None
    try:
        operation = read_operation(asked.text, asked.name, asked.variables)
        if isinstance(operation, Invalid):
            return None
        explained = answer(Asked(given, operation), around)
    except (GuardError, RecursionError):
        return None
    return without_identities(explained, given, {})


def moment_as_date(moment: float | None) -> datetime:
    """Return the moment as a date; the beginning of time where it is none."""
    try:
        return datetime.fromtimestamp(moment or 0, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, timezone.utc)


def _given(exchange: Exchange, one: Credential | None, mode: str | None) -> Given | None:
    headers = exchange.authorization
    headers = headers if headers is not None else exchange.sent.headers
    if one is not None and headers is not None:
        given = given_by(one, headers)
        return given if given.headers is not None or mode == given.mode else Given(mode, "")
    return Given(mode, "the request") if mode is not None else None
