"""`curl -v` and raw HTTP exchanges → Exchanges.

In: lines of text. Out: Exchanges. `curl -v` does not show the request's body; a raw exchange may.
https://curl.se/docs/manpage.html#-v
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from cdk_appsync_guard.diagnosis.bodies import asked_of, parse, plain_type, told_by
from cdk_appsync_guard.diagnosis.exchange import Answer, Exchange, Sent
from cdk_appsync_guard.errors import Location

__all__ = ["is_http_text", "read_http_text"]

_REQUEST = re.compile(r"([A-Z]{3,10}) (\S{1,8000}) HTTP/[\d.]{1,3}")
_STATUS = re.compile(r"HTTP/[\d.]{1,3} (\d{3})")
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*(.{0,20000})")
_MOST_BODY = 2_000_000
_MOST_HEADERS = 200
_CURL = ("> ", "< ")


@dataclass
class _Half:
    """One of the two messages of an exchange."""

    first: re.Match[str]
    line: int
    headers: dict[str, str] = field(default_factory=dict)
    places: dict[str, Location] = field(default_factory=dict)
    body: list[str] = field(default_factory=list)
    size: int = 0
    is_body: bool = False


def is_http_text(head: str) -> bool:
    """Return whether text is that of `curl -v`, or HTTP as it is sent."""
    lines = head.splitlines()[:200]
    plain = [line[2:] if line.startswith(_CURL) else line for line in lines]
    return any(_REQUEST.match(line) or _STATUS.match(line) for line in plain)


def read_http_text(lines: Iterable[str], file: str) -> Iterator[Exchange]:
    """Yield the exchanges: a request and the answer that follows it."""
    request: _Half | None = None
    answer: _Half | None = None
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip("\r\n")
        mark, text = (line[0], line[2:]) if line[:2] in (">", "<", *_CURL) else ("", line)
        if mark == "" and line.startswith(("* ", "} [", "{ [")):
            continue
        started, status = _REQUEST.match(text), _STATUS.match(text)
        if started is not None and mark != "<":
            if request is not None:
                yield _exchange(request, answer, file)
            request, answer = _Half(started, number), None
        elif status is not None and mark != ">":
            request = request or _Half(status, number)
            answer = _Half(status, number)
        else:
            half = answer if answer is not None else request
            if half is not None:
                _add(half, text, number, file, is_curl=mark != "")
    if request is not None:
        yield _exchange(request, answer, file)


def _add(half: _Half, text: str, number: int, file: str, *, is_curl: bool) -> None:
    if not text.strip() and not half.is_body:
        half.is_body = True
        return
    found = _FIELD.fullmatch(text) if not half.is_body or is_curl else None
    if found is not None and len(half.headers) < _MOST_HEADERS:
        name = found[1].lower()
        half.headers.setdefault(name, found[2].strip())
        half.places.setdefault(name, Location(file, number))
    elif half.size < _MOST_BODY:
        half.is_body = True
        half.size += len(text) + 1
        half.body.append(text)


def _exchange(request: _Half, answer: _Half | None, file: str) -> Exchange:
    at = Location(file, request.line)
    is_known = request.first.re is _REQUEST
    target = request.first[2] if is_known else ""
    try:
        parts = urlsplit(target)
        host, path, query = parts.hostname or "", parts.path, parts.query
    except ValueError:
        host, path, query = "", "", ""
    host = host or request.headers.get("host", request.headers.get(":authority", ""))
    parameters = dict(parse_qsl(query)[:_MOST_HEADERS])
    sent = Sent(
        host=host,
        path=path,
        method=request.first[1] if is_known else "",
        headers=request.headers if is_known else None,
        places=request.places,
        query=parameters,
    )
    asked = asked_of("\n".join(request.body).strip() if is_known else "", parameters)
    return Exchange("http", at, sent, _answer(answer), asked, request_id=_id(answer))


def _id(answer: _Half | None) -> str:
    return answer.headers.get("x-amzn-requestid", "") if answer is not None else ""


def _answer(half: _Half | None) -> Answer:
    if half is None:
        return Answer()
    text = "\n".join(half.body).strip()
    value = parse(text) if text else None
    if value is None and "{" in text:
        value = _first_json(text[text.find("{") :])
    error_type = plain_type(half.headers.get("x-amzn-errortype", ""))
    return Answer(
        status=int(half.first[1]),
        headers=half.headers,
        errors=told_by(value, error_type),
        has_data=isinstance(value, dict) and value.get("data") is not None,
        text="" if value is not None else text[:_CUT],
    )


def _first_json(text: str) -> object:
    """Return the JSON that the text begins with: curl writes its own words right behind it."""
    try:
        return json.JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


_CUT = 2000
