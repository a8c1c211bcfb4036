from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from reporters.sample import REPORT, blocked
from reporters.strategies import reports

from cdk_appsync_guard.report import Location, Report, Suppression
from cdk_appsync_guard.reporters.gitlab import render

KEY = "AKIA" + "Q" * 16
TEXT = {"type": "string", "minLength": 1}
# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string"},
            "fingerprint": TEXT,
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^\./"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def entries(report: Report) -> list[dict[str, Any]]:
    """Return what GitLab reads; it shows one entry of each fingerprint."""
    from jsonschema import Draft202012Validator

    text = render(report, "1")
    read: list[dict[str, Any]] = json.loads(text)
    assert list(Draft202012Validator(SCHEMA).iter_errors(read)) == []
    assert len({one["fingerprint"] for one in read}) == len(read)
    assert text.isascii()
    assert KEY not in text
    return read


def test_gitlab_matches_golden_file(golden: Callable[[str, str], None]) -> None:
    golden("report.gitlab.json", render(REPORT, "1.2.3"))
    assert len(entries(REPORT)) == 14


def test_a_finding_keeps_the_fingerprint_of_the_baseline() -> None:
    finding = replace(blocked(7, "a"), location=Location(".\\a\\t.yaml", 7))
    (entry,) = entries(Report((finding,)))

    assert entry["fingerprint"] == finding.fingerprint
    assert entry["location"] == {"path": "a/t.yaml", "lines": {"begin": 7}}
    assert entry["severity"] == "critical"


def test_what_is_suppressed_is_left_out() -> None:
    assert entries(Report((replace(blocked(1, "a"), suppressed=Suppression("sdl", "x")),))) == []


def test_entries_of_one_fingerprint_are_numbered() -> None:
    assert len(entries(Report((blocked(1, "a"),) * 3))) == 3


@pytest.mark.parametrize(
    "hostile", ['"}]', "\x00\x1b[2J\ud800", "##[error]x\n::set-env name=a::b", f"日{KEY}\x01{KEY}"]
)
@pytest.mark.parametrize("part", ["message", "title", "remediation", "rule", "file"])
def test_a_hostile_name_is_only_text(hostile: str, part: str) -> None:
    changed: dict[str, Any] = (
        {"location": Location(hostile, 3)} if part == "file" else {part: hostile}
    )
    text = render(Report((replace(blocked(3, "a"), **changed),)), "1")

    assert len(entries(Report((replace(blocked(3, "a"), **changed),)))) == 1
    assert text.replace("\n", "").isprintable()
    assert "##[" not in text


@pytest.mark.slow
@settings(max_examples=30)
@given(report=reports())
def test_any_report_is_valid(report: Report) -> None:
    shown = len(report.problems) + len(report.active) + len(report.undecided)

    assert len(entries(report)) == shown
    assert "da2-abcdefghijklmnopqrstuvwxyz" not in render(report, "1")
