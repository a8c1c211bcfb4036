"""Exchanges that failed → a copy of their capture that is safe to share and still diagnosable.

In: the exchanges of one file. Out: the text of a HAR, of log events, of CloudTrail records, or of
errors. The copy is written anew from what was understood: what was not is not in it. Requests that
went well, and other traffic, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

import orjson

from cdk_appsync_guard.diagnosis.exchange import Asked, Exchange, FieldLog
from cdk_appsync_guard.diagnosis.log_lines import AuthorizerLog
from cdk_appsync_guard.diagnosis.scrub import (
    scrub_arn,
    scrub_credential,
    scrub_document,
    scrub_headers,
    scrub_host,
    scrub_told,
    to_base64,
)
from cdk_appsync_guard.diagnosis.words import clean, clean_id, name_of

__all__ = ["redacted_copy"]

_WEB = ("http", "handshake", "subscription")
_PATHS = ("/graphql", "/graphql/realtime", "/graphql/connect")
_COOKIE_ENTRY = {
    "request": {
        "method": "GET",
        "url": "https://redacted.invalid/",
        "headers": [{"name": "Cookie", "value": "…"}],
    },
    "response": {"status": 200, "headers": [], "content": {}},
}


def redacted_copy(exchanges: Sequence[Exchange], authorizers: Sequence[AuthorizerLog] = ()) -> str:
    """Return the text of the copy."""
    web = [one for one in exchanges if one.channel in _WEB and one.sent.headers is not None]
    if web:
        return _dump(_har(web))
    if authorizers or any(one.channel == "log" for one in exchanges):
        events = [line for one in exchanges for line in _log(one)]
        events += [line for one in authorizers for line in _authorizer(one)]
        return _dump({"events": events, "searchedLogStreams": []})
    if any(one.channel == "trail" for one in exchanges):
        return _dump({"Records": [_record(one) for one in exchanges]})
    return "".join(_alone(one) for one in exchanges)


def _dump(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"


def _har(exchanges: Sequence[Exchange]) -> dict[str, Any]:
    sockets: dict[str, list[Exchange]] = {}
    entries: list[Any] = []
    if any(not one.sent.is_stripped for one in exchanges):
        entries.append(_COOKIE_ENTRY)  # the archive was not sanitized: what is absent was not sent
    for one in exchanges:
        if one.channel == "http":
            entries.append(_entry(one))
        else:
            sockets.setdefault(one.at.path.partition("/_webSocket")[0], []).append(one)
    entries += [_socket(parts) for parts in sockets.values()]
    creator = {"name": "cdk-appsync-guard", "version": "1", "comment": "redacted"}
    return {"log": {"version": "1.2", "creator": creator, "entries": entries}}


def _entry(one: Exchange) -> dict[str, Any]:
    sent, answer = one.sent, one.answer
    body: dict[str, Any] = {"errors": [scrub_told(told) for told in answer.errors]}
    body |= {"data": {}} if answer.has_data else {}
    blocked = "request blocked" in answer.text.lower() or "waf" in answer.text.lower()
    text = "Request blocked" if blocked else ""
    if answer.errors or answer.has_data:
        text = orjson.dumps(body).decode()
    return {
        "startedDateTime": _moment(sent.started),
        "request": {
            "method": sent.method if sent.method.isalpha() else "POST",
            "url": f"https://{scrub_host(sent.host)}{_path(sent.path)}",
            "headers": _pairs(scrub_headers(sent.headers or {})),
            "postData": {"mimeType": "application/json", "text": _request(one.asked)},
        },
        "response": {
            "status": answer.status,
            "headers": _pairs(scrub_headers(answer.headers)),
            "content": {"mimeType": "application/json", "text": text},
            "_error": clean(answer.network_error) if answer.network_error else None,
        },
    }


def _request(asked: Asked) -> str:
    body: dict[str, Any] = {"query": scrub_document(asked.text)} if asked.text else {}
    if asked.name:
        body["operationName"] = name_of(asked.name)
    if asked.is_persisted:
        body["extensions"] = {"persistedQuery": {}}
    return orjson.dumps([body] * asked.batch if asked.batch else body).decode()


def _socket(parts: Sequence[Exchange]) -> dict[str, Any]:
    """Return the entry of a WebSocket: its handshake, and the subscriptions that failed."""
    first = next((one for one in parts if one.channel == "handshake"), parts[0])
    frames: list[dict[str, Any]] = []
    status = first.answer.status if first.channel == "handshake" else None
    if first.channel == "handshake" and first.answer.errors:
        frames += _handshake_frames(first)
    for number, one in enumerate(part for part in parts if part.channel == "subscription"):
        frames += _subscription_frames(str(number), one)
    carries = first.authorization is not None or "header" in first.sent.query
    given = to_base64(_given(first.authorization)) if first.authorization is not None else "x"
    query = f"?header={quote(given)}&payload=e30=" if carries else ""
    return {
        "startedDateTime": _moment(first.sent.started),
        "_resourceType": "websocket",
        "request": {
            "method": "GET",
            "url": f"wss://{scrub_host(first.sent.host)}{_path(first.sent.path)}{query}",
            "headers": _pairs(scrub_headers(first.sent.headers or {})),
        },
        "response": {
            "status": 101 if status is None else status,
            "headers": _pairs(scrub_headers(first.answer.headers)),
        },
        "_webSocketMessages": frames,
    }


def _handshake_frames(one: Exchange) -> Iterator[dict[str, Any]]:
    if one.answer.errors[0].error_type == "protocol":
        yield _frame("send", {"id": "0", "type": "subscribe", "payload": {}})
        return
    errors = [scrub_told(told) for told in one.answer.errors]
    yield _frame("receive", {"type": "connection_error", "payload": {"errors": errors}})


def _subscription_frames(name: str, one: Exchange) -> Iterator[dict[str, Any]]:
    payload: dict[str, Any] = {"data": _request(one.asked)}
    if one.authorization is not None:
        payload["extensions"] = {"authorization": _given(one.authorization)}
    yield _frame("send", {"id": name, "type": "start", "payload": payload})
    errors = [scrub_told(told) for told in one.answer.errors]
    yield _frame("receive", {"id": name, "type": "error", "payload": {"errors": errors}})


def _frame(way: str, message: Any) -> dict[str, Any]:
    return {"type": way, "time": 0, "opcode": 1, "data": orjson.dumps(message).decode()}


def _given(authorization: Mapping[str, str] | None) -> dict[str, str]:
    return scrub_headers(authorization or {})


def _log(one: Exchange) -> Iterator[dict[str, Any]]:
    name, log = clean_id(one.request_id), one.log
    if one.asked.text:
        called = name_of(one.asked.name or "")
        text = f"GraphQL Query: {scrub_document(one.asked.text)}, Operation: {called}"
        yield _event(one, f"{name} {text}, Variables: {{}}")
    if one.sent.headers is not None:
        given = scrub_headers(one.sent.headers)
        listed = ", ".join(f"{key}=[{value}]" for key, value in given.items())
        yield _event(one, f"{name} Request Headers: {{{listed}}}")
    for coordinate in log.resolved if log else ():
        parent, _, field = coordinate.partition(".")
        begun = f"Begin Execution - Type Name: {name_of(parent)} and Field Name: {name_of(field)}"
        yield _event(one, f"{name} {begun}")
    for step in log.failed if log else ():
        yield _event(one, orjson.dumps(_step(name, step)).decode())
    if log is not None and log.status is not None:
        summary = {"logType": "RequestSummary", "requestId": name, "graphQLAPIId": "…"}
        yield _event(one, orjson.dumps({**summary, "statusCode": log.status}).decode())


def _step(name: str, step: FieldLog) -> dict[str, Any]:
    parent, _, field = step.coordinate.partition(".")
    return {
        "logType": name_of(step.step) if step.step else "RequestMapping",
        "requestId": name,
        "graphQLAPIId": "…",
        "parentType": name_of(parent),
        "fieldName": name_of(field),
        "resolverArn": scrub_arn(step.resolver),
        "functionName": name_of(step.function) if step.function else "",
        "errors": [clean(error) for error in step.errors],
        "fieldInError": step.in_error,
    }


def _authorizer(one: AuthorizerLog) -> Iterator[dict[str, Any]]:
    said = {
        "allowed": '{"isAuthorized": true}',
        "denied": '{"isAuthorized": false}',
        "timeout": "Task timed out after 10 seconds",
        "error": "[ERROR]",
    }.get(one.verdict, "")
    linked = f'{{"requestContext": {{"requestId": "{clean_id(one.request_id)}"}}}}'
    denied = ", ".join(f'"{entry}"' for entry in one.denied)
    texts = (said, linked if one.request_id else "", denied and f'"deniedFields": [{denied}]')
    message = " ".join(filter(None, texts))  # in one event, which keeps them together
    if message:
        yield {"timestamp": 0, "message": message}


def _event(one: Exchange, message: str) -> dict[str, Any]:
    moment = one.sent.started
    return {"timestamp": int(moment * 1000) if moment is not None else 0, "message": message}


def _record(one: Exchange) -> dict[str, Any]:
    trail, answer = one.trail, one.answer
    results = {"allowedFields": trail.allowed, "deniedFields": trail.denied} if trail else {}
    extra: dict[str, Any] = {"authType": trail.modes if trail else []}
    extra |= {"fieldAuthorizationResults": results}
    extra |= {"operationName": name_of(one.asked.name)} if one.asked.name else {}
    record: dict[str, Any] = {
        "eventSource": "appsync.amazonaws.com",
        "eventName": "GraphQL",
        "eventCategory": "Data",
        "eventTime": _moment(one.sent.started),
        "requestID": clean_id(one.request_id),
        "userIdentity": {"arn": f"arn:aws:sts::000000000000:assumed-role/{clean(trail.role)}/…"}
        if trail and trail.role
        else {},
        "additionalEventData": extra,
    }
    if answer.errors and answer.status is not None:
        errors = [scrub_told(told) for told in answer.errors]
        record["errorCode"] = "AccessDenied"
        record["errorMessage"] = orjson.dumps({"errors": errors}).decode()
    return record


def _alone(one: Exchange) -> str:
    """Return an error, a token, or the name of a client's error by itself."""
    if one.channel == "token":
        return scrub_credential((one.sent.headers or {}).get("authorization", "")) + "\n"
    if one.client_error:
        return f"{one.client_error}\n"
    if one.answer.network_error and not one.answer.errors:
        return f"{clean(one.answer.network_error)}\n"
    if not one.answer.errors and one.channel in ("console", "handshake"):
        said = "Unexpected server response" if one.channel == "handshake" else "status code"
        return f"Response not successful: {said}: {one.answer.status}\n"
    body: dict[str, Any] = {"errors": [scrub_told(told) for told in one.answer.errors]}
    if one.channel == "http":
        return f"HTTP/1.1 {one.answer.status}\n\n{orjson.dumps(body).decode()}\n"
    if one.channel in _WEB:
        kind = "connection_error" if one.channel == "handshake" else "error"
        body = {"type": kind, "payload": body}
    return orjson.dumps(body).decode() + "\n"


def _pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _path(path: str) -> str:
    return path if path in _PATHS else "/graphql"


def _moment(seconds: float | None) -> str:
    if seconds is None:
        return ""
    try:
        return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError, OSError):
        return ""
