from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from reporters.sample import REPORT, blocked
from reporters.strategies import reports

from cdk_appsync_guard.report import Location, Report, Suppression
from cdk_appsync_guard.reporters.markdown import MOST_CHARACTERS, render

KEY = "AKIA" + "Q" * 16
OWN = {"p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code", "a"}
OWN |= {"details", "summary", "ul", "li", "br"}


class Shown(HTMLParser):
    """What a reader gets: the elements, the links, and the text outside of code."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.links: list[str | None] = []
        self.text, self.plain, self.inside = "", "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.inside += tag in ("code", "a")
        self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        self.inside -= tag in ("code", "a")

    def handle_data(self, data: str) -> None:
        self.text += data
        self.plain += "" if self.inside else data


def shown(text: str) -> Shown:
    """Read the comment by GitHub's own parser."""
    cmarkgfm = pytest.importorskip("cmarkgfm")
    from cmarkgfm.cmark import Options

    reader = Shown()
    reader.feed(cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE))
    reader.close()
    return reader


def test_markdown_matches_golden_file(golden: Callable[[str, str], None]) -> None:
    golden("report.md", render(REPORT, "1.2.3"))


def test_the_count_comes_first_and_details_are_folded() -> None:
    text = render(REPORT, "1")
    read = shown(text)

    assert text.startswith("**cdk-appsync-guard**: 8 errors, 1 warning, 1 info, 1 undecided, ")
    assert read.tags["table"] == 1
    assert read.tags["tr"] == 11
    assert read.tags["details"] == 4
    assert set(read.tags) == OWN
    assert "Add @aws_iam to type Post;" in read.text
    assert "@" not in read.plain


def test_nothing_found_is_one_line() -> None:
    suppressed = replace(blocked(1, "a"), suppressed=Suppression("sdl", "x"))

    assert (
        render(Report((suppressed,), files=("a",), apis=("x",)), "1")
        == "**cdk-appsync-guard**: 1 suppressed in 1 API, 1 file\n"
    )


HOSTILE = [
    "@octocat and #1, !2, a/b#3",
    "`` ` <img src=x> ` | a | b |",
    "a | b\n\n# c\n| - |",
    "</code></details><script>alert(1)</script>",
    "[x](https://evil.example) ![y](//evil.example) <https://evil.example>",
    "https://evil.example www.evil.example WWW.evil.example",
    "**a** _b_ ~~c~~ \\` $x$ <!-- -->",
    "/close\n::set-env name=a::b\n##[error]x",
    "\x00\x1b[2J\u202e\ud800",
    f"{KEY} |{KEY}|\x01{KEY} _{KEY}_",
    "x" * 100_000,
    "@ " * 50_000,
]


@pytest.mark.slow
@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("part", ["message", "title", "remediation", "rule", "scenario", "file"])
def test_a_hostile_name_is_only_text(hostile: str, part: str) -> None:
    sound = shown(render(Report((blocked(3, "a"),)), "1"))
    changed: dict[str, Any] = (
        {"location": Location(hostile, 3)} if part == "file" else {part: hostile}
    )
    text = render(Report((replace(blocked(3, "a"), **changed),)), "1")
    read = shown(text)

    assert read.links == sound.links
    assert set(read.tags) <= OWN
    assert {**read.tags, "code": 0} == {**sound.tags, "code": 0}
    assert not set("@#!") & set(read.plain)
    assert text.replace("\n", "").isprintable()
    assert not any(
        line.lstrip().startswith(("::", "/")) or "##[" in line for line in text.split("\n")
    )
    assert KEY not in text
    assert len(text) < MOST_CHARACTERS


@pytest.mark.slow
@pytest.mark.parametrize("hostile", HOSTILE)
def test_many_findings_fit_into_a_comment(hostile: str) -> None:
    finding = replace(blocked(3, "a"), message=hostile, remediation=hostile, title=hostile)
    found = tuple(replace(finding, rule=f"rule-{number % 40}") for number in range(4000))
    text = render(Report(found), "1")

    assert len(text) < MOST_CHARACTERS + 100
    assert " more\n" in text
    assert shown(text).tags["table"] == 1


@pytest.mark.slow
@settings(max_examples=30)
@given(report=reports())
def test_any_report_is_a_comment(report: Report) -> None:
    text = render(report, "1")
    read = shown(text)

    assert read.tags["tr"] == (len(report.active) + 1 if report.active else 0)
    assert set(read.tags) <= OWN
    assert set(read.links) <= {"https://example.com/a"}
    assert "da2-abcdefghijklmnopqrstuvwxyz" not in text
