"""Code of which nothing is known is not judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdk_appsync_guard.engine.scan import ScanOptions, scan

TEMPLATE = """\
Parameters:
  Module: {Type: String}
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties: {Name: modules, AuthenticationType: AWS_IAM}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties: {ApiId: !GetAtt Api.ApiId, Definition: 'type Query { a: Int }'}
  Nothing:
    Type: AWS::AppSync::DataSource
    Properties: {ApiId: !GetAtt Api.ApiId, Name: Nothing, Type: NONE}
  A:
    Type: AWS::AppSync::Resolver
    DependsOn: Schema
    Properties:
      ApiId: !GetAtt Api.ApiId
      TypeName: Query
      FieldName: a
      DataSourceName: !GetAtt Nothing.Name
      Runtime: {Name: APPSYNC_JS, RuntimeVersion: 1.0.0}
      Code: CODE
"""
RULE = "resolver-code-cannot-run"


def rules(code: str, folder: Path) -> set[str]:
    path = folder / "template.yaml"
    path.write_text(TEMPLATE.replace("CODE", code))
    return {one.rule for one in scan([str(path)], ScanOptions()).findings}


@pytest.mark.parametrize(
    "code", ["!Ref Module", "!Sub '${Module}'", "!Join ['', [!Ref Module, ' ']]", "!ImportValue m"]
)
def test_a_module_that_is_not_known_may_export_all_it_has_to(code: str, tmp_path: Path) -> None:
    assert RULE not in rules(code, tmp_path)


def test_a_module_without_a_handler_cannot_run(tmp_path: Path) -> None:
    assert RULE in rules("'export const request = () => ({});'", tmp_path)
