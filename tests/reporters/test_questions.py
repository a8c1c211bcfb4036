"""One question is one entry, whatever the format: what people count is what machines count."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from linting import Cli
from reporters.strategies import reports

from cdk_appsync_guard.engine.scan import scan
from cdk_appsync_guard.report import Report, Undecided, ask_once
from cdk_appsync_guard.reporters.closing import summary
from cdk_appsync_guard.reporters.json import render as render_json
from cdk_appsync_guard.reporters.sarif import render as render_sarif
from cdk_appsync_guard.reporters.text import render as render_text

TEMPLATE = """\
Resources:
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties: {Name: n, AuthenticationType: AWS_IAM}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties: {ApiId: !GetAtt Api.ApiId, DefinitionS3Location: "s3://b/schema.graphql"}
"""


@pytest.fixture
def case(tmp_path: Path) -> str:
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE)
    return str(file)


def counts(report: Report) -> set[int]:
    """Return how many questions each format shows, and how many it says there are."""
    data = json.loads(render_json(report, "1"))
    (run,) = json.loads(render_sarif(report, "1"))["runs"]
    shown = [line for line in render_text(report).split("\n") if line.startswith("undecided")]
    said = [part for part in summary(report).split(", ") if "undecided" in part]
    return {
        len(data["undecided"]),
        data["summary"]["undecided"],
        sum(result["kind"] == "open" for result in run["results"]),
        len(shown),
        int(said[0].split()[0]) if said else 0,
    }


def test_a_missing_schema_is_one_question_in_every_format(case: str) -> None:
    report = scan([case])
    (question,) = report.undecided

    assert counts(report) == {1}
    assert len({rule.rule for rule in question.rules}) > 20
    assert question.would_decide == "--schema Api=schema.graphql"


def test_cdk_asks_it_once(case: str) -> None:
    pytest.importorskip("aws_cdk")
    from cdk_appsync_guard.cdk.violations import remarks_of

    (remark,) = (one for one in remarks_of(scan([case])) if one.kind == "undecided")

    assert remark.fix == "Decide it with --schema Api=schema.graphql"


@pytest.mark.slow
def test_cfn_lint_asks_it_once(
    case: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Cli(monkeypatch, capsys).matches("-c", "I", "--", case)

    assert [one["Rule"]["Id"] for one in found].count("I9-cdk-appsync-guard-undecided") == 1


@pytest.mark.slow
@settings(max_examples=30)
@given(report=reports())
def test_all_formats_show_the_same_number(report: Report) -> None:
    assert counts(report) == {len(report.undecided)}, render_text(report)


@pytest.mark.slow
@settings(max_examples=30)
@given(report=reports())
def test_asking_once_loses_no_rule(report: Report) -> None:
    apart = [
        Undecided(one.reason, one.would_decide, (rule,))
        for one in report.undecided
        for rule in one.rules
    ]
    asked = ask_once(apart)

    assert len({(one.reason, one.would_decide) for one in asked}) == len(asked)
    assert {rule for one in asked for rule in one.rules} == {
        rule for one in report.undecided for rule in one.rules
    }
    assert ask_once(asked) == asked
