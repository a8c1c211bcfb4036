from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy.toy import RULE, TABLES, make_rule, replace_entry

from cdk_appsync_guard.errors import Location, RuleError
from cdk_appsync_guard.policy.rule import Rule
from cdk_appsync_guard.policy.rule_reader import parse_rule
from cdk_appsync_guard.report import Severity, Symptom


def _parse(text: str) -> Rule:
    return parse_rule(text, "rule.yaml", id="red-toy", category="schema", tables=TABLES)


def _refused(text: str) -> tuple[str, int | None, int | None, str | None]:
    with pytest.raises(RuleError) as caught:
        _parse(text)
    place = caught.value.location
    assert place is not None
    assert place.file == "rule.yaml"
    return caught.value.message, place.line, place.column, caught.value.help


def test_a_rule_is_read_whole() -> None:
    assert _parse(RULE) == Rule(
        id="red-toy",
        category="schema",
        title="A toy is red",
        severity=Severity.WARNING,
        query="toys[?color == 'red']",
        message="the toy at `{coordinate}` is {color}",
        symptom=Symptom(401, "Paint", "no {color} here"),
        remediation="Paint it",
        references=("https://example.com/paint",),
        file="rule.yaml",
    )


def test_a_rule_of_ones_own_need_not_refer_to_anything() -> None:
    assert _parse(replace_entry(RULE, "references", "[]")).references == ()


def test_a_rule_keeps_the_ids_that_it_had() -> None:
    assert _parse(RULE + "aliases: [crimson-toy]\n").aliases == ("crimson-toy",)


def test_the_table_is_told_without_parsing_the_query() -> None:
    assert _parse(RULE).table == "toys"


def test_a_rule_may_have_no_symptom() -> None:
    assert make_rule(symptom="none").symptom is None


def test_a_refused_deployment_has_no_status() -> None:
    symptom = "{status: deploy, error_type: BadRequestException, message: never}"

    assert make_rule(symptom=symptom).symptom == Symptom(None, "BadRequestException", "never")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("the rule is empty", 1, 1, None)),
        ("- a\n", ("the rule is not a mapping", 1, 1, None)),
        (
            RULE + "id: other\n",
            ("the key `id` is written twice", 9, 1, "the first one is on line 1"),
        ),
        (RULE + "aliases: []\n", ("`aliases` is not a list of ids", 9, 10, None)),
        (RULE + "aliases: [A]\n", ("the alias `A` is not a former id", 9, 11, None)),
        (RULE + "aliases: [red-toy]\n", ("the alias `red-toy` is not a former id", 9, 11, None)),
        (RULE + "titel: x\n", ("the rule has no key `titel`", 9, 1, "did you mean `title`?")),
        (
            RULE.replace("remediation: Paint it\n", ""),
            (
                "the rule lacks the key `remediation`",
                1,
                1,
                (
                    "keys: id, title, severity, query, message, symptom, remediation, references, "
                    "aliases, consequence_of, settles"
                ),
            ),
        ),
        (RULE + "---\na: b\n", ("the file has more than one document", 9, 1, None)),
        (
            RULE.replace("A toy is red", "&a x"),
            ("rules cannot use anchors and aliases", 2, 8, None),
        ),
        (RULE.replace("A toy is red", "!!str x"), ("rules cannot use tags", 2, 8, None)),
        (RULE.replace("A toy is red", "[[[1]]]"), ("the rule is nested too deep", 2, 9, None)),
        (
            RULE.replace("A toy is red", "12"),
            ("`title` is not a string but `12`", 2, 8, "put it in quotes"),
        ),
        (
            RULE.replace("A toy is red", "[x]"),
            ("`title` is not a string but a collection", 2, 8, "put it in quotes"),
        ),
        (RULE.replace("A toy is red", "' '"), ("`title` is empty", 2, 8, None)),
        (
            RULE.replace("A toy is red", "|\n  a\n  b"),
            ("`title` has more than one line", 2, 8, "`>-` folds several lines into one"),
        ),
        (
            RULE.replace("id: red-toy", "id: blue-toy"),
            ("the id `blue-toy` is not the folder's name `red-toy`", 1, 5, None),
        ),
        (
            RULE.replace("id: red-toy", "id: Red_Toy"),
            (
                "the id `Red_Toy` is not in kebab case",
                1,
                5,
                "write lowercase words joined by -, such as `nested-type-blocks-mode`",
            ),
        ),
        (
            RULE.replace("warning", "warn"),
            ("`warn` is not a severity", 3, 11, "did you mean `warning`?"),
        ),
        (
            RULE.replace("401", "99"),
            (
                "the status is not an HTTP status",
                6,
                19,
                "write a number such as 401, or `deploy` or `merge` if that is what fails",
            ),
        ),
        (
            RULE.replace("status: 401, ", ""),
            ("the symptom lacks the key `status`", 6, 10, "keys: status, error_type, message"),
        ),
        (
            RULE.replace("{status: 401", "{a: b, status: 401"),
            ("the symptom has no key `a`", 6, 11, "keys: error_type, message, status"),
        ),
        (
            replace_entry(RULE, "references", "{}"),
            ("`references` is not a list of URLs", 8, 13, None),
        ),
        (
            RULE.replace("https:", "http:"),
            ("the reference `http://example.com/paint` is not an https URL", 8, 14, None),
        ),
        (
            RULE.replace("`{coordinate}`", "{coordinat}"),
            (
                "the placeholder `coordinat` is not a column of the table `toys`",
                5,
                10,
                "did you mean `coordinate`?",
            ),
        ),
        (
            RULE.replace("no {color}", "no {Color}"),
            (
                "the placeholder `Color` is not a column of the table `toys`",
                6,
                52,
                "did you mean `color`?",
            ),
        ),
    ],
)
def test_what_is_not_a_rule_is_refused(
    text: str, expected: tuple[str, int, int, str | None]
) -> None:
    assert _refused(text) == expected


