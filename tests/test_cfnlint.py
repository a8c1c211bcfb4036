"""The rules inside cfn-lint, which is run for real, in whichever version is installed."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from io import StringIO
from itertools import groupby, islice, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

pytest.importorskip("cfnlint")

from cfnlint.api import lint
from cfnlint.config import ConfigMixIn
from cfnlint.decode import decode
from cfnlint.rules import Rules
from cfnlint.runner import main
from cfnlint.template import Template
from cfnlint.version import __version__ as CFN_LINT  # noqa: N812

from cdk_appsync_guard.policy.rules import built_in_folder, built_in_rules
from cdk_appsync_guard.scan import ScanOptions, scan

ROOT = Path(__file__).parents[1]
MODULE = "cdk_appsync_guard.cfnlint"
FOLDER = ROOT / "cdk_appsync_guard" / "cfnlint"
INSECURE = ROOT / "sample_stacks" / "blog" / "insecure.yaml"
SETTINGS = "E9-cdk-appsync-guard"
UNDECIDED = "I9-cdk-appsync-guard-undecided"
OURS = ("E9-", "W9-", "I9-")
NOW = "2026-06-01"
RULES = built_in_rules()

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

Place = tuple[str, int, int]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, with nothing that cfn-lint could take for its configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)


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


@pytest.fixture
def cli(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Cli:
    monkeypatch.setattr("cfnlint.config._DEFAULT_RULESDIR", str(tmp_path_factory.mktemp("none")))
    return Cli(monkeypatch, capsys)


@pytest.fixture
def full_cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(monkeypatch, capsys)


def write(name: str, text: str) -> str:
    Path(name).write_text(text, "utf-8")
    return name


class Linter:
    """cfn-lint in this process with no rules but ours, which takes milliseconds."""

    def __init__(self) -> None:
        self.rules = Rules.create_from_module(MODULE)

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


def fixtures() -> Iterator[Path]:
    """Yield two rules' fixtures of each category, and the samples."""
    for _, rules in groupby(RULES, key=lambda rule: rule.category):
        yield from (Path(rule.file).parent / "fail.yaml" for rule in islice(rules, 2))
    yield from sorted((ROOT / "sample_stacks").glob("*/*.yaml"))


def test_finds_what_scan_finds_at_the_same_places() -> None:
    linter = Linter()

    for file in map(str, fixtures()):
        found = decided(linter.run(file, settings={"select": ["all"]}))

        assert places(found) == scanned(file, select=["all"]), file


@pytest.mark.parametrize("text", [LOOP, SERVERLESS])
def test_reads_the_template_as_written_before_any_transform(text: str) -> None:
    if text is SERVERLESS:
        pytest.importorskip("samtranslator")
    file = write("template.yaml", text)
    found = decided(Linter().run(file))

    assert places(found) == scanned(file) != []


def test_module_and_folder_say_the_same_beside_all_rules(full_cli: Cli) -> None:
    reports = [full_cli("-a", form, "--", str(INSECURE)) for form in (MODULE, str(FOLDER))]

    assert reports[0].stdout == reports[1].stdout != ""
    assert [report.returncode for report in reports] == [6, 6]  # errors are 2, warnings 4


def test_lists_every_rule_with_its_documentation(cli: Cli) -> None:
    listed = cli("-a", MODULE, "-l").stdout
    rules = Linter().rules

    for rule in RULES:
        made = rules[f"{rule.severity.value[0].upper()}9-{rule.id}"]

        assert f"{made.id}: {rule.title}\n{made.description}\n" in listed
        assert (made.source_url, made.tags[-1]) == (rule.references[0], rule.category)


def test_ignoring_one_rule_ignores_no_other() -> None:
    # cfn-lint ignores by prefix.
    ids = sorted(Linter().rules)

    assert [both for both in pairwise(ids) if both[1].startswith(both[0])] == []


