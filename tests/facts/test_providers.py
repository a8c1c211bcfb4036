from __future__ import annotations

import pytest
from judging import facts, line

from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.template.values.value import Unknown

HEAD = """
Parameters: {P: {Type: String}, Q: {Type: String}}
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  Blog:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: blog
"""
COGNITO = "AuthenticationType: AMAZON_COGNITO_USER_POOLS"
OIDC = "AuthenticationType: OPENID_CONNECT"
LAMBDA = "AuthenticationType: AWS_LAMBDA"
P = Unknown("parameter `P` has no value", "--parameters P=VALUE")


def _default(*lines: str) -> str:
    return HEAD + "".join(f"      {each}\n" for each in lines)


def _additional(default: str, *providers: str) -> str:
    listed = "".join(f"        - {{{provider}}}\n" for provider in providers)
    return _default(default) + "      AdditionalAuthenticationProviders:\n" + listed


def _rows(template: str, definition: str = "", region: str | None = None) -> list[Row]:
    schema = f"""
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties: {{ApiId: !GetAtt Blog.ApiId, Definition: '{definition}'}}
"""
    return facts("providers", template + (schema if definition else ""), region=region)


def _cells(column: str, template: str, definition: str = "") -> list[Cell]:
    return [row.cells[column] for row in _rows(template, definition)]


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        (["AuthenticationType: API_KEY"], None),
        ([COGNITO], "UserPoolConfig"),
        ([COGNITO, "UserPoolConfig: {DefaultAction: ALLOW}"], "UserPoolConfig.UserPoolId"),
        ([COGNITO, "UserPoolConfig: {UserPoolId: !Ref Pool}"], None),
        ([COGNITO, "UserPoolConfig: {UserPoolId: !Ref P}"], None),
        ([OIDC], "OpenIDConnectConfig"),
        ([OIDC, "OpenIDConnectConfig: {ClientId: a}"], "OpenIDConnectConfig.Issuer"),
        ([LAMBDA, "UserPoolConfig: {UserPoolId: p}"], "LambdaAuthorizerConfig"),
        ([LAMBDA, "LambdaAuthorizerConfig: {}"], "LambdaAuthorizerConfig.AuthorizerUri"),
        (
            ["AuthenticationType: !Ref P", "UserPoolConfig: {UserPoolId: p}"],
            Unknown(
                P.reason, P.would_decide, ("LambdaAuthorizerConfig", None, "OpenIDConnectConfig")
            ),
        ),
    ],
)
def test_modes_ask_for_their_blocks(lines: list[str], missing: Cell) -> None:
    assert _cells("missing", _default(*lines)) == [missing]


def test_a_mode_of_few_values_leaves_only_their_blocks_open() -> None:
    template = _default("AuthenticationType: !Ref P").replace(
        "P: {Type: String}", "P: {Type: String, AllowedValues: [API_KEY, AWS_IAM]}"
    )

    assert _cells("missing", template) == [None]


def test_default_actions_belong_to_the_default_provider() -> None:
    (default,) = _rows(_default(COGNITO, "UserPoolConfig: {DefaultAction: DENY}"))
    _, additional = _rows(
        _additional(
            "AuthenticationType: API_KEY", f"{COGNITO}, UserPoolConfig: {{DefaultAction: DENY}}"
        )
    )
    columns = ("default_action", "misplaced_default_action")

    assert [default.cells[column] for column in columns] == ["DENY", False]
    assert [additional.cells[column] for column in columns] == [None, True]


@pytest.mark.parametrize(
    ("first", "second", "repeats"),
    [
        ("AuthenticationType: API_KEY", "AuthenticationType: API_KEY", "mode"),
        ("AuthenticationType: API_KEY", "AuthenticationType: AWS_IAM", None),
        (
            "AuthenticationType: API_KEY",
            "AuthenticationType: !Ref P",
            Unknown(P.reason, P.would_decide),
        ),
        (LAMBDA, f"{LAMBDA}, LambdaAuthorizerConfig: {{AuthorizerUri: b}}", "mode"),
    ],
)
def test_some_modes_may_be_configured_once(first: str, second: str, repeats: Cell) -> None:
    assert _cells("repeats", _additional(first, second)) == [None, repeats]


