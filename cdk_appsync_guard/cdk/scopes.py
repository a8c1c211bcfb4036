"""Which part of a report is about which part of a construct tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.report import Report, narrow_questions

__all__ = ["EVERYTHING", "outermost", "within"]

EVERYTHING = ""
"""The path of an App, below which everything is."""


def within(report: Report, scopes: Sequence[str]) -> Report:
    """Return what the report says of constructs at the given paths or below.

    What cannot be placed stays: nothing is hidden because a path is missing.
    """
    if EVERYTHING in scopes:
        return report

    def concerns(place: Location | None) -> bool:
        path = place.construct_path if place else None
        return path is None or any(f"{path}/".startswith(f"{scope}/") for scope in scopes)

    return replace(
        report,
        findings=tuple(one for one in report.findings if concerns(one.location)),
        undecided=narrow_questions(report.undecided, lambda _, rule: concerns(rule.location)),
    )


def outermost(templates: Iterable[str]) -> list[str]:
    """Return the folders of the templates without those that lie in another of them."""
    folders = {Path(file).parent for file in templates}
    return sorted(str(one) for one in folders if folders.isdisjoint(one.parents))