def test_ignores_rules_by_id_by_severity_and_by_resource(cli: Cli) -> None:
    file = write("template.yaml", INLINE)
    at_resource = write(
        "resource.yaml",
        INLINE.replace(
            "  Schema:\n",
            "  Schema:\n    Metadata: {cfn-lint: {config: {ignore_checks: [" + BLOCKED + "]}}}\n",
        ),
    )
    ours = write(
        "ours.yaml",
        INLINE.replace("type Note {", "type Note { # cdk-appsync-guard: ignore * -- known"),
    )
    runs = [(file,), ("-i", BLOCKED, "--", file), ("-i", "E9", "--", file), (at_resource,), (ours,)]

    said = [[one["Rule"]["Id"] for one in cli.matches(*arguments)] for arguments in runs]

    assert said == [[BLOCKED], [], [], [], []]


def test_exit_code_is_that_of_the_severities(cli: Cli) -> None:
    error = write("error.yaml", INLINE)
    warning = write("warning.yaml", INLINE.replace("FieldLogLevel: ALL", "FieldLogLevel: NONE"))

    codes = [
        cli("-a", MODULE, *arguments).returncode
        for arguments in (
            ("--", error),
            ("-i", BLOCKED, "--", warning),
            ("--non-zero-exit-code", "error", "-i", BLOCKED, "--", warning),
        )
    ]

    assert codes == [2, 4, 0]


def test_every_format_has_the_finding(cli: Cli) -> None:
    file = write("template.yaml", INLINE)
    (plain,) = cli.matches(file)
    parseable = cli("-a", MODULE, "-f", "parseable", "--", file).stdout
    start, end = plain["Location"]["Start"], plain["Location"]["End"]

    assert (start, end) == (
        {"LineNumber": 23, "ColumnNumber": 14},
        {"LineNumber": 23, "ColumnNumber": 18},
    )
    assert plain["Location"]["Path"] == ["Resources", "Schema", "Properties", "Definition"]
    assert (plain["Level"], plain["Filename"]) == ("Error", file)
    assert parseable == f"{file}:23:14:23:18:{BLOCKED}:{plain['Message']}\n"


def test_message_tells_the_reason_the_symptom_and_the_fix(cli: Cli) -> None:
    (match,) = cli.matches(write("template.yaml", INLINE))

    assert match["Message"].startswith(
        "`API_KEY` callers may select `Query.note` but no field of `Note`, which has no directive"
        " and so accepts only the default, `AWS_IAM`: add `@aws_iam @aws_api_key` to type `Note`."
        ' The client gets HTTP 200 Unauthorized: "Not Authorized to access id on type Note". Fix: '
    )


def test_sarif_has_the_rule_and_its_page(cli: Cli) -> None:
    pytest.importorskip("sarif_om")
    (made,) = json.loads(
        cli("-a", MODULE, "-f", "sarif", "--", write("template.yaml", INLINE)).stdout
    )["runs"]
    (rule,) = made["tool"]["driver"]["rules"]
    (result,) = made["results"]

    assert (rule["id"], rule["helpUri"]) == (
        BLOCKED,
        _rule("nested-type-blocks-mode").references[0],
    )
    assert (result["ruleId"], result["locations"][0]["physicalLocation"]["region"]) == (
        BLOCKED,
        {"startLine": 23, "startColumn": 14, "endLine": 23, "endColumn": 18},
    )


def _rule(id: str) -> Any:
    return next(rule for rule in RULES if rule.id == id)


def test_junit_has_the_failure(cli: Cli) -> None:
    pytest.importorskip("junit_xml")
    text = cli("-a", MODULE, "-f", "junit", "--", write("template.yaml", INLINE)).stdout
    failed = [case.get("name") for case in ET.fromstring(text).iter("testcase") if len(case)]  # noqa: S314 - ours

    assert f"{BLOCKED} {_rule('nested-type-blocks-mode').title}" in failed


def test_finding_in_a_schema_beside_stands_at_the_property_that_names_it(cli: Cli) -> None:
    write("schema.graphql", SDL)
    (match,) = cli.matches(write("template.yaml", BESIDE))

    assert (match["Location"]["Start"]["LineNumber"], match["Location"]["Path"]) == (
        19,
        ["Resources", "Schema", "Properties", "DefinitionS3Location"],
    )
    assert "to type `Note` (at schema.graphql:4:6). The client gets" in match["Message"]


