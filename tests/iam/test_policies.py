"""Policy evaluation against an independent implementation's answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cdk_appsync_guard.iam.policies import evaluate, statements_of

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "iam.jsonl").read_text("utf-8").splitlines()
]
OUTCOMES = {
    "Allowed": ("allowed", ""),
    "ExplicitlyDenied": ("denied", "explicit"),
    "ImplicitlyDenied": ("denied", "implicit"),
}


@pytest.mark.slow
@pytest.mark.parametrize("row", CASES, ids=[row["id"] for row in CASES])
def test_evaluation_agrees_with_an_independent_implementation(row: dict[str, Any]) -> None:
    case = row["case"]
    request = case["request"]
    context = {
        key.lower(): value if isinstance(value, (str, list)) else str(value)
        for key, value in request["context"].items()
    }
    limits = [[statements_of(case[key])] for key in ("boundary", "sessionPolicy") if key in case]
    if "scps" in case:  # policies attached at one level of the organization add up
        limits.append([statements_of(policy) for policy in case["scps"]])

    verdict = evaluate(
        [statements_of(policy) for policy in case["policies"]],
        request["action"],
        request["resource"],
        context,
        *limits,
    )

    assert (verdict.outcome, verdict.reason) == OUTCOMES[row["answer"]["decision"]]
