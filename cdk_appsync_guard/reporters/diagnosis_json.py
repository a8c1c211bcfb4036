"""Outcome → JSON, as ``diagnosis.schema.json`` beside this module describes it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from cdk_appsync_guard.diagnosis.model import Diagnosis, Evidence, Group, Outcome
from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.reporters.encode import encode, head_of, spot_of

__all__ = ["VERSION", "render_outcome"]

VERSION = 1
"""The format's version: raised when a key changes its meaning or goes, not when one is added."""


def render_outcome(outcome: Outcome, tool_version: str) -> str:
    """Return the outcome as JSON text."""
    return encode(
        {
            **head_of(VERSION, tool_version),
            "diagnoses": [_diagnosis(one) for one in outcome.diagnoses],
            "groups": [_group(one) for one in outcome.groups if one.first < len(outcome.diagnoses)],
            "notices": [_evidence(one) for one in outcome.notices],
            "problems": [_problem(one) for one in outcome.problems],
            "summary": {
                "exchanges": outcome.seen,
                "failed": outcome.failed,
                "files": outcome.files,
            },
        }
    )


def _diagnosis(one: Diagnosis) -> dict[str, Any]:
    return {
        "family": one.family,
        "kind": one.kind,
        "happened": one.happened,
        "cause": one.cause,
        "cause_title": one.cause_title or None,
        "candidates": [each.cause for each in one.candidates],
        "ranked": [
            {"cause": each.cause, "title": each.title, "confirm": each.confirm}
            for each in one.candidates
        ],
        "mode": one.mode,
        "operation": one.operation,
        "field": one.field,
        "path": one.path or None,
        "fields": [
            {
                "coordinate": each.coordinate,
                "path": each.path,
                "cause": each.cause,
                "candidates": each.candidates,
            }
            for each in one.fields
        ],
        "answer": {"status": one.status, "error_type": one.error_type, "message": one.message},
        "evidence": [_evidence(each) for each in one.evidence],
        "template": {
            "says": [_evidence(each) for each in one.expected],
            "agrees": one.agrees,
        },
        "fix": one.fix or None,
        "would_decide": one.would_decide,
        "location": spot_of(one.at),
        "request_id": one.request_id or None,
        "started": _moment(one.started),
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "first": group.first,
        "count": group.count,
        "since": _moment(group.since),
        "until": _moment(group.until),
        "callers": group.callers,
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    return {"text": one.text, "location": one.at and spot_of(one.at)}


def _problem(problem: GuardError) -> dict[str, Any]:
    return {
        "message": problem.message,
        "help": problem.help,
        "location": problem.location and spot_of(problem.location),
    }


def _moment(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return None
