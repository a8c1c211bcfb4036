"""Parts of an exchange → the same parts with nothing secret in them, for a copy to be shared.

In: headers, documents, tokens. Out: the same in form, so that the copy can still be diagnosed.
What is not known to be harmless is left out.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

import orjson

from cdk_appsync_guard.appsync.sdl import STRINGS
from cdk_appsync_guard.diagnosis.exchange import Told
from cdk_appsync_guard.diagnosis.tokens import Token, read_signature, read_token
from cdk_appsync_guard.diagnosis.words import clean, clean_id, name_of, word
from cdk_appsync_guard.redact import stub

__all__ = [
    "scrub_arn",
    "scrub_credential",
    "scrub_document",
    "scrub_headers",
    "scrub_host",
    "scrub_told",
    "to_base64",
]

_SCHEME = re.compile(r"(?i)(bearer|basic|jwt|token)([ :]+)")
_LITERAL = re.compile(rf"(?P<comment>\#[^\r\n]*)|{STRINGS}")
_NUMBER = re.compile(r"(?<![\w.])-?[0-9]{4,}")
_ACCOUNT = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_HOST = re.compile(r"[a-z0-9.-]{1,253}")
_SIGNED = re.compile(r"[a-z0-9-]{1,40}")
_MOMENT = re.compile(r"[0-9TZ]{1,16}")
_PLAIN_URL = re.compile(r"https://[a-z0-9.-]{1,253}(?:/[\w.-]{1,60}){0,4}/?", re.IGNORECASE)
_MOMENTS = ("exp", "iat", "nbf", "auth_time")
_PEOPLE = ("sub", "client_id", "aud", "azp", "username", "cognito:username")
_HARMLESS = frozenset(
    {"date", "x-amzn-requestid", "x-amzn-errortype", "content-type", "x-cache", "via", "server"}
)
_PLACEHOLDERS = ("undefined", "null", "nan", "none", "[object object]", "[object promise]", "")
_DAY_LETTERS = 8


def scrub_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that a diagnosis reads."""
    found: dict[str, str] = {}
    for name, value in headers.items():
        if name == "authorization":
            found[name] = scrub_credential(value)
        elif name == "x-api-key":
            found[name] = value if value.strip().lower() in _PLACEHOLDERS else stub(value)
        elif name == "x-amz-security-token":
            found[name] = "…"
        elif name == "x-amz-date":
            found[name] = value if _MOMENT.fullmatch(value) else "…"
        elif name in ("host", ":authority"):
            found[name] = scrub_host(value)
        elif name in _HARMLESS:
            found[name] = clean_id(value) if name == "x-amzn-requestid" else clean(value)
        elif name in ("upgrade", "cookie", "set-cookie"):
            found[name] = "…"
    return found


def scrub_host(host: str) -> str:
    """Return a host's name, if it is one."""
    return host if _HOST.fullmatch(host) else "redacted.invalid"


def scrub_credential(value: str) -> str:
    """Return an ``Authorization`` header of the same kind, with which no one can authenticate."""
    bare = value.strip()
    if not bare.strip("*"):  # a log has hidden it already
        return bare
    if bare.startswith("AWS4-"):
        return _signature(bare)
    found = _SCHEME.match(bare + " ")
    scheme = f"{found[1]}{found[2]}" if found else ""
    rest = bare[len(scheme) :].strip() if found else bare
    quote = rest[:1] if rest[:1] in ("'", '"') else ""
    plain = rest.strip("\"'")
    if plain.lower() in _PLACEHOLDERS:
        return bare
    token = read_token(plain)
    return f"{scheme}{quote}{_token(token) if token is not None else stub(plain)}{quote}"


def scrub_document(text: str) -> str:
    """Return a GraphQL document without what stands in its strings, numbers and comments."""
    return _NUMBER.sub("0", _LITERAL.sub(lambda found: "" if found["comment"] else '""', text))


def scrub_told(told: Told) -> dict[str, Any]:
    """Return an error as AppSync writes it."""
    error: dict[str, Any] = {"message": clean(told.message)}
    if told.error_type:
        error["errorType"] = clean(told.error_type)
    if told.path:
        error["path"] = [name_of(step) for step in told.path]
    if told.code is not None:
        error["errorCode"] = told.code
    return error


def scrub_arn(text: str) -> str:
    """Return an ARN without the account."""
    return clean(_ACCOUNT.sub("000000000000", text))


def to_base64(value: Any) -> str:
    """Return JSON as base64 of the alphabet for URLs."""
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


def _signature(value: str) -> str:
    found = read_signature(value)
    if found is None:
        return "AWS4-HMAC-SHA256"
    date = found.date if found.date.isdigit() and len(found.date) <= _DAY_LETTERS else "…"
    scope = "/".join((f"{found.key_id[:4]}…", date, word(found.region), word(found.service)))
    signed = ";".join(one for one in found.signed_headers if _SIGNED.fullmatch(one))
    text = f"AWS4-HMAC-SHA256 Credential={scope}/aws4_request"
    if signed:
        text += f", SignedHeaders={signed}"
    return f"{text}, Signature=…" if found.is_complete else text


def _token(token: Token) -> str:
    """Return a token with the claims that a diagnosis reads; the user stays unknown."""
    if token.problem.startswith("its first"):
        return "eyJ.e30.…"
    head = to_base64({"alg": "redacted"})
    if token.problem.startswith("its second"):
        return f"{head}.eyJ.…"
    claims: dict[str, Any] = {name: token.number(name) for name in _MOMENTS}
    claims |= {name: stub(token.text(name)) for name in _PEOPLE if token.text(name)}
    issuer = token.text("iss")
    is_plain = _PLAIN_URL.fullmatch(issuer) is not None and clean(issuer) == issuer
    claims["iss"] = issuer if is_plain or token.pool is not None else stub(issuer)
    claims["token_use"] = token.use if token.use in ("access", "id") else None
    claims["cognito:groups"] = [clean(one) for one in token.groups] or None
    known = {name: value for name, value in claims.items() if value is not None}
    return f"{head}.{to_base64(known)}.{'' if token.problem else 'redacted'}"
