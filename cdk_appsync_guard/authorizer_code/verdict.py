"""Answers → which callers an authorizer can admit, and what else AppSync makes of them.

In: a Source. Out: Verdict, as far as the code tells.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from cdk_appsync_guard.authorizer_code.answers import Answers, find_answers
from cdk_appsync_guard.authorizer_code.outline import OPEN, Outline
from cdk_appsync_guard.authorizer_code.source import Source

__all__ = ["OPERATION", "Admits", "Verdict", "judge"]

OPERATION = {
    "queryString": "query_string",
    "operationName": "operation_name",
    "variables": "variables",
}
"""What of the event tells the operation, with Powertools' names; the cache does not know it."""

_GATEWAY = ("policyDocument", "principalId", "statusCode")
_NEVER_THROW = frozenset({"get", "dumps", "stringify", "str", "len", "callback", "cb", "succeed"})
_LONGEST_TTL = 3600


Admits: TypeAlias = Literal["never", "always", "some", "missing", "gateway"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """``admits``: never, always, some, missing (no ``isAuthorized``), gateway, "" if not known.

    ``could`` are the possible ones then, and ``unread`` says why. The lines are those of the code.
    """

    admits: Admits | Literal[""]
    line: int = 1
    could: tuple[Admits, ...] = ()
    unread: str = ""
    denied: tuple[tuple[str, int], ...] = ()
    ttl: tuple[Any, int] | None = None  # one that AppSync does not take
    ttls: tuple[Any, ...] = ()
    nested: tuple[str, int] | None = None
    reads: tuple[str, ...] = ()
    raw_token: int = 0
    denies: bool = False  # some answer has `deniedFields`


def judge(source: Source) -> Verdict:
    """Return what the code tells."""
    if source.outline is None:
        return Verdict("", could=_ALL, unread=source.unread)
    answers = find_answers(source.outline, source.handler)
    admits, could, line = _admits(answers, source.outline)
    ttls = [(value, one.line) for one in answers.found for value in one.members.get(_TTL, ())]
    bad = [(value, at) for value, at in ttls if value is not OPEN and not _is_ttl(value)]
    nested = list(_nested(answers))
    raw = source.outline.verifies_raw_token
    if any("bearer" in text for text in source.outline.texts):
        raw = 0
    return Verdict(
        admits,
        line,
        could,
        answers.unread if not admits or answers.unread else "",
        tuple(_denied(answers)),
        bad[0] if bad else None,
        tuple(value for value, _ in ttls),
        nested[0] if nested else None,
        _reads(source.outline.mentions),
        raw,
        any("deniedFields" in one.members or one.open for one in answers.found),
    )


def _reads(mentions: set[str]) -> tuple[str, ...]:
    """Return what the code reads of the operation."""
    if not mentions & {"requestContext", "request_context"}:
        return ()
    return tuple(name for name, python in OPERATION.items() if mentions & {name, python})


def _admits(
    answers: Answers, outline: Outline
) -> tuple[Admits | Literal[""], tuple[Admits, ...], int]:
    line = answers.found[0].line if answers.found else answers.unread_line
    values = [value for one in answers.found for value in one.members.get(_KEY, ())]
    lacking = [one for one in answers.found if _KEY not in one.members]
    is_open = any(one.open for one in answers.found)
    yes = True in [value for value in values if isinstance(value, bool)]
    perhaps = any(not isinstance(value, bool) and value is not None for value in values) or is_open
    no = False in values or None in values or bool(lacking) or bool(answers.others)
    no = no or answers.throws or not outline.calls <= _NEVER_THROW
    if answers.unread:
        if (yes and no) or perhaps:
            return "some", (), line
        could: tuple[Admits, ...] = (
            ("always", "some") if yes else ("never", "some") if values else _ALL
        )
        return "", could, answers.unread_line
    if perhaps or (yes and no):
        return "some", (), line
    if yes:
        return "always", (), line
    if values or not lacking:
        return "never", (), line
    gateway = any(key in one.members for one in lacking for key in _GATEWAY)
    return ("gateway" if gateway else "missing"), (), line


def _denied(answers: Answers) -> Iterator[tuple[str, int]]:
    seen: set[str] = set()
    for one in answers.found:
        for value in one.members.get("deniedFields", ()):
            for entry in value if isinstance(value, list) else ():
                if isinstance(entry, str) and entry not in seen:
                    seen.add(entry)
                    yield entry, one.line


def _nested(answers: Answers) -> Iterator[tuple[str, int]]:
    for one in answers.found:
        for context in one.members.get("resolverContext", ()):
            for name, value in context.items() if isinstance(context, dict) else ():
                if isinstance(value, (dict, list)) and name:
                    yield name, one.line


def _is_ttl(value: Any) -> bool:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value is None or (is_number and 0 <= value <= _LONGEST_TTL)


_KEY = "isAuthorized"
_TTL = "ttlOverride"
_ALL: tuple[Admits, ...] = ("never", "always", "some", "missing", "gateway")
