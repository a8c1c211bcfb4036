"""Groups of directives that are called almost like a group of the pool."""

from __future__ import annotations

import pytest
from policy.blog import pick

from cdk_appsync_guard.template.values.value import Unknown

TEMPLATE = """
Parameters: {P: {Type: String}}
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: a
      AuthenticationType: AMAZON_COGNITO_USER_POOLS
      UserPoolConfig: {UserPoolId: !Ref Pool, AwsRegion: eu-west-1, DefaultAction: ALLOW}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Api.ApiId
      Definition: 'type Query { a: Int @aws_auth(cognito_groups: ["USED"]) }'
  Pool: {Type: AWS::Cognito::UserPool}
  Other: {Type: AWS::Cognito::UserPool}
  Group: {Type: AWS::Cognito::UserPoolGroup, Properties: {UserPoolId: !Ref WHICH, GroupName: NAME}}
"""


def near(used: str, declared: str, pool: str = "Pool") -> list[object]:
    template = TEMPLATE.replace("USED", used).replace("WHICH", pool).replace("NAME", declared)
    return [
        "?" if isinstance(cell, Unknown) else cell
        for (cell,) in pick("group_names", template, "near")
    ]


@pytest.mark.parametrize(
    "used", ["admins", "Admin", "ADMINS", "Amdins", "Admns", "Ad-mins", "Adminss"]
)
def test_a_slip_is_noticed(used: str) -> None:
    assert near(used, "Admins") == ["Admins"]


@pytest.mark.parametrize(
    ("used", "declared", "pool"),
    [
        ("Admins", "Admins", "Pool"),
        ("Leaders", "Readers", "Pool"),
        ("team1", "team2", "Pool"),
        ("team1", "team", "Pool"),
        ("abc", "abd", "Pool"),
        ("admins", "Admins", "Other"),
    ],
)
def test_what_is_meant_is_no_slip(used: str, declared: str, pool: str) -> None:
    assert near(used, declared, pool) == []


def test_a_group_whose_name_is_not_known_may_be_any() -> None:
    assert near("admins", "!Ref P") == ["?"]
