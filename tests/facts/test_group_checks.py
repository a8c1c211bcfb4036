from __future__ import annotations

import pytest
from policy.blog import COGNITO, blog, edits, pick

from cdk_appsync_guard.template.values.value import Unknown

AUTH = '@aws_auth(cognito_groups: ["a"])'
POOLS = '@aws_cognito_user_pools(cognito_groups: ["a"])'
KEY, IAM = "API_KEY", "AWS_IAM"


def effects(
    field: str, *modes: str, root: str = "Query", action: str = "ALLOW", way: str = ""
) -> list[object]:
    sdl = f"type {root} {{ f: Int {field} }}"
    if root != "Query":
        sdl += f" type Query {{ q: {root} {way} }}"
    return [row[0] for row in pick("group_checks", blog(sdl, *modes, action=action), "effect")]


@pytest.mark.parametrize(
    ("field", "effect", "lets_in"),
    [
        (AUTH, "aws-auth-ignored", "every user of the user pool"),
        ("@aws_auth", "harmless", "every user of the user pool"),
        (f"{AUTH} @aws_iam", "members-shut-out", "every IAM principal whose policy allows it"),
        (f"{AUTH} @aws_cognito_user_pools", "aws-auth-ignored", "every user of the user pool"),
    ],
)
def test_aws_auth_beside_other_modes_on_a_default_user_pool(
    field: str, effect: str, lets_in: str
) -> None:
    template = blog(f"type Query {{ f: Int {field} }}", COGNITO, IAM)

    assert pick("group_checks", template, "effect", "lets_in") == [(effect, lets_in)]


def test_aws_auth_beside_a_default_key_lets_in_whoever_has_the_key() -> None:
    template = blog(f"type Query {{ f: Int {AUTH} }}", KEY, COGNITO)

    assert pick("group_checks", template, "effect", "lets_in") == [
        ("aws-auth-ignored", "every caller with the API key")
    ]


def test_aws_auth_that_repeats_the_groups_is_harmless() -> None:
    assert effects(f"{AUTH} {POOLS}", COGNITO, IAM) == ["harmless", "enforced"]


def test_aws_auth_beside_wider_groups_lets_in_the_others() -> None:
    wider = '@aws_cognito_user_pools(cognito_groups: ["a", "b"])'
    template = blog(f"type Query {{ f: Int {AUTH} {wider} }}", COGNITO, IAM)

    assert pick("group_checks", template, "effect", "lets_in")[0] == (
        "aws-auth-ignored",
        "members of `b`",
    )


@pytest.mark.parametrize(
    ("field", "action", "expected"),
    [
        (AUTH, "ALLOW", ["enforced"]),
        (AUTH, "DENY", ["enforced"]),
        (POOLS, "ALLOW", ["groups-ignored"]),
        (POOLS, "DENY", ["members-shut-out"]),
        (f"{AUTH} {POOLS}", "ALLOW", ["enforced", "harmless"]),
    ],
)
def test_root_fields_where_user_pools_are_the_only_mode(
    field: str, action: str, expected: list[object]
) -> None:
    assert effects(field, COGNITO, action=action) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [(AUTH, "aws-auth-below-root"), ("@aws_auth", "harmless"), (POOLS, "groups-ignored")],
)
def test_nested_fields_where_user_pools_are_the_only_mode(field: str, expected: str) -> None:
    assert effects(field, COGNITO, root="Post") == [expected]


def test_nested_fields_under_default_action_deny_are_not_decided() -> None:
    effect, _ = effects(POOLS, COGNITO, root="Post", action="DENY", way="@aws_auth")

    assert isinstance(effect, Unknown)


def test_what_nobody_comes_to_is_harmless() -> None:
    assert effects(POOLS, COGNITO, root="Post", action="DENY") == ["harmless"]
    assert effects(AUTH, COGNITO, root="Post", way=AUTH) == ["harmless", "enforced"]


