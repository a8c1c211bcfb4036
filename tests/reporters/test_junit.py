from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from reporters.sample import REPORT, blocked
from reporters.strategies import reports

from cdk_appsync_guard.report import Location, Report, Suppression
from cdk_appsync_guard.reporters.junit import render

KEY = "AKIA" + "Q" * 16
OUTCOMES = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def check(text: str) -> ET.Element:
    """Read the XML, and check all that services rely on: order, names, counts."""
    root = ET.fromstring(text)  # noqa: S314 - our own output
    assert root.tag == "testsuites"
    for part in (root, *root):
        cases = list(part.iter("testcase"))
        assert int(part.attrib["tests"]) == len(cases)
        for count, outcome in OUTCOMES.items():
            assert int(part.attrib[count]) == sum(case.find(outcome) is not None for case in cases)
    for suite in root:
        assert suite.tag == "testsuite"
        assert {case.tag for case in suite} == {"testcase"}
        names = [(case.attrib["classname"], case.attrib["name"]) for case in suite]
        assert len(set(names)) == len(names) > 0
        for case in suite:
            assert [one.tag for one in case] in ([], *([tag] for tag in OUTCOMES.values()))
    return root


def test_junit_matches_golden_file(golden: Callable[[str, str], None]) -> None:
    text = render(REPORT, "1.2.3")

    golden("report.junit.xml", text)
    assert check(text).attrib == {
        "name": "cdk-appsync-guard",
        "tests": "15",
        "failures": "10",
        "errors": "3",
        "skipped": "2",
    }


def test_a_clean_file_is_a_test_that_passed() -> None:
    (suite,) = check(render(Report(files=("./a/t.yaml",)), "1"))
    (case,) = suite

    assert suite.attrib["name"] == "a/t.yaml"
    assert case.attrib["name"] == "nothing found"
    assert list(case) == []


def test_a_suppressed_finding_is_skipped_with_its_reason() -> None:
    finding = replace(blocked(1, "a"), suppressed=Suppression("sdl", "known"))
    (skipped,) = check(render(Report((finding,)), "1")).iter("skipped")

    assert skipped.attrib == {"message": "suppressed by sdl: known"}


def test_findings_of_one_name_are_numbered() -> None:
    cases = check(render(Report((blocked(1, "a"), blocked(2, "a"))), "1")).iter("testcase")
    first, second = (case.attrib["name"] for case in cases)

    assert second == f"{first} (2)"


@pytest.mark.parametrize(
    "hostile",
    [
        '"/><error message="pwn"/>',
        "]]></failure><script>",
        "<!-- &xxe; &#0;",
        "\x00\x08\x1b[2J\ufffe\ud800",
        "a\n::set-env name=a::b\r\n##[error]x",
        f"<{KEY}>\n{KEY}\x01{KEY}日{KEY}'{KEY}",
    ],
)
@pytest.mark.parametrize("part", ["message", "title", "remediation", "rule", "file"])
def test_a_hostile_name_is_only_text(hostile: str, part: str) -> None:
    changed: dict[str, Any] = (
        {"location": Location(hostile, 3)} if part == "file" else {part: hostile}
    )
    text = render(Report((replace(blocked(3, "a"), **changed),)), "1")

    assert len(list(check(text).iter())) == 4
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in text.split("\n"))
    assert KEY not in text


@pytest.mark.slow
@settings(max_examples=30)
@given(report=reports())
def test_any_report_is_read(report: Report) -> None:
    text = render(report, "1")
    root = check(text)

    assert int(root.attrib["failures"]) == len(report.active)
    assert "da2-abcdefghijklmnopqrstuvwxyz" not in text
