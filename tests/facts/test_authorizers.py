"""Whether AppSync may invoke a Lambda authorizer, in every way that templates name functions."""

from __future__ import annotations

import pytest
from judging import facts

from cdk_appsync_guard.template.values.value import Unknown

API = """
Parameters: {P: {Type: String}}
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: blog
      AuthenticationType: AWS_LAMBDA
      LambdaAuthorizerConfig: {AuthorizerUri: URI}
  Other:
    Type: AWS::AppSync::GraphQLApi
    Properties: {Name: other, AuthenticationType: API_KEY}
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: gate}}
  Fn2: {Type: AWS::Lambda::Function}
  Alias: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Fn, Name: live, FunctionVersion: "1"}}
  Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Fn}}
  Loop: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Loop, Name: live}}
"""
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:gate"


def _permission(name: str, more: str = "", principal: str = "appsync.amazonaws.com") -> str:
    return f"""
  Permit:
    Type: AWS::Lambda::Permission
    Properties: {{FunctionName: {name}, Action: lambda:InvokeFunction, Principal: {principal}{more}}}
"""


def _cell(column: str, uri: str, permission: str = "") -> object:
    (row,) = facts("authorizers", API.replace("URI", uri) + permission)
    cell = row.cells[column]
    return "?" if isinstance(cell, Unknown) else cell


@pytest.mark.parametrize(
    ("uri", "function", "word"),
    [
        ("!GetAtt Fn.Arn", "!Ref Fn", "granted"),
        ("!GetAtt Fn.Arn", "!GetAtt Fn.Arn", "granted"),
        ("!GetAtt Fn.Arn", "gate", "granted"),
        ("!GetAtt Fn.Arn", ARN, "granted"),
        (ARN, "gate", "granted"),
        (
            "!Sub 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${Fn}'",
            "!Ref Fn",
            "granted",
        ),
        ("!GetAtt Fn.Arn", "!Ref Fn2", "missing"),
        ("!Ref Alias", "!Ref Alias", "granted"),
        ("!Ref Alias", "gate:live", "granted"),
        ("!Sub '${Fn.Arn}:live'", "!Ref Alias", "granted"),
        ("!Ref Alias", "!Ref Fn", "other-qualifier"),
        ("!GetAtt Fn.Arn", "!Ref Alias", "other-qualifier"),
        ("!Ref Version", "!Ref Version", "granted"),
        ("!Ref Version", "!Ref Alias", "?"),
        ("!Sub '${Fn.Arn}:$LATEST'", "!Ref Fn", "granted"),
        (f"{ARN}:$LATEST", "!Ref Fn", "granted"),
        ("!Ref P", "!Ref P", "granted"),
        ("!Ref P", "!Ref Fn", "?"),
        ("!ImportValue gate", "!Ref Fn", "?"),
        ("!Ref Loop", "!Ref Loop", "granted"),
    ],
)
def test_permission_holds_for_one_function_and_qualifier(
    uri: str, function: str, word: str
) -> None:
    assert _cell("permission", uri, _permission(function)) == word


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (", SourceArn: !GetAtt Api.Arn", "granted"),
        (", SourceArn: !Ref Api", "granted"),
        (", SourceArn: !GetAtt Other.Arn", "other-api"),
        (", SourceArn: !GetAtt Api.GraphQLEndpointArn", "other-api"),
        (", SourceArn: !Sub 'arn:aws:appsync:${AWS::Region}:${AWS::AccountId}:apis/*'", "granted"),
        (", SourceArn: 'arn:aws:execute-api:eu-west-1:123456789012:x'", "other-api"),
        (", SourceArn: 'arn:aws:appsync:eu-west-1:123456789012:apis/abc'", "?"),
        (", SourceArn: !Ref P", "?"),
        (", SourceAccount: !Ref AWS::AccountId", "granted"),
        (", SourceAccount: '123456789012'", "?"),
    ],
)
def test_permission_may_be_for_one_api_or_account(more: str, word: str) -> None:
    assert _cell("permission", "!GetAtt Fn.Arn", _permission("!Ref Fn", more)) == word


@pytest.mark.parametrize(
    ("principal", "word", "instead"),
    [
        ("'*'", "granted", None),
        ("!Sub 'appsync.${AWS::URLSuffix}'", "granted", None),
        ("!Ref P", "?", None),
        ("apigateway.amazonaws.com", "missing", "`apigateway.amazonaws.com` can invoke it instead"),
    ],
)
def test_permission_is_for_a_principal(principal: str, word: str, instead: str | None) -> None:
    permission = _permission("!Ref Fn", principal=principal)

    assert _cell("permission", "!GetAtt Fn.Arn", permission) == word
    assert _cell("permitted", "!GetAtt Fn.Arn", permission) == instead


@pytest.mark.parametrize(
    ("uri", "problem"),
    [
        ("!GetAtt Fn.Arn", None),
        (ARN, None),
        ("!Ref P", None),
        ("!Sub '${P}:live'", None),
        ("!Ref Fn", "that is the name of `Fn`, not its ARN"),
        ("gate", "it is not an ARN"),
        ("arn:aws:lambda:eu-west-1", "it is not a complete ARN of a function"),
        ("!GetAtt Other.Arn", "it names a different resource, an AWS::AppSync::GraphQLApi"),
        (
            f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{ARN}/invocations",
            "it is an ARN of the service `apigateway`, not of a Lambda function",
        ),
    ],
)
def test_uri_names_a_function(uri: str, problem: str | None) -> None:
    assert _cell("uri_problem", uri) == problem
    if problem:
        assert _cell("permission", uri) == "granted"  # one complaint is enough


def test_function_may_be_declared_in_another_stack() -> None:
    outer = """
Resources:
  Fn: {Type: AWS::Lambda::Function}
  Permit:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Fn, Action: lambda:InvokeFunction, Principal: appsync.amazonaws.com}
Outputs:
  Arn: {Value: !GetAtt Fn.Arn, Export: {Name: gate}}
"""

    (row,) = facts("authorizers", API.replace("URI", "!ImportValue gate"), outer)

    assert (row.cells["function"], row.cells["permission"]) == ("Fn", "granted")