def test_finding_in_a_nested_stack_stands_at_the_stack() -> None:
    write("schema.graphql", SDL)
    write("inner.yaml", BESIDE)
    nested = "Resources:\n  Inner:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
    write("middle.yaml", nested + "      TemplateURL: ./inner.yaml\n")
    outer = nested.replace("Inner", "Outer") + "      TemplateURL: ./middle.yaml\n"
    match = decided(Linter().run(write("outer.yaml", outer)))[0]

    assert (match.rule.id, match.linenumber, match.path) == (
        BLOCKED,
        5,
        ["Resources", "Outer", "Properties", "TemplateURL"],
    )
    assert "(at schema.graphql:4:6)" in match.message


def test_reads_standard_input(cli: Cli) -> None:
    (match,) = cli.matches(stdin=INLINE)

    assert (match["Rule"]["Id"], match["Location"]["Start"]["LineNumber"]) == (BLOCKED, 19)
    assert "to type `Note` (at `type Note {`)." in match["Message"]


def test_lints_a_text_as_language_servers_do() -> None:
    write(".cfnlintrc", f"append_rules: [{MODULE}]\n")

    assert [one.rule.id for one in lint(INLINE)] == [BLOCKED]


def test_is_configured_on_the_command_line(cli: Cli) -> None:
    write("schema.graphql", SDL)
    file = write("template.yaml", API.replace("Api.ApiId\n", "Api.ApiId", 1))
    found = cli.matches(
        *("-x", f"{SETTINGS}:schema=Api@schema.graphql", "-x", f"{SETTINGS}:now=2027-06-01"),
        *("--", file),
    )

    assert sorted(one["Rule"]["Id"] for one in found) == ["E9-api-key-expired", BLOCKED]


def test_is_configured_by_files(cli: Cli) -> None:
    write("schema.graphql", SDL)
    write(
        ".cfnlintrc",
        f"append_rules: [{MODULE}]\n"
        "configure_rules:\n"
        f"  {SETTINGS}: {{schema: [Api=schema.graphql], select: [schema, xray-disabled]}}\n"
        "include_checks: [I9-xray]\n",
    )
    write(".appsync-guard.toml", '[[ignore]]\nrule = "nested-type-blocks-mode"\nreason = "known"\n')
    ended = cli("-f", "json", write("template.yaml", API))

    assert [one["Rule"]["Id"] for one in json.loads(ended.stdout)] == ["I9-xray-disabled"]


@pytest.mark.parametrize(
    ("regions", "settings", "said"),
    [
        (["us-east-1"], {}, []),  # what cfn-lint assumes by itself
        (["eu-west-1"], {}, []),
        (["eu-central-1"], {}, [""]),
        (["us-east-1"], {"region": "us-east-1"}, [""]),
        (["eu-west-1", "us-east-1"], {}, [" (in `us-east-1`)"]),
        (["us-east-1", "us-east-2"], {}, [" (in `us-east-1`)", " (in `us-east-2`)"]),
    ],
)
def test_judges_for_the_regions_that_are_given(
    regions: list[str], settings: dict[str, str], said: list[str]
) -> None:
    file = write("template.yaml", POOL.replace("!Ref Mode", "AMAZON_COGNITO_USER_POOLS"))
    found = [
        one
        for one in Linter().run(file, regions=regions, settings=settings)
        if one.rule.id == "E9-user-pool-region-mismatch"
    ]

    assert len(found) == len(said)
    assert all(f"{words}. " in one.message for one, words in zip(found, said, strict=True))
    assert ["(in" in one.message for one in found] == [bool(words) for words in said]


def test_parameters_decide(cli: Cli) -> None:
    if tuple(map(int, CFN_LINT.split(".")[:2])) < (1, 38):
        pytest.skip("this cfn-lint takes no parameters")
    file = write(
        "template.yaml", POOL.replace("DefaultAction", "#").replace("!Ref AWS::Region", "eu-west-1")
    )
    missing = "E9-default-action-missing"
    given = [
        [one["Rule"]["Id"] for one in cli.matches("--parameters", f"Mode={mode}", "-t", file)]
        for mode in ("AMAZON_COGNITO_USER_POOLS", "AWS_IAM")
    ]

    assert [missing in ids for ids in given] == [True, False]