@pytest.mark.parametrize(
    ("first", "second", "repeats"),
    [
        ("eu-west-1_a", "eu-west-1_a", "identity"),
        ("eu-west-1_a", "eu-west-1_b", None),
        ("!Ref Pool", "!Ref Pool", "identity"),
        ("!Ref Pool", "eu-west-1_a", None),
        ("!Ref Pool", "!Ref P", None),
        ("!Ref P", "!Ref P", "identity"),
        (
            "!Ref Q",
            "!Ref P",
            Unknown("parameter `P` has no value", "--parameters P=VALUE", (None, "identity")),
        ),
    ],
)
def test_a_pool_may_be_configured_once(first: str, second: str, repeats: Cell) -> None:
    template = _additional(
        "AuthenticationType: API_KEY",
        f"{COGNITO}, UserPoolConfig: {{UserPoolId: {first}}}",
        f"{COGNITO}, UserPoolConfig: {{UserPoolId: {second}, AppIdClientRegex: other}}",
    )

    assert _cells("repeats", template)[1:] == [None, repeats]


def test_an_issuer_is_the_same_with_and_without_a_slash_at_its_end() -> None:
    template = _additional(
        "AuthenticationType: API_KEY",
        f"{OIDC}, OpenIDConnectConfig: {{Issuer: 'https://a.example.com'}}",
        f"{OIDC}, OpenIDConnectConfig: {{Issuer: 'https://a.example.com/'}}",
    )

    assert _cells("repeats", template) == [None, None, "identity"]


@pytest.mark.parametrize(
    ("pool", "region", "mismatch"),
    [
        ("eu-west-1_Abc", "eu-west-1", False),
        ("eu-west-1_Abc", "us-east-1", True),
        ("us-gov-west-1_Abc", "us-gov-west-1", False),
        ("NONE", "us-east-1", False),
        ("!Ref Pool", "us-east-1", False),
        (
            "eu-west-1_Abc",
            "!Ref AWS::Region",
            Unknown("`AWS::Region` is only known at deployment", "--region"),
        ),
    ],
)
def test_a_pool_is_looked_for_in_its_own_region(pool: str, region: str, mismatch: Cell) -> None:
    config = f"UserPoolConfig: {{UserPoolId: {pool}, AwsRegion: {region}}}"

    assert _cells("region_mismatch", _default(COGNITO, config)) == [mismatch]


def test_the_region_of_the_stack_counts() -> None:
    config = "UserPoolConfig: {UserPoolId: eu-west-1_Abc, AwsRegion: !Ref AWS::Region}"
    template = _default(COGNITO, config)

    assert [
        _rows(template, region=region)[0].cells["region_mismatch"]
        for region in ("eu-west-1", "us-east-1")
    ] == [False, True]


@pytest.mark.parametrize(
    ("issuer", "problem"),
    [
        ("https://login.example.com", None),
        ("https://login.example.com/", None),
        ("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc", None),
        ("!Sub 'https://${P}.example.com'", None),
        ("!Sub 'http://${P}.example.com'", "it does not start with `https://`"),
        ("http://login.example.com", "it does not start with `https://`"),
        ("login.example.com", "it does not start with `https://`"),
        ("https://", "it names no host"),
        ("'https://login example.com'", "it names no host"),
        ("'https://[login'", "its host is malformed"),
        ("'https://login.example.com?a=b'", "it has a query or a fragment"),
        (
            "https://login.example.com/.well-known/openid-configuration",
            "it is the address of the discovery document, which AppSync appends itself",
        ),
        ("!Ref P", P),
    ],
)
def test_an_issuer_is_an_https_url(issuer: str, problem: Cell) -> None:
    template = _default(OIDC, f"OpenIDConnectConfig: {{Issuer: {issuer}}}")

    assert _cells("issuer_problem", template) == [problem]


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (
            "{Issuer: 'https://a.example.com', ClientId: '*'}",
            "there is nothing that `*` could repeat",
        ),
        ("{Issuer: 'https://a.example.com', ClientId: !Ref P}", None),
        ("{Issuer: 'https://a.example.com'}", None),
    ],
)
def test_client_ids_are_matched_by_expressions(config: str, problem: Cell) -> None:
    template = _default(OIDC, f"OpenIDConnectConfig: {config}")

    assert _cells("client_regex_problem", template) == [problem]


