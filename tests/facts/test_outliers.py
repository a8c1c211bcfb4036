from __future__ import annotations

from collections.abc import Sequence

import pytest
from facts.test_fields import COGNITO, IAM, KEY, blog, pick
from judging import facts, line

OIDC = "OPENID_CONNECT"
BOTH = "@aws_iam @aws_cognito_user_pools"
TAGGED = f"type Post {BOTH} {{ id: ID }}"


def _grouped(amount: int, rest: str) -> str:
    fields = (f'f{n}: Int @aws_auth(cognito_groups: ["g{n % 2}"])' for n in range(amount))
    return "\n".join(("type Query {", *fields, rest, "}"))


def _odd(sdl: str, *modes: str) -> Sequence[tuple[object, ...]]:
    return pick("outliers", blog(sdl, *modes), "coordinate", "lacks", "modes")


def test_a_field_without_groups_among_four_others_is_told_at_its_place() -> None:
    template = blog(_grouped(4, "odd: Int"), COGNITO)

    (row,) = facts("outliers", template)

    assert (row.cells["coordinate"], row.cells["groups"]) == ("Query.odd", ("g0", "g1"))
    assert "odd: Int" in template.split("\n")[(line(row.place) or 0) - 1]


@pytest.mark.parametrize(
    ("amount", "rest", "odd"),
    [
        (3, "odd: Int", []),
        (6, "odd: Int even: Int", []),
        (8, "odd: Int even: Int", ["Query.odd", "Query.even"]),
    ],
)
def test_few_among_many_are_outliers(amount: int, rest: str, odd: list[str]) -> None:
    assert [one[0] for one in _odd(_grouped(amount, rest), COGNITO)] == odd


def test_a_field_refuses_a_mode_that_its_siblings_and_its_type_name() -> None:
    sdl = f"type Query {{ a: Post {BOTH} b: Post {BOTH} c: Post }} {TAGGED}"

    assert _odd(sdl, COGNITO, IAM) == [("Query.c", "mode", (IAM,))]


def test_all_modes_that_it_refuses_are_told_together() -> None:
    all_ = "@aws_iam @aws_oidc @aws_cognito_user_pools"
    sdl = f"type Query {{ a: P {all_} b: P {all_} c: P }} type P {all_} {{ id: ID }}"

    assert _odd(sdl, COGNITO, IAM, OIDC) == [("Query.c", "mode", (IAM, OIDC))]


@pytest.mark.parametrize(
    "sdl",
    [
        f"type Query {{ a: Post {BOTH} c: Post }} {TAGGED}",
        f"type Query {{ a: Post {BOTH} b: Post {BOTH} c: Post @aws_cognito_user_pools }} {TAGGED}",
        f"type Query {{ a: Post {BOTH} b: Post {BOTH} c: Post d: Post }} {TAGGED}",
        f"type Query {{ a: Post {BOTH} b: Post {BOTH} c: Secret }} {TAGGED} type Secret {{ id: ID }}",
        f"type Query {{ a: Int {BOTH} b: Int {BOTH} c: Int }}",
        f"type Query @aws_iam {{ a: Int {BOTH} b: Int {BOTH} c: Int }}",
        f"type Query {{ a: Int {BOTH} }} type Mutation {{ b: Int }}",
        f"type Query {{ a: Post @aws_iam b: Post @aws_iam c: Post }} {TAGGED}",
        f"type Query {{ a: Post {BOTH} b: Post {BOTH} c: Post d: Int @aws_cognito_user_pools }} {TAGGED}",
    ],
    ids=["pair", "written", "half", "own-type", "few", "by-type", "other-root", "parts", "mixed"],
)
def test_what_may_be_meant_is_not_told(sdl: str) -> None:
    assert _odd(sdl, COGNITO, IAM) == []


def test_the_only_field_that_is_not_for_a_mode_is_odd() -> None:
    fields = " ".join(f"f{n}: Post @aws_iam" for n in range(4))

    assert _odd(f"type Query {{ {fields} c: Post }} {TAGGED}", COGNITO, IAM) == [
        ("Query.c", "mode", (IAM,))
    ]


def test_without_a_type_it_takes_more_siblings() -> None:
    fields = " ".join(f"f{n}: Int {BOTH}" for n in range(4))

    assert _odd(f"type Query {{ {fields} c: Int }}", COGNITO, IAM) == [("Query.c", "mode", (IAM,))]


def test_the_default_mode_is_never_missing_where_nothing_is_written() -> None:
    sdl = f"type Query {{ a: Post {BOTH} b: Post {BOTH} c: Post }} {TAGGED}"

    assert _odd(sdl, COGNITO) == []
    assert _odd(sdl, KEY) == []
