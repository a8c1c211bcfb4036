"""What people can set, ignore and decide inside cfn-lint."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from cfnlint.decode import decode
from cfnlint.version import __version__ as CFN_LINT  # noqa: N812
from linting import (
    API,
    BESIDE,
    BLOCKED,
    COPY,
    INLINE,
    MODULE,
    POOL,
    ROOT,
    SDL,
    SETTINGS,
    UNDECIDED,
    Cli,
    Linter,
    write,
)

from cdk_appsync_guard.policy.rules import built_in_folder

pytestmark = pytest.mark.slow


RUN = "from sys import exit; from cfnlint.runner import main; exit(main())"


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
        "the schema `./schema.graphql` is not in the files given:"
        " give E9-cdk-appsync-guard the setting schema Api=schema.graphql, which leaves open "
    )


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"now": "soon"},
            "`soon` is not a valid date (write --now 2026-07-01 or 2026-07-01T12:00:00Z)",
        ),
        ({"select": "no-such-rule"}, "no rule or category is named `no-such-rule`"),
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


@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_what_an_editors_copy_leaves_out_of_reach_is_asked_for(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    copies = tmp_path / "temporary"
    copies.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(copies))
    write("schema.graphql", SDL)
    template, _ = decode(write("template.yaml", BESIDE))
    text = BESIDE if ending == "yaml" else json.dumps(template)
    [match] = cli.matches(write(f"temporary/cfn-lint-1764079200123.{ending}", text))

    assert (match["Rule"]["Id"], match["Level"]) == (COPY, "Informational")
    assert match["Message"] == (
        "the schema `./schema.graphql` is not in the files given, because the editor"
        f" has a copy of the template linted in `temporary`: in `~/.cfnlintrc`, give"
        f" {SETTINGS} the setting schema Api=/full/path/to/schema.graphql, or run"
        " cdk-appsync-guard scan on the template itself"
    )
    assert cli.matches("-i", "I9", "--", match["Filename"]) == []


def test_a_copy_is_judged_with_the_schema_of_the_home_folder_as_the_language_server_runs_it(
    tmp_path: Path,
) -> None:
    home, copies = tmp_path / "home", tmp_path / "temporary"
    for folder in (home, copies):
        folder.mkdir()
    schema = tmp_path / "schema.graphql"
    schema.write_text(SDL, "utf-8")
    copy = copies / "cfn-lint-1764079200123.yaml"
    copy.write_text(BESIDE, "utf-8")
    said = []
    for setting in ("", f"\nconfigure_rules: {{{SETTINGS}: {{schema: ['Api={schema}']}}}}"):
        (home / ".cfnlintrc").write_text(f"append_rules: [{MODULE}]{setting}\n", "utf-8")
        done = subprocess.run(  # noqa: S603 - cfn-lint
            [sys.executable, "-c", RUN, "--format", "json", str(copy)],
            cwd=home,
            env={**os.environ, "HOME": str(home), "TMPDIR": str(copies), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        found = [one["Rule"]["Id"] for one in json.loads(done.stdout)]
        said.append([id for id in found if id[1] == "9"])

    assert said == [[COPY], [BLOCKED]]


@pytest.mark.parametrize("name", ["cfn-lint-1.yaml", "temporary/template.yaml"])
def test_a_file_that_is_no_copy_asks_only_those_who_want_information(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    copies = tmp_path / "temporary"
    copies.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(copies))

    assert cli.matches(write(name, BESIDE)) == []


def test_code_beside_the_template_is_out_of_reach_of_a_copy(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    resolver = (
        "  Resolver:\n    Type: AWS::AppSync::Resolver\n    DependsOn: Schema\n"
        "    Properties: {ApiId: !GetAtt Api.ApiId, TypeName: Query, FieldName: note,"
        " DataSourceName: !GetAtt Source.Name, Runtime: {Name: APPSYNC_JS, RuntimeVersion: 1.0.0},"
        " CodeS3Location: ./note.js}\n"
        "  Source:\n    Type: AWS::AppSync::DataSource\n"
        "    Properties: {ApiId: !GetAtt Api.ApiId, Name: none, Type: NONE}\n"
    )
    found = cli.matches(write("cfn-lint-1.yaml", INLINE + resolver))
    [asked] = [one for one in found if one["Rule"]["Id"] == COPY]

    assert "`./note.js`" in asked["Message"]
    assert asked["Message"].endswith(": run cdk-appsync-guard scan on the template itself")
