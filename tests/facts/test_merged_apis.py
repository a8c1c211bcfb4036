"""What the execution role of a merged API may do, and what else leads to APIs."""

from __future__ import annotations

import pytest
from judging import facts

from cdk_appsync_guard.template.values.value import Unknown

MERGED = """
Parameters: {P: {Type: String}}
Resources:
  Source:
    Type: AWS::AppSync::GraphQLApi
    Properties: {Name: source, AuthenticationType: AWS_IAM}
  Merged:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: merged
      ApiType: MERGED
      AuthenticationType: AWS_IAM
      MergedApiExecutionRoleArn: !GetAtt Role.Arn
  Link:
    Type: AWS::AppSync::SourceApiAssociation
    Properties:
      MergedApiIdentifier: !GetAtt Merged.ApiId
      SourceApiIdentifier: SOURCE
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Action: sts:AssumeRole, Principal: {Service: appsync.amazonaws.com}}
      Policies:
        - PolicyName: merge
          PolicyDocument:
            Statement: {Effect: Allow, Action: ACTION, Resource: RESOURCE}
"""
BOTH = "[!Sub '${Source.Arn}', !Sub '${Source.Arn}/*']"
READ = "appsync:SourceGraphQL"
ELSEWHERE = "arn:aws:appsync:${AWS::Region}:${AWS::AccountId}:apis/abc"


def _grants(
    resource: str = BOTH, action: str = READ, source: str = "!GetAtt Source.Arn"
) -> tuple[object, ...]:
    template = MERGED.replace("SOURCE", source, 1)
    (row,) = facts("sources", template.replace("ACTION", action).replace("RESOURCE", resource))
    cells = [row.cells[name] for name in ("source_grant", "lacking", "may_merge")]
    return tuple("?" if isinstance(cell, Unknown) else cell for cell in cells)


@pytest.mark.parametrize("source", ["!GetAtt Source.Arn", "!GetAtt Source.ApiId", "!Ref Source"])
@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (BOTH, ("both", "", "no")),
        ("'*'", ("both", "", "no")),
        ("[!GetAtt Link.SourceApiArn, !Sub '${Link.SourceApiArn}/*']", ("both", "", "no")),
        ("!GetAtt Source.Arn", ("api-only", "`apis/ID/*`", "no")),
        ("!Sub '${Source.Arn}/*'", ("fields-only", "`apis/ID`", "no")),
        ("!GetAtt Merged.Arn", ("none", "`apis/ID` and `apis/ID/*`", "no")),
        ("[!GetAtt Source.Arn, !Sub '${Source.Arn}/types/Query/fields/a']", ("?", "", "no")),
        ("!Ref P", ("?", "", "no")),
    ],
)
def test_role_reads_the_source(resource: str, source: str, expected: tuple[str, ...]) -> None:
    assert _grants(resource, source=source) == expected


@pytest.mark.parametrize(
    ("source", "resource", "grant"),
    [
        ("!Ref P", "[!GetAtt Link.SourceApiArn, !Sub '${Link.SourceApiArn}/*']", "both"),
        (
            "abc",
            f"[!Sub '{ELSEWHERE}', !Sub '{ELSEWHERE}/*']",
            "both",
        ),
        (
            "arn:aws:appsync:eu-west-1:123456789012:apis/abc",
            "'arn:aws:appsync:*:*:apis/abc*'",
            "both",
        ),
    ],
)
def test_source_may_be_declared_elsewhere(source: str, resource: str, grant: str) -> None:
    assert _grants(resource, source=source)[0] == grant


@pytest.mark.parametrize(
    ("action", "merge"),
    [("[appsync:StartSchemaMerge]", "yes"), ("appsync:*", "yes"), (READ, "no"), ("!Ref P", "?")],
)
def test_role_starts_merges(action: str, merge: str) -> None:
    assert _grants(action=action)[2] == merge


API = """
Parameters: {P: {Type: String}}
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties: {Name: blog, AuthenticationType: MODE}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Targets:
        - {Id: other, Arn: 'arn:aws:sqs:eu-west-1:123456789012:queue'}
        - {Id: blog, Arn: TARGET}
"""


@pytest.mark.parametrize(
    ("target", "is_endpoint"),
    [
        ("!GetAtt Api.GraphQLEndpointArn", True),
        ("!Sub 'arn:aws:appsync:eu-west-1:123456789012:endpoints/graphql-api/${Api.ApiId}'", True),
        ("!GetAtt Api.Arn", False),
    ],
)
@pytest.mark.parametrize(("mode", "has_iam"), [("AWS_IAM", True), ("API_KEY", False)])
def test_rule_calls_an_api(target: str, mode: str, *, is_endpoint: bool, has_iam: bool) -> None:
    (row,) = facts("event_targets", API.replace("MODE", mode).replace("TARGET", target))

    cells = [row.cells[name] for name in ("target", "names_endpoint", "api_has_iam", "has_role")]
    assert cells == ["blog", is_endpoint, has_iam, False]
