"""What a client printed → Exchanges: the errors in it, mapped back to what AppSync said.

In: text of a console, a terminal, a ticket. Out: an Exchange per error, each once. Clients rewrite
errors: Amplify JS 6 shows `Unauthorized` for every 401.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from cdk_appsync_guard.diagnosis.bodies import told_by
from cdk_appsync_guard.diagnosis.exchange import Answer, Exchange, Told
from cdk_appsync_guard.errors import Location

__all__ = ["exchanges_of_json", "is_console_text", "read_console"]

_MOST_ERRORS = 100
_MOST_TRIES = 300
_LONGEST_JSON = 100_000
_DENIED = re.compile(r"Not Authorized to access [_A-Za-z]\w{0,120} on type [_A-Za-z]\w{0,120}")
_SERVER = (
    ("Valid authorization header not provided.", "UnauthorizedException", 401),
    ("Unable to parse JWT token.", "UnauthorizedException", 401),
    ("You are not authorized to make this call.", "UnauthorizedException", 401),
    ("Token has expired.", "UnauthorizedException", 401),
    ("Permission denied", "UnauthorizedException", 401),
    ("Signature expired", "InvalidSignatureException", 403),
    ("Signature not yet current", "InvalidSignatureException", 403),
    ("The request signature we calculated does not match", "InvalidSignatureException", 403),
    ("The security token included in the request is invalid", "UnrecognizedClientException", 403),
    ("The security token included in the request is expired", "ExpiredTokenException", 403),
    ("UnauthorizedException", "UnauthorizedException", 401),
    ("recoverySuggestion", "UnauthorizedException", 401),
)
_POOL = re.compile(
    r"Unauthenticated access is not supported for this identity pool"
    r"|Check assigned IAM roles for this pool"
)
_OVER_SOCKET = "Connection failed"  # what Amplify writes before the error of a subscription
_SUGGESTION = "calling an Amplify-generated API"
_CLIENT = (
    "NoApiKey",
    "NoCredentials",
    "NoValidAuthTokens",
    "NoSignedUser",
    "NoAuthorizationHeader",
    "NoEndpoint",
    "No federated jwt",
    "No current user",
    "No api-key configured",
)
_OTHERS = (
    re.compile(
        r"Cannot return null for non-nullable type: '?\w{1,100}'?"
        r" within parent '\w{1,100}' \(\S{1,300}\)"
    ),
    re.compile(r"Unauthorized on \[[\w, ]{1,300}\]"),
    re.compile(r"(?:Missing|Unknown) field argument '?\w{1,80}'? @ '[\w/]{1,200}'"),
    re.compile(r"Validation error of type \w{1,60}: .{0,200}"),
    re.compile(r"is not authorized to perform: [\w:-]{1,80}"),
)
_SHOWS_STATUS = ("appsync", "Response not successful", "Request failed with status", "graphql")
_STATUS = re.compile(
    r"Unexpected server response: (\d{3})"
    r"|(?:[Ss]tatus(?: code)?)[ :=]{1,3}(\d{3})|[/ ](\d{3})(?: \([A-Z]| (?:Client|Server) Error)"
)
_NETWORK = re.compile(r"net::ERR_\w{1,60}|blocked by CORS policy")


def is_console_text(head: str) -> bool:
    """Return whether the text has an error in it that is AppSync's or a client's of it."""
    return next(read_console(head, ""), None) is not None


def read_console(text: str, file: str) -> Iterator[Exchange]:
    """Yield an exchange for each error of the text."""
    found: dict[Told | str, Exchange] = {}
    for offset, value in _objects(text):
        is_socket = _OVER_SOCKET in text[max(offset - 40, 0) : offset]
        for one in exchanges_of_json(value, Location(file, _line(text, offset))):
            exchange = replace(one, channel="subscription") if is_socket else one
            for told in exchange.answer.errors:
                found.setdefault(told, exchange)
    known = {told.message for told in found if isinstance(told, Told)}
    for offset, told, status in _phrases(text):
        if told.message not in known or not told.message:
            is_wide = not told.message and found
            if not is_wide and len(found) < _MOST_ERRORS:
                at = Location(file, _line(text, offset))
                answer = Answer(status=status, errors=(told,))
                found.setdefault(told, Exchange("console", at, answer=answer))
    lines = set[int]()  # an error's name and its message stand on one
    for name in _CLIENT:
        offset = text.find(name)
        line = _line(text, offset)
        if offset >= 0 and line not in lines:
            lines.add(line)
            at = Location(file, line)
            found.setdefault(name, Exchange("console", at, client_error=name))
    if not found:
        yield from _by_status(text, file)
    yield from {id(one): one for one in found.values()}.values()


def exchanges_of_json(value: Any, at: Location) -> Iterator[Exchange]:
    """Yield what a JSON value tells: an answer, a WebSocket message, a client's error object."""
    if isinstance(value, list):
        for item in value[:_MOST_ERRORS]:
            yield from exchanges_of_json(item, at)
        return
    if not isinstance(value, dict):
        return
    kind, payload = value.get("type"), value.get("payload")
    if kind in ("connection_error", "error") and isinstance(payload, dict):
        channel = "handshake" if kind == "connection_error" else "subscription"
        yield Exchange(channel, at, answer=Answer(errors=told_by(payload)))
        return
    for name in ("error", "graphQLErrors", "networkError", "response", "result"):
        inner = value.get(name)
        if isinstance(inner, dict):
            told = list(exchanges_of_json(inner, at))
            yield from told or _by_code(inner, at)
        elif isinstance(inner, list) and inner:
            yield Exchange("answer", at, answer=Answer(errors=told_by({"errors": inner})))
    if isinstance(value.get("errors"), list) or value.get("errorType"):
        listed = value if "errors" in value else {"errors": [value]}
        errors = tuple(map(_mapped_back, told_by(listed)))
        has_data = value.get("data") is not None
        yield Exchange("answer", at, answer=Answer(errors=errors, has_data=has_data))


