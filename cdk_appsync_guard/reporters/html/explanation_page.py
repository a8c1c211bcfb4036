"""Explanation → one page: the answer, why field by field with the lines that decide, the fix.

In: an Explanation. Out: HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.explanation.model import Explanation, FieldAnswer
from cdk_appsync_guard.report import Excerpt
from cdk_appsync_guard.reporters.explanation_text import (
    BY,
    answer_words,
    body_lines,
    group_fields,
    path_words,
)
from cdk_appsync_guard.reporters.html.page import render_page

__all__ = ["render_explanation"]

MOST = 300
_LOOKS = {"allowed": "y", "denied": "n", "undecided": "u"}


@dataclass(frozen=True, slots=True)
class _Step:
    """Fields that are decided alike, in words."""

    names: str
    outcome: str
    look: str
    by: str
    reason: str
    question: str
    place: Location | None
    excerpt: Excerpt | None


def render_explanation(explanation: Explanation, version: str) -> str:
    """Return the page."""
    groups = group_fields(explanation.fields)
    return render_page(
        "explanation_page.html",
        version,
        {"apis": []},
        one=explanation,
        look="r" if explanation.outcome == "denied" else _LOOKS[explanation.outcome],
        status=answer_words(explanation),
        body=body_lines(explanation),
        steps=list(_steps(groups[:MOST])),
        more=max(len(groups) - MOST, 0),
    )


def _steps(groups: Sequence[Sequence[FieldAnswer]]) -> Iterator[_Step]:
    for group in groups:
        first = group[0]
        is_new = bool(first.question) and first.question not in first.reason
        shown = first.place if first.outcome != "allowed" else None
        yield _Step(
            names=", ".join(dict.fromkeys(map(path_words, group))),
            outcome=first.outcome,
            look="r" if first.outcome == "denied" else _LOOKS[first.outcome],
            by=BY[first.decided_by],
            reason=first.reason,
            question=first.question if is_new else "",
            place=shown,
            excerpt=first.excerpt,
        )
