"""Parts of an API that is not among the inputs are judged where they can be, and the rest is said."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
from judging import open_scenarios

from cdk_appsync_guard.appsync.api import find_apis
from cdk_appsync_guard.appsync.outside import find_outside_apis
from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.facts import build_facts
from cdk_appsync_guard.report import Report
from cdk_appsync_guard.template.values.value import Unknown

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
PARTS = """\
Parameters:
  ApiId: {{Type: String}}
Resources:
  Key:
    Type: AWS::AppSync::ApiKey
    Properties: {{ApiId: {api}, Expires: 1600000000}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: "sts:AssumeRole"}}]
  Source:
    Type: AWS::AppSync::DataSource
    Properties: {{ApiId: {api}, Name: s, Type: AWS_LAMBDA, ServiceRoleArn: !GetAtt Role.Arn}}
  Get:
    Type: AWS::AppSync::Resolver
    Properties: {{ApiId: {api}, TypeName: Query, FieldName: get, DataSourceName: !GetAtt Source.Name}}
"""
NAMES = {
    "!Ref ApiId": "ApiId",
    "abcdefghijklmnopqrstuvwxyz": "abcdefghijklmnopqrstuvwxyz",
    "!ImportValue the-api": "the-api",
    "!Sub '${ApiId}'": "ApiId",
    "'{{resolve:ssm:/api/id}}'": "{{resolve:ssm:/api/id}}",
}
SURE = {"api-key-expired", "data-source-role-of-another-service"}


def judged(folder: Path, text: str, **schemas: str) -> Report:
    (folder / "parts.yaml").write_text(text)
    for name, sdl in schemas.items():
        (folder / f"{name}.graphql").write_text(sdl)
    given = {name: str(folder / f"{name}.graphql") for name in schemas}
    return scan([str(folder / "parts.yaml")], ScanOptions(now=NOW, schemas=given))


@pytest.mark.parametrize(("api", "name"), NAMES.items())
def test_what_needs_no_api_is_judged_and_the_rest_is_one_question(
    tmp_path: Path, api: str, name: str
) -> None:
    report = judged(tmp_path, PARTS.format(api=api))

    assert {one.rule for one in report.findings} == SURE
    (question,) = report.undecided
    assert question.reason == f"the API of `{name}` is not in the input"
    assert (report.apis, report.outside, report.problems) == ((), (name,), ())


def test_a_given_schema_decides_what_it_can(tmp_path: Path) -> None:
    report = judged(tmp_path, PARTS.format(api="!Ref ApiId"), ApiId="type Query { got: String }")

    assert {one.rule for one in report.findings} == SURE | {"resolver-field-missing"}
    assert {one.coordinate for one in report.findings} == {None, "Query.get"}
    assert len(report.undecided) == 1


@pytest.mark.parametrize("name", ["", "Api"])
def test_a_schema_that_nothing_uses_is_named(tmp_path: Path, name: str) -> None:
    file = tmp_path / "x.graphql"
    file.write_text("type Query { got: String }")
    (tmp_path / "none.yaml").write_text("Resources: {B: {Type: AWS::S3::Bucket}}")
    options = ScanOptions(now=NOW, schemas={name: str(file)})

    (problem,) = scan([str(tmp_path / "none.yaml")], options).problems

    assert "--schema" in problem.message


def test_a_key_of_an_event_api_is_no_part(tmp_path: Path) -> None:
    channel = "  Channel: {Type: AWS::AppSync::ChannelNamespace, Properties: {ApiId: !Ref ApiId}}\n"
    report = judged(tmp_path, PARTS.format(api="!Ref ApiId") + channel)

    assert (report.findings, report.undecided, report.outside) == ((), (), ())


def test_the_rows_of_an_api_that_nobody_sees_claim_nothing_of_it() -> None:
    (scenario,) = open_scenarios(PARTS.format(api="!Ref ApiId"))
    apis = find_apis(scenario.stacks)
    outside = find_outside_apis(scenario.stacks, apis)
    rows = build_facts(apis, scenario.stacks, NOW, None, outside)

    of_parts = ("api_keys", "resolvers", "functions", "data_sources")
    claims = [
        (row.table, name, cell)
        for row in rows
        if row.api == "ApiId" and row.table not in of_parts
        for name, cell in row.cells.items()
        if not isinstance(cell, Unknown)
    ]
    assert claims == []
    open_cells = {
        (row.table, name)
        for row in rows
        for name in ("accepted", "target")
        if isinstance(row.cells.get(name), Unknown)
    }
    assert {("api_keys", "accepted"), ("resolvers", "target")} <= open_cells
