from __future__ import annotations

import pytest
from judging import facts, line
from policy.blog import blog, pick

from cdk_appsync_guard.facts.conversions import hint


def test_a_schema_counts_its_types_and_root_fields() -> None:
    sdl = "type Query { a: Int b: Int } type Mutation { c: Int }"

    assert pick("schemas", blog(sdl), "state", "error", "types", "root_fields") == [
        ("parsed", None, 2, 3)
    ]


def test_a_root_that_is_named_but_not_defined_has_no_fields() -> None:
    sdl = "schema { query: Reads } type Query { a: Int }"

    assert pick("schemas", blog(sdl), "state", "root_fields") == [("parsed", 0)]


def test_broken_sdl_is_one_row_at_the_spot_where_it_breaks() -> None:
    template = blog("""
      type Query {
        posts: [Post
      }
    """)

    (row,) = facts("schemas", template)

    assert row.cells["state"] == "broken"
    assert template.split("\n")[(line(row.place) or 0) - 1].strip() == "}"
    assert facts("directives", template) == []


def test_a_problem_is_told_once_a_subject() -> None:
    sdl = "type Query { a: Post b: Post c: Author }"

    assert pick("schema_problems", blog(sdl), "kind", "subject") == [
        ("undefined-type", "Post"),
        ("undefined-type", "Author"),
    ]


@pytest.mark.parametrize(
    ("written", "suggestion"),
    [
        ("aws_oicd", "aws_oidc"),
        ("aws_apikey", "aws_api_key"),
        ("AWS_IAM", "aws_iam"),
        ("aws_congito_user_pools", "aws_cognito_user_pools"),
        ("aws_zzzzzzzzzzzzzzzzzzz", None),
    ],
)
def test_a_misspelt_directive_gets_a_suggestion(written: str, suggestion: str | None) -> None:
    sdl = f"type Query {{ a: Int @{written} }}"

    assert pick("directives", blog(sdl), "directive", "known", "hint") == [
        (written, False, hint(suggestion))
    ]


def test_a_directive_that_the_schema_defines_is_known() -> None:
    sdl = "directive @aws_traced on FIELD_DEFINITION type Query { a: Int @aws_traced }"

    assert pick("directives", blog(sdl), "known") == [(True,)]


def test_a_directive_of_graphql_has_no_row() -> None:
    assert facts("directives", blog("type Query { a: Int @deprecated }")) == []


@pytest.mark.parametrize(
    ("written", "guards", "suggestion"),
    [
        ("auth_api_key", True, "aws_api_key"),
        ("apiKey", True, "aws_api_key"),
        ("cognito_user_pools", True, "aws_cognito_user_pools"),
        ("IAM", True, "aws_iam"),
        ("hasRole", True, None),
        ("isAuthenticated", True, None),
        ("cacheControl", False, None),
        ("author", False, None),
        ("mapping", False, None),
    ],
)
def test_a_directive_of_nobody_may_promise_to_guard(
    written: str, guards: bool, suggestion: str | None
) -> None:
    sdl = f"type Query {{ a: Int @{written} }}"

    assert pick("directives", blog(sdl), "known", "guards", "hint") == [
        (False, guards, hint(suggestion))
    ]


def test_placements_and_what_comes_of_them() -> None:
    sdl = """
      schema @aws_iam { query: Query  mutation: Mutation  subscription: Subscription }
      type Query @aws_iam { a: Int @aws_iam }
      type Mutation { b: Int }
      type Subscription { c: Int @aws_subscribe(mutations: ["b"]) }
      interface Node @aws_iam { id: ID @aws_iam }
      type Post implements Node @aws_iam { id: ID @aws_iam }
      interface Lonely @aws_iam { id: ID }
      type Other implements Lonely { id: ID }
      union Any @aws_iam = Post | Other
      enum Color @aws_iam { RED }
      scalar Thing @aws_iam
      input New @aws_iam { id: ID @aws_iam }
      type Extra @aws_subscribe(mutations: ["b"]) { d: Int }
    """

    assert pick("directives", blog(sdl), "coordinate", "placement", "effect") == [
        ("schema", "schema", "ignored"),
        ("Query", "root-type", "considered"),
        ("Query.a", "root-field", "considered"),
        ("Subscription.c", "subscription-field", "considered"),
        ("Node", "interface", "repeated"),
        ("Node.id", "interface-field", "repeated"),
        ("Post", "type", "considered"),
        ("Post.id", "field", "considered"),
        ("Lonely", "interface", "ignored"),
        ("Any", "union", "ignored"),
        ("Color", "enum", "ignored"),
        ("Thing", "scalar", "ignored"),
        ("New", "input", "input"),
        ("New.id", "input-field", "input"),
        ("Extra", "type", "ignored"),
    ]


@pytest.mark.parametrize(
    ("arguments", "group_list", "wrong"),
    [
        ("", "absent", None),
        ("(cognito_groups: [])", "empty", None),
        ('(cognito_groups: ["a"])', "given", None),
        ('(groups: ["a"])', "absent", "groups"),
    ],
)
def test_groups_are_absent_empty_or_given(
    arguments: str, group_list: str, wrong: str | None
) -> None:
    sdl = f"type Query {{ a: Int @aws_cognito_user_pools{arguments} }}"

    assert pick("directives", blog(sdl), "group_list", "wrong_argument") == [(group_list, wrong)]
