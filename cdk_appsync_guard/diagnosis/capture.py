"""Files → the exchanges in them, whatever each file is; read once, one after the other.

In: Sources. Out: Captures. What a file is, is told by its content: JSON by its members, text by its
first lines. What does not fit in memory is never held.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from cdk_appsync_guard.diagnosis.console import is_console_text, read_console
from cdk_appsync_guard.diagnosis.gathered import ACCEPTED, Captures
from cdk_appsync_guard.diagnosis.http_text import is_http_text, read_http_text
from cdk_appsync_guard.diagnosis.json_file import read_json
from cdk_appsync_guard.diagnosis.log_events import (
    Event,
    events_of_csv,
    events_of_lines,
    is_log_csv,
    is_log_line,
)
from cdk_appsync_guard.diagnosis.model import Evidence
from cdk_appsync_guard.diagnosis.open_file import HEAD_BYTES, Progress, Source
from cdk_appsync_guard.diagnosis.token_file import is_token_text, read_token_file
from cdk_appsync_guard.errors import InputError, Location

__all__ = ["read_source"]

_MOST_TEXT = 4_000_000
_LOG_LINES = 20
_PREFIX = re.compile(r"\[[A-Za-z]{3,20}\] ?[A-Za-z]")  # what urql and loggers write before words


def read_source(source: Source, captures: Captures, progress: Progress | None = None) -> None:
    """Read a file into the captures; what is wrong with it becomes a problem or a notice."""
    try:
        pieces = source.pieces(progress)
        head = _head(pieces)
        _read(source, head, chain([head], pieces), captures)
    except InputError as error:
        captures.problems.append(error)


def _head(pieces: Iterator[bytes]) -> bytes:
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= HEAD_BYTES:
            break
    return head


def _read(source: Source, head: bytes, pieces: Iterator[bytes], captures: Captures) -> None:
    start = head[:HEAD_BYTES].decode("utf-8", "replace").lstrip()
    if start[:1] in ("{", "[") and not _PREFIX.match(start):
        read_json(source, pieces, captures)
        return
    name = source.name
    first = start.partition("\n")[0]
    if is_token_text(start):
        captures.add(read_token_file(start, name))
    elif is_log_csv(first):
        _take_events(events_of_csv(_lines(pieces), name), captures)
    elif is_http_text(start):
        for exchange in read_http_text(_lines(pieces), name):
            captures.add(exchange)
            if exchange.answer.status is None:
                text = "the request has no answer in the capture, so whether it failed is unknown"
                captures.notices.append(Evidence(text, exchange.at))
    elif any(map(is_log_line, start.splitlines()[:_LOG_LINES])) and _is_log(
        lambda: events_of_lines(start.splitlines(keepends=True), name)
    ):
        _take_events(events_of_lines(_lines(pieces), name), captures)
    elif is_console_text(text := _text(pieces)):
        for exchange in read_console(text, name):
            captures.add(exchange)
    else:
        message = f"`{name}` is not a capture that `diagnose` can read"
        raise InputError(message, location=Location(name), help=ACCEPTED)


def _is_log(events: Callable[[], Iterable[Event]]) -> bool:
    """Return whether the head of a file holds lines that a log of AppSync's would hold."""
    trial = Captures()
    for event in events():
        list(trial.logs.take(event))
    return trial.logs.understood > 0


def _take_events(events: Iterable[Event], captures: Captures) -> None:
    for event in events:
        captures.take_event(event)


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """Yield the lines, each with its end; one that is endless is cut."""
    rest = b""
    for piece in pieces:
        lines = (rest + piece).split(b"\n")
        rest = lines.pop()[:_MOST_TEXT]
        for line in lines:
            yield line.decode("utf-8", "replace") + "\n"
    if rest:
        yield rest.decode("utf-8", "replace")


def _text(pieces: Iterable[bytes]) -> str:
    data = b""
    for piece in pieces:
        data += piece[: _MOST_TEXT - len(data)]
        if len(data) >= _MOST_TEXT:
            break
    return data.decode("utf-8", "replace")
