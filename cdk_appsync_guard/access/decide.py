"""One field, one caller → the answer AppSync would give.

A transcription of what AWS documents; what it leaves open is undecided, with the question.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from dataclasses import dataclass

from cdk_appsync_guard.appsync.modes import Authorization
from cdk_appsync_guard.appsync.schema import Field, Schema

__all__ = ["ALLOWED", "Caller", "Decision", "decide"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a mode, for Cognito its groups, and which provider if one mode has several.

    ``provider`` is the provider's position (0 is the default one), None if it does not matter.
    """

    mode: str
    groups: frozenset[str] = frozenset()
    provider: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """``outcome`` is allowed, denied or undecided; ``reason`` a short code; ``question`` for people."""

    outcome: str
    reason: str = ""
    question: str = ""


ALLOWED = Decision("allowed")


def decide(
    authorization: Authorization, schema: Schema, caller: Caller, field: Field
) -> Decision:
    """Return whether the caller may select the field."""
    raise NotImplementedError
