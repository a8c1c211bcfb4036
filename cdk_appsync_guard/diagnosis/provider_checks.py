"""A credential against an API of the template → what `explain` says against it.

In: an Around, a Credential. Out: Troubles. Whether a credential is allowed is decided by
``explanation``; here its reasons become causes of the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdk_appsync_guard.diagnosis.credentials import Credential, Trouble
from cdk_appsync_guard.diagnosis.tokens import is_stub
from cdk_appsync_guard.explanation.callers import Given
from cdk_appsync_guard.explanation.credential import Around, admit
from cdk_appsync_guard.explanation.reasons import locate
from cdk_appsync_guard.explanation.tokens import Token

__all__ = ["given_by", "template_troubles"]

# What an admission's reason holds → the kind of trouble and its cause.
_REASONS = (
    ("the API key", "key-expired", "A1"),
    ("issuer", "foreign-issuer", "O1"),
    ("AppIdClientRegex", "client-not-accepted", "O1"),
    ("ClientId", "client-not-accepted", "O1"),
    ("IatTTL", "token-too-old", "O1"),
    ("AuthTTL", "token-too-old", "O1"),
    ("IdentityValidationExpression", "expression", "L7"),
    ("not allowed to invoke", "not-invoked", "L1"),
    ("the API does not accept IAM", "mode-not-configured", "I3"),
    ("the API does not have the mode", "mode-not-configured", "P1"),
    ("no mode of the API accepts", "mode-not-configured", "P1"),
)
_NAMES = ("authorization", "x-api-key")


def template_troubles(
    one: Credential, headers: Mapping[str, str], around: Around
) -> Iterator[Trouble]:
    """Yield what the API has against a credential."""
    given = given_by(one, headers)
    if given.headers is None and given.mode not in around.authorization.modes:
        return
    admission = admit(given, around)
    if admission.refusal is None:
        return
    for part, kind, cause in _REASONS:
        if part in admission.reason:
            is_pool = kind == "foreign-issuer" and one.token is not None and one.token.pool
            text = admission.reason
            place = locate(admission.place)
            yield Trouble(kind, "P6" if is_pool else cause, text, one.at, also=place)
            return


def given_by(one: Credential, headers: Mapping[str, str]) -> Given:
    """Return who calls, as ``explain`` takes it; claims that were shortened are left out."""
    token = one.token
    shortened = token is not None and any(_is_short(value) for value in token.claims.values())
    if one.form != "jwt" or token is None or not shortened:
        sent = {name: headers[name] for name in headers if name in _NAMES}
        return Given(None, "the request", headers={**headers, **sent})
    claims: dict[str, Any] = {
        name: value for name, value in token.claims.items() if not _is_short(value)
    }
    return Given(one.mode, "the request", token=Token(claims))


def _is_short(value: Any) -> bool:
    return isinstance(value, str) and is_stub(value)
