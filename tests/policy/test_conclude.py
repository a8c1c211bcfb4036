from __future__ import annotations

from dataclasses import replace

from policy.toy import FILE, TABLES, make_row, make_rule

from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.policy.evaluate import Evaluation, evaluate
from cdk_appsync_guard.policy.findings_of_scenarios import Conclusion, conclude
from cdk_appsync_guard.report import (
    Excerpt,
    Finding,
    Severity,
    Symptom,
    Undecided,
    Waiting,
)
from cdk_appsync_guard.template.source.read import Place, SourceFile
from cdk_appsync_guard.template.values.value import Unknown

RULE = make_rule()
PLACE = Place(FILE, ("Resources", "Shop", 0), (2, 3), "Shop", "App/Shop")
FINDING = Finding(
    rule="red-toy",
    category="schema",
    severity=Severity.WARNING,
    title="A toy is red",
    message="the toy at `Shelf.left` is red",
    symptom=Symptom(401, "Paint", "no red here"),
    remediation="Paint it",
    references=("https://example.com/paint",),
    location=Location("shop.graphql", 2, 3, "Resources/Shop/0", "Shop", "App/Shop"),
    api="Shop",
    coordinate="Shelf.left",
    excerpt=Excerpt("second line", 1),
)
WAITING = Waiting(
    rule="red-toy",
    category="schema",
    severity=Severity.WARNING,
    title="A toy is red",
    location=FINDING.location,
    api="Shop",
    coordinate="Shelf.left",
)
UNDECIDED = Undecided("nobody told", "tell", (WAITING,))
IS_TRUE, IS_FALSE = (("IsProd", True),), (("IsProd", False),)


def _evaluate(*rows: Row) -> Evaluation:
    return evaluate([RULE], rows, TABLES)


def test_a_hit_becomes_a_finding_with_words_and_place() -> None:
    assert conclude([((), _evaluate(make_row(PLACE)))]) == Conclusion((FINDING,), ())


def test_an_open_row_becomes_a_question() -> None:
    row = make_row(PLACE, color=Unknown("nobody told", "tell"))

    assert conclude([((), _evaluate(row))]) == Conclusion((), (UNDECIDED,))


def test_rules_and_rows_that_wait_for_one_answer_are_one_question() -> None:
    open_row = make_row(PLACE, color=Unknown("nobody told", "tell"))
    elsewhere = replace(open_row, cells={**open_row.cells, "coordinate": "Shelf.right"})
    rules = [RULE, make_rule(rule_id="a-toy")]

    (question,) = conclude([((), evaluate(rules, [open_row, elsewhere], TABLES))]).undecided

    assert [(one.rule, one.coordinate) for one in question.rules] == [
        ("a-toy", "Shelf.left"),
        ("a-toy", "Shelf.right"),
        ("red-toy", "Shelf.left"),
        ("red-toy", "Shelf.right"),
    ]


def test_what_holds_in_all_scenarios_is_said_once_and_plainly() -> None:
    judged = [(IS_TRUE, _evaluate(make_row(PLACE))), (IS_FALSE, _evaluate(make_row(PLACE)))]

    assert conclude(judged) == Conclusion((FINDING,), ())


def test_what_holds_in_one_scenario_says_in_which() -> None:
    judged = [(IS_TRUE, _evaluate()), (IS_FALSE, _evaluate(make_row(PLACE)))]

    assert conclude(judged) == Conclusion((replace(FINDING, scenario="`IsProd` is false"),), ())


def test_a_row_may_be_wrong_in_one_scenario_and_open_in_another() -> None:
    open_row = make_row(PLACE, color=Unknown("nobody told", "tell"))

    judged = [(IS_TRUE, _evaluate(make_row(PLACE))), (IS_FALSE, _evaluate(open_row))]

    assert conclude(judged) == Conclusion(
        (replace(FINDING, scenario="`IsProd` is true"),),
        (replace(UNDECIDED, rules=(replace(WAITING, scenario="`IsProd` is false"),)),),
    )


def test_rows_that_say_the_same_are_said_once() -> None:
    assert conclude([((), _evaluate(make_row(PLACE), make_row(PLACE, price=7)))]) == Conclusion(
        (FINDING,), ()
    )


def test_the_place_is_that_of_the_first_column_of_the_query_that_has_one() -> None:
    rule = make_rule("toys[?broken && price == `500` && color == 'red']")
    row = replace(
        make_row(PLACE, broken=True),
        places={"color": Place(FILE, (), (3, 1)), "price": Place(FILE, (), (1, 7))},
    )

    findings = conclude([((), evaluate([rule], [row], TABLES))]).findings

    assert [one.location for one in findings] == [Location("shop.graphql", 1, 7)]


def test_findings_are_in_the_order_of_places_and_rules() -> None:
    first, other = make_rule(rule_id="a-toy"), SourceFile("a.graphql", "x\ny")
    rows = [
        make_row(Place(FILE, (), (3, 1))),
        make_row(Place(FILE, (), (2, 9))),
        make_row(Place(other, (), (2, 1))),
    ]

    conclusion = conclude([((), evaluate([RULE, first], rows, TABLES))])

    assert [(str(one.location), one.rule) for one in conclusion.findings] == [
        ("a.graphql:2:1", "a-toy"),
        ("a.graphql:2:1", "red-toy"),
        ("shop.graphql:2:9", "a-toy"),
        ("shop.graphql:2:9", "red-toy"),
        ("shop.graphql:3:1", "a-toy"),
        ("shop.graphql:3:1", "red-toy"),
    ]
