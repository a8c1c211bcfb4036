"""One row of the table of reasons after the other, and the rules that lead to them."""

from __future__ import annotations

import pytest
from access.read import read_schema

from cdk_appsync_guard.access.decide import Caller, Decision, decide
from cdk_appsync_guard.appsync.modes import API_KEY, AWS_IAM, COGNITO, LAMBDA, OIDC, Authorization

POOL = Authorization(COGNITO, (), "ALLOW")
DENY = Authorization(COGNITO, (), "DENY")
MULTI = Authorization(COGNITO, (API_KEY, AWS_IAM), "ALLOW")
KEY = Authorization(API_KEY)
IN_A = Caller(COGNITO, frozenset({"a"}))
SOMEBODY = Caller(COGNITO)


def decide_field(
    authorization: Authorization,
    caller: Caller,
    type_uses: str,
    uses: str,
    type_name: str = "Query",
) -> Decision:
    schema = read_schema(f"type {type_name} {type_uses} {{ f: ID {uses} }}")
    return decide(authorization, schema, caller, schema.types[type_name].fields["f"])


@pytest.mark.parametrize(
    ("authorization", "caller", "type_uses", "uses", "outcome", "reason"),
    [
        (MULTI, SOMEBODY, "", "", "allowed", "no-directive"),
        (MULTI, Caller(API_KEY), "", "", "denied", "default-mode"),
        (MULTI, Caller(API_KEY), "", "@aws_api_key", "allowed", "directive"),
        (MULTI, SOMEBODY, "", "@aws_api_key", "denied", "mode-not-listed"),
        (MULTI, Caller(AWS_IAM), "@aws_iam", "", "allowed", "directive"),
        (MULTI, Caller(AWS_IAM), "@aws_iam", "@aws_api_key", "denied", "mode-not-listed"),
        (MULTI, Caller(AWS_IAM), "@aws_iam", "@aws_subscribe", "allowed", "directive"),
        (MULTI, Caller(LAMBDA), "", "@aws_lambda", "denied", "mode-not-configured"),
        (MULTI, Caller(API_KEY), "", "@aws_oidc", "denied", "mode-not-listed"),
        (
            MULTI,
            IN_A,
            "",
            '@aws_cognito_user_pools(cognito_groups: ["b", "a"])',
            "allowed",
            "directive",
        ),
        (
            MULTI,
            IN_A,
            "",
            '@aws_cognito_user_pools(cognito_groups: "a")',
            "undecided",
            "string-groups",
        ),
        (
            MULTI,
            IN_A,
            "",
            '@aws_cognito_user_pools(cognito_groups: "b") @aws_cognito_user_pools',
            "allowed",
            "directive",
        ),
        (MULTI, IN_A, "", '@aws_cognito_user_pools(cognito_groups: ["b"])', "denied", "group"),
        (
            MULTI,
            IN_A,
            "",
            "@aws_cognito_user_pools(cognito_groups: [])",
            "undecided",
            "empty-groups",
        ),
        (MULTI, IN_A, "", "@aws_cognito_user_pools(cognito_groups: null)", "allowed", "directive"),
        (MULTI, IN_A, "", '@aws_auth(cognito_groups: ["b"])', "allowed", "no-directive"),
        (MULTI, Caller(AWS_IAM), "", '@aws_iam(cognito_groups: ["b"])', "allowed", "directive"),
        (MULTI, Caller(COGNITO, provider=0), "", "", "allowed", "no-directive"),
        (MULTI, Caller(COGNITO, provider=2), "", "", "undecided", "second-provider"),
        (MULTI, Caller(COGNITO, provider=2), "", "@aws_cognito_user_pools", "allowed", "directive"),
        (POOL, SOMEBODY, "", "", "allowed", "no-directive"),
        (POOL, SOMEBODY, "", "@aws_auth", "allowed", "directive"),
        (POOL, IN_A, "", '@aws_auth(cognito_groups: ["a"])', "allowed", "directive"),
        (POOL, IN_A, "", '@aws_auth(cognito_groups: ["b"])', "denied", "group"),
        (POOL, IN_A, "", "@aws_auth(cognito_groups: [])", "undecided", "empty-groups"),
        (
            POOL,
            IN_A,
            "",
            '@aws_cognito_user_pools(cognito_groups: ["b"])',
            "allowed",
            "not-enforced",
        ),
        (POOL, IN_A, "", "@aws_iam", "undecided", "unconfigured-directive"),
        (POOL, Caller(API_KEY), "", "@aws_api_key", "denied", "mode-not-configured"),
        (DENY, SOMEBODY, "", "", "denied", "default-action"),
        (
            DENY,
            IN_A,
            "",
            '@aws_cognito_user_pools(cognito_groups: ["a"])',
            "denied",
            "default-action",
        ),
        (DENY, IN_A, "", '@aws_auth(cognito_groups: ["a"])', "allowed", "directive"),
        (KEY, Caller(API_KEY), "", "", "allowed", "no-directive"),
        (KEY, Caller(API_KEY), "@aws_iam", "@aws_api_key", "allowed", "directive"),
        (KEY, Caller(API_KEY), "@aws_iam", "", "undecided", "unconfigured-directive"),
        (
            Authorization(API_KEY, (API_KEY,)),
            Caller(API_KEY),
            "",
            "@aws_iam",
            "denied",
            "mode-not-listed",
        ),
        (Authorization(COGNITO, (OIDC,), "DENY"), SOMEBODY, "", "", "allowed", "no-directive"),
    ],
)
def test_root_field(
    authorization: Authorization,
    caller: Caller,
    type_uses: str,
    uses: str,
    outcome: str,
    reason: str,
) -> None:
    decision = decide_field(authorization, caller, type_uses, uses)

    assert (decision.outcome, decision.reason) == (outcome, reason)
    assert bool(decision.question) is (outcome == "undecided")


@pytest.mark.parametrize(
    ("authorization", "uses", "outcome", "reason"),
    [
        (POOL, "", "allowed", "no-directive"),
        (POOL, '@aws_auth(cognito_groups: ["b"])', "allowed", "not-enforced"),
        (POOL, '@aws_cognito_user_pools(cognito_groups: ["b"])', "allowed", "not-enforced"),
        (DENY, "", "undecided", "nested-deny"),
        (DENY, '@aws_auth(cognito_groups: ["a"])', "undecided", "nested-deny"),
        (MULTI, '@aws_cognito_user_pools(cognito_groups: ["b"])', "denied", "group"),
    ],
)
def test_nested_field(authorization: Authorization, uses: str, outcome: str, reason: str) -> None:
    decision = decide_field(authorization, IN_A, "", uses, "Post")

    assert (decision.outcome, decision.reason) == (outcome, reason)


def test_renamed_root_is_a_root() -> None:
    schema = read_schema("schema { query: Reads } type Reads { f: ID }")

    assert decide(DENY, schema, IN_A, schema.types["Reads"].fields["f"]) == Decision(
        "denied", "default-action"
    )
