from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reporters.sample import REPORT, blocked
from reporters.strategies import reports

from cdk_appsync_guard.report import Excerpt, Finding, Report
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.reporters.text import TextOptions, render

NARROW = TextOptions(Style(width=60), verbose=True, show_suppressed=True)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("report.txt", TextOptions()),
        ("report.quiet.txt", TextOptions(quiet=True)),
        ("report.verbose.txt", NARROW),
        ("report.color.txt", TextOptions(Style(color=True, width=100))),
    ],
)
def test_text_matches_golden_file(
    name: str, options: TextOptions, golden: Callable[[str, str], None]
) -> None:
    golden(name, render(REPORT, options))


@pytest.mark.parametrize(
    ("report", "summary"),
    [
        (Report(), "nothing found: no AppSync GraphQL API in 0 files"),
        (Report(files=("a",), apis=("x",)), "nothing found in 1 API, 1 file"),
        (Report((blocked(1, "a"),), files=("a",), apis=("x",)), "1 error in 1 API, 1 file"),
    ],
)
def test_last_line_is_the_summary(report: Report, summary: str) -> None:
    assert render(report).splitlines()[-1] == summary


def shown(finding: Finding, width: int = 80) -> list[str]:
    lines = render(Report((finding,)), TextOptions(Style(width=width))).splitlines()
    at = next(number for number, line in enumerate(lines) if " | " in line)
    return lines[at : at + 2]


def test_caret_stands_under_the_word_after_wide_letters() -> None:
    finding = replace(blocked(1, "a"), excerpt=Excerpt("# 日本 @aws_iam", 6))

    assert shown(finding) == ["     1 | # 日本 @aws_iam", "       |        ^^^^^^^^"]


def test_caret_stands_at_the_end_if_the_column_is_past_the_line() -> None:
    finding = replace(blocked(1, "a"), excerpt=Excerpt("abc", 9))

    assert shown(finding) == ["     1 | abc", "       |    ^"]


def test_excerpt_is_cut_to_the_width() -> None:
    finding = replace(blocked(1, "a"), excerpt=Excerpt("x" * 60 + " @aws_iam " + "y" * 60, 62))

    assert shown(finding, width=40) == [
        "     1 | ...xxxxxxxxxxx @aws_iam yyyy...",
        "       |                ^^^^^^^^",
    ]


@pytest.mark.slow
@settings(max_examples=50)
@given(reports(), st.booleans(), st.booleans(), st.integers(1, 120))
def test_no_input_can_steer_the_terminal(
    report: Report, quiet: bool, verbose: bool, width: int
) -> None:
    options = TextOptions(Style(width=width), quiet, verbose, show_suppressed=True)
    text = render(report, options)

    assert text.replace("\n", "").isprintable()


@pytest.mark.slow
@settings(max_examples=30)
@given(reports())
def test_no_secret_is_printed(report: Report) -> None:
    assert "da2-abcdefghijklmnopqrstuvwxyz" not in render(report, NARROW)
