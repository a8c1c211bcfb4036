"""cfn-lint with our rules, run for real, and templates to run it on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from io import StringIO
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.decode import decode
from cfnlint.rules import Rules
from cfnlint.rules.errors import RuleError
from cfnlint.runner import main
from cfnlint.template import Template

from cdk_appsync_guard.engine.scan import ScanOptions, scan

ROOT = Path(__file__).parents[1]
MODULE = "cdk_appsync_guard.cfnlint"
FOLDER = ROOT / "cdk_appsync_guard" / "cfnlint"
INSECURE = ROOT / "sample_stacks" / "blog" / "insecure.yaml"
SETTINGS = "E9-cdk-appsync-guard"
UNDECIDED = "I9-cdk-appsync-guard-undecided"
COPY = "I9-cdk-appsync-guard-copy"
OURS = ("E9-", "W9-", "I9-")
NOW = "2026-06-01"

SDL = """\
type Query {
  note: Note @aws_iam @aws_api_key
}
type Note {
  id: ID!
}
"""
API = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: notes
      AuthenticationType: AWS_IAM
      AdditionalAuthenticationProviders: [{AuthenticationType: API_KEY}]
      LogConfig:
        FieldLogLevel: ALL
        CloudWatchLogsRoleArn: arn:aws:iam::111122223333:role/logs
  Key:
    Type: AWS::AppSync::ApiKey
    Properties: {ApiId: !GetAtt Api.ApiId, Expires: 1798761600}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Api.ApiId
"""
INLINE = API + "      Definition: |\n" + "".join(f"        {line}\n" for line in SDL.splitlines())
BESIDE = API + "      DefinitionS3Location: ./schema.graphql\n"
BLOCKED = "E9-nested-type-blocks-mode"
POOL = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Mode: {Type: String}
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: notes
      AuthenticationType: !Ref Mode
      UserPoolConfig:
        UserPoolId: eu-west-1_abcdefghi
        AwsRegion: !Ref AWS::Region
        DefaultAction: ALLOW
"""
LOOP = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Apis:
    - Name
    - [One, Two]
    - Api${Name}:
        Type: AWS::AppSync::GraphQLApi
        Properties: {Name: !Ref Name, AuthenticationType: AWS_IAM}
"""
SERVERLESS = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::GraphQLApi
    Properties:
      Auth: {Type: AWS_IAM, Additional: [{Type: API_KEY}]}
      SchemaInline: |
        type Query {
          note: Note @aws_iam @aws_api_key
        }
        type Note {
          id: ID!
        }
"""

Place: TypeAlias = "tuple[str, int, int]"


@dataclass(frozen=True)
class Ended:
    stdout: str
    stderr: str
    returncode: int


class Cli:
    """cfn-lint's own command, in this process and without rules but ours: those take a second."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str, stdin: str = "") -> Ended:
        self._monkeypatch.setattr("sys.argv", ["cfn-lint", *arguments])
        self._monkeypatch.setattr("sys.stdin", StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capsys.readouterr()
        return Ended(out, err, int(ended.value.code or 0))

    def matches(self, *arguments: str, stdin: str = "") -> list[dict[str, Any]]:
        """Return what our rules say in cfn-lint's JSON."""
        ended = self("-a", MODULE, "-f", "json", *arguments, stdin=stdin)
        assert ended.stderr == ""
        found: list[dict[str, Any]] = json.loads(ended.stdout)
        return [one for one in found if one["Rule"]["Id"].startswith(OURS)]


def write(name: str, text: str) -> str:
    Path(name).write_text(text, "utf-8")
    return name


class Linter:
    """cfn-lint in this process with no rules but ours, which takes milliseconds."""

    def __init__(self) -> None:
        self.rules = Rules.create_from_module(MODULE)
        self.rules.register(RuleError())  # what cfn-lint says of a rule that crashes

    def template(self, file: str, **config: Any) -> tuple[Template, ConfigMixIn]:
        settings = {"now": NOW, **config.pop("settings", {})}
        options = ConfigMixIn(
            [], include_checks=["I"], configure_rules={SETTINGS: settings}, **config
        )
        data, problems = decode(file)
        assert problems == []
        template = Template(file, data, options.regions)
        assert template.transform() == []
        return template, options

    def run(self, file: str, **config: Any) -> list[Any]:
        template, options = self.template(file, **config)
        return list(self.rules.run(file, template, options))


def decided(found: list[Any]) -> list[Any]:
    return [one for one in found if one.rule.id != UNDECIDED]


def places(found: list[Any]) -> list[Place]:
    return sorted((one.rule.id, one.linenumber, one.columnnumber) for one in found)


def scanned(file: str, **options: Any) -> list[Place]:
    options.setdefault("now", datetime.fromisoformat(NOW).replace(tzinfo=timezone.utc))
    return sorted(
        (
            f"{one.severity.value[0].upper()}9-{one.rule}",
            one.location.line or 1,
            one.location.column or 1,
        )
        for one in scan([file], ScanOptions(**options)).active
    )