def _by_code(error: Mapping[str, Any], at: Location) -> Iterator[Exchange]:
    """Yield a client's network error that keeps no more of the answer than its status."""
    status = error.get("statusCode")
    if isinstance(status, int) and status >= 400:  # noqa: PLR2004 - HTTP's
        yield Exchange("console", at, answer=Answer(status=status))


def _mapped_back(told: Told) -> Told:
    """Return the error as AppSync said it, as far as a client has kept that.

    Amplify JS 6 shows `Unauthorized` for every 401 (packages/api-graphql, repackageAuthError).
    """
    is_rewritten = told.message == "Unauthorized" and told.error_type is None and not told.path
    return Told("", "UnauthorizedException", code=told.code) if is_rewritten else told


def _phrases(text: str) -> Iterator[tuple[int, Told, int | None]]:
    for found in _DENIED.finditer(text):
        yield found.start(), Told(found[0], "Unauthorized"), None
    for pattern in (*_OTHERS, _POOL):
        for found in pattern.finditer(text):
            named = "Unauthorized" if found[0].startswith("Unauthorized") else None
            yield found.start(), Told(found[0], named), None
    is_refused = False
    for phrase, error_type, status in _SERVER:
        offset = text.find(_SUGGESTION if phrase == "recoverySuggestion" else phrase)
        if offset < 0:
            continue
        is_bare = phrase in ("UnauthorizedException", "recoverySuggestion")
        if not is_bare:
            is_refused = True
            yield offset, Told(phrase, error_type), status
        elif not is_refused:
            is_refused = True
            yield offset, Told("", error_type), status


def _by_status(text: str, file: str) -> Iterator[Exchange]:
    found = _STATUS.search(text)
    lower = text.lower()
    if found is not None and any(words.lower() in lower for words in _SHOWS_STATUS):
        at = Location(file, _line(text, found.start()))
        channel = "handshake" if found[1] else "console"
        status = int(found[1] or found[2] or found[3])
        if status >= 400:  # noqa: PLR2004 - HTTP's
            yield Exchange(channel, at, answer=Answer(status=status))
    network = _NETWORK.search(text)
    if network is not None:
        error = "cors" if "CORS" in network[0] else network[0]
        at = Location(file, _line(text, network.start()))
        yield Exchange("console", at, answer=Answer(network_error=error))


def _objects(text: str) -> Iterator[tuple[int, Any]]:
    """Yield the JSON objects that stand in the text."""
    decoder = json.JSONDecoder()
    start = text.find("{")
    for _ in range(_MOST_TRIES):
        if start < 0:
            return
        try:
            value, length = decoder.raw_decode(text[start : start + _LONGEST_JSON])
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
            continue
        yield start, value
        start = text.find("{", start + length)


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
