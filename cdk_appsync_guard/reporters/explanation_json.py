"""Explanation → JSON, as ``explanation.schema.json`` beside this module describes it."""

from __future__ import annotations

from typing import Any

from cdk_appsync_guard.explanation.model import Explanation, FieldAnswer
from cdk_appsync_guard.reporters.encode import encode, place_of

__all__ = ["VERSION", "render"]

VERSION = 1
"""The format's version: raised when a key changes its meaning or goes, not when one is added."""


def render(explanation: Explanation) -> str:
    """Return the explanation as JSON text."""
    return encode(
        {
            "version": VERSION,
            "api": explanation.api,
            "caller": explanation.caller,
            "operation": explanation.operation,
            "outcome": explanation.outcome,
            "response": {
                "channel": explanation.channel,
                "status": explanation.status,
                "body": explanation.body,
            },
            "fields": [_field(one) for one in explanation.fields],
            "questions": explanation.questions,
            "notes": explanation.notes,
            "fix": explanation.fix,
        }
    )


def _field(one: FieldAnswer) -> dict[str, Any]:
    return {
        "path": one.path,
        "coordinate": one.coordinate,
        "outcome": one.outcome,
        "reason": one.reason,
        "code": one.code,
        "decided_by": one.decided_by,
        "place": one.place and place_of(one.place),
        "question": one.question or None,
    }
