"""What holds of any input, from bytes to reports: an answer, the same each time, and a safe one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hostile_templates import rule_files, templates
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_appsync_guard.engine.scan import ScanOptions, collect_facts, scan
from cdk_appsync_guard.engine.scenes import find_matrices, survey
from cdk_appsync_guard.errors import GuardError, RuleError
from cdk_appsync_guard.report import Location, Report
from cdk_appsync_guard.reporters import json as json_report
from cdk_appsync_guard.reporters import sarif as sarif_report
from cdk_appsync_guard.reporters import text as text_report
from cdk_appsync_guard.template.inputs.parameters import Parameters

pytestmark = pytest.mark.slow


NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "sample_stacks" / "blog" / "insecure.yaml"


def judge(template: dict[str, Any], **known: Any) -> Report:
    data = json.dumps(template).encode()
    return scan(["-"], ScanOptions(now=NOW, select=("all",), stdin=data, **known))


def rendered(report: Report) -> tuple[str, str, str]:
    return (
        json_report.render(report, "1"),
        sarif_report.render(report, "1"),
        text_report.render(report),
    )


@settings(max_examples=40, deadline=None)
@given(templates())
def test_any_template_gets_the_same_safe_answer_each_time(template: dict[str, Any]) -> None:
    reports = rendered(judge(template))

    assert rendered(judge(template)) == reports
    for report in reports:
        assert report.replace("\n", "").isprintable()
        assert "da2-abcdefghijklmnopqrstuvwxyz" not in report
    for report in reports[:2]:
        json.loads(report)


@settings(max_examples=40, deadline=None)
@given(templates(), st.sampled_from(["API_KEY", "a", "ALL", "1", ""]))
def test_a_parameter_that_is_given_leaves_no_finding_open(
    template: dict[str, Any], value: str
) -> None:
    before = judge(template)
    after = judge(template, parameters=Parameters(given={"P": value, "Q": value}))

    found = {(one.rule, one.location) for one in before.findings}
    opened = _waiting(after) - _waiting(before)
    assert found & opened == set()


def _waiting(report: Report) -> set[tuple[str, Location]]:
    return {(rule.rule, rule.location) for one in report.undecided for rule in one.rules}


@settings(max_examples=40, deadline=None)
@given(rule=rule_files())
def test_any_rule_is_refused_or_answers(
    rule: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "own").mkdir()
    (folder / "own" / "rule.yaml").write_text(rule, encoding="utf-8")
    options = ScanOptions(now=NOW, rules=(str(folder),), select=("own",))
    try:
        report = scan([str(SAMPLE)], options)
    except RuleError as error:
        assert error.location is not None  # noqa: PT017 - either outcome is fine
    else:
        assert report.problems == ()
        rendered(report)


OPERATIONS = st.lists(
    st.sampled_from(
        [
            "query Q { a { id } x: a { a { b } } }",
            "mutation { b(x: 1) { a x ...F } }",
            "subscription S { c { ...F } }",
            "fragment F on N { a b { ...F } }",
            "query ($x: In!) { a(x: $x) @skip(if: true) { ... on M { a } } __schema { types { name } } }",
            "{ a",
            "type Query { a: ID }",
        ]
    ),
    max_size=4,
).map("\n".join)


@settings(max_examples=30, deadline=None)
@given(template=templates(), operations=OPERATIONS, nested=st.booleans())
def test_any_client_code_and_any_matrix_is_an_answer_or_an_error(
    template: dict[str, Any],
    operations: str,
    nested: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    file = tmp_path_factory.mktemp("client") / "code.graphql"
    file.write_text(operations, encoding="utf-8")
    rendered(judge(template, operations=(str(file),)))
    data = json.dumps(template).encode()
    with suppress(GuardError):
        find_matrices(survey(["-"], ScanOptions(now=NOW, stdin=data)), nested=nested)
    with suppress(GuardError):
        collect_facts(["-"], ScanOptions(now=NOW, stdin=data))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_get_a_report(data: bytes) -> None:
    report = scan(["-"], ScanOptions(now=NOW, stdin=data))

    assert all(isinstance(problem, GuardError) for problem in report.problems)
    rendered(report)


def test_hash_seeds_do_not_show() -> None:
    command = [sys.executable, "-m", "cdk_appsync_guard", "scan", "--now", "2026-06-01"]
    command += ["--select", "all", "--format", "sarif", "--fail-on", "never", "sample_stacks"]
    reports = {
        subprocess.run(  # noqa: S603 - our own command
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(reports) == 1
