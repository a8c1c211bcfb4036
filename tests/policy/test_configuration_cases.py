"""Configurations that AppSync or CloudFormation is known to refuse, or to accept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from judging import NOW

from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.report import Severity

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "configuration.jsonl")
    .read_text("utf-8")
    .splitlines()
]
RULE_OF_FAMILY = {
    "deny-with-additional": "deny-beside-additional-providers",
    "default-action-on-additional": "default-action-on-additional-provider",
    "default-action-missing": "default-action-missing",
    "mode-repeated": "provider-repeated",
    "provider-repeated": "identity-source-repeated",
    "key-expiry": "api-key-expired",
    "source-mode-missing": "source-mode-missing",
}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_refusals_are_foretold_in_the_words_of_the_service(case: dict[str, Any]) -> None:
    expected = case["expect"]
    template = json.dumps(case["template"]).encode()
    report = scan(["-"], ScanOptions(now=NOW, select=("providers", "credentials"), stdin=template))
    refusals = {
        one.rule: one.symptom.message
        for one in report.findings
        if one.severity is Severity.ERROR and one.symptom
    }

    wanted = {}
    if not expected["deploys"]:
        wanted[RULE_OF_FAMILY[expected["family"]]] = expected.get("message")
    assert refusals == wanted
