"""What a request authenticates with, as AppSync would see it, and what is wrong with it by itself.

In: an Exchange. Out: Credentials, each with the mode that its form speaks for, and Troubles: what
is wrong whatever the API is. Nothing here knows the template.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, COGNITO, LAMBDA, OIDC
from cdk_appsync_guard.diagnosis.exchange import Exchange
from cdk_appsync_guard.diagnosis.tokens import (
    Signature,
    Token,
    read_moment,
    read_signature,
    read_token,
)
from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.redact import stub

__all__ = [
    "Credential",
    "Trouble",
    "credentials_of",
    "moment_of",
    "region_of",
    "troubles_of",
]

_SCHEME = re.compile(r"(?i)(bearer|basic|jwt|token)[ :]+")
_PLACEHOLDERS = ("undefined", "null", "nan", "none", "[object object]", "[object promise]", "")
_PLAIN = re.compile(r"[A-Za-z_-]{0,30}[0-9]?")
_KEY_PREFIX = "da2-"
_SKEW_SECONDS = 300
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Credential:
    """One credential of a request.

    ``form``: key, jwt, signature, opaque, basic, placeholder (`undefined`), broken (a JWT), hidden
    (by a log). ``mode`` is the one that the form speaks for; None if it speaks for none.
    """

    form: str
    header: str
    mode: str | None
    shown: str
    at: Location
    scheme: str = ""
    token: Token | None = None
    signature: Signature | None = None
    secret: str = field(default="", repr=False)  # the value itself, never to be shown


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong with a credential. ``cause`` is None where the catalogue has none."""

    kind: str
    cause: str | None
    text: str
    at: Location
    also: Location | None = None  # in the template


def credentials_of(exchange: Exchange) -> tuple[Credential, ...]:
    """Return what the request authenticates with; several if it carries several."""
    given = exchange.authorization if exchange.authorization is not None else exchange.sent.headers
    found: list[Credential] = []
    for header in ("x-api-key", "authorization"):
        value = (given or {}).get(header)
        if value is not None:
            at = exchange.sent.places.get(header, exchange.at)
            found.append(_read_key(value, at) if header == "x-api-key" else _read(value, at))
    return tuple(found)


def moment_of(exchange: Exchange) -> float | None:
    """Return when the server answered, else when the client says it asked."""
    date = exchange.answer.headers.get("date")
    if date:
        try:
            return parsedate_to_datetime(date).timestamp()
        except (ValueError, TypeError, OverflowError, IndexError):
            pass
    return exchange.sent.started


def troubles_of(exchange: Exchange, given: tuple[Credential, ...]) -> tuple[Trouble, ...]:
    """Return what is wrong with the credentials by themselves, the most telling first."""
    found: list[Trouble] = []
    if len(given) > 1:
        text = "it carries both `x-api-key` and `Authorization`"
        found.append(Trouble("two-credentials", "P7", text, given[0].at))
    for one in given:
        found += _forms(one)
        if one.token is not None and one.form == "jwt":
            found += _ages(one.token, one.at, moment_of(exchange))
        if one.signature is not None:
            found += _signing(one.signature, one.at, exchange)
    return tuple(found)


def _read_key(value: str, at: Location) -> Credential:
    bare = value.strip()
    if bare.lower() in _PLACEHOLDERS:
        return Credential("placeholder", "x-api-key", None, bare or "(empty)", at)
    return Credential("key", "x-api-key", API_KEY, stub(bare), at, secret=bare)


def _read(value: str, at: Location) -> Credential:
    bare = value.strip()
    if bare and not bare.strip("*"):  # a log shows that it was there, and not what it was
        return Credential("hidden", "authorization", None, bare[:4], at)
    signature = read_signature(bare)
    if signature is not None:
        return Credential(
            "signature", "authorization", AWS_IAM, stub(bare), at, "", None, signature
        )
    found = _SCHEME.match(bare + " ")
    scheme = found[1].lower() if found else ""
    bare = bare[found.end() :].strip() if found else bare
    plain = bare.strip("\"'")
    if plain.lower() in _PLACEHOLDERS:
        return Credential("placeholder", "authorization", None, plain or "(empty)", at, scheme)
    token = read_token(bare)
    if token is not None and not token.problem:
        mode = COGNITO if token.pool else OIDC
        return Credential("jwt", "authorization", mode, stub(bare), at, scheme, token)
    if token is not None or plain != bare or _SCHEME.match(bare):
        return Credential("broken", "authorization", None, stub(plain), at, scheme, token)
    if scheme == "basic":
        return Credential("basic", "authorization", LAMBDA, stub(bare), at, scheme)
    shown = stub(bare)
    return Credential("opaque", "authorization", LAMBDA, shown, at, scheme, secret=bare)


