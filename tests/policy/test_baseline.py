from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy.test_conclude import FINDING
from policy.toy import make_rule

from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.policy.baseline import Entry, apply_baseline, baseline_of, read_baseline
from cdk_appsync_guard.report import Finding, Notice, Report, Severity, Suppression

OTHER = replace(FINDING, rule="blue-toy", message="the toy at `Shelf.right` is blue")


def written(findings: Iterable[Finding]) -> str:
    return json.dumps(baseline_of(findings))


def test_a_baseline_marks_what_it_holds_and_nothing_else() -> None:
    baseline = read_baseline(written([FINDING]), "baseline.json")

    reason = "it was in the scan when the baseline was written"
    assert apply_baseline(Report((FINDING, OTHER)), baseline) == Report(
        (replace(FINDING, suppressed=Suppression("baseline", reason)), OTHER)
    )


def test_a_baseline_is_the_same_whatever_the_order() -> None:
    assert written([FINDING, OTHER, FINDING]) == written([OTHER, FINDING])


def test_a_baseline_can_be_read_by_people() -> None:
    assert baseline_of([FINDING]) == {
        "version": 2,
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

    assert again == {FINDING.fingerprint: Entry("until May", "red-toy", "shop.graphql")}


def test_a_fingerprint_depends_on_no_word_and_no_line() -> None:
    place = replace(FINDING.location, line=9, column=9, construct_path="Other/Shop")
    reworded = replace(
        FINDING, title="t", message="`m`", remediation="r", symptom=None, severity=Severity.INFO,
        references=(), excerpt=None, location=place,
    )  # fmt: skip

    assert reworded.fingerprint == FINDING.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        replace(FINDING, key=("toys", "mode=API_KEY")),
        replace(FINDING, rule="blue-toy"),
        replace(FINDING, api="Other"),
        replace(FINDING, coordinate="Shelf.right"),
        replace(FINDING, scenario="`IsProd` is true"),
        replace(FINDING, location=replace(FINDING.location, file="other.graphql")),
        replace(FINDING, location=replace(FINDING.location, logical_id="Other")),
    ],
)
def test_another_thing_has_another_fingerprint(other: Finding) -> None:
    assert other.fingerprint != FINDING.fingerprint


def test_a_baseline_written_under_an_earlier_id_still_counts() -> None:
    rule = make_rule(aliases="[crimson-toy, scarlet-toy]")
    old = replace(FINDING, rule="scarlet-toy")
    report = apply_baseline(
        Report((FINDING, OTHER)), read_baseline(written([old]), "b.json"), [rule]
    )

    assert [finding.suppressed is not None for finding in report.findings] == [True, False]
    assert report.notices == (Notice("the rule `scarlet-toy` is now called `red-toy`"),)


def test_findings_that_are_gone_are_told() -> None:
    baseline = read_baseline(written([FINDING, OTHER]), "baseline.json")

    assert apply_baseline(Report((OTHER,)), baseline).notices == (
        Notice(
            "the baseline has 1 finding that is no longer there, `red-toy` in `shop.graphql`:"
            " write it again with --write-baseline"
        ),
    )


def test_what_was_not_looked_at_is_not_gone() -> None:
    baseline = read_baseline(written([FINDING, OTHER]), "baseline.json")
    rule = make_rule()

    elsewhere = apply_baseline(Report(files=("other.graphql",)), baseline)
    of_others = apply_baseline(Report(files=("shop.graphql",)), baseline, [rule], applied=[])

    assert elsewhere.notices == ()
    assert [one.message.count("red-toy") for one in of_others.notices] == [0]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"version": 1, "findings": []}', '{"version": 3, "findings": []}', '{"version": 2, "findings": [1]}',
     '{"version": 2, "findings": [{"fingerprint": "x", "reason": 1}]}', "[" * 100_000],
)  # fmt: skip
def test_what_is_no_baseline_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        read_baseline(text, "baseline.json")


@given(st.text())
def test_no_text_raises_anything_but_config_error(text: str) -> None:
    with pytest.raises(ConfigError):
        read_baseline(text, "baseline.json")
