"""What a scan says: findings, what stays undecided, and the report that holds them.

Plain, frozen values; the reporters turn them into text. Nothing here judges anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from string import ascii_letters, digits
from typing import NamedTuple

from cdk_appsync_guard.errors import GuardError, Location
from cdk_appsync_guard.redact import redact

__all__ = [
    "Access",
    "Change",
    "Edit",
    "Excerpt",
    "Finding",
    "Fix",
    "Location",
    "Notice",
    "Report",
    "Severity",
    "Suppression",
    "Symptom",
    "Undecided",
    "Waiting",
    "ask_once",
    "cut_excerpt",
    "narrow_questions",
    "word_at",
]


class Severity(Enum):
    """How bad a finding is: SARIF's error, warning, note and cfn-lint's E, W, I."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst, so that sorting puts it first."""
        return ("error", "warning", "info").index(self.value)


@dataclass(frozen=True, slots=True)
class Symptom:
    """What a client sees of the problem, or the person who deploys or merges.

    ``channel`` says where: ``http`` (the default with a status), ``deployment`` (without one),
    ``websocket`` or ``merge``. A rule whose findings each have their own answer says ``computed``.
    """

    status: int | None = None
    error_type: str | None = None
    message: str | None = None
    channel: str = ""

    def __post_init__(self) -> None:
        """Fill in the channel that goes without saying."""
        if not self.channel:
            channel = "deployment" if self.status is None else "http"
            object.__setattr__(self, "channel", channel)


