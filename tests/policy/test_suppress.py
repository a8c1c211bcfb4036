from __future__ import annotations

from dataclasses import replace

import pytest
from policy.test_conclude import FINDING, UNDECIDED
from policy.toy import make_rule

from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.policy.suppress import Ignore, Scope, Span, suppress
from cdk_appsync_guard.report import Finding, Notice, Report, Suppression

RULES = (make_rule(), make_rule(rule_id="blue-toy"))
HERE = Location("pyproject.toml", 3, 1)


def _suppress(*ignores: Ignore, finding: Finding = FINDING) -> Report:
    return suppress(Report((finding,)), ignores, applied=RULES[:1], known=RULES)


@pytest.mark.parametrize("rule", ["red-toy", "schema", "*"])
def test_an_ignore_marks_by_id_category_or_all(rule: str) -> None:
    expected = replace(FINDING, suppressed=Suppression("config", "we like red"))

    assert _suppress(Ignore(rule, " we like red ")) == Report((expected,))


def test_the_first_ignore_counts() -> None:
    report = _suppress(Ignore("*", "first"), Ignore("*", "second"))

    assert report.findings[0].suppressed == Suppression("config", "first")
    assert report.notices == ()


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_ignore_without_a_reason_does_not_count(reason: str) -> None:
    assert _suppress(Ignore("red-toy", reason, location=HERE)) == Report(
        (FINDING,),
        notices=(
            Notice(
                "the suppression of `red-toy` does not give a reason, so it has no effect", HERE
            ),
        ),
    )


def test_an_ignore_without_a_rule_does_not_count() -> None:
    assert _suppress(Ignore("", "why", location=HERE)).notices == (
        Notice("a suppression does not name a rule, so it has no effect", HERE),
    )


def test_an_ignore_by_an_earlier_id_still_counts() -> None:
    rule = make_rule(aliases="[crimson-toy]")
    ignore = Ignore("crimson-toy", "we like red", location=HERE)

    report = suppress(Report((FINDING,)), [ignore], applied=[rule], known=[rule])

    assert report.findings[0].suppressed == Suppression("config", "we like red")
    assert report.notices == (Notice("the rule `crimson-toy` is now called `red-toy`", HERE),)


def test_an_ignore_that_covers_nothing_is_told() -> None:
    assert _suppress(Ignore("red-toy", "why", file="other.yaml", location=HERE)).notices == (
        Notice("the suppression of `red-toy` does not cover any finding", HERE),
    )


def test_an_ignore_of_no_rule_is_told_with_the_likely_one() -> None:
    assert _suppress(Ignore("red-toi", "why")).notices == (
        Notice(
            "the suppression of `red-toi` does not cover any finding: that rule does not exist, "
            "did you mean `red-toy`?"
        ),
    )


def test_an_ignore_of_a_rule_that_is_not_applied_is_left_alone() -> None:
    assert _suppress(Ignore("blue-toy", "why")).notices == ()


def test_an_ignore_that_covers_a_question_is_of_use() -> None:
    report = Report(undecided=(UNDECIDED,))

    assert suppress(report, [Ignore("red-toy", "why")], applied=RULES, known=RULES) == report


@pytest.mark.parametrize(
    ("ignore", "covered"),
    [
        (Ignore("*", "why", file="shop.graphql"), True),
        (Ignore("*", "why", file="*.graphql"), True),
        (Ignore("*", "why", file="*.yaml"), False),
        (Ignore("*", "why", coordinate="Shelf.*"), True),
        (Ignore("*", "why", coordinate="Query.*"), False),
        (Ignore("*", "why", scope=Scope("shop.graphql", Span((2, 1), (2, 9)))), True),
        (Ignore("*", "why", scope=Scope("shop.graphql", Span((2, 4), (2, 9)))), False),
        (Ignore("*", "why", scope=Scope("other.graphql", Span((2, 1), (2, 9)))), False),
        (Ignore("*", "why", scope=Scope("shop.graphql", is_whole_file=True)), True),
        (Ignore("*", "why", scope=Scope("shop.graphql", None, frozenset({"Shop"}))), True),
        (Ignore("*", "why", scope=Scope("shop.graphql", None, frozenset({"Inn"}))), False),
        (
            Ignore("*", "why", scope=Scope("shop.graphql", None, frozenset({"Shop"}), "Other")),
            False,
        ),
        (Ignore("*", "why", scope=Scope("t.yaml", None, frozenset({"Shop"}), "App/Shop")), False),
    ],
)
def test_an_ignore_covers_what_is_in_its_scope(ignore: Ignore, *, covered: bool) -> None:
    assert (_suppress(ignore).findings[0].suppressed is not None) == covered


def test_an_ignore_of_a_resource_covers_the_schema_in_a_file_of_its_own() -> None:
    finding = replace(FINDING, location=replace(FINDING.location, path=""))
    ignore = Ignore("*", "why", scope=Scope("t.yaml", None, frozenset({"Shop"}), "App/Shop"))

    assert _suppress(ignore, finding=finding).findings[0].suppressed is not None
