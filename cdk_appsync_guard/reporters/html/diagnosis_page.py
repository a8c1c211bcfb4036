"""Outcome of a diagnosis → one page: each kind of failure once, why, and the fix.

In: an Outcome. Out: HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cdk_appsync_guard.diagnosis.model import Diagnosis, FieldDenial, Outcome
from cdk_appsync_guard.reporters.diagnosis_text import counted, since_words
from cdk_appsync_guard.reporters.html.page import render_page

__all__ = ["render_outcome"]

MOST = 100
_FEW = 12


@dataclass(frozen=True, slots=True)
class _Case:
    """A kind of failure, and what of it needs words."""

    one: Diagnosis
    count: int
    callers: int
    since: str
    answer: str
    about: str
    also: tuple[FieldDenial, ...]


def render_outcome(outcome: Outcome, version: str) -> str:
    """Return the page."""
    cases = list(_cases(outcome))
    return render_page(
        "diagnosis_page.html",
        version,
        {"apis": []},
        failed=outcome.failed,
        summary=counted(outcome),
        cases=cases[:MOST],
        more=max(len(outcome.groups) - min(len(cases), MOST), 0),
        notices=outcome.notices,
        problems=outcome.problems,
    )


def _cases(outcome: Outcome) -> Iterator[_Case]:
    for group in outcome.groups:
        if group.first >= len(outcome.diagnoses):
            continue
        one = outcome.diagnoses[group.first]
        status = str(one.status) if one.status else ""
        answer = (status, one.error_type, one.message and f"`{one.message}`")
        about = (one.operation, one.mode and f"mode {one.mode}", one.field)
        yield _Case(
            one=one,
            count=group.count,
            callers=group.callers,
            since=since_words(group),
            answer=" ".join(part for part in answer if part),
            about=", ".join(part for part in about if part),
            also=one.fields[1 : 1 + _FEW],
        )
