"""The forms in which CloudWatch Logs are exported → one Event per log event.

In: items of JSON, rows of CSV, lines of text. Out: Events, in the order of the file. Which form it
is, is told by its content: `filter-log-events`, `get-log-events`, `get-query-results`, `tail`, the
console's JSON and CSV, exports to S3, subscriptions.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from cdk_appsync_guard.errors import Location

__all__ = ["Event", "event_of", "events_of_csv", "events_of_lines", "is_log_csv", "is_log_line"]

_MOST_CHARACTERS = 2_000_000
_MOST_LINES = 20_000
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_STAMPED = re.compile(
    r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)[ \t]+"
)
_BARE = re.compile(
    rf"{_UUID} (?:\{{|Begin |End |GraphQL Query|Request Headers|Response Headers|Exec)"
)
_STREAM = re.compile(r"[^\s{]{8,300} ")
_STARTS_WITH_UUID = re.compile(_UUID)
_MILLISECONDS = 1000
_SECONDS_LIMIT = 10_000_000_000  # above it, a number of seconds is one of milliseconds
_MESSAGES = ("@message", "message")
_TIMES = ("@timestamp", "timestamp", "time", "@ingestionTime")


@dataclass(frozen=True, slots=True)
class Event:
    """One log event. ``stream`` is its log stream or group, if it is known."""

    message: str = field(repr=False)
    at: Location
    moment: float | None = None
    stream: str = ""


def event_of(value: Any, at: Location) -> Event | None:
    """Return the event that an item of JSON is, None if it is none."""
    if isinstance(value, list):  # get-query-results: a list of {field, value}
        value = {
            one["field"]: one.get("value")
            for one in value
            if isinstance(one, dict) and isinstance(one.get("field"), str)
        }
    if not isinstance(value, dict):
        return None
    message = next((value[name] for name in _MESSAGES if name in value), None)
    if isinstance(message, dict):
        message = _as_text(message)
    elif message is None and ("logType" in value or "fieldInError" in value):
        message = _as_text(value)  # a structured line by itself
    if not isinstance(message, str):
        return None
    moment = next((_moment(value[name]) for name in _TIMES if name in value), None)
    stream = value.get("logStreamName") or value.get("@logStream") or value.get("@log")
    return Event(message, at, moment, stream if isinstance(stream, str) else "")


def is_log_csv(first_line: str) -> bool:
    """Return whether a CSV's first line is that of an export of logs."""
    names = [name.strip().strip('"') for name in first_line.split(",")]
    return len(names) > 1 and any(name in _MESSAGES for name in names)


def is_log_line(line: str) -> bool:
    """Return whether a line of text is one of a log."""
    return bool(_STAMPED.match(line) or _BARE.match(line))


def events_of_csv(lines: Iterable[str], file: str) -> Iterator[Event]:
    """Yield the events of a CSV; a row that is not CSV ends it."""
    csv.field_size_limit(_MOST_CHARACTERS)
    reader = csv.reader(line.replace("\0", "") for line in lines)
    names = [name.strip() for name in next(reader, [])]
    try:
        for row in reader:
            at = Location(file, reader.line_num)
            event = event_of(dict(zip(names, row, strict=False)), at)
            if event is not None:
                yield event
    except csv.Error:
        return


def events_of_lines(lines: Iterable[str], file: str) -> Iterator[Event]:
    """Yield the events of text: a time, perhaps a stream, and the message, which may go on."""
    pending: list[str] = []
    start, moment = Location(file, 1), None
    for number, line in enumerate(lines, start=1):
        stamped = _STAMPED.match(line)
        if stamped is None and not _BARE.match(line):
            if len(pending) < _MOST_LINES:
                pending.append(line)
            continue
        if pending:
            yield _event(pending, start, moment)
        rest = line[stamped.end() :] if stamped else line
        pending, start = [rest], Location(file, number)
        moment = _moment(stamped[1]) if stamped else None
    if pending:
        yield _event(pending, start, moment)


def _event(lines: list[str], at: Location, moment: float | None) -> Event:
    message = "".join(lines)[:_MOST_CHARACTERS].strip()
    stream = ""
    if not _STARTS_WITH_UUID.match(message):
        found = _STREAM.match(message)
        if found is not None:
            stream, message = found[0].strip(), message[found.end() :]
    return Event(message, at, moment, stream)


def _as_text(value: Mapping[str, Any]) -> str:
    import orjson  # noqa: PLC0415 - few events are objects

    return orjson.dumps(value).decode()


def _moment(value: Any) -> float | None:
    if isinstance(value, str):
        if value.isdigit() and len(value) < 17:  # noqa: PLR2004 - no longer number is a moment
            value = int(value)
        else:
            return _read_time(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value / _MILLISECONDS if value > _SECONDS_LIMIT else float(value)


def _read_time(text: str) -> float | None:
    plain = text.strip().replace(" ", "T", 1).replace(",", ".").replace("Z", "+00:00")
    plain = re.sub(r"(\.\d{6})\d{1,9}", r"\1", plain)
    plain = re.sub(r"\.(\d{3})(?!\d)", r".\g<1>000", plain)
    try:
        moment = datetime.fromisoformat(plain[:40])
    except ValueError:
        return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except OverflowError:
        return None
