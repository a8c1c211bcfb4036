"""``init`` writes a configuration with which a scan passes, and hides nothing but errors."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.settings.config import read_settings

SDL = "type Query { post: Post } type Post @aws_iam { id: ID }"
MORE = " type Mutation { add: Draft } type Draft @aws_iam { id: ID }"
TEMPLATE = f"""\
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: blog
      AuthenticationType: API_KEY
      AdditionalAuthenticationProviders: [{{AuthenticationType: AWS_IAM}}]
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties: {{ApiId: !GetAtt Api.ApiId, Definition: '{SDL}'}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "api.yaml").write_text(TEMPLATE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_scan_passes_afterwards_and_a_new_error_fails(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", "api.yaml", "-q"]) == 1
    capsys.readouterr()

    assert main(["init"]) == 0
    assert "1 error goes into the baseline" in capsys.readouterr().out
    assert main(["scan", ".", "-q"]) == 0
    assert "warning" in capsys.readouterr().out

    (project / "api.yaml").write_text(TEMPLATE.replace(SDL, SDL + MORE))
    assert main(["scan", ".", "-q"]) == 1


def test_without_errors_there_is_no_baseline(project: Path) -> None:
    (project / "api.yaml").write_text(TEMPLATE.replace(" @aws_iam", ""))

    assert main(["init"]) == 0
    assert {path.name for path in project.iterdir()} == {".git", "api.yaml", ".appsync-guard.toml"}


def test_a_configuration_that_is_there_stays(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "pyproject.toml").write_text('[tool.cdk-appsync-guard]\nfail-on = "never"\n')

    assert main(["init"]) == 2
    assert "--force" in capsys.readouterr().err
    assert main(["init", "--force"]) == 0


def test_the_schema_for_editors_is_beside_and_named(project: Path) -> None:
    assert main(["init", "--schema"]) == 0

    text = (project / ".appsync-guard.toml").read_text()
    assert text.startswith("#:schema ./.appsync-guard.schema.json\n")
    jsonschema.Draft202012Validator.check_schema(
        json.loads((project / ".appsync-guard.schema.json").read_text())
    )


def test_the_examples_in_the_comments_are_valid(project: Path) -> None:
    main(["init"])
    file = project / ".appsync-guard.toml"
    lines = file.read_text().splitlines()
    examples = [line.removeprefix("# ") for line in lines if " = " in line or "[" in line]
    file.write_text("\n".join(sorted(examples, key=lambda line: line in examples[4:])))

    assert read_settings(file).callers[0].name == "web app"


def test_a_broken_template_is_told_and_fails(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "broken.yaml").write_text("Resources:\n  A: {Type: AWS::SNS::Topic\n")

    assert main(["init"]) == 1
    assert "broken.yaml" in capsys.readouterr().out


def test_an_app_that_was_not_synthesized_is_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "cdk.json").write_text("{}")

    assert main(["init"]) == 0
    assert "cdk synth" in capsys.readouterr().out
