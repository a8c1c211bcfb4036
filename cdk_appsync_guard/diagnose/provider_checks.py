"""A token or key against the providers and keys of an API: what does not fit.

In: an Api and a Credential. Out: Troubles, each certain. What the template leaves to the deployment
(the id of a pool that it creates) is not compared.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import COGNITO, OIDC
from cdk_appsync_guard.appsync.providers import Provider
from cdk_appsync_guard.diagnose.credentials import Credential, Trouble
from cdk_appsync_guard.diagnose.tokens import Token, is_stub
from cdk_appsync_guard.template.values.value import Value

__all__ = ["key_troubles", "plain_alternatives", "token_troubles"]

_PLAIN = re.compile(r"\^?\(?[A-Za-z0-9_|-]+\)?\$?")
_KEY = re.compile(r"da2-[a-z0-9]{26}")
_MILLISECONDS = 1000
_HOUR_SECONDS = 3600


def key_troubles(api: Api, one: Credential, moment: float | None) -> Iterator[Trouble]:
    """Yield what the template says against an API key at a moment."""
    ends = [_seconds(key.get("Expires")) for key in api.keys]
    if moment is None or not ends or None in ends or api.unplaced:
        return
    # AppSync rounds the end down to the hour.
    if all(end is not None and moment >= end - end % _HOUR_SECONDS for end in ends):
        name = api.keys[0].logical_id
        text = f"the API's key `{name}` ended before the request, by `Expires` of the template"
        yield Trouble("key-expired", "A1", text, one.at)


def token_troubles(api: Api, one: Credential, moment: float | None) -> Iterator[Trouble]:
    """Yield what does not fit the API's user pools and OIDC providers."""
    token = one.token
    if token is None or not isinstance(api.additional, tuple):
        return
    providers = [provider for provider in api.providers if provider.mode in (COGNITO, OIDC)]
    fits = [_issuer_fits(provider, token, alone=len(api.providers) == 1) for provider in providers]
    if fits and all(fit is False for fit in fits):
        yield _foreign(token, one)
        return
    sure = [provider for provider, fit in zip(providers, fits, strict=True) if fit]
    rest = sure or ([providers[0]] if len(providers) == 1 else [])
    if len(rest) == 1:
        yield from _settings(rest[0], token, one, moment)


def plain_alternatives(expression: str) -> tuple[str, ...] | None:
    """Return the texts that an expression of nothing but plain alternatives matches, else None."""
    if not _PLAIN.fullmatch(expression):
        return None
    return tuple(expression.strip("^$()").split("|"))


def _foreign(token: Token, one: Credential) -> Trouble:
    if token.pool is not None:
        region, pool = token.pool
        text = (
            f"the token is from the pool `{pool[: len(region) + 4]}…`, which the API does not name"
        )
        return Trouble("foreign-issuer", "P6", text, one.at)
    return Trouble("foreign-issuer", "O1", "the token's `iss` is none of the API's issuers", one.at)


def _issuer_fits(provider: Provider, token: Token, *, alone: bool) -> bool | None:
    """Return whether the token is from the provider; None if the template does not tell."""
    if is_stub(token.issuer):
        return None
    if provider.mode == OIDC:
        issuer = provider.get("Issuer")
        if alone:  # then AppSync does not compare
            return True
        return issuer.rstrip("/") == token.issuer if isinstance(issuer, str) else None
    pool = token.pool
    if pool is None:
        return False
    region, name = provider.get("AwsRegion"), provider.get("UserPoolId")
    if isinstance(region, str) and region != pool[0]:
        return False
    return name == pool[1] if isinstance(name, str) else None


def _settings(
    provider: Provider, token: Token, one: Credential, moment: float | None
) -> Iterator[Trouble]:
    name = "AppIdClientRegex" if provider.mode == COGNITO else "ClientId"
    wanted = provider.get(name)
    named = [token.text(claim) for claim in _CLIENT_CLAIMS[str(provider.mode)]]
    audience = token.claims.get("aud")
    if isinstance(audience, list):
        named += [item for item in audience if isinstance(item, str)]
    known = [client for client in named if client]
    accepted = plain_alternatives(wanted) if isinstance(wanted, str) else None
    if accepted and known and not any(map(is_stub, known)) and not set(known) & set(accepted):
        text = f"the token's client is not one that `{name}` of the template names"
        yield Trouble("client-not-accepted", "O1", text, one.at)
    for setting, claim in (("IatTTL", "iat"), ("AuthTTL", "auth_time")):
        limit, since = _seconds(provider.get(setting)), token.number(claim)
        if provider.mode != OIDC or not limit or since is None or moment is None:
            continue
        if moment - since > limit / _MILLISECONDS:
            text = f"the token's `{claim}` is older than `{setting}` of the template allows"
            yield Trouble("token-too-old", "O1", text, one.at)


def _seconds(value: Value) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    return (
        float(value) if isinstance(value, str) and value.isdigit() and len(value) < _LONG else None
    )


_LONG = 15
_CLIENT_CLAIMS = {COGNITO: ("client_id", "aud"), OIDC: ("aud", "azp")}