def test_what_stays_open_is_informational(cli: Cli) -> None:
    file = write("template.yaml", BESIDE)

    assert cli.matches(file) == []

    match = cli.matches("-c", "I", "--", file)[0]

    assert (match["Rule"]["Id"], match["Level"]) == (UNDECIDED, "Informational")
    assert match["Message"].startswith(
        "the schema `./schema.graphql` is not among the files that were given:"
        " give E9-cdk-appsync-guard the setting schema Api=schema.graphql, which leaves open "
    )


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"now": "soon"}, "`soon` is no date (write --now 2026-07-01 or 2026-07-01T12:00:00Z)"),
        ({"select": "no-such-rule"}, "there is no rule or category `no-such-rule`"),
        ({"schema": "missing.graphql"}, "missing.graphql"),
    ],
)
def test_what_cannot_be_judged_is_one_error(settings: dict[str, str], said: str) -> None:
    (match,) = Linter().run(write("template.yaml", INLINE), settings=settings)

    assert (match.rule.id, match.linenumber) == (SETTINGS, 1)
    assert said in match.message


def test_nested_template_that_cannot_be_read_is_an_error_at_the_stack() -> None:
    write("inner.yaml", "Resources: [\n")
    (match,) = Linter().run(
        write(
            "outer.yaml",
            "Resources:\n  Inner:\n    Type: AWS::CloudFormation::Stack\n"
            "    Properties:\n      TemplateURL: ./inner.yaml\n",
        )
    )

    assert (match.rule.id, match.linenumber, match.path[:2]) == (
        SETTINGS,
        5,
        ["Resources", "Inner"],
    )
    assert "(at inner.yaml:" in match.message


def test_rules_of_ones_own_are_found_under_a_common_id() -> None:
    folder = Path("mine/nameless")
    folder.mkdir(parents=True)
    text = (built_in_folder() / "logging" / "log-level-none" / "rule.yaml").read_text("utf-8")
    (folder / "rule.yaml").write_text(text.replace("log-level-none", "nameless"), "utf-8")
    file = write("template.yaml", INLINE.replace("FieldLogLevel: ALL", "FieldLogLevel: NONE"))
    found = Linter().run(file, settings={"rules": "mine", "select": ["custom"]})

    assert [(one.rule.id, one.message[:12]) for one in found] == [
        ("W9-your-own-rule", "`nameless`: ")
    ]


def test_template_is_scanned_once_and_then_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    from cdk_appsync_guard.cfnlint import _judge  # noqa: PLC0415 - loaded only when it is needed

    judged: list[str] = []
    monkeypatch.setattr(_judge, "judge", _counting(_judge.judge, judged))
    linter = Linter()
    held = linter.rules[SETTINGS].scans
    gc.collect()
    before = len(held)
    template, options = linter.template(str(INSECURE))
    found = len(list(linter.rules.run(str(INSECURE), template, options)))

    assert (len(judged), found > 1, len(held)) == (1, True, before + 1)

    del template
    gc.collect()

    assert len(held) == before


def _counting(judge: Callable[..., Any], judged: list[str]) -> Callable[..., Any]:
    def counted(cfn: Template, *arguments: Any) -> Any:
        judged.append(cfn.filename)
        return judge(cfn, *arguments)

    return counted


def test_template_without_appsync_loads_no_scanner() -> None:
    text = "Resources:\n  Topic: {Type: AWS::SNS::Topic}\n"
    program = (
        "import sys\nfrom cfnlint.api import lint\n"
        f"print(lint({text!r}))\n"
        "print([name for name in sys.modules if name.startswith('cdk_appsync_guard.scan')"
        " or name == 'graphql'])\n"
    )
    write(".cfnlintrc", f"append_rules: [{MODULE}]\n")
    ended = subprocess.run(  # noqa: S603 - this Python, and a program of our own
        [sys.executable, "-W", "ignore", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    assert (ended.stdout, ended.stderr) == ("[]\n[]\n", "")
