"""An entry of an HTTP Archive → Exchanges: the HTTP request, or the WebSocket and its messages.

In: one entry at a time, from Chrome, Firefox, Safari, Playwright, mitmproxy and anyone who writes
their form. http://www.softwareishard.com/blog/har-12-spec/

Chrome leaves ``Authorization`` and cookies out of an export unless it is asked for them (devtools-
frontend, front_end/models/har/Log.ts); the rest of what is secret it keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cdk_appsync_guard.diagnosis.bodies import asked_of, parse, plain_type, told_by, unpack
from cdk_appsync_guard.diagnosis.exchange import Answer, Exchange, Sent, Told
from cdk_appsync_guard.diagnosis.websocket import read_socket
from cdk_appsync_guard.errors import Location

__all__ = ["could_be_appsync", "is_appsync_host", "read_entry", "shows_secret_headers"]

_HINTS = (b"appsync", b"/graphql", b"x-amzn", b"X-Amzn", b"graphql-ws", b"cognito-identity")
_IDENTITY_POOLS = "cognito-identity."
_HOSTS = (".appsync-api.", ".appsync-realtime-api.")
_CUT = 2000
_SWITCHING = 101


def could_be_appsync(raw: bytes) -> bool:
    """Return whether an entry is worth being read: most of a page's traffic is not."""
    return any(hint in raw for hint in _HINTS)


def is_appsync_host(host: str) -> bool:
    """Return whether the host is one that AWS gives to APIs."""
    return any(part in host for part in _HOSTS)


def shows_secret_headers(raw: bytes) -> bool:
    """Return whether the entry holds what a sanitized export leaves out."""
    lower = raw[:_LONGEST_HEADERS].lower()
    return any(name in lower for name in (b'"authorization"', b'"cookie"', b'"set-cookie"'))


def read_entry(raw: bytes, at: Location, *, is_stripped: bool) -> Iterator[Exchange]:
    """Yield what the entry is of AppSync: nothing if it has nothing to do with it."""
    entry = parse(raw)
    if not isinstance(entry, dict):
        return
    request, response = _part(entry, "request"), _part(entry, "response")
    url = _text(request, "url")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return
    headers, places = _headers(request.get("headers"), at, raw)
    sent = Sent(
        host=host,
        path=parts.path,
        method=_text(request, "method").upper(),
        headers=headers,
        places=places,
        is_stripped=is_stripped and "authorization" not in headers,
        started=_started(entry),
        query=dict(parse_qsl(parts.query)[:_MOST_PARAMETERS]),
        protocols=_protocols(headers),
    )
    answer_headers, _ = _headers(response.get("headers"), at, raw)
    if parts.scheme in ("ws", "wss") or _is_socket(entry, headers):
        if is_appsync_host(host) or _is_handshake(sent):
            status = _status(response)
            yield from read_socket(sent, status, _frames(entry), at, answer_headers)
        return
    exchange = _http(sent, request, response, answer_headers, at, entry)
    if exchange is not None:
        yield exchange


def _http(
    sent: Sent,
    request: Mapping[str, Any],
    response: Mapping[str, Any],
    headers: Mapping[str, str],
    at: Location,
    entry: Mapping[str, Any],
) -> Exchange | None:
    body = _part(request, "postData")
    asked = asked_of(_body(body, ""), sent.query)
    status = _status(response)
    error = next(filter(None, (_text(one, name) for one, name in _failures(response, entry))), "")
    text = _body(_part(response, "content"), headers.get("content-encoding", ""))
    value = parse(text)
    named = plain_type(headers.get("x-amzn-errortype", ""))
    answer = Answer(
        status=status,
        headers=headers,
        errors=told_by(value, named) or ((Told("", named),) if named else ()),
        has_data=isinstance(value, dict) and value.get("data") is not None,
        text="" if value is not None else text[:_CUT],
        network_error=error or ("no answer" if status == 0 else ""),
    )
    exchange = Exchange(
        "http", at, sent, answer, asked, request_id=headers.get("x-amzn-requestid", "")
    )
    return exchange if _is_ours(exchange) else None


