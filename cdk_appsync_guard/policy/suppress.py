"""Marks the findings that someone decided to live with; drops none.

In: a report and the ignores that apply to it. Out: the report with ``suppressed`` set, and a notice
for each ignore that has no effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.policy.aliases import aliases_of, renamed
from cdk_appsync_guard.policy.check_query import likely
from cdk_appsync_guard.policy.rule import Rule
from cdk_appsync_guard.report import Finding, Notice, Report, Suppression, Waiting

__all__ = ["Ignore", "Scope", "Span", "suppress"]

_EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Span:
    """From one line and column up to another, both included."""

    first: tuple[int, int]
    last: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an ignore that stands in a file holds: a span of it, or some resources of a template.

    With neither it is the whole file. ``logical_ids`` also name the SDL files that resources have
    beside the template; ``construct_path`` tells resources of the same name apart. ``below`` is a
    construct: then it holds for what that construct and those below it made, in any file.
    """

    file: str
    span: Span | None = None
    logical_ids: frozenset[str] = frozenset()
    construct_path: str | None = None
    is_whole_file: bool = False
    below: str | None = None


@dataclass(frozen=True, slots=True)
class Ignore:
    """Findings of a rule (id, category or ``*``) that someone lives with, and why.

    ``by`` is metadata, sdl, cdk or config. Those of CDK name a rule by its id only; those of the
    configuration have no scope but patterns for the file and the coordinate. ``location`` is where
    the ignore itself is written.
    """

    rule: str
    reason: str
    file: str = _EVERYTHING
    coordinate: str = _EVERYTHING
    location: Location | None = None
    by: str = "config"
    scope: Scope | None = None


def suppress(
    report: Report, ignores: Iterable[Ignore], *, applied: Sequence[Rule], known: Sequence[Rule]
) -> Report:
    """Return the report with its findings marked; of several ignores the first one counts.

    *applied* are the rules of this scan: an ignore for another one of the *known* is left alone.
    """
    written = tuple(ignores)
    if not written:
        return report
    aliases = aliases_of(known)
    ignores = tuple(replace(one, rule=aliases.get(one.rule, one.rule)) for one in written)
    in_force = [ignore for ignore in ignores if _fault(ignore) is None]
    consequences = (one for finding in report.findings for one in finding.consequences)
    waiting = (rule for question in report.undecided for rule in question.rules)
    said: tuple[Finding | Waiting, ...] = (*report.findings, *waiting, *consequences)
    everything, idle = _names(known), _names(known) - _names(applied)
    notices = [
        Notice(_fault(ignore) or _without_effect(ignore, everything), ignore.location)
        for ignore in ignores
        if _fault(ignore)
        or (ignore.rule not in idle and not any(_covers(ignore, one) for one in said))
    ]
    return replace(
        report,
        findings=tuple(_mark(finding, in_force) for finding in report.findings),
        notices=(
            *report.notices,
            *notices,
            *renamed(((one.rule, one.location) for one in written), aliases),
        ),
    )


def _fault(ignore: Ignore) -> str | None:
    if not ignore.rule:
        return "a suppression does not name a rule, so it has no effect"
    if not ignore.reason.strip():
        return f"the suppression of `{ignore.rule}` does not give a reason, so it has no effect"
    return None


def _names(rules: Iterable[Rule]) -> set[str]:
    return {name for rule in rules for name in (rule.id, rule.category)}


def _without_effect(ignore: Ignore, names: set[str]) -> str:
    words = f"the suppression of `{ignore.rule}` does not cover any finding"
    if ignore.rule == _EVERYTHING or ignore.rule in names:
        return words
    return f"{words}: that rule does not exist, {likely(ignore.rule, names, 'there are')}"


def _mark(finding: Finding, ignores: Sequence[Ignore]) -> Finding:
    if finding.suppressed is not None:
        return finding
    for ignore in ignores:
        if _covers(ignore, finding):
            return replace(finding, suppressed=Suppression(ignore.by, ignore.reason.strip()))
    return finding


def _covers(ignore: Ignore, said: Finding | Waiting) -> bool:
    names = (said.rule,) if ignore.by == "cdk" else (_EVERYTHING, said.rule, said.category)
    if ignore.rule not in names:
        return False
    if ignore.scope is not None:
        return _is_in(ignore.scope, said.location)
    file = said.location.file.replace("\\", "/")
    pattern = ignore.file.replace("\\", "/")
    in_file = fnmatchcase(file, pattern) or fnmatchcase(file, f"*/{pattern}")
    return in_file and fnmatchcase(said.coordinate or "", ignore.coordinate)


def _is_in(scope: Scope, at: Location) -> bool:
    if scope.below is not None:
        return f"{at.construct_path}/".startswith(f"{scope.below}/")
    if scope.span is not None:
        spot = (at.line or 0, at.column or 1)
        return at.file == scope.file and scope.span.first <= spot <= scope.span.last
    if scope.is_whole_file and at.file == scope.file:
        return True
    if scope.construct_path and at.construct_path and scope.construct_path != at.construct_path:
        return False
    # A file of its own, such as a schema, has no way through data.
    return at.logical_id in scope.logical_ids and (at.file == scope.file or not at.path)
