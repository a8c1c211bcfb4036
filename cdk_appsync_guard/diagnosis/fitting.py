"""Which troubles of a credential AppSync answers with which message.

In: a Case and the name of a refusal (``messages``). Out: the Troubles that can have caused it.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from cdk_appsync_guard.diagnosis.case import Case
from cdk_appsync_guard.diagnosis.credentials import Trouble

__all__ = ["is_misplaced_key", "troubles_that_fit"]

_MISPLACED_KEY = "key-in-authorization"
_BY_ITSELF = (
    "placeholder",
    "broken-token",
    "scheme-before-opaque",
    "signature-malformed",
    _MISPLACED_KEY,
)
_SHARED = {"mode-not-configured", "two-credentials", _MISPLACED_KEY}
# Which troubles of a credential AppSync answers with which message.
_FITS = {
    "no-header": _SHARED
    | {"placeholder", "broken-token", "scheme-before-opaque", "signature-malformed"}
    | {"foreign-issuer", "wrong-service"},
    "no-jwt": _SHARED
    | {"placeholder", "broken-token", "scheme-before-opaque", "foreign-issuer"}
    | {"signature-malformed"},
    "authorizer": {"two-credentials", "expression"},
    "refused": {"two-credentials", "key-expired", "foreign-issuer", "client-not-accepted"}
    | {"token-too-old", "token-not-yet-valid", "token-expired", "placeholder", "expression"}
    | {"authorizer", "scheme-before-opaque"},
    "plain": {"foreign-issuer", "client-not-accepted", "token-too-old", "token-expired"}
    | {"two-credentials", "token-not-yet-valid"},
    "signature": {"clock-skew", "wrong-service", "wrong-region", "host-not-signed", "scope-date"}
    | {"session-token-missing", "signature-malformed"},
}


def troubles_that_fit(case: Case, family: str) -> tuple[Trouble, ...]:
    """Return the troubles of the credential that this answer can come from."""
    fits = _FITS.get(family)
    proof = tuple(one for one in case.troubles if fits is None or one.kind in fits)
    if any(one.kind in _BY_ITSELF for one in proof):  # whatever the modes are
        proof = tuple(one for one in proof if one.kind != "mode-not-configured")
    return proof


def is_misplaced_key(proof: tuple[Trouble, ...]) -> bool:
    """Return whether what is wrong is that an API key stands where tokens do."""
    return bool(proof) and proof[0].kind == _MISPLACED_KEY