def _forms(one: Credential) -> Iterator[Trouble]:
    if one.form == "placeholder":
        text = f"`{one.header}` holds `{one.shown}` instead of a credential"
        yield Trouble("placeholder", "C6", text, one.at)
    elif one.form == "broken":
        problem = one.token.problem if one.token else "it has quotes or a second scheme around it"
        text = f"`Authorization` holds a token that cannot be read: {problem}"
        yield Trouble("broken-token", "O2" if one.token else "T1", text, one.at)
    elif one.secret.startswith(_KEY_PREFIX) and one.header == "authorization":
        text = f"`Authorization` holds the API key `{one.shown}`, which belongs in `x-api-key`"
        yield Trouble("key-in-authorization", "P1", text, one.at)
    elif one.form in ("opaque", "basic") and one.scheme:
        text = f"`Authorization` is `{one.scheme.capitalize()} {one.shown}`, which is not a JWT"
        yield Trouble("scheme-before-opaque", "T1", text, one.at)


def _ages(token: Token, at: Location, moment: float | None) -> Iterator[Trouble]:
    expires, starts, issued = (token.number(name) for name in ("exp", "nbf", "iat"))
    if moment is None:
        return
    if expires is not None and moment >= expires:
        text = f"the token expired {_span(moment - expires)} before the request"
        yield Trouble("token-expired", "T4", text, at)
    if starts is not None and starts > moment + _SKEW_SECONDS:
        text = f"the token is valid only {_span(starts - moment)} after the request (`nbf`)"
        yield Trouble("token-not-yet-valid", "T5", text, at)
    elif issued is not None and issued > moment + _SKEW_SECONDS:
        text = f"the token was issued {_span(issued - moment)} after the request (`iat`)"
        yield Trouble("token-not-yet-valid", "T5", text, at)


def _signing(signature: Signature, at: Location, exchange: Exchange) -> Iterator[Trouble]:
    headers = _given(exchange)
    if not signature.is_complete:
        text = "the signature in `Authorization` lacks a part, or has another algorithm"
        yield Trouble("signature-malformed", "T2", text, at)
        return
    yield from _scope(signature, at, exchange)
    if signature.is_temporary and "x-amz-security-token" not in headers:
        text = "the key is temporary (`ASIA…`), and `x-amz-security-token` is missing"
        yield Trouble("session-token-missing", "T2", text, at)
    if "host" not in signature.signed_headers:
        text = "`host` is not among the signed headers"
        yield Trouble("host-not-signed", "T2", text, at)
    date = headers.get("x-amz-date", "")
    signed_at = read_moment(date)
    if signed_at is not None and signature.date and not date.startswith(signature.date):
        text = "the date of the scope is not the day of `x-amz-date`"
        yield Trouble("scope-date", "T2", text, at)
    answered = _server_moment(exchange)
    if signed_at is not None and answered is not None:
        skew = answered - signed_at
        if abs(skew) >= _SKEW_SECONDS:
            direction = "behind" if skew > 0 else "ahead of"
            text = f"`x-amz-date` is {_span(abs(skew))} {direction} the `Date` of the response"
            yield Trouble("clock-skew", "T5", text, exchange.sent.places.get("x-amz-date", at))


def _scope(signature: Signature, at: Location, exchange: Exchange) -> Iterator[Trouble]:
    if signature.service != "appsync":
        text = f"it is signed for the service `{plain(signature.service)}` instead of `appsync`"
        yield Trouble("wrong-service", "T2", text, at)
    region = region_of(exchange.sent.host)
    if region and signature.region != region:
        text = (
            f"it is signed for the Region `{plain(signature.region)}`, and the API is in `{region}`"
        )
        yield Trouble("wrong-region", "T2", text, at)


def region_of(host: str) -> str:
    """Return the region that a host of AppSync's names, else the empty text."""
    for part in (".appsync-api.", ".appsync-realtime-api."):
        if part in host:
            return host.partition(part)[2].partition(".amazonaws.")[0]
    return ""


def plain(text: str) -> str:
    """Return a word of a signature's scope as it is, and anything else as a stub."""
    return text if _PLAIN.fullmatch(text) else stub(text)


def _given(exchange: Exchange) -> Mapping[str, str]:
    if exchange.authorization is not None:
        return exchange.authorization
    return exchange.sent.headers or {}


def _server_moment(exchange: Exchange) -> float | None:
    return moment_of(exchange) if exchange.answer.headers.get("date") else None


def _span(seconds: float) -> str:
    for size, name in ((_DAY_SECONDS, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number:,} {name}{'s' if number > 1 else ''}"
    number = max(int(seconds), 0)
    return f"{number} second{'' if number == 1 else 's'}"
