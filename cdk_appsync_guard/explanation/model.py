"""What an explanation says: the answer, the decision on each field, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.report import Excerpt

__all__ = ["Explanation", "FieldAnswer"]


@dataclass(frozen=True, slots=True)
class FieldAnswer:
    """The decision on one selected field. ``outcome`` is allowed, denied or undecided.

    ``reason`` says why in words, and ``code`` as a code; ``decided_by`` is credential, iam,
    directive, resolver, authorizer or data. ``question`` is what would decide an undecided field.
    ``excerpt`` is the line at ``place``.
    """

    path: tuple[str | int, ...]
    coordinate: str
    outcome: str
    reason: str
    decided_by: str
    place: Location | None = None
    question: str = ""
    code: str = ""
    excerpt: Excerpt | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What AppSync answers to one request of one caller, and why.

    ``status`` and ``body`` are the answer as far as it is known, over HTTP or, for a subscription,
    the WebSocket (``channel``); what resolvers return shows as ``…``. ``status`` is None where
    nothing can be said. ``questions`` are what leaves the answer open: the body is then that of a
    request for which they turn out well. ``notes`` are what was taken for granted. ``fix`` is the
    smallest change that makes the whole request work, as far as one is known.
    """

    api: str
    caller: str
    operation: str
    status: int | None
    body: dict[str, Any] | None
    channel: str = "http"
    fields: tuple[FieldAnswer, ...] = ()
    questions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    fix: str | None = None

    @property
    def outcome(self) -> str:
        """Return denied if anything is, else undecided if anything is, else allowed."""
        outcomes = {one.outcome for one in self.fields}
        if "denied" in outcomes or self.has_errors:
            return "denied"
        return "undecided" if "undecided" in outcomes or self.questions else "allowed"

    @property
    def has_errors(self) -> bool:
        """Whether the answer holds errors, whatever is open."""
        body = self.body or {}
        return "errors" in body or body.get("type") in ("error", "connection_error")

    @property
    def succeeds(self) -> bool:
        """Whether the whole request works for certain."""
        return self.outcome == "allowed"
