"""A source is judged with the APIs that it is merged into, and these with their sources."""

from __future__ import annotations

import pytest
from policy.blog import pick

from cdk_appsync_guard.template.values.value import Unknown

TEMPLATE = """
Parameters: {P: {Type: String}}
Resources:
  Source:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: source
      AuthenticationType: AMAZON_COGNITO_USER_POOLS
      UserPoolConfig: {UserPoolId: eu-west-1_a, AwsRegion: eu-west-1, DefaultAction: ALLOW}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Source.ApiId
      Definition: |
        type Query { a: T @aws_iam  b: Int @aws_auth(cognito_groups: ["g"])  c: Int @aws_lambda }
        type T @aws_iam { x: Int }
  One:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: one
      ApiType: MERGED
      AuthenticationType: MODE
      AdditionalAuthenticationProviders: [{AuthenticationType: MORE}]
      MergedApiExecutionRoleArn: arn:aws:iam::123456789012:role/m
  Two:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: two
      ApiType: MERGED
      AuthenticationType: API_KEY
      MergedApiExecutionRoleArn: arn:aws:iam::123456789012:role/m
"""
COGNITO = "AMAZON_COGNITO_USER_POOLS"


def link(name: str, merged: str, source: str = "!GetAtt Source.ApiId") -> str:
    return f"""  {name}:
    Type: AWS::AppSync::SourceApiAssociation
    Properties: {{MergedApiIdentifier: {merged}, SourceApiIdentifier: {source}}}
"""


def template(*links: str, mode: str = COGNITO, more: str = "AWS_IAM") -> str:
    return TEMPLATE.replace("MODE", mode).replace("MORE", more) + "".join(links)


def told(table: str, text: str, *columns: str) -> list[tuple[object, ...]]:
    return [
        tuple("?" if isinstance(cell, Unknown) else cell for cell in row)
        for row in pick(table, text, *columns)
    ]


@pytest.mark.parametrize("merged", ["!GetAtt One.ApiId", "!Ref One", "!GetAtt One.Arn"])
@pytest.mark.parametrize("source", ["!GetAtt Source.ApiId", "!Ref Source"])
def test_a_mode_of_the_merged_api_is_one_of_the_source(merged: str, source: str) -> None:
    text = template(link("L", merged, source))

    assert told("directive_modes", text, "mode", "configured") == [
        ("AWS_IAM", True),
        ("AWS_LAMBDA", False),
    ]


def test_a_merged_api_that_is_not_given_may_have_any_mode() -> None:
    assert told("directive_modes", template(link("L", "!Ref P")), "mode", "configured") == [
        ("AWS_IAM", "?"),
        ("AWS_LAMBDA", "?"),
    ]


def test_a_group_check_that_is_void_in_the_merged_api_is_told_of_it() -> None:
    text = template(link("L", "!GetAtt One.ApiId"))

    assert told("group_checks", text, "coordinate", "effect") == [
        ("Query.b", "enforced"),
        ("Query.b", "aws-auth-ignored"),
    ]


def test_providers_of_a_merged_api_reach_the_fields_of_its_sources() -> None:
    text = template(link("L", "!GetAtt One.ApiId"))

    reached = told("providers", text, "mode", "role", "fields_reached")

    assert reached[1:3] == [(COGNITO, "default", 1), ("AWS_IAM", "additional", 1)]


def test_a_source_that_is_not_given_leaves_open_what_is_reached() -> None:
    text = template(link("L", "!GetAtt One.ApiId", "abc"))

    assert told("providers", text, "fields_reached")[1] == ("?",)


@pytest.mark.parametrize(
    ("links", "limits"),
    [
        ([link("A", "!Ref One")], [None]),
        ([link("A", "!Ref One"), link("B", "!GetAtt One.ApiId")], [None, "repeated"]),
        ([link("A", "!Ref One"), link("B", "!Ref Two")], [None, "shared"]),
        ([link("A", "!Ref One"), link("B", "!Ref Two", "!Ref One")], [None, "merged"]),
        ([link("A", "!Ref One", "abc"), link("B", "!Ref Two", "abc")], [None, "shared"]),
        ([link("A", "!Ref One", "abc"), link("B", "!Ref Two", "abd")], [None, None]),
    ],
)
def test_limits_of_merging(links: list[str], limits: list[str | None]) -> None:
    assert told("sources", template(*links), "limit") == [(limit,) for limit in limits]
