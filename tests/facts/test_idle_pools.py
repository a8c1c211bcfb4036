from __future__ import annotations

import pytest
from judging import facts

TEMPLATE = """
Parameters: {{Pool: {{Type: String}}}}
Resources:
  Users: {{Type: AWS::Cognito::UserPool}}
  Web: {{Type: AWS::Cognito::UserPoolClient, Properties: {{UserPoolId: !Ref Users}}}}
  Blog:
    Type: AWS::AppSync::GraphQLApi
    Properties: {{Name: blog, AuthenticationType: {mode}}}
{more}
"""
OTHER = """  Shop:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: shop
      AuthenticationType: AMAZON_COGNITO_USER_POOLS
      UserPoolConfig: {UserPoolId: !Ref %s, AwsRegion: eu-west-1, DefaultAction: ALLOW}
"""


@pytest.mark.parametrize(
    ("mode", "more", "idle"),
    [
        ("API_KEY", "", "Users"),
        ("API_KEY", "  Key: {Type: AWS::AppSync::ApiKey}", "Users"),
        ("AWS_IAM", "", None),
        ("API_KEY", OTHER % "Users", None),
        ("API_KEY", OTHER % "Pool", None),
        ("API_KEY", "  Rest: {Type: AWS::ApiGateway::RestApi}", None),
        ("API_KEY", "  Events: {Type: AWS::AppSync::Api}", None),
    ],
    ids=["idle", "key", "iam", "asked", "perhaps-asked", "gateway", "events"],
)
def test_a_pool_that_no_api_asks_is_idle(mode: str, more: str, idle: str | None) -> None:
    (row, *_) = facts("apis", TEMPLATE.format(mode=mode, more=more))

    assert row.cells["idle_pool"] == idle
