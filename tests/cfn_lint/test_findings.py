"""What the rules say inside cfn-lint, in whichever version is installed."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from cfnlint.api import lint
from cfnlint.template import Template
from linting import (
    BESIDE,
    BLOCKED,
    FOLDER,
    INLINE,
    INSECURE,
    LOOP,
    MODULE,
    ROOT,
    SDL,
    SERVERLESS,
    SETTINGS,
    Cli,
    Linter,
    decided,
    places,
    scanned,
    write,
)

from cdk_appsync_guard.policy.rules import built_in_rules

pytestmark = pytest.mark.slow


RULES = built_in_rules()


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
        "`API_KEY` callers can select `Query.note` but no field of `Note`, which does not have a directive"
        " and accepts only the default mode, `AWS_IAM`."
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
    assert "(at schema.graphql:4:6). The client gets" in match["Message"]


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
    assert "(at `type Note {`)." in match["Message"]


def test_lints_a_text_as_language_servers_do() -> None:
    write(".cfnlintrc", f"append_rules: [{MODULE}]\n")

    assert [one.rule.id for one in lint(INLINE)] == [BLOCKED]


def test_template_is_scanned_once_and_then_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    from cdk_appsync_guard.cfnlint import _judge

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
        "print([name for name in sys.modules if name.startswith('cdk_appsync_guard.engine.scan')"
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
