"""One thing that a resolver's code does with callers, as those who look for it hand it over."""

from __future__ import annotations

from dataclasses import dataclass

from cdk_appsync_guard.facts.code_vocabulary import SurveyFinding
from cdk_appsync_guard.runtime.model import CodePlace
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["Found"]


@dataclass(frozen=True, slots=True)
class Found:
    """A finding about a field and a mode; ``at`` is the line of code, None for all of it.

    ``open`` says why it is not certain that there is something to find.
    """

    finding: SurveyFinding
    coordinate: str
    mode: str
    at: CodePlace | None
    what: str
    detail: str = ""
    open: Unknown | None = None
