"""What the captures hold so far: bounded, however many there are.

In: exchanges and log events, one by one. Out: those that failed, put together by their request ids:
the HTTP exchange of a HAR, its logs, its CloudTrail event.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from cdk_appsync_guard.diagnosis.exchange import Exchange, LogTrace
from cdk_appsync_guard.diagnosis.known_values import without_known_values
from cdk_appsync_guard.diagnosis.log_events import Event
from cdk_appsync_guard.diagnosis.log_lines import LogReader
from cdk_appsync_guard.diagnosis.model import Evidence
from cdk_appsync_guard.errors import GuardError

__all__ = ["ACCEPTED", "Captures", "put_together"]

ACCEPTED = (
    "pass a HAR file, CloudWatch Logs (JSON, CSV, or text), CloudTrail events, the output of"
    " `curl -v`, an HTTP exchange, a JWT, the JSON of a GraphQL error, or what a client printed"
)

_MOST_FAILED = 20_000
_MOST_FINE = 20_000
_BESIDE = ("log", "trail")


@dataclass
class Captures:
    """``fine`` are logged requests that did not fail by themselves, by id: the latest of them."""

    failed: list[Exchange] = field(default_factory=list)
    fine: dict[str, Exchange] = field(default_factory=dict)
    logs: LogReader = field(default_factory=LogReader)
    seen: int = 0
    dropped: int = 0
    notices: list[Evidence] = field(default_factory=list)
    problems: list[GuardError] = field(default_factory=list)

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange if it failed; count it in any case."""
        self.seen += 1
        if not exchange.failed:
            if exchange.channel in _BESIDE:
                self._remember(exchange)
        elif len(self.failed) < _MOST_FAILED:
            self.failed.append(without_known_values(exchange))
        else:
            self.dropped += 1

    def take_event(self, event: Event) -> None:
        """Read a log event."""
        for exchange in self.logs.take(event):
            self.add(exchange)

    def finish(self) -> None:
        """Read what the logs still hold back."""
        for exchange in self.logs.finish():
            self.add(exchange)

    def _remember(self, exchange: Exchange) -> None:
        if exchange.request_id:
            self.fine[f"{exchange.channel} {exchange.request_id}"] = exchange
            if len(self.fine) > _MOST_FINE:
                del self.fine[next(iter(self.fine))]


def put_together(captures: Captures) -> list[Exchange]:
    """Return the exchanges that failed, each with what else is known of the same request."""
    beside: dict[tuple[str, str], Exchange] = {}
    for one in (*captures.fine.values(), *captures.failed):
        if one.channel in _BESIDE and one.request_id:
            beside[one.channel, one.request_id] = one
    used = set[int]()
    found = [_joined(one, beside, used) for one in captures.failed if one.channel not in _BESIDE]
    logs = [one for one in captures.failed if one.channel == "log" and id(one) not in used]
    found += [_joined(one, beside, used) for one in logs]
    found += [one for one in captures.failed if one.channel == "trail" and id(one) not in used]
    captures.seen -= len(used)
    once = _once_each(found)
    captures.seen -= len(found) - len(once)
    order = {id(one.at): number for number, one in enumerate(captures.failed)}
    found = _without_echoes(_with_authorizer(_with_token(once), captures.logs))
    return sorted(found, key=lambda one: order.get(id(one.at), 0))


def _once_each(found: Iterable[Exchange]) -> list[Exchange]:
    """Return each HTTP exchange once, where several files hold the same."""
    kept: dict[object, Exchange] = {}
    for one in found:
        answer = one.answer
        key: object = (one.channel, one.request_id, answer.status, answer.errors)
        other = kept.get(key)
        is_same = other is not None and other.at.file != one.at.file
        if one.channel != "http" or not one.request_id or (other is not None and not is_same):
            key = id(one)
        if other is None or not is_same or _tells_more(one, other):
            kept[key] = one
    return list(kept.values())


def _tells_more(one: Exchange, other: Exchange) -> bool:
    lacks = other.sent.headers is None or other.sent.is_stripped
    return lacks and one.sent.headers is not None and not one.sent.is_stripped


def _joined(one: Exchange, beside: dict[tuple[str, str], Exchange], used: set[int]) -> Exchange:
    log, trail = (beside.get((channel, one.request_id)) for channel in _BESIDE)
    if not one.request_id:
        return one
    if log is not None and one.channel != "log":
        used.add(id(log))
        one = replace(one, log=log.log)
        if one.sent.headers is None or one.sent.is_stripped:
            one = _with_headers(one, log)
    if trail is not None:
        used.add(id(trail))
        one = replace(one, trail=trail.trail)
        if not one.answer.errors and trail.answer.errors:
            status = one.answer.status or trail.answer.status
            one = replace(
                one, answer=replace(one.answer, errors=trail.answer.errors, status=status)
            )
        if one.channel == "log" and one.answer.errors and not one.answer.errors[0].message:
            one = replace(one, answer=replace(one.answer, errors=trail.answer.errors))
    return one


def _with_headers(one: Exchange, log: Exchange) -> Exchange:
    """Return it with the headers that the log shows, where the capture leaves them out."""
    headers = log.sent.headers
    if headers is None:
        return one
    merged = {**headers, **(one.sent.headers or {})}
    return replace(one, sent=replace(one.sent, headers=merged, is_stripped=False))


def _with_token(found: Sequence[Exchange]) -> list[Exchange]:
    """Return the exchanges with the token that was given beside them, if there is just one."""
    tokens = [one for one in found if one.channel == "token"]
    rest = [one for one in found if one.channel != "token"]
    lacking = [one for one in rest if one.sent.is_stripped or one.sent.headers is None]
    if len(tokens) != 1 or not lacking:
        return list(found)
    given = dict(tokens[0].sent.headers or {})
    places = {"authorization": tokens[0].at}
    return [
        replace(
            one,
            sent=replace(
                one.sent,
                headers={**(one.sent.headers or {}), **given},
                places=places,
                is_stripped=False,
            ),
        )
        if one in lacking and "x-api-key" not in (one.sent.headers or {})
        else one
        for one in rest
    ]


def _with_authorizer(found: Iterable[Exchange], logs: LogReader) -> list[Exchange]:
    """Return the exchanges with what the authorizer's own log says of them.

    Its request ids are Lambda's: AppSync's id in the event ties them, or that there is but one.
    """
    exchanges = list(found)
    records = list(logs.invocations.values())
    by_id = {one.request_id: one for one in records if one.request_id}
    alone = records[0] if len(records) == 1 and len(exchanges) == 1 else None
    joined = []
    for one in exchanges:
        record = by_id.get(one.request_id) if one.request_id else None
        record = record or (alone if alone and not alone.request_id else None)
        if record is not None:
            log = replace(
                one.log or LogTrace(at=record.at),
                authorizer=record.verdict,
                denied_fields=record.denied,
                at=record.at,
            )
            one = replace(one, log=log)  # noqa: PLW2901 - the same with more
        joined.append(one)
    return joined


def _without_echoes(found: Sequence[Exchange]) -> list[Exchange]:
    """Return them without what a client printed of an error that another capture shows whole."""
    told = {
        error.message
        for one in found
        if one.channel not in ("console", "answer")
        for error in one.answer.errors
    }
    return [
        one
        for one in found
        if one.channel not in ("console", "answer")
        or not one.answer.errors
        or any(error.message not in told for error in one.answer.errors)
    ]
