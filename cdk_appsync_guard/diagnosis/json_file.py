"""A file of JSON → what is in it, told by its members: HAR, logs, CloudTrail, an answer.

In: pieces of bytes. Out: Captures. Long lists are taken item by item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from cdk_appsync_guard.diagnosis.bodies import parse
from cdk_appsync_guard.diagnosis.console import exchanges_of_json
from cdk_appsync_guard.diagnosis.exchange import Exchange
from cdk_appsync_guard.diagnosis.gathered import ACCEPTED, Captures
from cdk_appsync_guard.diagnosis.har import could_be_appsync, read_entry, shows_secret_headers
from cdk_appsync_guard.diagnosis.log_events import event_of
from cdk_appsync_guard.diagnosis.model import Evidence
from cdk_appsync_guard.diagnosis.open_file import Source
from cdk_appsync_guard.diagnosis.split_json import BrokenJsonError, Item, Rest, split_json
from cdk_appsync_guard.diagnosis.trail import is_record, read_record
from cdk_appsync_guard.errors import InputError, Location

__all__ = ["ARRAYS", "ENTRIES", "read_json"]

ENTRIES = "log.entries"
ARRAYS = (ENTRIES, "events", "logEvents", "results", "Records", "Events", "")
"""The lists of the formats; the empty path is a list by itself."""

_MOST_WAITING = 20_000


def read_json(source: Source, pieces: Iterator[bytes], captures: Captures) -> None:
    """Read the file. Raise InputError if it is neither JSON nor any of the formats."""
    reader = _Reader(source, captures)
    try:
        for part in split_json(pieces, ARRAYS):
            reader.take(part)
    except BrokenJsonError as error:
        if not reader.understood:
            message = f"`{source.name}` cannot be read as JSON: {error.reason}"
            raise InputError(message, location=Location(source.name, error.line)) from error
        text = f"`{source.name}` is cut off: {error.reason}; what comes before is diagnosed"
        captures.notices.append(Evidence(text, Location(source.name, error.line)))
    reader.close()


class _Reader:
    """One file. Whether a HAR was sanitized is known only at its end."""

    def __init__(self, source: Source, captures: Captures) -> None:
        self.name = source.name
        self.captures = captures
        self.understood = 0
        self.is_whole = False
        self.creator = ""
        self.waiting: list[Exchange] = []

    def take(self, part: Item | Rest) -> None:
        if isinstance(part, Rest):
            self._rest(part)
            return
        at = Location(self.name, part.line, path=_path(part))
        if part.raw is None:
            self.captures.notices.append(Evidence("an item is too large to be read", at))
        elif part.array == ENTRIES:
            self.understood += 1
            self._entry(part.raw, at)
        else:
            self._value(parse(part.raw), at, part.raw)

    def close(self) -> None:
        """Hand over what was held back. Raise InputError if nothing was understood."""
        if not self.understood:
            message = f"`{self.name}` is not a capture that `diagnose` can read"
            raise InputError(message, location=Location(self.name), help=ACCEPTED)
        is_whole = self.is_whole or self.creator not in _SANITIZE
        stripped = [one for one in self.waiting if one.sent.is_stripped and not is_whole]
        for one in self.waiting:
            sent = replace(one.sent, is_stripped=one.sent.is_stripped and not is_whole)
            self.captures.add(replace(one, sent=sent))
        if stripped:
            text = (
                "the archive has no `Authorization` header and no cookie at all: it was sanitized,"
                " as Chrome does unless it is told to export sensitive data"
            )
            self.captures.notices.append(Evidence(text, Location(self.name)))

    def _entry(self, raw: bytes, at: Location) -> None:
        self.is_whole = self.is_whole or shows_secret_headers(raw)
        if not could_be_appsync(raw):
            return
        for exchange in read_entry(raw, at, is_stripped=True):
            self._note_silence(exchange, raw)
            if exchange.failed and len(self.waiting) < _MOST_WAITING:
                self.waiting.append(exchange)
            else:
                self.captures.add(exchange)

    def _note_silence(self, exchange: Exchange, raw: bytes) -> None:
        """Tell of a WebSocket without its messages, which hold what was denied over it."""
        if exchange.channel != "handshake" or b"_webSocketMessages" in raw or exchange.failed:
            return
        text = (
            "the archive holds a WebSocket without its messages, where subscriptions are denied:"
            " export it from Chrome, or record it with Playwright"
        )
        self.captures.notices.append(Evidence(text, exchange.at))

    def _value(self, value: Any, at: Location, raw: bytes) -> None:
        """Read an item of a list, or a document by itself."""
        inner = value.get("CloudTrailEvent") if isinstance(value, dict) else None
        if isinstance(inner, str):  # lookup-events
            value = parse(inner)
        if is_record(value):
            self.understood += 1
            exchange = read_record(value, at)
            if exchange is not None:
                self.captures.add(exchange)
            return
        if isinstance(value, dict) and {"request", "response"} <= value.keys():
            self.understood += 1
            self._entry(raw, at)
            return
        event = event_of(value, at)
        if event is not None and not _is_answer(value):
            self.understood += 1
            self.captures.take_event(event)
            return
        for exchange in exchanges_of_json(value, at):
            self.understood += 1
            self.captures.add(exchange)

    def _rest(self, rest: Rest) -> None:
        """Read what is next to the lists: perhaps a whole event, or an answer."""
        at = Location(self.name, rest.line)
        creator = parse(rest.members.get("log.creator", b"null"))
        if isinstance(creator, dict) and isinstance(creator.get("name"), str):
            self.creator = creator["name"]
        if any(name in rest.members for name in _BESIDE_LISTS):
            self.understood += 1  # one of the formats, and its list is empty or read already
            return
        value = {name: parse(raw) for name, raw in rest.members.items() if name}
        if "detail" in value and is_record(value["detail"]):  # EventBridge
            value = value["detail"]
        if value:
            self._value(value, at, orjson.dumps(value))


def _is_answer(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and not _CLIENT_ERRORS.isdisjoint(value)
        and ("logType" not in value and "timestamp" not in value)
    )


_CLIENT_ERRORS = frozenset({"errors", "errorType", "graphQLErrors", "networkError"})


def _path(item: Item) -> str:
    steps = item.array.replace(".", "/")
    return f"{steps}/{item.index}" if steps else str(item.index)


# What Chrome and its kin call themselves; of the others none leaves out headers unasked. Our own
# copies keep what the original was.
_SANITIZE = ("", "WebInspector", "cdk-appsync-guard")
_BESIDE_LISTS = (
    "log.version",
    "log.creator",
    "nextForwardToken",
    "searchedLogStreams",
    "statistics",
    "logGroup",
    "messageType",
)
