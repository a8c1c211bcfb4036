"""A token, the providers of an API → whose it is, and whether it is refused.

In: claims and an Api. Out: Checked. The signature is never verified: nothing here knows the keys.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#openid-connect-authorization
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from cdk_appsync_guard.access.answers import credential_refused
from cdk_appsync_guard.appsync.api import Api, Provider
from cdk_appsync_guard.appsync.modes import COGNITO, OIDC, RECORDS
from cdk_appsync_guard.appsync.token_patterns import match
from cdk_appsync_guard.explanation.tokens import Token
from cdk_appsync_guard.facts.conversions import number
from cdk_appsync_guard.report import Symptom
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Unknown, Value, unknown_of

__all__ = ["Checked", "check_token"]

_EXPIRED = "Token has expired."
_POOL = re.compile(
    r"https://(?P<updated>issuer-)?cognito-idp\.(?P<region>[a-z0-9-]{1,30})\.amazonaws\.com(?:\.cn)?"
    r"/(?P<pool>[^/]{1,100})/?",
    re.ASCII,
)
_UPDATED_ISSUER = "AWS does not say whether AppSync accepts tokens of Cognito's second issuer form"
_CLIENTS = {one.name: one.clients for one in RECORDS.values() if one.clients}
# https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#openid-connect-authorization
_ALGORITHM = re.compile(r"(?:RS|PS|HS|ES)(?:256|384|512)")


@dataclass(frozen=True, slots=True)
class Checked:
    """``provider`` is whose token it is, None if any of the mode may have issued it.

    ``refusal`` with ``reason`` and ``place`` says why AppSync refuses it.
    """

    mode: str
    provider: Provider | None = None
    refusal: Symptom | None = None
    reason: str = ""
    place: Place | None = None
    questions: tuple[str, ...] = ()


def check_token(api: Api, token: Token, wanted: str | None, now: datetime) -> Checked:
    """Return what AppSync makes of a token; *wanted* is the mode that it is meant for."""
    providers = [one for one in api.providers if one.mode in (COGNITO, OIDC)]
    mode = wanted or (COGNITO if any(one.mode == COGNITO for one in providers) else OIDC)
    if token.algorithm is not None and not _ALGORITHM.fullmatch(token.algorithm):
        reason = "AppSync does not support the algorithm that the token is signed with"
        return Checked(mode, refusal=credential_refused(None), reason=reason)
    providers.sort(key=lambda one: one.mode != mode)
    issued = _find_issuer(api, providers, token, mode)
    if issued.refusal is not None or issued.provider is None:
        return issued
    refusal = next(_refusals(issued.provider, token, now), None)
    if refusal is not None:
        return Checked(issued.mode, issued.provider, *refusal, issued.questions)
    more = _questions(issued.provider, token)
    return Checked(issued.mode, issued.provider, questions=(*issued.questions, *more))


def _find_issuer(api: Api, providers: list[Provider], token: Token, mode: str) -> Checked:
    """Return the provider that issued the token. With OIDC alone, AppSync does not compare."""
    of_mode = [one for one in providers if one.mode == mode]
    issuer = token.claims.get("iss")
    if len(providers) == 1 and len(api.providers) == 1 and providers[0].mode == OIDC:
        return Checked(OIDC, providers[0])
    if not isinstance(issuer, str):
        if token.complete:
            reason = "the token does not name an issuer"
            return Checked(mode, refusal=credential_refused(None), reason=reason)
        return Checked(mode, of_mode[0] if len(of_mode) == 1 else None)
    answers = [(one, _issued_by(one, issuer)) for one in providers]
    for one, answer in answers:
        if answer is True:
            return Checked(str(one.mode), one, questions=_about_issuer(issuer))
    perhaps = [one for one, answer in answers if answer is None]
    if perhaps:
        exact = perhaps[0] if len(perhaps) == 1 else None
        return Checked(str(perhaps[0].mode), exact, questions=_about_issuer(issuer))
    reason = "the token's issuer is none of those that the API's providers name"
    place = of_mode[0].place if of_mode else None
    return Checked(mode, None, credential_refused(None), reason, place)


def _about_issuer(issuer: str) -> tuple[str, ...]:
    found = _POOL.fullmatch(issuer)
    return (_UPDATED_ISSUER,) if found and found["updated"] else ()


def _issued_by(provider: Provider, issuer: str) -> bool | None:
    """Return whether the provider issues such tokens, None if its pool or URL is not known."""
    if provider.mode == OIDC:
        own = provider.get("Issuer")
        return own.rstrip("/") == issuer.rstrip("/") if isinstance(own, str) else None
    found = _POOL.fullmatch(issuer)
    if found is None:
        return False
    pool, region = provider.get("UserPoolId"), provider.get("AwsRegion")
    if isinstance(region, str) and region != found["region"]:
        return False
    if isinstance(pool, str):
        return pool == found["pool"]
    return None


def _refusals(
    provider: Provider, token: Token, now: datetime
) -> Iterator[tuple[Symptom, str, Place | None]]:
    claims, moment = token.claims, now.timestamp()
    expires = _seconds(claims.get("exp"))
    if expires is not None and expires <= moment:
        reason = f"the token expired on {_day(expires)}"
        yield credential_refused(_EXPIRED), reason, None
    name = _CLIENTS[str(provider.mode)]
    clients = provider.get(name)
    matched = _matches_client(clients, token, str(provider.mode))
    if matched is False:
        sent = "`client_id` or `aud`" if provider.mode == COGNITO else "`aud` and `azp`"
        reason = f"the provider's `{name}` does not match the token's {sent}"
        yield credential_refused(None), reason, provider.place
    for claim, setting in (("iat", "IatTTL"), ("auth_time", "AuthTTL")):
        lasts, since = number(provider.get(setting)), _seconds(claims.get(claim))
        if isinstance(lasts, int) and lasts > 0 and since is not None:
            end = since + lasts / 1000
            if end <= moment:
                reason = f"the provider's `{setting}` has passed since the token's `{claim}`"
                yield credential_refused(None), reason, provider.place


def _questions(provider: Provider, token: Token) -> Iterator[str]:
    name = _CLIENTS[str(provider.mode)]
    clients = provider.get(name)
    if clients is not None and _matches_client(clients, token, str(provider.mode)) is None:
        yield _client_question(name, clients, token)
    for claim, setting in (("iat", "IatTTL"), ("auth_time", "AuthTTL")):
        lasts = number(provider.get(setting))
        if isinstance(lasts, Unknown):
            yield f"`{setting}` is not known: {lasts.reason}"
        elif lasts and token.complete and _seconds(token.claims.get(claim)) is None:
            yield f"AWS does not say how `{setting}` affects a token without `{claim}`"


def _client_question(name: str, clients: Value, token: Token) -> str:
    why = unknown_of(clients)
    if why is not None:
        return f"`{name}` is not known: {why.reason}"
    if not list(_clients_of(token.claims, OIDC)):
        return f"the claims do not name the client, and `{name}` requires one"
    return f"AWS does not say whether `{name}` must match the whole client id or a part of it"


def _matches_client(clients: Value, token: Token, mode: str) -> bool | None:
    """Return whether the client is one that the provider admits, as far as both readings agree."""
    if clients is None or clients == "":
        return True
    if not isinstance(clients, str):
        return None
    found = [match(clients, one) for one in _clients_of(token.claims, mode)]
    if any(one is not None and one.whole for one in found):
        return True
    if not found or any(one is None or one.part for one in found):
        return None
    return False


def _clients_of(claims: Mapping[str, Any], mode: str) -> Iterator[str]:
    names = ("client_id", "aud") if mode == COGNITO else ("aud", "azp", "client_id")
    for name in names[: 2 if mode == COGNITO or "aud" in claims or "azp" in claims else 3]:
        value = claims.get(name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                yield one


def _seconds(value: Any) -> float | None:
    """Return a moment that a claim tells; one that no calendar has is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value <= _LAST_MOMENT else None


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


_LAST_MOMENT = 253_402_300_799  # the end of the year 9999
