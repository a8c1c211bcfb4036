"""Who can assume a role: a service, as far as the trust policy and its conditions tell."""

from __future__ import annotations

import pytest
from judging import open_scenarios

from cdk_appsync_guard.iam.service_trust import read_trust
from cdk_appsync_guard.iam.web_identity import read_pool_trust
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.values.value import Unknown

API = """
Resources:
  Api: {Type: AWS::AppSync::GraphQLApi, Properties: {Name: a, AuthenticationType: AWS_IAM}}
  Pool: {Type: AWS::Cognito::IdentityPool, Properties: {AllowUnauthenticatedIdentities: false}}
  Other: {Type: AWS::Cognito::IdentityPool, Properties: {AllowUnauthenticatedIdentities: false}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
"""
ALLOW = "{Effect: Allow, Principal: {Service: appsync.amazonaws.com}, Action: 'sts:AssumeRole'%s}"
LIKE = ", Condition: {ArnLike: {'aws:SourceArn': %s}}"
ACCOUNT = ", Condition: {StringEquals: {'aws:SourceAccount': %s}}"
WEB = (
    "{Effect: Allow, Principal: {Federated: cognito-identity.amazonaws.com},"
    " Action: 'sts:AssumeRoleWithWebIdentity'%s}"
)
AUD = ", Condition: {%s: {'cognito-identity.amazonaws.com:aud': %s}}"


def _role(*statements: str, region: str | None = None) -> Resource:
    text = API + "".join(f"          - {one}\n" for one in statements)
    return open_scenarios(text, region=region)[0].stacks[0].resources["Role"]


def _trust(*statements: str, region: str | None = None) -> object:
    role = _role(*statements, region=region)
    return read_trust(role.attribute("Arn"), role.stack, "appsync").word


@pytest.mark.parametrize(
    "condition",
    [
        "",
        LIKE % "!GetAtt Api.Arn",
        LIKE % "!Sub 'arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/*'",
        LIKE % "'arn:aws:appsync:*:*:apis/*'",
        ACCOUNT % "!Ref 'AWS::AccountId'",
    ],
)
def test_what_the_service_sends_is_trusted(condition: str) -> None:
    assert _trust(ALLOW % condition) == "trusted"


@pytest.mark.parametrize(
    "condition",
    [
        LIKE % "'arn:aws:lambda:*:*:function:x'",
        LIKE % "!Sub 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:x'",
        LIKE % "'arn:aws:appsync:us-west-2:*:apis/*'",
    ],
)
def test_what_the_service_never_sends_is_not(condition: str) -> None:
    assert _trust(ALLOW % condition, region="eu-west-1") == "nobody"


@pytest.mark.parametrize(
    "condition",
    [
        ACCOUNT % "'111111111111'",
        LIKE % "'arn:aws:appsync:us-west-2:*:apis/*'",
        ", Condition: {StringEquals: {'aws:PrincipalOrgID': o-1}}",
    ],
)
def test_what_the_input_does_not_tell_is_open(condition: str) -> None:
    assert isinstance(_trust(ALLOW % condition), Unknown)


def test_a_deny_wins() -> None:
    assert _trust(ALLOW % "", (ALLOW % "").replace("Allow", "Deny")) == "nobody"


@pytest.mark.parametrize(
    ("statements", "lacks"),
    [
        ((WEB % (AUD % ("StringEquals", "!Ref Pool")),), None),
        ((WEB % "",), "condition"),
        ((WEB % (AUD % ("StringEquals", "!Ref Pool")), WEB % ""), "condition"),
        ((WEB % (AUD % ("StringNotEquals", "other")),), "aud"),
        ((WEB % (AUD % ("Null", "'false'")),), "aud"),
    ],
)
def test_the_widest_statement_tells_what_a_pool_role_leaves_open(
    statements: tuple[str, ...], lacks: str | None
) -> None:
    role = _role(*statements)
    pool = role.stack.resources["Pool"].attribute()

    assert read_pool_trust(role, pool, guests=False).lacks == lacks


FULL = WEB % (AUD % ("StringEquals", "!Ref Pool"))


@pytest.mark.parametrize(
    ("deny", "word"),
    [
        (WEB % "", "denied"),
        ((WEB % "").replace("AssumeRoleWithWebIdentity", "*"), "denied"),
        ((WEB % "").replace("{Federated: cognito-identity.amazonaws.com}", "'*'"), "denied"),
        (
            (WEB % "").replace("Action: 'sts:AssumeRoleWithWebIdentity'", "NotAction: 's3:*'"),
            "denied",
        ),
        (WEB % (AUD % ("StringEquals", "!Ref Pool")), "denied"),
        (WEB % (AUD % ("StringNotEquals", "!Ref Pool")), "trusted"),
        (WEB % (AUD % ("StringEquals", "!Ref Other")), "trusted"),
        ((WEB % "").replace("AssumeRoleWithWebIdentity", "TagSession"), "trusted"),
        ((WEB % "").replace("cognito-identity.amazonaws.com", "accounts.google.com"), "trusted"),
    ],
)
def test_a_deny_keeps_a_pool_from_its_role(deny: str, word: str) -> None:
    role = _role(FULL, deny.replace("Effect: Allow", "Effect: Deny"))
    pool = role.stack.resources["Pool"].attribute()

    assert read_pool_trust(role, pool, guests=False).word == word


def test_a_deny_on_a_condition_that_nobody_knows_leaves_it_open() -> None:
    deny = WEB % ", Condition: {Bool: {'aws:ViaAWSService': 'true'}}"
    role = _role(FULL, deny.replace("Effect: Allow", "Effect: Deny"))
    word = read_pool_trust(role, role.stack.resources["Pool"].attribute(), guests=False).word

    assert isinstance(word, Unknown)
    assert word.could_be == ("trusted", "denied")


@pytest.mark.parametrize(
    ("statements", "tags"),
    [
        ((FULL,), False),
        ((FULL.replace("'sts:AssumeRoleWithWebIdentity'", "'sts:*'"),), True),
        ((FULL, (WEB % "").replace("AssumeRoleWithWebIdentity", "TagSession")), True),
    ],
)
def test_tags_need_an_action_of_their_own(statements: tuple[str, ...], tags: bool) -> None:
    role = _role(*statements)
    pool = role.stack.resources["Pool"].attribute()

    assert read_pool_trust(role, pool, guests=False).tags is tags
