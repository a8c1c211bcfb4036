"""Which roles identity pools hand out, whether they can, and what that takes away."""

from __future__ import annotations

import pytest
from judging import facts

from cdk_appsync_guard.template.values.value import Unknown

API = """
Parameters: {P: {Type: String}}
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties: {Name: blog, AuthenticationType: AWS_IAM}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties: {ApiId: !GetAtt Api.ApiId, Definition: 'type Query { post: String }'}
  Pool: {Type: AWS::Cognito::IdentityPool, Properties: {AllowUnauthenticatedIdentities: false}}
  Pool2: {Type: AWS::Cognito::IdentityPool, Properties: {AllowUnauthenticatedIdentities: false}}
  Client: {Type: AWS::Cognito::UserPoolClient}
"""
ATTACHED = """
  Attachment:
    Type: AWS::Cognito::IdentityPoolRoleAttachment
    Properties:
      IdentityPoolId: !Ref Pool
      Roles: {authenticated: !GetAtt Role.Arn}
"""
WEB = "sts:AssumeRoleWithWebIdentity"
KEY = "cognito-identity.amazonaws.com"
COGNITO = f"{{Federated: {KEY}}}"


def _role(
    principal: str = COGNITO,
    action: str = WEB,
    condition: str = "{}",
    effect: str = "Allow",
    name: str = "Role",
    grants: str = "",
) -> str:
    policy = f"""
      Policies:
        - PolicyName: calls
          PolicyDocument:
            Statement: {{Effect: Allow, Action: "appsync:GraphQL", Resource: {grants}}}
"""
    return f"""
  {name}:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: {effect}
            Principal: {principal}
            Action: {action}
            Condition: {condition}
{policy if grants else ""}
"""


def _trust(role: str, attached: str = ATTACHED) -> tuple[object, object]:
    (row,) = facts("pool_roles", API + attached + role)
    word = row.cells["trust"]
    return ("?" if isinstance(word, Unknown) else word, row.cells["detail"])


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        (COGNITO, ("trusted", None)),
        (f"{{Federated: [accounts.google.com, {KEY}]}}", ("trusted", None)),
        ("'*'", ("trusted", None)),
        ("{Federated: !Sub 'cognito-identity.${AWS::URLSuffix}'}", ("trusted", None)),
        ("{Federated: cognito-identity.cn-north-1.amazonaws.com.cn}", ("trusted", None)),
        (f"{{Service: {KEY}}}", ("no-principal", f"`Service: {KEY}`")),
        (
            "{Federated: cognito-idp.eu-west-1.amazonaws.com}",
            ("no-principal", "`Federated: cognito-idp.eu-west-1.amazonaws.com`"),
        ),
        ("{Federated: !Ref P}", ("?", None)),
    ],
)
def test_role_trusts_identity_pools(principal: str, expected: tuple[object, object]) -> None:
    assert _trust(_role(principal)) == expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (WEB, ("trusted", None)),
        (f"[sts:TagSession, {WEB}]", ("trusted", None)),
        ("sts:Assume*", ("trusted", None)),
        ("sts:AssumeRole", ("wrong-action", "`sts:AssumeRole`")),
        ("!Ref P", ("?", None)),
    ],
)
def test_role_is_assumed_with_web_identity(action: str, expected: tuple[object, object]) -> None:
    assert _trust(_role(action=action)) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (f"{{StringEquals: {{'{KEY}:aud': !Ref Pool}}}}", ("trusted", None)),
        (f"{{StringEquals: {{'{KEY}:aud': [!Ref Pool2, !Ref Pool]}}}}", ("trusted", None)),
        (f"{{StringEquals: {{'{KEY}:aud': !Ref Pool2}}}}", ("other-pool", "`${Pool2}`")),
        (f"{{StringEquals: {{'{KEY}:aud': !Ref Client}}}}", ("other-pool", "`${Client}`")),
        (f"{{StringEquals: {{'{KEY}:aud': !Ref P}}}}", ("?", None)),
        (f"{{StringEquals: {{'{KEY}:aud': 'eu-west-1:1234'}}}}", ("?", None)),
        (f"{{'ForAnyValue:StringLike': {{'{KEY}:amr': authenticated}}}}", ("trusted", None)),
        (f"{{'ForAnyValue:StringLike': {{'{KEY}:amr': 'cognito-idp*'}}}}", ("trusted", None)),
        (
            f"{{'ForAnyValue:StringLike': {{'{KEY}:amr': unauthenticated}}}}",
            ("other-users", "`unauthenticated`"),
        ),
        (
            "{StringEquals: {'cognito-identity.amazon.com:aud': !Ref Pool}}",
            ("misspelt-key", "`cognito-identity.amazon.com:aud`"),
        ),
        ("{StringEqualsIfExists: {'cognito-identity.amazon.com:aud': a}}", ("trusted", None)),
        ("{StringEquals: {'aws:SourceAccount': '123456789012'}}", ("trusted", None)),
    ],
)
def test_role_is_trusted_on_conditions(condition: str, expected: tuple[object, object]) -> None:
    assert _trust(_role(condition=condition)) == expected