@dataclass(frozen=True, slots=True)
class Suppression:
    """A decision to live with a finding. ``by`` is metadata, sdl, cdk, config, baseline or diff."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The part of a line that a finding points at. ``column`` counts from 1 within ``text``."""

    text: str
    column: int


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to make by hand or by a program: what stands there, and what should.

    ``kind`` is ``directives`` (all authorization directives of a type or field, as SDL writes
    them), ``type`` (of a field), ``provider`` (a mode to add to the API) or ``statement`` (of a
    policy of the principal that ``coordinate`` names, as JSON).
    """

    kind: str
    coordinate: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Access:
    """Callers who gain or lose fields by edits.

    ``group`` is set if only its members do, ``principal`` if only that one does.
    """

    mode: str
    group: str | None
    fields: tuple[str, ...]
    principal: str | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that solve a problem, and all that they change for callers.

    ``purpose`` says which of several directions it takes, ``text`` what to do; both begin with a
    verb. No one gains or loses a field who is not listed.
    """

    purpose: str
    text: str
    edits: tuple[Edit, ...]
    opens: tuple[Access, ...] = ()
    closes: tuple[Access, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong at one place.

    ``scenario`` is None if it holds whatever the conditions, else words such as
    "`IsProd` is true". ``excerpt`` comes from ``cut_excerpt``; None where no line is known.
    ``key`` tells it apart from others of the rule at the same place: the mode, the group, the role.
    ``consequences`` are findings that this one explains: they are not said on their own. ``fixes``
    are the edits that ``remediation`` words, the likeliest direction first.
    """

    rule: str
    category: str
    severity: Severity
    title: str
    message: str
    symptom: Symptom | None
    remediation: str
    references: tuple[str, ...]
    location: Location
    api: str | None = None
    coordinate: str | None = None
    scenario: str | None = None
    suppressed: Suppression | None = None
    excerpt: Excerpt | None = None
    key: tuple[str, ...] = field(default=(), compare=False)
    consequences: tuple[Finding, ...] = ()
    fixes: tuple[Fix, ...] = ()

    @property
    def fingerprint(self) -> str:
        """The finding's name in a baseline: the same after lines move or any word changes."""
        return self.fingerprint_as(self.rule)

    def fingerprint_as(self, rule: str) -> str:
        """Return the fingerprint under another id of the rule, which it had before."""
        import hashlib  # noqa: PLC0415 - costs start-up time that plain text output need not pay

        place = self.location
        named = (self.coordinate or "", self.scenario or "", place.logical_id or place.path)
        parts = (rule, place.file.replace("\\", "/"), self.api or "", *named, *self.key)
        text = "\0".join(parts)
        return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A rule that waits for an answer at one place: neither a finding nor a pass."""

    rule: str
    category: str
    severity: Severity
    title: str
    location: Location
    api: str | None = None
    coordinate: str | None = None
    scenario: str | None = None


@dataclass(frozen=True, slots=True)
class Undecided:
    """A question that the input does not answer, and the rules that wait for it, at least one.

    What one answer decides is one question, however many rules, places, and APIs wait for it.
    """

    reason: str
    would_decide: str
    rules: tuple[Waiting, ...]

    @property
    def location(self) -> Location:
        """The first place where a rule waits."""
        return self.rules[0].location

    @property
    def severity(self) -> Severity:
        """The severity of the worst finding that the answer can cause."""
        return min((one.severity for one in self.rules), key=lambda severity: severity.rank)


class Change(NamedTuple):
    """What becomes of a caller's access to a field.

    ``change`` is ``gains``, ``loses`` or ``unclear``: one of the two sides is undecided. ``before``
    and ``after`` are verdicts; ``reason`` is why the side that is not allowed is not.
    """

    api: str
    coordinate: str
    caller: str
    mode: str
    change: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark on the scan itself: a default that was used, a suppression without effect."""

    message: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All that one scan has to say, already in its final order.

    ``apis`` are the judged APIs' names, ``outside`` those of APIs that are not in the input,
    though parts of them are; ``problems`` are inputs that could not be judged. ``changes`` tells
    whose access changes, where the scan compares with older templates; else it is None.
    """

    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    notices: tuple[Notice, ...] = ()
    problems: tuple[GuardError, ...] = ()
    files: tuple[str, ...] = ()
    apis: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    changes: tuple[Change, ...] | None = None

    @property
    def active(self) -> tuple[Finding, ...]:
        """The findings that no one suppressed."""
        return tuple(finding for finding in self.findings if finding.suppressed is None)


def ask_once(questions: Iterable[Undecided]) -> tuple[Undecided, ...]:
    """Return each question once, with all rules that wait for it, in their order."""
    asked: dict[tuple[str, str], dict[Waiting, None]] = {}
    for one in questions:
        rules = asked.setdefault((one.reason, one.would_decide), {})
        rules.update(dict.fromkeys(one.rules))
    return tuple(Undecided(*answer, tuple(rules)) for answer, rules in asked.items())


def narrow_questions(
    questions: Iterable[Undecided], keeps: Callable[[Undecided, Waiting], bool]
) -> tuple[Undecided, ...]:
    """Return the questions with the rules that are to be kept; without one, a question is gone."""
    kept = ((one, tuple(rule for rule in one.rules if keeps(one, rule))) for one in questions)
    return tuple(replace(one, rules=rules) for one, rules in kept if rules)


def cut_excerpt(line: str, column: int) -> Excerpt:
    """Return what a person needs to see of the line around the column, at most 100 characters.

    A schema inside a JSON template is one huge line; only the SDL line at the column is kept.
    Secrets are masked here too: cut in two, they could no longer be told.
    """
    at = min(max(column - 1, 0), len(line))
    origin, stop = _around(line, at)
    near = redact(line[origin:stop])
    at -= origin
    start = near.rfind("\\n", 0, at) + 1
    start = start + 1 if start else 0
    end = near.find("\\n", at)
    text = near[start : None if end < 0 else end].rstrip()
    kept = _INDENT.sub("", text)
    return _narrow(kept, max(at - start - (len(text) - len(kept)), 0))


def word_at(excerpt: Excerpt) -> str:
    """Return what the excerpt's column points at: a word, a quoted string, or one character."""
    at = min(excerpt.column - 1, len(excerpt.text))
    found = _WORD.match(excerpt.text, at)
    return found[0] if found else excerpt.text[at : at + 1] or " "


def _around(line: str, at: int) -> tuple[int, int]:
    """Return the ends of the part near a spot, moved outwards so that they cut no token."""
    origin, stop = max(at - 2 * _WIDEST, 0), min(at + 2 * _WIDEST, len(line))
    while origin > max(at - _TOKEN, 0) and line[origin - 1] in _TOKEN_CHARACTERS:
        origin -= 1
    while stop < min(at + _TOKEN, len(line)) and line[stop] in _TOKEN_CHARACTERS:
        stop += 1
    return origin, stop


def _narrow(text: str, at: int) -> Excerpt:
    """Cut both ends of a long text, and say so with dots."""
    start = max(min(at - _WIDEST // 2, len(text) - _WIDEST), 0)
    shown = text[start : start + _WIDEST]
    if start:
        shown = "..." + shown[3:]
    if start + _WIDEST < len(text):
        shown = shown[:-3] + "..."
    return Excerpt(shown, at - start + 1)


# A directive, a name, or a quoted string.
_WORD = re.compile(r'@?[\w:.-]*\w|"[^"]*"?')
_INDENT = re.compile(r"^(?:\s|\\t)+")  # tabs of SDL inside JSON are written out
_WIDEST = 100
_TOKEN = 8192  # no request header, so no token, is longer
_TOKEN_CHARACTERS = frozenset(ascii_letters + digits + "-_.")
