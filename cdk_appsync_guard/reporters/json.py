"""Report → JSON, as ``report.schema.json`` beside this module describes it.

Deterministic: the report's order, no clock. A suppressed finding stays, and says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.report import (
    Change,
    Finding,
    Notice,
    Report,
    Severity,
    Undecided,
    Waiting,
)
from cdk_appsync_guard.reporters.encode import HERE, head_of, place_of, stream

__all__ = ["VERSION", "render", "render_pieces"]

VERSION = 2
"""The format's version: raised when a key changes its meaning or goes, not when one is added."""


def render(report: Report, tool_version: str) -> str:
    """Return the report as JSON text."""
    return "".join(render_pieces(report, tool_version))


def render_pieces(report: Report, tool_version: str) -> Iterator[str]:
    """Yield the report as JSON text, piece by piece."""
    document = {
        **head_of(VERSION, tool_version),
        "findings": HERE,
        "undecided": [_undecided(question) for question in report.undecided],
        "changes": _changes(report.changes),
        "notices": [_notice(notice) for notice in report.notices],
        "problems": [_problem(problem) for problem in report.problems],
        "summary": _summary(report),
    }
    return stream(document, map(_finding, report.findings))


def _changes(changes: Sequence[Change] | None) -> list[dict[str, str]] | None:
    return None if changes is None else [change._asdict() for change in changes]


def _finding(finding: Finding) -> dict[str, Any]:
    symptom, suppressed, excerpt = finding.symptom, finding.suppressed, finding.excerpt
    return {
        "rule": finding.rule,
        "category": finding.category,
        "severity": finding.severity.value,
        "title": finding.title,
        "message": finding.message,
        "symptom": symptom
        and {
            "channel": symptom.channel,
            "status": symptom.status,
            "error_type": symptom.error_type,
            "message": symptom.message,
        },
        "remediation": finding.remediation,
        "fixes": [asdict(fix) for fix in finding.fixes],
        "references": finding.references,
        "location": place_of(finding.location),
        "excerpt": excerpt and {"text": excerpt.text, "column": excerpt.column},
        "api": finding.api,
        "coordinate": finding.coordinate,
        "scenario": finding.scenario,
        "suppressed": suppressed and {"by": suppressed.by, "reason": suppressed.reason},
        "fingerprint": finding.fingerprint,
        "consequences": [_consequence(one) for one in finding.consequences],
    }


def _consequence(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "title": finding.title,
        "message": finding.message,
        "location": place_of(finding.location),
        "api": finding.api,
        "coordinate": finding.coordinate,
        "scenario": finding.scenario,
    }


def _undecided(question: Undecided) -> dict[str, Any]:
    return {
        "reason": question.reason,
        "would_decide": question.would_decide,
        "severity": question.severity.value,
        "location": place_of(question.location),
        "rules": [_waiting(rule) for rule in question.rules],
    }


def _waiting(rule: Waiting) -> dict[str, Any]:
    return {
        "rule": rule.rule,
        "category": rule.category,
        "severity": rule.severity.value,
        "title": rule.title,
        "location": place_of(rule.location),
        "api": rule.api,
        "coordinate": rule.coordinate,
        "scenario": rule.scenario,
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {"message": notice.message, "location": notice.location and place_of(notice.location)}


def _problem(problem: GuardError) -> dict[str, Any]:
    return {
        "kind": type(problem).__name__.removesuffix("Error").lower(),
        "message": problem.message,
        "help": problem.help,
        "location": problem.location and place_of(problem.location),
    }


def _summary(report: Report) -> dict[str, Any]:
    severities = [finding.severity for finding in report.active]
    return {
        "errors": severities.count(Severity.ERROR),
        "warnings": severities.count(Severity.WARNING),
        "infos": severities.count(Severity.INFO),
        "undecided": len(report.undecided),
        "suppressed": len(report.findings) - len(severities),
        "problems": len(report.problems),
        "apis": report.apis,
        "files": report.files,
    }
