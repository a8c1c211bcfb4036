"""What GraphQL and AppSync refuse of definitions: each kind names the coordinate at fault."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_appsync_guard.appsync.schema import parse_schema
from cdk_appsync_guard.template.source.read import Place, SourceFile

QUERY = "type Query { a: Int }"


def problems(sdl: str) -> list[tuple[str, str]]:
    schema = parse_schema(sdl, Place(SourceFile("schema.graphql", sdl)))
    return [(problem.kind, problem.subject) for problem in schema.problems]


@pytest.mark.parametrize(
    ("sdl", "expected"),
    [
        ("type Query { a(b: T!): Int } type T { x: Int }", ("wrong-position", "Query.a(b:)")),
        ("type Query { a(b: [U!]): Int } union U = Query", ("wrong-position", "Query.a(b:)")),
        ("type Query { a: [I!]! } input I { x: Int }", ("wrong-position", "Query.a")),
        ("interface N { a: I } input I { x: Int }", ("wrong-position", "N.a")),
        ("input I { t: T } type T { x: Int }", ("wrong-position", "I.t")),
        ("input I { n: N } interface N { x: Int }", ("wrong-position", "I.n")),
        ("union U = I input I { x: Int }", ("wrong-kind", "U")),
        ("union U = Query | String2 enum String2 { A }", ("wrong-kind", "U")),
        ("type T implements U { x: Int } union U = Query", ("wrong-kind", "T")),
        ("interface N implements Query { a: Int }", ("wrong-kind", "N")),
        ("schema { query: Query mutation: M } input M { x: Int }", ("wrong-kind", "M")),
        ("type T implements N { y: Int } interface N { x: Int }", ("not-implemented", "T")),
        ("type T implements N { x: [Int] } interface N { x: Int }", ("not-implemented", "T")),
        ("type T implements N { x: Int } interface N { x: Int! }", ("not-implemented", "T")),
        (
            "type T implements N { x(a: Int!): Int } interface N { x: Int }",
            ("not-implemented", "T"),
        ),
        ("type T implements N { x: Int } interface N { x(a: Int): Int }", ("not-implemented", "T")),
        (
            "interface A { x: Int } interface B implements A { x: Int } type T implements B { x: Int }",
            ("not-implemented", "T"),
        ),
        ("type Query { a(b: Int, b: Int): Int }", ("duplicate-part", "Query.a")),
        ("enum E { A A }", ("duplicate-part", "E")),
        ("union U = Query | Query", ("duplicate-part", "U")),
        ("type T implements N & N { x: Int } interface N { x: Int }", ("duplicate-part", "T")),
        ("schema { query: Query query: Query }", ("duplicate-part", "schema")),
        ("schema { query: Query } schema { query: Query }", ("duplicate-part", "schema")),
        ("directive @d on OBJECT directive @d on OBJECT", ("duplicate-part", "schema")),
        ("schema { query: Query mutation: Query }", ("forbidden", "Query")),
        ("type T {}", ("forbidden", "T")),
        ("input I", ("forbidden", "I")),
        ("enum E", ("forbidden", "E")),
        ("union U", ("forbidden", "U")),
        ("type __T { x: Int }", ("forbidden", "__T")),
        ("enum E { __A }", ("forbidden", "E.__A")),
        ("input I { i: I! }", ("forbidden", "I")),
        ("input I { j: J! } input J { i: I! }", ("forbidden", "I")),
        ("interface N implements N { x: Int }", ("forbidden", "N")),
        ("type T @deprecated { x: Int }", ("forbidden", "T")),
        ("type T { x: Int @aws_iam @aws_iam }", ("repeated-directive", "T.x")),
        ("directive @d on OBJECT type T { x: Int @d }", ("forbidden", "T.x")),
        ("type T { x(a: Int = 1.5): Int }", ("forbidden", "T.x(a:)")),
        ("type T { x(a: Int = 3000000000): Int }", ("forbidden", "T.x(a:)")),
        ("type T { x(a: Int! = null): Int }", ("forbidden", "T.x(a:)")),
        ('type T { x(a: [E] = ["A"]): Int } enum E { A }', ("forbidden", "T.x(a:)")),
        ("input I { e: E = B } enum E { A }", ("forbidden", "I.e")),
        ("type T { x(a: I = {}): Int } input I { y: Int! }", ("forbidden", "T.x(a:)")),
        ("type T { x(a: I = {z: 1}): Int } input I { y: Int }", ("forbidden", "T.x(a:)")),
        ("scalar JSON", ("custom-scalar", "JSON")),
        ("scalar AWSJSON", ("redeclared", "AWSJSON")),
        ("type AWSDate { x: Int }", ("redeclared", "AWSDate")),
        (
            "directive @aws_subscribe(mutations: [String]) on OBJECT",
            ("redeclared", "@aws_subscribe"),
        ),
        ("schema { query: Query } type Mutation { a: Int }", ("root-omitted", "Mutation")),
        ("type Mutations { a: Int }", ("root-misnamed", "Mutations")),
        ("type mutation { a: Int }", ("root-misnamed", "mutation")),
        ("type RootSubscription { a: Int }", ("root-misnamed", "RootSubscription")),
        ("type MutationType { a: Int }", ("root-misnamed", "MutationType")),
        ("type schema { mutation: M } type M { a: Int }", ("root-misnamed", "M")),
    ],
)
def test_each_kind_of_mistake_is_told_once(sdl: str, expected: tuple[str, str]) -> None:
    assert problems(sdl if "type Query" in sdl else f"{QUERY} {sdl}") == [expected]


@pytest.mark.parametrize(
    "sdl",
    [
        "type T implements N { x: T! y(a: Int, b: Int): [T!]! } interface N { x: N y(a: Int): [N] }",
        "type T implements N { u: T } interface N { u: U } union U = T | Query",
        (
            "type T { x(a: [E!]! = A, i: I = {e: A}, f: Float = 1, d: ID = 1): Int } enum E { A }"
            " input I { e: E! = A is: [I!]! = [] j: I }"
        ),
        "type T { x(a: AWSDateTime = 1, b: AWSJSON = {x: 1}): Int }",
        "extend type Query { b: Int }",
        "type Schema { query: Query mutation: Mutation } type Mutation { a: Int }",
        "type T { m: Mutations } type Mutations { a: Int }",
        'type T { x: Int @aws_auth(cognito_groups: ["a"]) @aws_auth }',
        "directive @d repeatable on OBJECT type T @d @d { x: Int }",
        "type Subscriber { a: Int } type Queried { a: Int } type QueryResult { a: Int }",
    ],
)
def test_what_graphql_allows_is_no_problem(sdl: str) -> None:
    assert [one for one in problems(f"{QUERY} {sdl}") if one[0] != "extension"] == []


@settings(max_examples=50, deadline=None)
@given(length=st.integers(45, 56))
def test_a_subscription_has_at_most_50_characters(length: int) -> None:
    name = "s" * length
    sdl = f"{QUERY} type Mutation {{ {name}: Int }} type Subscription {{ {name}: Int }}"

    told = [("long-subscription", f"Subscription.{name}")] if length > 50 else []
    assert problems(sdl) == told


@pytest.mark.parametrize("name", ["Queries", "query", "RootQuery"])
def test_the_type_that_was_meant_as_the_query_is_named(name: str) -> None:
    sdl = f"type {name} {{ a: Int }}"
    schema = parse_schema(sdl, Place(SourceFile("schema.graphql", sdl)))

    (problem,) = schema.problems
    assert problem.kind == "missing-query"
    assert f"`{name}`" in problem.message
