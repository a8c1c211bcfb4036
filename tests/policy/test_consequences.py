from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from policy.toy import TABLES, make_consequence, make_row, make_rule

from cdk_appsync_guard.errors import RuleError
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.facts.vocabulary import TABLES as OUR_TABLES
from cdk_appsync_guard.policy.consequences import Folded, fold, refuse_circles
from cdk_appsync_guard.policy.evaluate import evaluate
from cdk_appsync_guard.policy.findings_of_scenarios import conclude
from cdk_appsync_guard.policy.rule import Rule
from cdk_appsync_guard.policy.rules import built_in_rules, load_rules
from cdk_appsync_guard.policy.suppress import Ignore, suppress
from cdk_appsync_guard.report import Report, Severity
from cdk_appsync_guard.template.values.value import Unknown

BROKEN = make_rule("toys[?broken]", "broken-toy")
RED = make_consequence("red-toy", "toys[?color == 'red']", broken_toy="coordinate")
SOLD = make_consequence("sold-toy", "toys[?price == `0`]", red_toy="coordinate")


def _fold(rules: list[Rule], *rows: Row) -> Folded:
    return fold(evaluate(rules, rows, TABLES))


def _ids(folded: Folded) -> tuple[list[str], list[tuple[str, str]]]:
    return (
        [hit.rule.id for hit in folded.hits],
        [(cause.rule.id, hit.rule.id) for cause, hit in folded.consequences],
    )


def test_what_another_finding_explains_is_listed_with_it() -> None:
    folded = _fold([BROKEN, RED], make_row(broken=True))

    assert _ids(folded) == (["broken-toy"], [("broken-toy", "red-toy")])


def test_the_first_cause_of_a_chain_speaks() -> None:
    folded = _fold([BROKEN, RED, SOLD], make_row(broken=True, price=0))

    assert _ids(folded) == (
        ["broken-toy"],
        [("broken-toy", "red-toy"), ("broken-toy", "sold-toy")],
    )


@pytest.mark.parametrize(
    "other",
    [
        make_row(broken=True, color="blue", coordinate="Shelf.right"),
        replace(make_row(broken=True, color="blue"), api="Another"),
        make_row(broken=Unknown("nobody knows"), color="blue"),
    ],
    ids=["another-thing", "another-api", "a-question"],
)
def test_nothing_else_explains_it(other: Row) -> None:
    folded = _fold([BROKEN, RED], other, make_row())

    assert "red-toy" in _ids(folded)[0]
    assert folded.consequences == ()


def test_a_finding_of_no_api_explains_that_of_one() -> None:
    other = replace(make_row(broken=True, color="blue"), api=None)

    assert _ids(_fold([BROKEN, RED], other, make_row()))[1] == [("broken-toy", "red-toy")]


def test_a_rule_that_is_not_applied_explains_nothing() -> None:
    assert _ids(_fold([RED], make_row(broken=True))) == (["red-toy"], [])


def test_of_a_list_all_items_must_be_the_causes() -> None:
    red = make_consequence("red-toy", "toys[?color == 'red']", broken_toy="sizes")
    rows = [make_row(sizes=("s", "l")), make_row(broken=True, color="blue", sizes=("s", "m", "l"))]

    assert _ids(_fold([BROKEN, red], *rows))[1] == [("broken-toy", "red-toy")]
    assert (
        _ids(
            _fold(
                [BROKEN, red], replace(rows[1], cells={**rows[1].cells, "sizes": ("s",)}), rows[0]
            )
        )[1]
        == []
    )


def test_columns_of_different_names_can_be_compared() -> None:
    red = make_consequence("red-toy", "toys[?color == 'red']", broken_toy="maker = coordinate")
    rows = [make_row(maker="Ann"), make_row(broken=True, color="blue", coordinate="Ann")]

    assert _ids(_fold([BROKEN, red], *rows))[1] == [("broken-toy", "red-toy")]


def test_what_is_absent_or_unknown_is_not_the_same() -> None:
    red = make_consequence("red-toy", "toys[?color == 'red']", broken_toy="maker")
    rows = [make_row(maker=None), make_row(broken=True, color="blue", maker=None)]

    assert _ids(_fold([BROKEN, red], *rows))[1] == []


def test_the_word_api_is_about_the_whole_api() -> None:
    red = make_consequence("red-toy", "toys[?color == 'red']", broken_toy="api")
    other = make_row(broken=True, color="blue", coordinate="Shelf.right")

    assert _ids(_fold([BROKEN, red], other, make_row()))[1] == [("broken-toy", "red-toy")]


def test_a_question_that_a_finding_explains_is_not_asked() -> None:
    row = make_row(broken=True, color=Unknown("nobody knows"))

    assert _fold([BROKEN, RED], row).open == ()
    assert len(_fold([RED], row).open) == 1


def test_a_finding_is_as_bad_as_its_worst_consequence() -> None:
    red = replace(RED, severity=Severity.ERROR)
    judged = [((), evaluate([BROKEN, red], [make_row(broken=True)], TABLES))]

    (finding,) = conclude(judged).findings

    assert (finding.rule, finding.severity) == ("broken-toy", Severity.ERROR)
    assert [one.rule for one in finding.consequences] == ["red-toy"]


def test_what_holds_without_its_cause_in_one_scenario_is_said_there() -> None:
    judged = [
        ((("IsProd", True),), evaluate([BROKEN, RED], [make_row(broken=True)], TABLES)),
        ((("IsProd", False),), evaluate([BROKEN, RED], [make_row()], TABLES)),
    ]

    assert [
        (one.rule, one.scenario, [(each.rule, each.scenario) for each in one.consequences])
        for one in conclude(judged).findings
    ] == [
        ("broken-toy", "`IsProd` is true", [("red-toy", "`IsProd` is true")]),
        ("red-toy", "`IsProd` is false", []),
    ]


def test_an_ignore_of_the_consequence_is_not_without_effect() -> None:
    judged = [((), evaluate([BROKEN, RED], [make_row(broken=True)], TABLES))]
    report = Report(findings=conclude(judged).findings)

    marked = suppress(report, [Ignore("red-toy", "so what")], applied=[BROKEN, RED], known=[])

    assert marked.notices == ()
    assert len(marked.active) == 1


def test_our_rules_name_causes_and_columns_that_there_are() -> None:
    refuse_circles({rule.id: rule for rule in built_in_rules()}, OUR_TABLES)


def test_rules_that_explain_each_other_are_refused() -> None:
    broken = make_consequence("broken-toy", "toys[?broken]", red_toy="coordinate")

    with pytest.raises(RuleError, match="a consequence of itself"):
        refuse_circles({"broken-toy": broken, "red-toy": RED}, TABLES)


@pytest.mark.parametrize(
    ("cause", "problem"),
    [
        ("broken-toi: api_type", "does not exist"),
        ("grant-field-missing: nothing", "is not a column of the table `apis`"),
        ("grant-field-missing: api_type = nothing", "no column of `grants`"),
    ],
)
def test_a_rule_of_a_user_is_refused_with_a_wrong_cause(
    cause: str, problem: str, tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "rule.yaml").write_text(
        "id: own\ntitle: Own\nseverity: info\nquery: \"apis[?api_type == 'GRAPHQL']\"\n"
        "message: it\nsymptom: none\nremediation: Stop\nreferences: [https://example.com]\n"
        f"consequence_of:\n  {cause}\n"
    )

    with pytest.raises(RuleError, match=problem):
        load_rules([tmp_path])
