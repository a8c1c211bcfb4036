"""Files → the exchanges in them, whatever each file is; read once, one after the other.

In: Sources. Out: Exchanges that failed, the number of those that did not, notices, problems. What a
file is, is told by its content.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from cdk_appsync_guard.diagnose.diagnosis import Evidence
from cdk_appsync_guard.diagnose.exchange import Exchange
from cdk_appsync_guard.diagnose.har import could_be_appsync, read_entry, shows_secret_headers
from cdk_appsync_guard.diagnose.open_file import HEAD_BYTES, Progress, Source
from cdk_appsync_guard.diagnose.split_json import BrokenJsonError, Item, split_json
from cdk_appsync_guard.errors import GuardError, InputError, Location

__all__ = ["ACCEPTED", "Captures", "read_source"]

ACCEPTED = (
    "pass a HAR file, CloudWatch Logs (JSON, CSV, or text), CloudTrail events, the output of"
    " `curl -v`, an HTTP exchange, a JWT, the JSON of a GraphQL error, or what a client printed"
)
_MOST_FAILED = 20_000
_ENTRIES = "log.entries"
_ARRAYS = (_ENTRIES, "events", "logEvents", "results", "Records", "Events", "")


@dataclass
class Captures:
    """What was read so far."""

    failed: list[Exchange] = field(default_factory=list)
    seen: int = 0
    dropped: int = 0
    notices: list[Evidence] = field(default_factory=list)
    problems: list[GuardError] = field(default_factory=list)

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange if it failed; count it in any case."""
        self.seen += 1
        if not exchange.failed:
            return
        if len(self.failed) < _MOST_FAILED:
            self.failed.append(exchange)
        else:
            self.dropped += 1


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
    if head.lstrip()[:1] in (b"{", b"["):
        _read_json(source, pieces, captures)
        return
    raise InputError(
        f"`{source.name}` is no capture that can be diagnosed",
        location=Location(source.name),
        help=ACCEPTED,
    )


def _read_json(source: Source, pieces: Iterator[bytes], captures: Captures) -> None:
    har = _Har(source, captures)
    found = False
    try:
        for part in split_json(pieces, _ARRAYS):
            if isinstance(part, Item) and part.array == _ENTRIES:
                found = True
                har.entry(part)
    except BrokenJsonError as error:
        if not found:
            message = f"`{source.name}` cannot be read as JSON: {error.reason}"
            raise InputError(message, location=Location(source.name, error.line)) from error
        text = f"`{source.name}` is cut off: {error.reason}; what comes before is diagnosed"
        captures.notices.append(Evidence(text, Location(source.name, error.line)))
    har.close()


class _Har:
    """The entries of one archive. Whether it was sanitized is known only at its end."""

    def __init__(self, source: Source, captures: Captures) -> None:
        self.source = source
        self.captures = captures
        self.is_whole = False
        self.waiting: list[Exchange] = []

    def entry(self, item: Item) -> None:
        at = Location(self.source.name, item.line, path=f"log/entries/{item.index}")
        if item.raw is None:
            self.captures.notices.append(Evidence("an entry is too large to be read", at))
            return
        self.is_whole = self.is_whole or shows_secret_headers(item.raw)
        if could_be_appsync(item.raw):
            for exchange in read_entry(item.raw, at, is_stripped=True):
                self._take(exchange)

    def _take(self, exchange: Exchange) -> None:
        if exchange.failed and len(self.waiting) < _MOST_FAILED:
            self.waiting.append(exchange)
        else:
            self.captures.add(exchange)

    def close(self) -> None:
        from dataclasses import replace  # noqa: PLC0415 - one use

        for exchange in self.waiting:
            sent = exchange.sent
            if self.is_whole and sent.is_stripped:
                exchange = replace(exchange, sent=replace(sent, is_stripped=False))  # noqa: PLW2901
            self.captures.add(exchange)