def test_trust_that_is_denied_for_now_is_filled_in_later() -> None:
    assert _trust(_role(effect="Deny")) == ("elsewhere", None)


def test_guests_have_a_role_of_their_own() -> None:
    guests = ATTACHED.replace("{authenticated", "{unauthenticated")
    amr = f"{{'ForAnyValue:StringLike': {{'{KEY}:amr': unauthenticated}}}}"

    assert _trust(_role(condition=amr), guests) == ("trusted", None)


def test_nothing_is_told_unless_an_api_accepts_iam() -> None:
    templates = (API + ATTACHED + _role()).replace("AWS_IAM", "API_KEY")

    assert facts("pool_roles", templates) + facts("identity_pools", templates) == []


GROUP = """
  Group:
    Type: AWS::Cognito::UserPoolGroup
    Properties: {GroupName: editors, UserPoolId: a, RoleArn: !GetAtt Editor.Arn}
"""
BY_TOKEN = "      RoleMappings: {a: {Type: Token}}\n"
BY_RULES = """      RoleMappings:
        a:
          Type: Rules
          RulesConfiguration: {Rules: [{Claim: a, MatchType: Equals, Value: b, RoleARN: !GetAtt Editor.Arn}]}
"""
READ = "!Sub '${Api.Arn}/types/Query/*'"


@pytest.mark.parametrize(
    ("mapping", "grants", "expected"),
    [
        (BY_TOKEN, "", ["none"]),
        (BY_RULES, "", ["none"]),
        (BY_TOKEN, READ, ["all"]),
        (BY_TOKEN, "!Sub '${Api.Arn}/types/Query/fields/${P}'", ["?"]),
        ("", "", []),
    ],
)
def test_role_of_a_group_takes_the_place_of_the_usual_one(
    mapping: str, grants: str, expected: list[str]
) -> None:
    roles = _role(grants=READ) + _role(name="Editor", grants=grants)

    rows = facts("pool_roles", API + ATTACHED + mapping + GROUP + roles)

    cells = [row.cells["group_grants"] for row in rows if row.cells["users"] == "group"]
    assert ["?" if isinstance(cell, Unknown) else cell for cell in cells] == expected


@pytest.mark.parametrize(
    ("more", "attached"),
    [
        (ATTACHED + _role(), True),
        ("", False),
        (ATTACHED.replace("!Ref Pool", "!Ref P") + _role(), "?"),
        ("  X: {Type: Custom::Roles, Properties: {ServiceToken: a, Pool: !Ref Pool}}", "?"),
    ],
)
def test_pool_has_roles(more: str, attached: object) -> None:
    row = facts("identity_pools", API + more)[0]

    cell = row.cells["attached"]
    assert ("?" if isinstance(cell, Unknown) else cell) == attached
