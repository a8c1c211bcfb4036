from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from reporters.sample import REPORT, blocked
from reporters.strategies import reports

from cdk_appsync_guard.report import Location, Report, Suppression
from cdk_appsync_guard.reporters.github import render
from cdk_appsync_guard.reporters.writer import safe

KEY = "AKIA" + "Q" * 16


def read(line: str) -> tuple[str, dict[str, str], str]:
    """Read a line as the runner does (actions/runner, ActionCommand.TryParseV2)."""
    assert line.startswith("::")
    head, message = line[2:].split("::", 1)
    name, _, given = head.partition(" ")
    pairs = (one.split("=", 1) for one in given.split(",") if one)
    return name, {key: decoded(value) for key, value in pairs}, decoded(message)


def decoded(text: str) -> str:
    signs = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
    return re.sub("%(?:0D|0A|3A|2C|25)", lambda found: signs[found[0]], text)


def test_annotations_match_golden_file(golden: Callable[[str, str], None]) -> None:
    golden("report.github.txt", render(REPORT, "1.2.3"))


def test_a_finding_stands_at_its_line() -> None:
    report = Report((replace(blocked(7, "a"), location=Location(".\\a:b, 100%.yaml", 7, 2)),))
    name, where, message = read(render(report, "1").rstrip("\n"))

    assert name == "error"
    assert where == {
        "file": "a:b, 100%.yaml",
        "line": "7",
        "endLine": "7",
        "col": "2",
        "title": "A mode may call the field but not read anything it returns [nested-type-blocks-mode]",
    }
    assert message.split("\n")[1:] == [
        'The client sees: HTTP 200 Unauthorized: "Not Authorized to access id on type Post"',
        "Fix: Add @aws_iam to type Post; directives are not inherited from the field that returns it.",
    ]


def test_what_is_suppressed_is_not_shown() -> None:
    assert (
        render(Report((replace(blocked(1, "a"), suppressed=Suppression("sdl", "x")),)), "1") == ""
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "a\n::set-env name=PATH::/tmp",
        "a\r\n::stop-commands::x",
        "::error file=other::pwn",
        "a,title=owned::b",
        "##[set-env name=a]b",
        "##vso[task.setvariable]x",
        "100%0A::add-mask::x",
        f"\n{KEY}",
        f":{KEY},{KEY}%{KEY}\x01{KEY}",
        "\x1b[2J\u2028::add-path::x",
    ],
)
@pytest.mark.parametrize("part", ["message", "title", "remediation", "rule", "file"])
def test_a_hostile_name_is_only_text(hostile: str, part: str) -> None:
    changed: dict[str, Any] = (
        {"location": Location(hostile, 3)} if part == "file" else {part: hostile}
    )
    text = render(Report((replace(blocked(3, "a"), **changed),)), "1")
    (line,) = text.splitlines()
    name, where, _ = read(line)

    assert name == "error"
    assert list(where) == ["file", "line", "endLine", *(["col"] * (part != "file")), "title"]
    assert line.isprintable()
    assert "##[" not in line
    assert "##vso[" not in line
    assert KEY not in text
    assert safe(text, annotations=True) == text


@pytest.mark.slow
@settings(max_examples=30)
@given(report=reports())
def test_each_line_is_one_annotation(report: Report) -> None:
    text = render(report, "1")
    lines = text.splitlines()

    assert len(lines) == len(report.problems) + len(report.active) + len(report.undecided)
    assert {read(line)[0] for line in lines} <= {"error", "warning", "notice"}
    assert all(line.isprintable() for line in lines)
    assert "da2-abcdefghijklmnopqrstuvwxyz" not in text
    assert safe(text, annotations=True) == text


@pytest.mark.parametrize(
    "line",
    [" ::error::a", "::add-mask::a", "::errors::a", "::error file=a:b", "::set-env name=a::b"],
)
def test_no_other_command_passes(line: str) -> None:
    assert safe(line, annotations=True) == safe(line) != line