def test_what_is_not_yaml_is_refused_with_a_hint() -> None:
    message, line, _, advice = _refused("a: [")

    assert message.startswith("the rule is not YAML: ")  # the rest is the YAML library's
    assert line in (1, 2)
    assert advice == "a string that starts with a backtick, { or [, or has `: ` in it, needs quotes"


@pytest.mark.parametrize(
    ("query", "message", "column", "advice"),
    [
        ("toys", "the query `toys` is not one filter over one table", 8, "write `table[?condition]`, for example `fields[?operation == 'mutation']`"),
        ("toys[?broken].color", "the query `toys[?broken].color` is not one filter over one table", 8, "write `table[?condition]`, for example `fields[?operation == 'mutation']`"),
        ("toys[?broken] | [0]", "the query `toys[?broken] | [0]` is not one filter over one table", 8, "write `table[?condition]`, for example `fields[?operation == 'mutation']`"),
        ("toys[?broken", "the query is not JMESPath", 20, None),
        ("toys[?color == `red`]", "a literal in backticks is not JSON", 8, "write strings in single quotes: 'API_KEY'"),
        ("toys[?sort(tags)]", "rules cannot use the function `sort`", 14, "use contains, ends_with, length, starts_with"),
        ("toys[?color.name]", "a condition in the query uses `subexpression`", 8, "conditions compare columns with literals, or call contains, ends_with, length, starts_with; combine them with &&, ||, !"),
        ("toys[?`true`]", "a condition in the query names no column", 8, None),
        ("toyz[?broken]", "the table `toyz` does not exist", 8, "did you mean `toys`?"),
        ("toys[?colour == 'red']", "the table `toys` does not have a column `colour`", 14, "did you mean `color`?"),
        ("toys[?color == 'redd']", "`color` is never `redd`", 23, "did you mean `red`?"),
        ("toys[?color == `null`]", "`color` is never `null`", 14, "it holds a text"),
        ("toys[?color != `true`]", "`color` is never `true`", 14, "it holds a text"),
        ("toys[?broken == 'true']", "`broken` is never `true`", 24, "it holds a bool"),
        ("toys[?price == '5']", "`price` is never `5`", 23, "it holds a number or null"),
        ("toys[?contains(sizes, 'xl')]", "`sizes` is never `xl`", 30, "did you mean `l`?"),
        ("toys[?contains(['red', 'pink'], color)]", "`color` is never `pink`", 31, "values: blue, green, red"),
        ("toys[?sizes[?@ == 'xl']]", "`sizes` is never `xl`", 26, "did you mean `l`?"),
        ("toys[?sizes[?@ == `[]`]]", "`sizes` is never `[]`", 14, "it holds a list"),
        ("toys[?tags == 'x']", "the list `tags` is compared as a whole", 14, "write `contains(tags, '...')` or `length(tags)`"),
        ("toys[?maker > `5`]", "`maker` is not a number, so it cannot be ordered", 14, None),
        ("toys[?price > '5']", "`5` is not a number, so it cannot be ordered", 8, "write numbers in backticks: `30`"),
        ("toys[?price == color]", "`price` and `color` are never equal: number and text", 14, None),
        ("toys[?contains(maker, 'x')]", "the query fails on some rows: In function contains(), invalid type for value: None, expected one of: ['array', 'string'], received: \"null\"", 8, "a column that can be absent needs a condition first: `a && contains(a, 'x')`"),
        ("toys[?contains(color, `0`)]", "the query fails on some rows: a string can contain only a string", 8, "a column that can be absent needs a condition first: `a && contains(a, 'x')`"),
        ("toys[?color == 'red' && color == 'blue']", "the query cannot select any row", 8, None),
        ("toys[?color]", "a condition on `color` is always true", 14, None),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_vocabulary_is_refused(
    query: str, message: str, column: int, advice: str | None
) -> None:
    assert _refused(RULE.replace("toys[?color == 'red']", query)) == (message, 4, column, advice)


def test_a_place_in_a_folded_query_is_where_the_query_begins() -> None:
    text = RULE.replace("toys[?color == 'red']", ">-\n  toys[?color == 'red'\n  && colour]")

    assert _refused(text)[1:3] == (4, 8)


def test_a_query_of_the_package_itself_is_not_looked_at() -> None:
    text = RULE.replace("toys[?", "nothing[?")

    rule = parse_rule(text, "f", id="red-toy", category="schema", tables=None)

    assert rule.query == "nothing[?color == 'red']"


def test_braces_that_are_no_names_stay() -> None:
    assert make_rule(remediation='"write `type A { b: C }` or {{}}"').remediation == (
        "write `type A { b: C }` or {{}}"
    )


def _parses_or_refuses(text: str) -> None:
    error = _error(text)

    if error is not None:
        assert isinstance(error.location, Location)
        assert "\n" not in error.message


def _error(text: str) -> RuleError | None:
    try:
        _parse(text)
    except RuleError as error:
        return error
    return None


KEYS = ("id", "title", "severity", "query", "message", "symptom", "remediation", "references")


@given(st.text())
@settings(max_examples=50, deadline=None)
def test_no_text_raises_anything_but_rule_error(text: str) -> None:
    _parses_or_refuses(text)


@given(st.sampled_from(KEYS), st.text())
@settings(max_examples=50, deadline=None)
def test_no_entry_raises_anything_but_rule_error(key: str, value: str) -> None:
    _parses_or_refuses(replace_entry(RULE, key, value))


@pytest.mark.slow
@given(
    st.lists(
        st.sampled_from(
            [
                *"[]()?!&|`'.*@,{}: ",
                "toys[?",
                "color",
                "tags",
                "==",
                "<",
                "'x'",
                "`1`",
                "`[]`",
                "contains(",
                "length(",
                "&&",
                "||",
                "null",
                "`{}`",
                "[*]",
            ]
        )
    )
)
@settings(max_examples=50, deadline=None)
def test_no_query_raises_anything_but_rule_error(parts: list[str]) -> None:
    query = "toys[?" + "".join(parts) + "]"
    _parses_or_refuses(replace_entry(RULE, "query", "'" + query.replace("'", "''") + "'"))


@pytest.mark.parametrize(
    "text",
    ["[" * 50_000, "{a: " * 20_000, "- " * 30_000, "a: " + "x" * 60_000, "\x00"],
    ids=["flow lists", "flow mappings", "block lists", "long scalar", "nul"],
)
def test_hostile_texts_are_refused(text: str) -> None:
    _parses_or_refuses(text)


@pytest.mark.parametrize(
    "condition",
    ["(" * 900 + "broken" + ")" * 900, "!" * 1900 + "broken", "`" + "[" * 900 + "]" * 900 + "`"],
    ids=["parentheses", "negations", "nested literal"],
)
def test_deep_queries_are_refused(condition: str) -> None:
    _parses_or_refuses(replace_entry(RULE, "query", f'"toys[?{condition}]"'))