def _failures(
    response: Mapping[str, Any], entry: Mapping[str, Any]
) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield where browsers write why there is no answer: Chrome, and Playwright."""
    yield response, "_error"
    yield response, "_failureText"
    yield entry, "_error"


def _is_ours(exchange: Exchange) -> bool:
    sent, answer, asked = exchange.sent, exchange.answer, exchange.asked
    if is_appsync_host(sent.host):
        is_preflight = sent.method == "OPTIONS" and not exchange.failed
        return not is_preflight and not sent.path.startswith("/event")
    if sent.host.startswith(_IDENTITY_POOLS):  # a client gets its credentials there
        return exchange.failed and bool(answer.errors)
    speaks = bool(asked.roots or asked.text or asked.is_persisted or asked.batch)
    typed = any(told.error_type for told in answer.errors)
    aws = any(name.startswith("x-amzn") for name in answer.headers)
    return (speaks and sent.path.rstrip("/").endswith("/graphql")) or (speaks and (typed or aws))


def _headers(listed: Any, at: Location, raw: bytes) -> tuple[dict[str, str], dict[str, Location]]:
    """Return the values by lower-case name, and where each stands."""
    values: dict[str, str] = {}
    for item in listed if isinstance(listed, list) else ():
        name, value = (item.get("name"), item.get("value")) if isinstance(item, dict) else (0, 0)
        if isinstance(name, str) and isinstance(value, str) and len(values) < _MOST_PARAMETERS:
            values.setdefault(name.lower(), value)
    shown = (name for name in _SHOWN if name in values)
    return values, {name: _place(at, raw, name) for name in shown}


def _place(at: Location, raw: bytes, name: str) -> Location:
    """Return the place of a header: its line too where an entry stands on several."""
    path = f"{at.path}/request/headers/{name}"
    found = raw.lower().find(f'"{name}"'.encode())
    line = at.line + raw.count(b"\n", 0, max(found, 0)) if at.line is not None else None
    return Location(at.file, line, path=path)


def _body(part: Mapping[str, Any], content_encoding: str) -> str:
    text = part.get("text")
    if not isinstance(text, str):
        return ""
    return unpack(text, _text(part, "encoding") or _text(part, "_encoding"), content_encoding)


def _frames(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    frames = entry.get("_webSocketMessages")
    return [one for one in frames if isinstance(one, dict)] if isinstance(frames, list) else []


def _is_socket(entry: Mapping[str, Any], headers: Mapping[str, str]) -> bool:
    upgrade = headers.get("upgrade", "").lower() == "websocket"
    return upgrade or entry.get("_resourceType") == "websocket" or "_webSocketMessages" in entry


def _protocols(headers: Mapping[str, str]) -> tuple[str, ...]:
    value = headers.get("sec-websocket-protocol", "")
    return tuple(one.strip() for one in value.split(",")[:_MOST_PARAMETERS] if one.strip())


def _is_handshake(sent: Sent) -> bool:
    """Return whether a handshake is AppSync's: by its path, or by how it carries a credential."""
    carries = "header" in sent.query or any(one.startswith("header-") for one in sent.protocols)
    is_named = "graphql-ws" in sent.protocols or "payload" in sent.query
    return sent.path.rstrip("/").endswith("/graphql/realtime") or (carries and is_named)


def _status(response: Mapping[str, Any]) -> int | None:
    status = response.get("status")
    return max(status, 0) if isinstance(status, int) else None


def _started(entry: Mapping[str, Any]) -> float | None:
    text = _text(entry, "startedDateTime")
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")[:35]).timestamp()
    except (ValueError, OverflowError):
        return None


def _part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


_MOST_PARAMETERS = 200
_LONGEST_HEADERS = 1_000_000
_SHOWN = ("authorization", "x-api-key", "x-amz-date", "x-amz-security-token", "host")
