"""What AWS answers may be hostile: nothing of it is written outside the folder, and no secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from deployer import KEY, Answers, World

from cdk_appsync_guard.deployed.assemble import assemble
from cdk_appsync_guard.deployed.folder import files_of, write_folder
from cdk_appsync_guard.deployed.pull import pull
from cdk_appsync_guard.engine.scan import scan
from cdk_appsync_guard.errors import ConfigError

NAMES = ["../../../etc/passwd", "/root/x", "a\x00b\x1b[2J", "..", "C:\\x", "é" * 5000, "${A}"]
TEMPLATE = """\
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: NAME
      AuthenticationType: API_KEY
      AdditionalAuthenticationProviders: [{AuthenticationType: AWS_IAM}]
      EnvironmentVariables: {PASSWORD: hunter2}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Api.ApiId
      Definition: 'type Query { a: Int b: Int @aws_iam }'
  Key:
    Type: AWS::AppSync::ApiKey
    Properties: {ApiId: !GetAtt Api.ApiId, Expires: 1790000000}
  Web:
    Type: AWS::AppSync::DataSource
    Properties:
      ApiId: !GetAtt Api.ApiId
      Name: Web
      Type: HTTP
      HttpConfig: {Endpoint: 'https://me:hunter2@example.com/path?token=hunter2'}
  Resolver:
    Type: AWS::AppSync::Resolver
    Properties:
      ApiId: !GetAtt Api.ApiId
      TypeName: Query
      FieldName: a
      DataSourceName: Web
      RequestMappingTemplate: "#set($key = 'KEY')"
      ResponseMappingTemplate: $util.toJson($ctx.result)
  Caller:
    Type: AWS::Lambda::Function
    Properties:
      Role: arn:aws:iam::111122223333:role/other
      Environment: {Variables: {URL: !GetAtt Api.GraphQLUrl, TOKEN: hunter2}}
"""


@pytest.fixture
def deploy(tmp_path: Path) -> Callable[[str], Answers]:
    def run(text: str) -> Answers:
        path = tmp_path / "template.yaml"
        path.write_text(text)
        return Answers(World().deploy(path))

    return run


def written(
    answers: Answers, folder: Path, kind: str = "json", *, force: bool = False
) -> list[str]:
    files = files_of(assemble(pull(answers.session(), ())), kind)
    write_folder(str(folder), files, force=force)
    return sorted(files)


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_stays_inside(
    name: str, deploy: Callable[[str], Answers], tmp_path: Path
) -> None:
    answers = deploy(TEMPLATE)
    api = next(iter(answers.apis().values()))
    api |= {"name": name, "tags": {"aws:cloudformation:logical-id": name}}
    part = {"typeName": name, "fieldName": name, "code": "x", "dataSourceName": name}
    answers.operations |= {
        "ListGraphqlApis": lambda _: {"graphqlApis": [api]},
        "ListTypes": lambda _: {"types": [{"name": "Query"}, {"name": "../x"}]},
        "ListResolvers": lambda _: {"resolvers": [part, part]},
        "appsync:ListFunctions": lambda _: {"functions": [{"name": name, "code": "x"}]},
        "ListDataSources": lambda _: {"dataSources": [{"name": name, "type": "NONE"}]},
    }
    before = set(tmp_path.rglob("*"))
    files = written(answers, tmp_path / "in")
    new = set(tmp_path.rglob("*")) - before

    assert all(path.is_relative_to(tmp_path / "in") for path in new)
    assert len(files) == 8
    assert scan([str(tmp_path / "in")]).problems == ()


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_no_secret_is_written(kind: str, deploy: Callable[[str], Answers], tmp_path: Path) -> None:
    answers = deploy(TEMPLATE.replace("KEY'", f"{KEY}'"))
    files = written(answers, tmp_path / "in", kind)
    text = "".join((tmp_path / "in" / name).read_text() for name in files)

    assert KEY not in text
    assert "hunter2" not in text
    assert "1790000000" in text
    assert "https://example.com/path" in text


def test_a_file_that_is_there_is_kept(deploy: Callable[[str], Answers], tmp_path: Path) -> None:
    answers = deploy(TEMPLATE)
    (tmp_path / "in" / "schemas").mkdir(parents=True)
    (tmp_path / "in" / "schemas/Api.graphql").write_text("mine")

    with pytest.raises(ConfigError, match=r"there is a file already: .*Api\.graphql"):
        written(answers, tmp_path / "in")
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["schemas"]
    assert (tmp_path / "in" / "schemas/Api.graphql").read_text() == "mine"

    written(answers, tmp_path / "in", force=True)
    assert (tmp_path / "in" / "schemas/Api.graphql").read_text() != "mine"


def test_a_link_does_not_lead_out(deploy: Callable[[str], Answers], tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "schemas").symlink_to(tmp_path / "outside")

    with pytest.raises(ConfigError, match="leads to another place"):
        written(deploy(TEMPLATE), tmp_path / "in", force=True)
    assert list((tmp_path / "outside").iterdir()) == []


@pytest.mark.parametrize(
    "document",
    [
        {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "/etc/passwd"}}},
        {"Statement": [{"Effect": "Allow", "Action": "appsync:*", "Resource": {"Ref": "Secret"}}]},
        "%7Bnot json",
        "[" * 5000,
        7,
    ],
)
def test_a_document_that_is_not_a_policy_is_not_known(
    document: Any, deploy: Callable[[str], Answers]
) -> None:
    role = {"RoleName": "r", "Arn": "arn:aws:iam::111122223333:role/r", "Path": "/"}
    policies = [{"PolicyName": "p", "PolicyDocument": document}]
    details = {"RoleDetailList": ({**role, "RolePolicyList": policies},)}
    deployed = pull(deploy(TEMPLATE).session(), (), details)
    template = assemble(deployed).template()
    (policy,) = template["Resources"]["r"]["Properties"]["Policies"]

    assert policy["PolicyDocument"] == {"Ref": "NeedsPermissionIamGetAccountAuthorizationDetails"}
    assert json.dumps(template)


def test_text_that_looks_like_a_substitution_is_literal(deploy: Callable[[str], Answers]) -> None:
    answers = deploy(TEMPLATE)
    (api_id,) = answers.apis()
    resource = f"arn:aws:appsync:eu-west-1:111122223333:apis/{api_id}/types/${{aws:username}}/*"
    statement = {"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": resource}
    role = {
        "RoleName": "r",
        "Arn": "arn:aws:iam::111122223333:role/r",
        "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Statement": statement}}],
    }
    deployed = pull(answers.session(), (), {"RoleDetailList": (role,)})
    (policy,) = assemble(deployed).template()["Resources"]["r"]["Properties"]["Policies"]

    assert policy["PolicyDocument"]["Statement"]["Resource"]["Fn::Join"][1][-2:] == [
        {"Fn::GetAtt": ["Api", "ApiId"]},
        "/types/${aws:username}/*",
    ]
