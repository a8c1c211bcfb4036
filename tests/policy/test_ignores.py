from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.policy.ignores import find_ignores
from cdk_appsync_guard.policy.suppress import Ignore, Scope, Span
from cdk_appsync_guard.template.source.read import SourceFile, read_template

TEMPLATE = """\
Metadata:
  cdk-appsync-guard:
    ignore:
      - {rule: '*', reason: a demo}
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Metadata:
      aws:cdk:path: App/Api
      cdk-appsync-guard:
        ignore: [{rule: red-toy, reason: we like red}, {rule: 7}]
  Other:
    Type: AWS::AppSync::ApiKey
    Metadata: {cdk-appsync-guard: none}
"""


def _in_sdl(text: str) -> list[tuple[str, str, object]]:
    return [
        (ignore.rule, ignore.reason, ignore.scope and ignore.scope.span)
        for ignore in find_ignores([SourceFile("s.graphql", text)])
    ]


def test_metadata_of_template_and_resource_is_found() -> None:
    whole = Scope("t.yaml", None, frozenset({"Api", "Other"}), is_whole_file=True)
    api = Scope("t.yaml", None, frozenset({"Api"}), "App/Api")
    other = Scope("t.yaml", None, frozenset({"Other"}))

    ignores = find_ignores([read_template("t.yaml", TEMPLATE.encode())])

    assert [(i.rule, i.reason, i.by, i.scope, str(i.location)) for i in ignores] == [
        ("*", "a demo", "metadata", whole, "t.yaml:4:9"),
        ("red-toy", "we like red", "metadata", api, "t.yaml:11:18"),
        ("", "", "metadata", api, "t.yaml:11:56"),
        ("", "", "metadata", other, "t.yaml:14:16"),
    ]


def test_a_comment_at_the_end_of_a_line_covers_the_line() -> None:
    text = "type Query {\n  a: ID # cdk-appsync-guard: ignore red-toy -- we like red\n}\n"

    assert find_ignores([SourceFile("s.graphql", text)]) == (
        Ignore(
            "red-toy",
            "we like red",
            location=Location("s.graphql", 2, 9),
            by="sdl",
            scope=Scope("s.graphql", Span((2, 1), (2, 59))),
        ),
    )


def test_comments_on_lines_of_their_own_cover_the_next_line_that_says_something() -> None:
    text = (
        "type Query {\n"
        "  # cdk-appsync-guard: ignore red-toy -- one\n"
        "  # cdk-appsync-guard: ignore blue-toy -- two\n"
        "  a: ID\n"
        "  b: ID\n"
        "}\n"
    )

    span = Span((4, 1), (4, 8))
    assert _in_sdl(text) == [("red-toy", "one", span), ("blue-toy", "two", span)]


def test_one_comment_may_name_several_rules() -> None:
    text = "a # cdk-appsync-guard: ignore red-toy, schema -- both\n"

    assert [rule for rule, _, _ in _in_sdl(text)] == ["red-toy", "schema"]


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("ignore red-toy", ("red-toy", "")),
        ("ignore red-toy --", ("red-toy", "")),
        ("ignore", ("", "")),
        ("ignroe red-toy -- why", ("", "")),
        ('ignore * -- the "public" field', ("*", 'the "public" field')),
    ],
)
def test_comments_that_say_too_little_are_found_too(
    comment: str, expected: tuple[str, str]
) -> None:
    assert [
        (rule, reason) for rule, reason, _ in _in_sdl(f"a # cdk-appsync-guard: {comment}\n")
    ] == [expected]


def test_comments_in_an_inline_schema_of_yaml_count_in_lines_of_the_template() -> None:
    text = (
        "Resources:\n  S:\n    Type: x\n    Properties:\n      Definition: |\n"
        "        type Query {\n"
        "          a: ID # cdk-appsync-guard: ignore red-toy -- why\n"
        "        }\n"
    )

    ignores = find_ignores([read_template("t.yaml", text.encode())])

    assert [ignore.scope for ignore in ignores] == [Scope("t.yaml", Span((7, 1), (7, 59)))]


def test_comments_in_an_inline_schema_of_json_cover_one_line_of_sdl() -> None:
    sdl = (
        'type Query {\n  a: ID # cdk-appsync-guard: ignore red-toy -- a "red" one\n'
        "  # cdk-appsync-guard: ignore blue-toy -- why\n  b: ID\n}"
    )
    text = json.dumps({"Resources": {"S": {"Properties": {"Definition": sdl}}}})
    line_a, line_b = text.index("  a: ID"), text.index("  b: ID")

    ignores = find_ignores([read_template("t.json", text.encode())])

    assert [(i.rule, i.reason, i.scope and i.scope.span) for i in ignores] == [
        ("red-toy", 'a "red" one', Span((1, line_a + 1), (1, text.index("\\n  #") + 1))),
        ("blue-toy", "why", Span((1, line_b + 1), (1, text.index("\\n}") + 1))),
    ]


def test_a_comment_at_the_end_of_a_json_string_covers_nothing_beyond() -> None:
    text = json.dumps({"Resources": {"a": "x\n# cdk-appsync-guard: ignore red-toy -- why", "b": 1}})
    end = text.index('", "b"') + 1

    ignores = find_ignores([read_template("t.json", text.encode())])

    assert [(i.rule, i.reason, i.scope and i.scope.span) for i in ignores] == [
        ("red-toy", "why", Span((1, end), (1, end)))
    ]


def test_files_that_do_not_name_the_tool_have_none() -> None:
    assert find_ignores([SourceFile("s.graphql", "type Query { a: ID } # ignore")]) == ()


@given(
    st.lists(
        st.sampled_from(
            [
                "# cdk-appsync-guard: ",
                "ignore ",
                "red-toy",
                " -- ",
                '"',
                "\\n",
                "\n",
                "\r",
                "{",
                ", ",
                "*",
            ]
        )
    )
)
@settings(max_examples=50, deadline=None)
def test_no_text_breaks_the_search(parts: list[str]) -> None:
    find_ignores([SourceFile("s.graphql", "".join(parts))])
