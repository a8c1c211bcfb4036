"""Other programs get what the command says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from diagnosis.captures import KEY, denied, entry, har

from cdk_appsync_guard import GuardError, diagnose, matrix
from cdk_appsync_guard.cli.main import main

TEMPLATE = """\
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties: {Name: blog, AuthenticationType: API_KEY,
      AdditionalAuthenticationProviders: [{AuthenticationType: AWS_IAM}]}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Api.ApiId
      Definition: 'type Query { open: String secret: String @aws_iam }'
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    capture, template = tmp_path / "app.har", tmp_path / "template.yaml"
    body = {"data": {"secret": None}, "errors": [denied("Query.secret")]}
    request = entry({"x-api-key": KEY}, 200, body, query="{ secret }")
    capture.write_text(json.dumps(har(request)))
    template.write_text(TEMPLATE)
    return str(capture), str(template)


def test_a_capture_is_diagnosed_as_by_the_command(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    capture, template = files
    outcome = diagnose(capture, template=template)

    assert main(["diagnose", capture, "--template", template, "--format", "json"]) == 1
    said = json.loads(capsys.readouterr().out)["diagnoses"]
    assert [(one.cause, one.field) for one in outcome.diagnoses] == [
        (one["cause"], one["field"]) for one in said
    ]
    assert outcome.diagnoses[0].field == "Query.secret"
    assert outcome.diagnoses[0].agrees is True


def test_a_path_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GuardError):
        diagnose(str(tmp_path / "missing.har"))


def test_a_matrix_has_a_column_for_each_caller(files: tuple[str, str]) -> None:
    found = matrix(files[1])

    assert [one.api for one in found] == ["Api"]
    assert found[0].coordinates == ("Query.open", "Query.secret")
    verdicts = {
        caller.mode: [cell.verdict for cell in column]
        for caller, column in zip(found[0].callers, found[0].columns, strict=True)
    }
    assert verdicts["API_KEY"] == ["allowed", "denied"]
