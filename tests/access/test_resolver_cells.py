"""A matrix says where a resolver denies, and when it lets a caller through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cdk_appsync_guard.access.matrix_words import reason_words
from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.engine.scenes import find_matrices, survey

SDL = """\
type Query {
  open: String @aws_cognito_user_pools @aws_api_key
  users: String @aws_cognito_user_pools @aws_api_key
  admins: String @aws_cognito_user_pools @aws_api_key
  named: String @aws_cognito_user_pools @aws_iam
  missing: String @aws_cognito_user_pools @aws_api_key
  direct: String @aws_cognito_user_pools(cognito_groups: ["Admins"])
}
"""
NO_KEYS = '#if($util.authType() == "API Key Authorization") $util.unauthorized() #end {}'
ADMINS = """\
#set($groups = $util.defaultIfNull($ctx.identity.claims.get("cognito:groups"), []))
#if(!$groups.contains("Admins")) $util.unauthorized() #end {}"""
NAMED = '#if(!$ctx.identity.userArn.contains("worker")) $util.unauthorized() #end {}'
API_ID = {"Fn::GetAtt": ["Api", "ApiId"]}


def resolver(field: str, **code: Any) -> dict[str, Any]:
    named = {"TypeName": "Query", "FieldName": field, "DataSourceName": "none", "ApiId": API_ID}
    properties = {**named, "ResponseMappingTemplate": "{}", **code}
    return {"Type": "AWS::AppSync::Resolver", "Properties": properties}


def role(name: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Action": "appsync:GraphQL",
        "Resource": {"Fn::Sub": "${Api.Arn}/*"},
    }
    properties = {
        "RoleName": name,
        "AssumeRolePolicyDocument": {"Statement": []},
        "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": statement}}],
    }
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def template() -> dict[str, Any]:
    pool = {"UserPoolId": "eu-west-1_a", "AwsRegion": "eu-west-1"}
    providers = [
        {"AuthenticationType": "AWS_IAM"},
        {"AuthenticationType": "AMAZON_COGNITO_USER_POOLS", "UserPoolConfig": pool},
    ]
    api = {
        "Name": "a",
        "AuthenticationType": "API_KEY",
        "AdditionalAuthenticationProviders": providers,
    }
    resources: dict[str, Any] = {
        "Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": api},
        "Schema": {
            "Type": "AWS::AppSync::GraphQLSchema",
            "Properties": {"ApiId": API_ID, "Definition": SDL},
        },
        "None": {
            "Type": "AWS::AppSync::DataSource",
            "Properties": {"ApiId": API_ID, "Name": "none", "Type": "NONE"},
        },
        "Worker": role("worker"),
        "Other": role("other"),
        "Open": resolver("open", RequestMappingTemplate="{}"),
        "Users": resolver("users", RequestMappingTemplate=NO_KEYS),
        "Admins": resolver("admins", RequestMappingTemplate=ADMINS),
        "Named": resolver("named", RequestMappingTemplate=NAMED),
        "Missing": resolver("missing", RequestMappingTemplateS3Location="s3://b/k"),
    }
    return {"Resources": resources}


@pytest.fixture
def cells(tmp_path: Path) -> dict[tuple[str, str], tuple[str, str]]:
    path = tmp_path / "t.json"
    path.write_text(json.dumps(template()))
    (matrix,) = find_matrices(survey([str(path)]))
    return {
        (coordinate.partition(".")[2], caller.name): (cell.verdict, reason_words(cell))
        for caller, column in zip(matrix.callers, matrix.columns, strict=True)
        for coordinate, cell in zip(matrix.coordinates, column, strict=True)
    }


POOL = "AMAZON_COGNITO_USER_POOLS"


def test_resolver_that_denies_a_mode(cells: dict[tuple[str, str], tuple[str, str]]) -> None:
    assert cells["users", "API_KEY"] == ("denied", "its resolver denies it")
    assert cells["users", POOL] == ("allowed", "")
    assert cells["open", "API_KEY"] == ("allowed", "")


def test_resolver_that_asks_for_a_group(cells: dict[tuple[str, str], tuple[str, str]]) -> None:
    verdict, why = cells["admins", POOL]

    assert verdict == "undecided"
    assert why.startswith("yes, if `ctx.identity.claims")
    assert cells["admins", "Admins"] == ("allowed", "")
    assert cells["admins", "API_KEY"] == ("denied", "its resolver denies it")


def test_resolver_that_asks_for_a_name(cells: dict[tuple[str, str], tuple[str, str]]) -> None:
    assert cells["named", "Worker"] == ("allowed", "")
    assert cells["named", "Other"] == ("denied", "its resolver denies it")
    assert cells["named", "AWS_IAM"][0] == "undecided"


def test_code_that_is_not_at_hand(cells: dict[tuple[str, str], tuple[str, str]]) -> None:
    verdict, why = cells["missing", "API_KEY"]

    assert (verdict, why.startswith("its resolver decides: ")) == ("undecided", True)


def test_text_says_if(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.json").write_text(json.dumps(template()))
    main(["matrix", str(tmp_path / "t.json"), "--field", "admins"])
    said = capsys.readouterr().out

    assert " if " in next(line for line in said.splitlines() if line.strip().startswith("admins"))
    assert "its resolver decides" in said
