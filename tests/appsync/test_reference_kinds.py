from __future__ import annotations

import pytest
from judging import facts

from cdk_appsync_guard.facts.tables import Cell

TEMPLATE = """
Parameters:
  Given: {{Type: String}}
  Either: {{Type: String, AllowedValues: [logs, "arn:aws:iam::123456789012:role/logs"]}}
Resources:
  Role: {{Type: AWS::IAM::Role}}
  Group: {{Type: AWS::Logs::LogGroup}}
  Bus: {{Type: AWS::Events::EventBus}}
  Function: {{Type: AWS::Lambda::Function}}
  Stored: {{Type: Custom::Lookup}}
  Pool: {{Type: AWS::Cognito::UserPool}}
  Client: {{Type: AWS::Cognito::UserPoolClient}}
  Events: {{Type: AWS::AppSync::Api}}
  Blog:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: blog
      AuthenticationType: AMAZON_COGNITO_USER_POOLS
      UserPoolConfig: {{UserPoolId: {pool}}}
      LogConfig: {{FieldLogLevel: ALL, CloudWatchLogsRoleArn: {role}}}
  Key:
    Type: AWS::AppSync::ApiKey
    Properties: {{ApiId: {api}}}
  Source:
    Type: AWS::AppSync::DataSource
    Properties:
      ApiId: !GetAtt Blog.ApiId
      LambdaConfig: {{LambdaFunctionArn: {function}}}
"""
RIGHT = {
    "pool": "!Ref Pool",
    "role": "!GetAtt Role.Arn",
    "api": "!GetAtt Blog.ApiId",
    "function": "!GetAtt Function.Arn",
}


def _mismatches(**given: str) -> list[Cell]:
    rows = facts("references", TEMPLATE.format(**{**RIGHT, **given}))
    return [row.cells["mismatch"] for row in rows]


@pytest.mark.parametrize(
    ("property_", "values"),
    [
        (
            "role",
            [
                "!Ref Given",
                "!GetAtt Stored.Anything",
                "!ImportValue role",
                '!Sub "arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/logs"',
                '"{{{{resolve:ssm:role}}}}"',
                '!Sub "${{Given}}/logs"',
            ],
        ),
        ("pool", ["us-east-1_abcDEF1", "!GetAtt Pool.UserPoolId", "NONE", "!Ref Given"]),
        ("api", ["!GetAtt Events.ApiId", "abcdefghijklmnopqrstuvwxyz", "!Ref Given"]),
        ("api", ['!Select [1, !Split ["/", !Ref Blog]]']),
        ("function", ['!Sub "${{Function.Arn}}:live"', "!Ref Given"]),
    ],
)
def test_what_is_right_or_not_known_is_not_told(property_: str, values: list[str]) -> None:
    told = {
        value: _mismatches(**{property_: value.replace("{{", "{").replace("}}", "}")})
        for value in values
    }

    assert told == {value: [] for value in values}


@pytest.mark.parametrize(
    ("property_", "value", "words"),
    [
        ("role", "!Ref Role", "the name of the role `Role` (`!GetAtt Role.Arn` gives the other)"),
        (
            "role",
            '!Sub "${Role}"',
            "the name of the role `Role` (`!GetAtt Role.Arn` gives the other)",
        ),
        ("role", "!Ref Group", "the name of the log group `Group`"),
        ("role", "!GetAtt Group.Arn", "the ARN of the log group `Group`"),
        ("role", "log-role", "`log-role`, which is not an ARN"),
        ("role", '!Sub "${AWS::StackName}-logs"', None),
        ("role", '!Sub "logs-${AWS::Region}"', "`logs-${AWS::Region}`, which is not an ARN"),
        (
            "role",
            "arn:aws:logs:eu-west-1:123456789012:log-group:a",
            "the ARN `arn:aws:logs:eu-west-1:123456789012:log-group:a`, which belongs to `logs`",
        ),
        ("api", "!Ref Blog", "the ARN of the API `Blog` (`!GetAtt Blog.ApiId` gives the other)"),
        (
            "api",
            "!GetAtt Blog.Arn",
            "the ARN of the API `Blog` (`!GetAtt Blog.ApiId` gives the other)",
        ),
        (
            "api",
            "!GetAtt Blog.GraphQLUrl",
            "the URL of the API `Blog` (`!GetAtt Blog.ApiId` gives the other)",
        ),
        ("api", "Blog", "`Blog`, which is a logical id"),
        (
            "api",
            "https://a.appsync-api.eu-west-1.amazonaws.com/graphql",
            "the URL `https://a.appsync-api.eu-west-1.amazonaws.com/graphql`",
        ),
        (
            "pool",
            "!GetAtt Pool.Arn",
            "the ARN of the user pool `Pool` (`!Ref Pool` gives the other)",
        ),
        ("pool", "!Ref Client", "the id of the app client `Client`"),
        ("pool", "users", "`users`, which does not look like one"),
        (
            "function",
            "!Ref Function",
            "the name of the function `Function` (`!GetAtt Function.Arn` gives the other)",
        ),
    ],
)
def test_what_is_of_another_kind_is_named(property_: str, value: str, words: str | None) -> None:
    assert _mismatches(**{property_: value}) == ([words] if words else [])


def test_one_of_two_values_is_open() -> None:
    (mismatch,) = _mismatches(role="!Ref Either")

    assert getattr(mismatch, "would_decide", "") == "--parameters Either=VALUE"
