"""Report and portraits → one page: the matrix first, then findings, then what is undecided.

In: a Report, and the Portraits of its APIs, or why there are none. Out: HTML. Of a scan that was
compared with older templates, it tells first what callers gain and lose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cdk_appsync_guard.portrait.model import Portrait
from cdk_appsync_guard.report import Excerpt, Finding, Location, Report, Severity, Suppression
from cdk_appsync_guard.reporters.closing import summary
from cdk_appsync_guard.reporters.html.details import details_of
from cdk_appsync_guard.reporters.html.page import render_page
from cdk_appsync_guard.reporters.html.picture import paint
from cdk_appsync_guard.reporters.text import symptom_subject, symptom_words

__all__ = ["render_report"]

MOST = 200
"""Findings of one rule on the page; questions too."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A finding in words."""

    message: str
    location: Location
    excerpt: Excerpt | None
    fingerprint: str
    scenario: str | None
    suppressed: Suppression | None
    who: str
    sees: str
    remediation: str
    consequences: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    """The findings of one rule; what is the same for all of them."""

    id: str
    severity: str
    title: str
    open: bool
    findings: tuple[_Shown, ...]
    more: int
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Question:
    reason: str
    would_decide: str
    location: Location
    rules: tuple[str, ...]


def render_report(
    report: Report, portraits: Sequence[Portrait], version: str, no_matrix: str = ""
) -> str:
    """Return the page; *no_matrix* says why there are no portraits."""
    return render_page(
        "scan_page.html",
        version,
        {"apis": [details_of(one, report.changes or ()) for one in portraits]},
        summary=summary(report),
        apis=[paint(one, report.changes) for one in portraits],
        rules=list(_rules(report.findings)),
        questions=[
            _Question(
                one.reason,
                one.would_decide,
                one.location,
                tuple(dict.fromkeys(rule.rule for rule in one.rules)),
            )
            for one in report.undecided[:MOST]
        ],
        problems=report.problems,
        no_matrix=no_matrix,
    )


def _rules(findings: Iterable[Finding]) -> Iterator[_Rule]:
    """Yield the rules, the worst first, those whose findings are all suppressed at the end."""
    by_rule: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault((finding.severity, finding.rule), []).append(finding)
    for (severity, rule), some in sorted(
        by_rule.items(), key=lambda one: (_are_suppressed(one[1]), one[0][0].rank)
    ):
        suppressed = _are_suppressed(some)
        yield _Rule(
            id=rule,
            severity="suppressed" if suppressed else severity.value,
            title=some[0].title,
            open=severity is Severity.ERROR and not suppressed,
            findings=tuple(map(_shown, some[:MOST])),
            more=max(len(some) - MOST, 0),
            references=tuple(dict.fromkeys(url for one in some for url in one.references)),
        )


def _are_suppressed(findings: Iterable[Finding]) -> bool:
    return all(one.suppressed for one in findings)


def _shown(finding: Finding) -> _Shown:
    symptom = finding.symptom
    return _Shown(
        finding.message,
        finding.location,
        finding.excerpt,
        finding.fingerprint,
        finding.scenario,
        finding.suppressed,
        f"{symptom_subject(symptom)} sees" if symptom else "",
        symptom_words(symptom)[1] if symptom else "",
        finding.remediation,
        finding.consequences,
    )
