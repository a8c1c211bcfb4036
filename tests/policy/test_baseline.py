from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy.test_conclude import FINDING

from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.policy.baseline import apply_baseline, baseline_of, read_baseline
from cdk_appsync_guard.report import Finding, Notice, Report, Suppression

OTHER = replace(FINDING, rule="blue-toy", message="the toy at `Shelf.right` is blue")


def written(findings: Iterable[Finding]) -> str:
    return json.dumps(baseline_of(findings))


def test_a_baseline_marks_what_it_holds_and_nothing_else() -> None:
    baseline = read_baseline(written([FINDING]), "baseline.json")

    reason = "it was there when the baseline was written"
    assert apply_baseline(Report((FINDING, OTHER)), baseline) == Report(
        (replace(FINDING, suppressed=Suppression("baseline", reason)), OTHER)
    )


def test_a_baseline_is_the_same_whatever_the_order() -> None:
    assert written([FINDING, OTHER, FINDING]) == written([OTHER, FINDING])


def test_a_baseline_can_be_read_by_people() -> None:
    assert baseline_of([FINDING]) == {
        "version": 1,
        "findings": [
            {
                "fingerprint": FINDING.fingerprint,
                "rule": "red-toy",
                "file": "shop.graphql",
                "message": "the toy at `Shelf.left` is red",
            }
        ],
    }


def test_findings_that_are_suppressed_otherwise_stay_out() -> None:
    suppressed = replace(FINDING, suppressed=Suppression("config", "we like red"))

    assert read_baseline(written([suppressed]), "baseline.json") == {}


def test_a_reason_written_by_hand_is_kept() -> None:
    data = baseline_of([FINDING])
    data["findings"][0]["reason"] = "until May"
    report = apply_baseline(Report((FINDING,)), read_baseline(json.dumps(data), "b.json"))

    again = read_baseline(written(report.findings), "b.json")

    assert again == {FINDING.fingerprint: "until May"}


def test_findings_that_are_gone_are_told() -> None:
    baseline = read_baseline(written([FINDING, OTHER]), "baseline.json")

    assert apply_baseline(Report((OTHER,)), baseline).notices == (
        Notice(
            "the baseline has 1 finding that is no longer there:"
            " write it again with --write-baseline"
        ),
    )


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"version": 2, "findings": []}', '{"version": 1, "findings": [1]}',
     '{"version": 1, "findings": [{"fingerprint": "x", "reason": 1}]}', "[" * 100_000],
)  # fmt: skip
def test_what_is_no_baseline_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        read_baseline(text, "baseline.json")


@given(st.text())
def test_no_text_raises_anything_but_config_error(text: str) -> None:
    with pytest.raises(ConfigError):
        read_baseline(text, "baseline.json")
