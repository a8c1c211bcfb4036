from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from reporters.sample import REPORT
from reporters.strategies import reports

from cdk_appsync_guard.report import Report
from cdk_appsync_guard.reporters.json import render


def closed(schema: Any) -> Any:
    """Return the schema so that it refuses keys which it does not describe."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    more = {"additionalProperties": False} if "properties" in schema else {}
    return {key: closed(value) for key, value in schema.items()} | more


SCHEMA = json.loads(files("cdk_appsync_guard.reporters").joinpath("report.schema.json").read_text())
VALIDATOR = Draft202012Validator(closed(SCHEMA))


def test_json_matches_golden_file(golden: Callable[[str, str], None]) -> None:
    golden("report.json", render(REPORT, "1.2.3"))


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_sample_fits_the_schema() -> None:
    assert [error.message for error in VALIDATOR.iter_errors(json.loads(render(REPORT, "1")))] == []


@pytest.mark.slow
@settings(max_examples=50)
@given(reports())
def test_any_report_fits_the_schema_and_is_printable(report: Report) -> None:
    text = render(report, "1")

    assert [error.message for error in VALIDATOR.iter_errors(json.loads(text))] == []
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert "da2-abcdefghijklmnopqrstuvwxyz" not in text
