"""The words of an error → which row of the error catalogue it is.

In: an error as it was told. Out: a short name, None for what does not refuse a whole request.
Clients rewrite some of these; what they keep is enough.
"""

from __future__ import annotations

from cdk_appsync_guard.diagnosis.exchange import Told

__all__ = ["refusal_of"]

_MESSAGES = (
    ("token has expired", "expired"),
    ("signature expired", "skew"),
    ("signature not yet current", "skew"),
    ("unable to parse jwt", "no-jwt"),
    ("valid authorization header not provided", "no-header"),
    ("not authorized to make this call", "refused"),
    ("permission denied", "policy"),
    ("security token included in the request is expired", "session-expired"),
    ("security token included in the request is invalid", "unknown-key"),
    ("request signature we calculated", "signature"),
    ("credential should be scoped", "signature"),
)
_TYPES = {
    "UnrecognizedClientException": "unknown-key",
    "InvalidClientTokenId": "unknown-key",
    "ExpiredTokenException": "session-expired",
    "InvalidSignatureException": "signature",
    "SignatureDoesNotMatch": "signature",
    "IncompleteSignatureException": "incomplete",
    "MissingAuthenticationTokenException": "incomplete",
    "AccessDeniedException": "policy",
    "UnauthorizedException": "plain",
}


def refusal_of(told: Told) -> str | None:
    """Return the name of the refusal, None for an error of a field, whatever its words are.

    What refuses a whole request has no ``path``, and its type names no data source.
    """
    if told.path or ":" in (told.error_type or ""):
        return None
    message = told.message.lower()
    found = next((name for part, name in _MESSAGES if part in message), None)
    if found is not None:
        return found
    if told.error_type == "BadRequestException" and not message:
        return "not-invoked"
    return _TYPES.get(told.error_type or "")