def test_whether_anybody_comes_there_may_be_what_aws_does_not_say() -> None:
    empty = "@aws_cognito_user_pools(cognito_groups: [])"

    (effect,) = effects(AUTH, COGNITO, IAM, root="Post", way=empty)

    assert isinstance(effect, Unknown)


def test_without_a_user_pool_aws_auth_lets_in_the_mode_that_there_is() -> None:
    template = blog(f"type Query {{ f: Int {AUTH} }}", KEY)

    assert pick("group_checks", template, "effect", "lets_in") == [
        ("aws-auth-ignored", "every caller with the API key")
    ]


@pytest.mark.parametrize("field", [POOLS, f"{AUTH} @aws_iam"])
def test_without_its_mode_a_directive_is_a_question(field: str) -> None:
    assert effects(field, KEY) == ["unconfigured"]


def test_a_directive_on_a_type_counts_for_its_first_field() -> None:
    sdl = f"type Query {{ q: Post }} type Post {POOLS} {{ id: ID }}"

    assert pick("group_checks", blog(sdl, COGNITO), "coordinate", "field", "type") == [
        ("Post", "id", "Post")
    ]


def test_an_empty_list_of_groups_is_no_check() -> None:
    assert effects("@aws_cognito_user_pools(cognito_groups: [])", COGNITO, IAM) == []


def test_both_directives_on_a_field_are_told_at_aws_auth() -> None:
    template = blog(f"type Query {{ f: Int {AUTH} {POOLS} }}", COGNITO, IAM)

    assert pick("group_checks", template, "directive", "doubled", "counts") == [
        ("aws_auth", True, "aws_cognito_user_pools"),
        ("aws_cognito_user_pools", False, "aws_cognito_user_pools"),
    ]


def test_aws_auth_on_a_root_type_counts_for_nothing() -> None:
    sdl = f"type Query {AUTH} {{ f: Int }}"

    allow = pick("group_checks", blog(sdl, COGNITO), "effect")
    deny = pick("group_checks", blog(sdl, COGNITO, action="DENY"), "effect")

    assert (allow, deny) == ([("aws-auth-below-root",)], [("members-shut-out",)])


def test_aws_auth_below_the_roots_under_default_action_deny_is_not_decided() -> None:
    effect, _ = effects(AUTH, COGNITO, root="Post", action="DENY", way="@aws_auth")

    assert isinstance(effect, Unknown)


def test_aws_auth_without_groups_beside_the_directive_of_the_pool_is_harmless() -> None:
    assert effects("@aws_auth @aws_cognito_user_pools", COGNITO, IAM) == ["harmless"]


def test_a_group_list_beside_the_same_directive_without_groups_is_void() -> None:
    template = blog(f"type Query {{ f: Int {POOLS} @aws_cognito_user_pools }}", COGNITO, IAM)

    ((effect, fix),) = pick("group_checks", template, "effect", "fix")

    assert effect == "void-beside-bare"
    assert str(fix).startswith(
        "Make the groups count: remove `@aws_cognito_user_pools` from `Query.f`"
    )


@pytest.mark.parametrize(
    ("modes", "before", "after"),
    [
        ((COGNITO, IAM), AUTH, POOLS),
        ((KEY, COGNITO), AUTH, POOLS),
        ((COGNITO, IAM), f"{AUTH} @aws_iam", f"@aws_iam {POOLS}"),
        ((COGNITO,), POOLS, AUTH),
    ],
)
def test_the_fix_puts_the_directive_that_counts_in_place_of_the_one_that_does_not(
    modes: tuple[str, ...], before: str, after: str
) -> None:
    template = blog(f"type Query {{ f: Int {before} }}", *modes)

    assert edits("group_checks", template) == [[f"Query.f: {before} -> {after}"]]


def test_without_a_user_pool_no_directive_checks_groups() -> None:
    assert edits("group_checks", blog(f"type Query {{ f: Int {AUTH} }}", KEY, IAM)) == []
