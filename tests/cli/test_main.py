from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cdk_appsync_guard.cli.main import main

NOTHING = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
WRONG = """\
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: demo
      AuthenticationType: AMAZON_COGNITO_USER_POOLS
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    (tmp_path / "nothing.yaml").write_text(NOTHING)
    (tmp_path / "wrong.yaml").write_text(WRONG)
    (tmp_path / "broken.yaml").write_text("Resources: [")
    return tmp_path


def test_nothing_to_say_is_exit_0(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["scan", "nothing.yaml"])

    assert (code, capsys.readouterr().out) == (
        0,
        "nothing found: no AppSync GraphQL API in 1 file\n",
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 1),
        (["--fail-on", "never"], 0),
        (["--fail-on", "undecided"], 1),
        (["--select", "hardening", "--fail-on", "error"], 0),
        (["broken.yaml", "--fail-on", "never"], 2),
        (["--no-such-option"], 2),
        (["--select", "no-such-rule"], 2),
        (["--schema", "Api=no-such-file"], 2),
        (["--now", "yesterday"], 2),
        (["--format", "json", "--format", "sarif"], 2),
        (["-o", "a", "-o", "b"], 2),
        (["-o", "no/such/folder/x"], 2),
        (["--config", "no-such-file"], 2),
        (["--write-baseline", "new.json"], 0),
    ],
)
def test_exit_code(arguments: list[str], code: int) -> None:
    assert main(["scan", "wrong.yaml", *arguments]) == code


def test_other_files_are_judged_beside_a_broken_one(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["scan", "broken.yaml", "wrong.yaml", "--format", "json"])
    report = json.loads(capsys.readouterr().out)

    assert code == 2
    assert {finding["location"]["file"] for finding in report["findings"]} == {"wrong.yaml"}
    assert [problem["location"]["file"] for problem in report["problems"]] == ["broken.yaml"]


def test_each_format_has_its_output(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    formats = ["--format", "sarif", "-o", "r.sarif", "--format", "json", "-o", "r.json"]
    main(["scan", "wrong.yaml", *formats, "--format", "text"])

    assert json.loads((here / "r.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((here / "r.json").read_text())["version"] == 2
    assert capsys.readouterr().out.startswith("wrong.yaml  API Api\n")


def test_standard_input_is_judged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(NOTHING.encode())))
    code = main(["scan", "-"])

    assert (code, capsys.readouterr().out) == (
        0,
        "nothing found: no AppSync GraphQL API in 1 file\n",
    )


def test_baseline_accepts_what_was_there(capsys: pytest.CaptureFixture[str]) -> None:
    main(["scan", "wrong.yaml", "--write-baseline", "base.json"])
    capsys.readouterr()
    code = main(["scan", "wrong.yaml", "--baseline", "base.json", "--format", "json"])
    report = json.loads(capsys.readouterr().out)

    assert code == 0
    assert {finding["suppressed"]["by"] for finding in report["findings"]} == {"baseline"}


def test_configuration_is_found_and_options_win(here: Path) -> None:
    (here / ".appsync-guard.toml").write_text('fail-on = "never"\n')

    assert main(["scan", "wrong.yaml"]) == 0
    assert main(["scan", "wrong.yaml", "--fail-on", "error"]) == 1


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_error() -> None:
    command = [sys.executable, "-m", "cdk_appsync_guard", "rules", "--format", "json"]
    folder = Path(__file__).parents[2]
    with subprocess.Popen(  # noqa: S603 - our own program
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(folder)},
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read()

    assert (process.returncode, said) == (0, b"")


@pytest.mark.parametrize("command", [[], ["scan"], ["rules"], ["facts"]])
def test_help_fits_80_columns_and_has_examples(
    command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code = main([*command, "--help"])
    text = capsys.readouterr().out

    assert code == 0
    assert "Examples:" in text
    assert max(len(line) for line in text.splitlines()) <= 80


@pytest.mark.slow
def test_rules_are_listed_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    main(["rules", "--format", "json"])
    rules = json.loads(capsys.readouterr().out)["rules"]
    for rule in rules:
        assert main(["rules", rule["id"]]) == 0
        assert rule["id"] in capsys.readouterr().out


def test_likely_rule_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    main(["rules", "--format", "json"])
    rule = json.loads(capsys.readouterr().out)["rules"][0]["id"]
    code = main(["rules", rule + "x"])

    assert (code, capsys.readouterr().err) == (
        2,
        f"error: there is no rule `{rule}x`\nhelp: did you mean `{rule}`?\n",
    )


def test_facts_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["facts", "wrong.yaml", "--table", "apis", "--format", "json"])
    (row,) = json.loads(capsys.readouterr().out)["rows"]

    assert code == 0
    assert (row["table"], row["cells"]["name"]) == ("apis", "Api")


def test_vocabulary_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["facts", "--list", "--table", "apis"])

    assert code == 0
    assert "default_mode" in capsys.readouterr().out
