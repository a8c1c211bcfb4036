"""Where a rule's page is, if the documentation is served: a finding then links to it first.

In: a report, and the address of the site that ``.docs/make.py`` builds. Out: the report.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cdk_appsync_guard.policy.rules import built_in_rules
from cdk_appsync_guard.report import Finding, Report

__all__ = ["link_pages", "page_of"]


def page_of(rule_id: str) -> str:
    """Return the path of the rule's page in the site."""
    return f"rules/{rule_id}.html"


def link_pages(report: Report, site: str) -> Report:
    """Return the report whose findings link to their rules' pages before the pages of AWS.

    Without a site nothing changes. Rules of the user have no page in it.
    """
    if not site:
        return report
    pages = {rule.id: f"{site.rstrip('/')}/{page_of(rule.id)}" for rule in built_in_rules()}
    return replace(report, findings=_linked(report.findings, pages))


def _linked(findings: Iterable[Finding], pages: dict[str, str]) -> tuple[Finding, ...]:
    return tuple(
        replace(
            one,
            references=(*_page(one, pages), *one.references),
            consequences=_linked(one.consequences, pages),
        )
        for one in findings
    )


def _page(finding: Finding, pages: dict[str, str]) -> tuple[str, ...]:
    page = pages.get(finding.rule)
    return (page,) if page else ()
