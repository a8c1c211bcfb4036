"""Schemas and modes that are not known, and laws that hold for every schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from counting import LINEAR, growth
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import facts, find, line
from policy.blog import COGNITO, blog, pick

from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.appsync.modes import Authorization
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.facts.schema import rows_of_schema
from cdk_appsync_guard.facts.schema_vocabulary import SCHEMA_TABLES
from cdk_appsync_guard.template.values.value import Unknown

KEY, IAM = "API_KEY", "AWS_IAM"
TABLES = sorted(table.name for table in SCHEMA_TABLES)
WRITTEN = {"schemas", "schema_problems", "directives", "triggers", "subscription_shapes"}
PLAIN = "type Query { post: Post @aws_iam } type Post @aws_api_key { id: ID }"
AWAY = blog("", KEY).replace("Definition: |", "DefinitionS3Location: s3://bucket/blog.graphql")
PARAMETERS = "Parameters: {Mode: {Type: String}, Providers: {Type: CommaDelimitedList}}\n"
ANY_PROVIDERS = blog(PLAIN, KEY).replace(
    "AuthenticationType: API_KEY",
    "AuthenticationType: API_KEY\n      AdditionalAuthenticationProviders: !Ref Providers",
)


def unknown_tables(template: str) -> list[str]:
    """Return the tables with an Unknown row: all cells, and the only row of the table."""
    (api,) = find(template)
    rows = rows_of_schema(api)
    unknown = [row for row in rows if any(isinstance(cell, Unknown) for cell in row.cells.values())]
    assert all(isinstance(cell, Unknown) for row in unknown for cell in row.cells.values())
    return sorted(row.table for row in unknown)


def test_a_schema_that_is_not_there_is_one_question_a_table() -> None:
    (row,) = facts("fields", AWAY)

    assert unknown_tables(AWAY) == TABLES
    assert row.cells["coordinate"] == Unknown(
        "the schema `s3://bucket/blog.graphql` is not in the files given",
        "--schema Blog=schema.graphql",
    )


def test_sdl_that_appsync_may_take_is_one_question_a_table() -> None:
    assert unknown_tables(blog("type Query { a: Int; b: Int }")) == TABLES


def test_a_merged_api_has_no_schema_of_its_own() -> None:
    merged = AWAY.split("  Schema:")[0] + "      ApiType: MERGED\n"

    assert [row.cells["state"] for row in facts("schemas", merged)] == ["merged"]
    assert Counter(row.table for row in facts("fields", merged)) == Counter()


def test_unknown_providers_leave_open_what_depends_on_modes() -> None:

    assert unknown_tables(PARAMETERS + ANY_PROVIDERS) == sorted(set(TABLES) - WRITTEN)


def test_without_directives_the_modes_leave_little_open() -> None:
    template = ANY_PROVIDERS.replace("@aws_iam", "").replace("@aws_api_key", "")

    assert unknown_tables(PARAMETERS + template) == ["fields", "reach"]


def test_the_question_stands_where_the_mode_is_written() -> None:
    template = PARAMETERS + blog(PLAIN, KEY, "!Ref Mode")

    places = {
        line(row.place)
        for row in facts("dead_ends", template)
        if isinstance(row.cells["type"], Unknown)
    }

    assert {template.split("\n")[number - 1].strip() for number in places if number} == {
        "- AuthenticationType: !Ref Mode"
    }


def test_what_all_possible_modes_agree_on_is_known() -> None:
    sdl = "type Query @aws_iam { a: Int  b: Int @aws_iam } type Mutation { c: Post }"
    template = PARAMETERS + blog(sdl, KEY, IAM, "!Ref Mode")

    assert pick("root_types", template, "coordinate", "effect") == [
        ("Query", "replaces"),
        ("Mutation", "nothing"),
    ]


def test_an_unknown_default_action_leaves_open_what_it_decides() -> None:
    sdl = 'type Query { a: Int  b: Int @aws_auth(cognito_groups: ["g"]) }'
    template = PARAMETERS + blog(sdl, COGNITO, action="!Ref Mode")

    assert unknown_tables(template) == ["fields", "reach"]
    assert pick("fields", template, "coordinate")[0] == ("Query.b",)
    assert pick("group_checks", template, "effect") == [("enforced",)]


MODES = (KEY, IAM, COGNITO, "OPENID_CONNECT")
DIRECTIVES = (
    *("", "", "@aws_api_key", "@aws_iam", "@aws_iam @aws_api_key", "@aws_cognito_user_pools"),
    *('@aws_cognito_user_pools(cognito_groups: ["g"])', '@aws_auth(cognito_groups: ["h"])'),
)
directives = st.sampled_from(DIRECTIVES)
returned = st.sampled_from(["Int", "Int!", "A", "A!", "[B!]!", "B", "U"])


@st.composite
def schemas(draw: st.DrawFn) -> str:
    def fields() -> str:
        amount = draw(st.integers(1, 3))
        return " ".join(f"f{n}: {draw(returned)} {draw(directives)}" for n in range(amount))

    names = ("Query", "Mutation", "A", "B")
    types = " ".join(f"type {name} {draw(directives)} {{ {fields()} }}" for name in names)
    subscription = (
        f'type Subscription {{ s: A @aws_subscribe(mutations: ["f0"]) {draw(directives)} }}'
    )
    return f"{types} {subscription} union U = A | B"


@pytest.mark.slow
@given(schemas(), st.permutations(MODES), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_rows_fit_and_stopped_callers_are_denied(sdl: str, order: list[str], amount: int) -> None:
    template = blog(sdl, *order[:amount])
    ends, climbs = facts("dead_ends", template), facts("null_climbs", template)
    (api,) = find(template)
    authorization, schema = api.authorization, api.schema
    assert isinstance(schema, Schema)
    assert isinstance(authorization, Authorization)

    def admitted(mode: str, groups: tuple[str, ...], coordinate: str) -> bool:
        type_name, _, name = coordinate.partition(".")
        caller = Caller(mode, frozenset(groups))
        field = schema.types[type_name].fields[name]
        return decide(authorization, schema, caller, field).outcome != "denied"

    cells: Any
    no_groups: list[tuple[str, ...]] = [()]
    for cells in (row.cells for row in ends):
        below = [
            field.coordinate
            for one in schema.possible_types(cells["type"])
            for field in one.fields.values()
        ]
        for mode in cells["modes"]:
            for groups in [(group,) for group in cells["groups"]] or no_groups:
                assert admitted(mode, groups, cells["coordinate"])
                assert [one for one in below if admitted(mode, groups, one)] == []
    for cells in (row.cells for row in climbs):
        for mode in cells["modes"]:
            for groups in [(group,) for group in cells["groups"]] or no_groups:
                assert not admitted(mode, groups, cells["coordinate"])


@given(st.text(alphabet='type Query{}:@aws_iam()[]!"#\n\\ {', max_size=80))
@settings(max_examples=60, deadline=None)
def test_no_sdl_makes_it_fail(noise: str) -> None:
    facts("fields", blog(f"type Query {{ a: Int }}\n{noise}"))


@pytest.mark.slow
@pytest.mark.parametrize("groups", [0, 60])
def test_work_grows_with_the_number_of_root_fields_only(groups: int) -> None:
    def rows(size: int) -> Callable[[], object]:
        (api,) = find(_large(size, groups * size // 200))
        return lambda: list(rows_of_schema(api))

    assert growth(rows, 200) < LINEAR


def _large(size: int, groups: int) -> str:
    roots = "\n".join(
        f"f{n}: T{n % 50} @aws_iam @aws_cognito_user_pools"
        + (f'(cognito_groups: ["g{n % groups}"])' if groups else "")
        for n in range(size)
    )
    types = "\n".join(
        f"type T{n} @aws_iam @aws_cognito_user_pools {{ a: ID  b: Int  c: T{(n + 1) % 50} }}"
        for n in range(50)
    )
    return blog(f"type Query {{\n{roots}\n}}\n{types}", COGNITO, IAM)


def test_too_many_possible_modes_are_not_tried_one_by_one() -> None:
    template = PARAMETERS + blog(PLAIN, "!Ref Mode", "!Ref Mode")

    assert unknown_tables(template) == sorted(set(TABLES) - WRITTEN)
