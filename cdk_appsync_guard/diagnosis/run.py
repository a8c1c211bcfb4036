"""The whole of it: captures, and perhaps a template → an Outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cdk_appsync_guard.diagnosis.capture import read_source
from cdk_appsync_guard.diagnosis.exchange import Exchange
from cdk_appsync_guard.diagnosis.gathered import Captures, put_together
from cdk_appsync_guard.diagnosis.judge import judge, present_token
from cdk_appsync_guard.diagnosis.model import Diagnosis, Evidence, Group, Outcome
from cdk_appsync_guard.diagnosis.open_file import Source, find_sources
from cdk_appsync_guard.diagnosis.redacted import redacted_copy
from cdk_appsync_guard.diagnosis.template_view import Views, find_views
from cdk_appsync_guard.engine.scenes import Scene

__all__ = ["Wanted", "diagnose_captures"]

_MOST_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known besides the captures: the template's scenes, and which API of theirs.

    With ``redacts`` the outcome holds copies that are safe to share. ``now`` is when a token by
    itself is judged at, in seconds since 1970.
    """

    scenes: Sequence[Scene] = ()
    api: str | None = None
    now: float | None = None
    redacts: bool = False
    progress: Callable[[int, int], None] | None = None


def diagnose_captures(paths: Sequence[str], wanted: Wanted | None = None) -> Outcome:
    """Return what the captures at *paths* show. Raise InputError for a path that is not there."""
    wanted = wanted or Wanted()
    sources = find_sources(tuple(paths))
    captures = Captures()
    total = sum(source.size for source in sources)
    done = 0
    for source in sources:
        read_source(source, captures, _advance(wanted, done, total))
        done += source.size
    captures.finish()
    failed = [_dated(one, wanted.now) for one in put_together(captures)]
    roots = [name for one in failed for name in one.asked.roots]
    views = find_views(wanted.scenes, wanted.api, roots) if wanted.scenes else Views()
    judged = [(exchange, judge(exchange, views)) for exchange in failed]
    diagnoses = [one for _, one in judged if one is not None]
    fine = [present_token(exchange) for exchange, one in judged if one is None]
    copies = _copies(sources, captures) if wanted.redacts else ()
    return Outcome(
        copies=copies,
        diagnoses=tuple(diagnoses[:_MOST_SHOWN]),
        groups=_groups(diagnoses),
        seen=captures.seen,
        failed=len(diagnoses) + captures.dropped,
        notices=(*captures.notices, *fine, *_remarks(views)),
        problems=tuple(captures.problems),
        files=tuple(source.name for source in sources),
    )


def _dated(exchange: Exchange, now: float | None) -> Exchange:
    """Return a token by itself as if it were sent now."""
    if exchange.channel != "token":
        return exchange
    return replace(exchange, sent=replace(exchange.sent, started=now))


def _copies(sources: Sequence[Source], captures: Captures) -> tuple[tuple[str, str], ...]:
    """Return a copy of each file that is safe to share, by the file's name."""
    kept = (*captures.fine.values(), *captures.failed)
    records = list(captures.logs.invocations.values())
    found = []
    unread = {one.location.file for one in captures.problems if one.location is not None}
    for source in sources:
        if source.name in unread:
            continue
        own = [one for one in kept if one.at.file == source.name]
        of_functions = [one for one in records if one.at.file == source.name]
        found.append((source.name, redacted_copy(own, of_functions)))
    return tuple(found)


def _advance(wanted: Wanted, before: int, total: int) -> Callable[[int], None] | None:
    progress = wanted.progress
    if progress is None:
        return None
    return lambda done: progress(min(before + done, total), total)


def _remarks(views: Views) -> tuple[Evidence, ...]:
    if not views.has_several:
        return ()
    return (
        Evidence(
            "the template has several APIs, so none was compared: pass --api NAME, or one app"
        ),
    )


def _groups(diagnoses: Sequence[Diagnosis]) -> tuple[Group, ...]:
    """Return the groups of diagnoses that say the same, the largest first."""
    members: dict[tuple[str, ...], list[int]] = {}
    for index, one in enumerate(diagnoses):
        members.setdefault(one.signature, []).append(index)
    groups = [_group(indices, diagnoses) for indices in members.values()]
    return tuple(sorted(groups, key=lambda group: (-group.count, group.first)))


def _group(indices: Sequence[int], diagnoses: Sequence[Diagnosis]) -> Group:
    moments = [diagnoses[one].started for one in indices]
    known = [moment for moment in moments if moment is not None]
    return Group(
        first=indices[0],
        count=len(indices),
        since=min(known, default=None),
        until=max(known, default=None),
        callers=len({diagnoses[one].caller for one in indices} - {""}),
    )
