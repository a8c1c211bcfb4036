"""What a scan says: findings, what stays undecided, and the report that holds them.

Plain, frozen values; the reporters turn them into text. Nothing here judges anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cdk_appsync_guard.errors import GuardError, Location

__all__ = [
    "Finding",
    "Location",
    "Notice",
    "Report",
    "Severity",
    "Suppression",
    "Symptom",
    "Undecided",
]


class Severity(Enum):
    """How bad a finding is: SARIF's error, warning, note and cfn-lint's E, W, I."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst, so that sorting puts it first."""
        return ("error", "warning", "info").index(self.value)


@dataclass(frozen=True, slots=True)
class Symptom:
    """What the client, or the person who deploys, would see. ``status`` is None for a deployment."""

    status: int | None = None
    error_type: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Suppression:
    """Somebody's decision to live with a finding. ``by`` is metadata, sdl, config or baseline."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong at one place.

    ``scenario`` is None if it holds whatever the conditions, else words such as
    "`IsProd` is true".
    """

    rule: str
    category: str
    severity: Severity
    title: str
    message: str
    symptom: Symptom | None
    remediation: str
    references: tuple[str, ...]
    location: Location
    api: str | None = None
    coordinate: str | None = None
    scenario: str | None = None
    suppressed: Suppression | None = None


@dataclass(frozen=True, slots=True)
class Undecided:
    """A question that the input does not answer: neither a finding nor a pass."""

    rule: str
    category: str
    severity: Severity
    title: str
    reason: str
    would_decide: str
    location: Location
    api: str | None = None
    coordinate: str | None = None
    scenario: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark about the scan itself: a default that was used, a suppression that matched nothing."""

    message: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All that one scan has to say, already in its final order.

    ``apis`` are the judged APIs' names; ``problems`` are inputs that could not be judged.
    """

    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    notices: tuple[Notice, ...] = ()
    problems: tuple[GuardError, ...] = ()
    files: tuple[str, ...] = ()
    apis: tuple[str, ...] = ()

    @property
    def active(self) -> tuple[Finding, ...]:
        """The findings that nobody suppressed."""
        return tuple(finding for finding in self.findings if finding.suppressed is None)
