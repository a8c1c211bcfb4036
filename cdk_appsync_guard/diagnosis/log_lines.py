"""Log events → what they tell of each request, put together by the request's id.

In: Events. Out: one Exchange per request, when no more is to be expected of it. AppSync writes JSON
with a ``logType``, and lines that begin with the request's id; a Lambda authorizer writes what it
likes. https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cdk_appsync_guard.diagnosis.bodies import asked_of, parse
from cdk_appsync_guard.diagnosis.exchange import (
    Answer,
    Asked,
    Exchange,
    FieldLog,
    LogTrace,
    Sent,
    Told,
)
from cdk_appsync_guard.diagnosis.log_events import Event
from cdk_appsync_guard.errors import Location

__all__ = ["AuthorizerLog", "LogReader", "coordinates"]

_MOST_OPEN = 20_000
_MOST_STEPS = 50
_MOST_FIELDS = 500
_MOST_ASKED = 200
_LONG_QUERY = 10_000
_LINE = re.compile(
    r"([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})[ :]+"
)
_BEGIN = re.compile(r"Begin Execution - Type Name: (\w{1,100}) and Field Name: (\w{1,100})")
_HEADER = re.compile(r"([A-Za-z][\w-]{0,60})=(\[[^\]]{0,8000}\]|[^,}\]]{0,8000})")
_SAYS = re.compile(r"""["']?isAuthorized["']?\s{0,3}[:=]\s{0,3}["']?(true|false|True|False)""")
_DENIES = re.compile(r"""["']?deniedFields["']?\s{0,3}[:=]\s{0,3}\[([^\]]{1,2000})\]""")
_QUOTED = re.compile(r"""["']([^"']{1,300})["']""")
_FIELD_ARN = re.compile(r"types/([_A-Za-z]\w{0,100})/fields/([_A-Za-z]\w{0,100})")
_COORDINATE = re.compile(r"([_A-Za-z]\w{0,100})\.([_A-Za-z]\w{0,100})")
_LAMBDA = re.compile(r"(?:START |END |REPORT )?RequestId: ([0-9a-f-]{36})")
_APPSYNC_ID = re.compile(r"""["']requestId["']\s{0,3}:\s{0,3}["']([0-9a-fA-F-]{36})["']""")


@dataclass
class _Open:
    """A request of which more lines may come."""

    at: Location
    moment: float | None
    status: int | None = None
    headers: dict[str, str] | None = None
    asked: Asked = field(default_factory=Asked)
    resolved: dict[str, None] = field(default_factory=dict)
    failed: list[FieldLog] = field(default_factory=list)
    errors: list[Told] = field(default_factory=list)


@dataclass
class AuthorizerLog:
    """What a Lambda authorizer's own log says of one invocation."""

    at: Location
    request_id: str = ""  # of AppSync, if the function wrote its event
    verdict: str = ""
    denied: tuple[str, ...] = ()


class LogReader:
    """Takes events one by one; bounded, whatever their number."""

    def __init__(self) -> None:
        self.open: dict[str, _Open] = {}
        self.invocations: dict[str, AuthorizerLog] = {}
        self.current = ""
        self.understood = 0
        self.asked: dict[str, Asked] = {}

    def take(self, event: Event) -> Iterator[Exchange]:
        """Read an event; yield the requests that are as good as complete."""
        found = _LINE.match(event.message)
        rest = event.message[found.end() :] if found else event.message
        start = rest.find("{") if found else 0
        value = parse(rest[start:]) if start >= 0 and rest[start : start + 1] == "{" else None
        body = value if isinstance(value, dict) else {}
        given = body.get("requestId")
        name = found[1] if found else given if isinstance(given, str) else ""
        if not name or ("logType" not in body and "graphQLAPIId" not in body and not found):
            self._authorizer(event, body)
            return
        self.understood += 1
        request = self._request(name, event)
        if body:
            _read_json(request, body, event.at)
        if rest.startswith("GraphQL Query:"):
            request.asked = self._asked(rest.partition(", Variables:")[0])
        _read_text(request, rest)
        if len(self.open) > _MOST_OPEN:
            oldest = next(iter(self.open))
            yield _exchange(oldest, self.open.pop(oldest))

    def finish(self) -> Iterator[Exchange]:
        """Yield the requests that are left."""
        for name, request in self.open.items():
            yield _exchange(name, request)
        self.open.clear()

    def _request(self, name: str, event: Event) -> _Open:
        request = self.open.get(name)
        if request is None:
            request = self.open[name] = _Open(event.at, event.moment)
        return request

    def _asked(self, line: str) -> Asked:
        """Return what a line asks for; clients send few operations, each of them often."""
        if len(line) > _LONG_QUERY:
            return _read_asked(line)
        asked = self.asked.get(line)
        if asked is None:
            if len(self.asked) >= _MOST_ASKED:
                self.asked.clear()
            asked = self.asked[line] = _read_asked(line)
        return asked

    def _authorizer(self, event: Event, body: Mapping[str, Any]) -> None:
        """Read a line of the authorizer's function."""
        message = event.message[:_MOST_CHARACTERS]
        found = _LAMBDA.search(message[:200])
        given = body.get("requestId") or body.get("function_request_id")
        if found is not None or isinstance(given, str):
            self.current = found[1] if found is not None else str(given)
        verdict = _verdict(message)
        begin = message.find("requestContext")  # outside of it stands Lambda's own id
        linked = _APPSYNC_ID.search(message, begin) if begin >= 0 else None
        denied = _DENIES.search(message)
        if not (verdict or linked or denied):
            return
        self.understood += 1
        key = self.current or str(event.at)
        if len(self.invocations) >= _MOST_OPEN:
            return
        log = self.invocations.setdefault(key, AuthorizerLog(event.at))
        if verdict:
            log.verdict, log.at = verdict, event.at
        if linked is not None:
            log.request_id = linked[1]
        if denied is not None:
            log.denied = coordinates(_QUOTED.findall(denied[1]))


def coordinates(entries: Any) -> tuple[str, ...]:
    """Return the coordinates that ARNs of fields and names such as `Type.field` mean."""
    found: dict[str, None] = {}
    for entry in entries if isinstance(entries, (list, tuple)) else ():
        if not isinstance(entry, str) or len(found) >= _MOST_FIELDS:
            continue
        match = _FIELD_ARN.search(entry) or _COORDINATE.fullmatch(entry)
        if match is not None:
            found[f"{match[1]}.{match[2]}"] = None
    return tuple(found)


def _verdict(message: str) -> str:
    found = _SAYS.search(message)
    if found is not None:
        return "allowed" if found[1].lower() == "true" else "denied"
    if "Task timed out after" in message or "Status: timeout" in message:
        return "timeout"
    failed = "[ERROR]" in message or "Invoke Error" in message or "Unhandled" in message
    return "error" if failed or "Runtime exited" in message else ""


def _read_json(request: _Open, body: Mapping[str, Any], at: Location) -> None:
    kind, status = body.get("logType"), body.get("statusCode")
    if isinstance(status, int) and (kind == "RequestSummary" or request.status is None):
        request.status = status
    parent, name = body.get("parentType"), body.get("fieldName")
    if not isinstance(parent, str) or not isinstance(name, str):
        return
    coordinate = f"{parent}.{name}"
    if body.get("resolverArn") and len(request.resolved) < _MOST_FIELDS:
        request.resolved[coordinate] = None
    errors = tuple(one for one in _list(body.get("errors")) if isinstance(one, str))
    context = body.get("context")
    if isinstance(context, dict) and not errors:
        errors = tuple(one for one in _list(context.get("outErrors")) if isinstance(one, str))
    in_error = body.get("fieldInError") in (True, 1, "1", "true")
    if not (in_error or errors) or len(request.failed) >= _MOST_STEPS:
        return
    step = kind if isinstance(kind, str) else body.get("mappingTemplateType")
    resolver, function = body.get("resolverArn"), body.get("functionName")
    request.failed.append(
        FieldLog(
            coordinate,
            step.replace(" ", "") if isinstance(step, str) else "",
            resolver if isinstance(resolver, str) else "",
            function if isinstance(function, str) else "",
            errors,
            in_error,
            at,
        )
    )
    request.errors.append(_told(coordinate, errors, body.get("path")))


def _told(coordinate: str, errors: tuple[str, ...], path: Any) -> Told:
    parent, _, name = coordinate.partition(".")
    steps = path.strip("[]").split(", ") if isinstance(path, str) else _list(path)
    names = tuple(step for step in steps if isinstance(step, str) and not step.isdigit())
    said = errors[0] if errors else ""
    if not said or said.strip() == "Unauthorized" or "Not Authorized" in said:
        message = f"Not Authorized to access {name} on type {parent}"
        return Told(message, "Unauthorized", names)
    named = "Unauthorized" if said.startswith("Unauthorized") else "Resolver"
    return Told(said, named, names or (name,))


def _read_text(request: _Open, rest: str) -> None:
    if rest.startswith("Request Headers:"):
        pairs = _HEADER.findall(rest[:_MOST_CHARACTERS])
        request.headers = {name.lower(): value.strip("[]") for name, value in pairs}
    elif rest.startswith("Begin Execution"):
        found = _BEGIN.match(rest)
        if found is not None and len(request.resolved) < _MOST_FIELDS:
            request.resolved[f"{found[1]}.{found[2]}"] = None


def _read_asked(line: str) -> Asked:
    text = line.removeprefix("GraphQL Query:")
    query, _, name = text.rpartition(", Operation:")
    asked = asked_of((query or text).strip(), {})
    named = name.strip()
    return asked if asked.name or not named.isidentifier() else _named(asked, named)


def _named(asked: Asked, name: str) -> Asked:
    from dataclasses import replace  # noqa: PLC0415 - one use

    return replace(asked, name=name)


def _exchange(name: str, request: _Open) -> Exchange:
    errors = tuple(dict.fromkeys(request.errors))
    refused = request.status is not None and request.status in (401, 403)
    if refused and not errors:
        errors = (Told("", "UnauthorizedException"),)
    trace = LogTrace(
        status=request.status,
        resolved=tuple(request.resolved),
        failed=tuple(request.failed),
        at=request.at,
    )
    headers = request.headers
    sent = Sent(headers=headers, host=(headers or {}).get("host", ""), started=request.moment)
    answer = Answer(status=request.status, errors=errors)
    return Exchange("log", request.at, sent, answer, request.asked, request_id=name, log=trace)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


_MOST_CHARACTERS = 200_000
