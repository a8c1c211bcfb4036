"""Report → GitLab's code quality JSON: findings in the widget and the changes of a merge request.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. GitLab shows one entry
of each fingerprint, so entries that share one are numbered. Suppressed findings are left out.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from cdk_appsync_guard.errors import GuardError, Location
from cdk_appsync_guard.report import Finding, Report, Severity, Undecided
from cdk_appsync_guard.reporters.encode import encode
from cdk_appsync_guard.reporters.words import (
    finding_words,
    forward,
    problem_words,
    question_words,
)

__all__ = ["render"]


def render(report: Report, tool_version: str) -> str:  # noqa: ARG001 - every format is called alike
    """Return the report as one JSON list."""
    seen: Counter[str] = Counter()
    return encode([_numbered(entry, seen) for entry in _entries(report)])


def _entries(report: Report) -> Iterator[dict[str, Any]]:
    yield from map(_problem, report.problems)
    yield from map(_finding, report.active)
    yield from map(_question, report.undecided)


def _numbered(entry: dict[str, Any], seen: Counter[str]) -> dict[str, Any]:
    name = entry["fingerprint"]
    seen[name] += 1
    return entry if seen[name] == 1 else entry | {"fingerprint": _hash(name, str(seen[name]))}


def _problem(problem: GuardError) -> dict[str, Any]:
    place = problem.location or Location("cdk-appsync-guard")
    return _entry("input", problem_words(problem), "blocker", place)


def _finding(finding: Finding) -> dict[str, Any]:
    severity = _SEVERITIES[finding.severity]
    entry = _entry(finding.rule, finding_words(finding), severity, finding.location)
    return entry | {"fingerprint": finding.fingerprint}


def _question(question: Undecided) -> dict[str, Any]:
    return _entry("undecided", question_words(question), "info", question.location)


def _entry(name: str, words: str, severity: str, place: Location) -> dict[str, Any]:
    path = forward(place.file)
    return {
        "description": ". ".join(words.split("\n")),
        "check_name": name,
        "fingerprint": _hash(name, path, words),
        "severity": severity,
        "location": {"path": path, "lines": {"begin": place.line or 1}},
    }


def _hash(*parts: str) -> str:
    text = "\0".join(parts)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]


_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}
