"""Report → annotations of a GitHub workflow: findings at their lines of a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. An error is an
``error``, a warning a ``warning``; an info and what stays undecided are a ``notice``. GitHub shows
ten of each level per step, so the worst come first and suppressed findings not at all.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.errors import GuardError, Location
from cdk_appsync_guard.report import Finding, Report, Severity, Undecided
from cdk_appsync_guard.reporters.words import (
    finding_words,
    forward,
    problem_words,
    question_words,
)
from cdk_appsync_guard.reporters.writer import annotation, text_of

__all__ = ["render"]


def render(report: Report, tool_version: str) -> str:  # noqa: ARG001 - every format is called alike
    """Return one line for each problem, finding and question."""
    return text_of(_lines(report), annotations=True)


def _lines(report: Report) -> Iterator[str]:
    yield from map(_problem, report.problems)
    yield from map(_finding, sorted(report.active, key=lambda finding: finding.severity.rank))
    yield from map(_question, report.undecided)


def _problem(problem: GuardError) -> str:
    where = _where(problem.location, "The input cannot be checked")
    return annotation("error", where, problem_words(problem))


def _finding(finding: Finding) -> str:
    where = _where(finding.location, f"{finding.title} [{finding.rule}]")
    return annotation(_LEVELS[finding.severity], where, finding_words(finding))


def _question(question: Undecided) -> str:
    return annotation("notice", _where(question.location, "Undecided"), question_words(question))


def _where(location: Location | None, title: str) -> dict[str, str]:
    place = location or Location("")
    line, column = (str(number or "") for number in (place.line, place.column))
    return {
        "file": forward(place.file),
        "line": line,
        "endLine": line,
        "col": column if line else "",
        "title": title,
    }


_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