@pytest.mark.parametrize(
    ("definition", "reached"),
    [
        ("type Query { a: Int b: Int }", [2, 0]),
        ("type Query { a: Int b: Int @aws_iam }", [1, 1]),
        ("type Query @aws_iam { a: Int } type Mutation { b: Int @aws_iam }", [0, 2]),
        ("type Query { a: Int @aws_iam @aws_api_key } type Post { b: Int @aws_iam }", [1, 1]),
    ],
)
def test_root_fields_are_counted_for_each_provider(definition: str, reached: list[int]) -> None:
    template = _additional("AuthenticationType: API_KEY", "AuthenticationType: AWS_IAM")

    assert _cells("fields_reached", template, definition) == reached


def test_members_of_the_groups_that_a_schema_names_count() -> None:
    template = _additional(
        "AuthenticationType: API_KEY", f"{COGNITO}, UserPoolConfig: {{UserPoolId: p}}"
    )
    definition = 'type Query { a: Int @aws_cognito_user_pools(cognito_groups: ["Editors"]) }'

    assert _cells("fields_reached", template, definition) == [0, 1]


def test_a_second_pool_may_reach_what_has_no_directive() -> None:
    template = _additional(COGNITO, f"{COGNITO}, UserPoolConfig: {{UserPoolId: p}}")
    first, second = _cells("fields_reached", template, "type Query { a: Int }")

    assert first == 1
    assert isinstance(second, Unknown)


def test_the_first_refused_field_is_named() -> None:
    template = _additional("AuthenticationType: API_KEY", "AuthenticationType: AWS_IAM")
    _, row = _rows(template, "type Query { a: Int @aws_iam b: Int }")

    assert (row.cells["refused_field"], row.cells["refused_type"]) == ("b", "Query")


def test_without_a_schema_nothing_is_known_of_fields() -> None:
    assert _cells("fields_reached", _default("AuthenticationType: API_KEY")) == [
        Unknown(
            "no schema of the API is in the files given",
            "--schema Blog=schema.graphql",
        )
    ]


def test_a_schema_that_does_not_parse_is_to_be_repaired() -> None:
    assert _cells("fields_reached", _default("AuthenticationType: API_KEY"), "type {") == [
        Unknown("the schema cannot be read", "a schema without syntax errors")
    ]


def test_settings_stand_where_they_are_written() -> None:
    template = _default(
        COGNITO,
        "UserPoolConfig:",
        "  UserPoolId: !Ref Pool",
        "  AwsRegion: eu-west-1",
        "  DefaultAction: DENY",
        "  AppIdClientRegex: a",
    )
    (row,) = _rows(template)

    assert str(row.cells["identity"]) == "${Pool}"
    assert {column: line(place) for column, place in row.places.items()} == {
        "default_action": 13,
        "invalid_default_action": 13,
        "misplaced_default_action": 13,
        "missing": 10,
        "repeats": 11,
        "identity": 11,
        "region_mismatch": 12,
        "issuer_problem": 10,
        "short_lifetime": 10,
        "unknown_region": 12,
        "client_problem": 14,
        "stray_client": 14,
        "client_separator": 14,
        "client_regex_problem": 14,
    }
