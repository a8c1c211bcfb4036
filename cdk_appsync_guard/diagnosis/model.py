"""What is said of one exchange: what happened, why, how that is known, and what to change.

Plain, frozen values, free of secrets; the reporters turn them into text and JSON.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from cdk_appsync_guard.errors import GuardError, Location

__all__ = ["Candidate", "Diagnosis", "Evidence", "FieldDenial", "Group", "Outcome"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that the capture or the template shows, and where."""

    text: str
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cause that fits. ``confirm`` is what would prove it."""

    cause: str
    title: str
    confirm: str


@dataclass(frozen=True, slots=True)
class FieldDenial:
    """One field of an answer that was denied."""

    coordinate: str
    path: str
    cause: str | None
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is said of one exchange that failed.

    ``family`` is request, field, subscription or other. ``kind`` is a short word for what happened;
    ``cause`` an id of the catalogue, None if nothing proves one: then ``candidates`` are ranked.
    ``agrees`` tells whether the template explains the answer; None if it says nothing.
    """

    family: str
    kind: str
    happened: str
    at: Location
    cause: str | None = None
    cause_title: str = ""
    candidates: tuple[Candidate, ...] = ()
    mode: str | None = None
    operation: str | None = None
    field: str | None = None
    path: str = ""
    fields: tuple[FieldDenial, ...] = ()
    status: int | None = None
    error_type: str | None = None
    message: str | None = None
    evidence: tuple[Evidence, ...] = ()
    expected: tuple[Evidence, ...] = ()
    agrees: bool | None = None
    fix: str = ""
    would_decide: tuple[str, ...] = ()
    request_id: str = ""
    started: float | None = None
    caller: str = dataclasses.field(
        default="", repr=False, compare=False
    )  # tells callers apart, not shown

    @property
    def signature(self) -> tuple[str, ...]:
        """The same for exchanges that failed for the same reason."""
        causes = self.cause or " ".join(one.cause for one in self.candidates)
        named = (self.family, self.kind, causes, self.mode or "", self.field or "")
        return (*named, self.message or "")


@dataclass(frozen=True, slots=True)
class Group:
    """Exchanges that failed for the same reason: how many, and since when."""

    first: int  # the index of the first in ``Outcome.diagnoses``
    count: int
    since: float | None
    until: float | None
    callers: int  # how many different callers, as far as captures tell


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that one run has to say. ``seen`` counts the AppSync exchanges, failed or not.

    ``copies`` are the texts of copies that are safe to share, by the names of their files.
    ``failed`` counts all that failed, also those beyond the many that ``diagnoses`` lists.
    """

    diagnoses: tuple[Diagnosis, ...] = ()
    groups: tuple[Group, ...] = ()
    seen: int = 0
    failed: int = 0
    notices: tuple[Evidence, ...] = ()
    problems: tuple[GuardError, ...] = ()
    files: tuple[str, ...] = ()
    copies: tuple[tuple[str, str], ...] = ()
