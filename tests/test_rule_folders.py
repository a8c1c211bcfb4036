"""Every rule folder keeps its promises: the fixtures' markers are exactly what the rule says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from functools import cache, partial
from pathlib import Path
from typing import Any

import jmespath
import pytest
import yaml

from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.errors import RuleError
from cdk_appsync_guard.facts.vocabulary import TABLES
from cdk_appsync_guard.policy.rule import PLACEHOLDER, Rule
from cdk_appsync_guard.policy.rule_reader import parse_rule
from cdk_appsync_guard.policy.rules import built_in_folder, built_in_rules
from cdk_appsync_guard.report import Report
from cdk_appsync_guard.settings.caller_file import read_callers

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
FIXTURES = ("fail", "pass", "unknown")
FOLDERS = sorted(file.parent for file in built_in_folder().glob("*/*/rule.yaml"))
MARKER = re.compile(r"#\s*(expect|undecided):\s*([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)")
# Messages that need no placeholder, and why.
SAY_NOTHING_OF_THE_ROW: dict[str, str] = {}

each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


@each_folder
def test_rule_fits_the_vocabulary(folder: Path) -> None:
    rule = _read(folder)

    assert rule.id == folder.name


@each_folder
def test_rule_has_all_fixtures(folder: Path) -> None:
    assert [name for name in FIXTURES if not (folder / f"{name}.yaml").is_file()] == []


@pytest.mark.slow
@each_folder
def test_findings_are_where_fail_marks_them(folder: Path) -> None:
    marked = _marked(folder, "fail", "expect")

    assert marked
    assert _findings(folder, "fail") == marked


@pytest.mark.slow
@each_folder
def test_fail_leaves_nothing_undecided_but_what_it_marks(folder: Path) -> None:
    assert _undecided(folder, "fail") == _marked(folder, "fail", "undecided")


@pytest.mark.slow
@each_folder
def test_pass_has_no_finding_and_no_question(folder: Path) -> None:
    assert _findings(folder, "pass") == set()
    assert _undecided(folder, "pass") == set()


@pytest.mark.slow
@each_folder
def test_questions_are_where_unknown_marks_them(folder: Path) -> None:
    marked = _marked(folder, "unknown", "undecided")

    assert marked
    assert _undecided(folder, "unknown") == marked


@pytest.mark.slow
@each_folder
def test_unknown_has_no_finding_but_what_it_marks(folder: Path) -> None:
    assert _findings(folder, "unknown") == _marked(folder, "unknown", "expect")


@pytest.mark.slow
@each_folder
def test_every_operand_of_the_query_is_needed_by_some_fixture(folder: Path, tmp_path: Path) -> None:
    rule = _read(folder)
    variants = {
        f"variant-{number}": query
        for number, query in enumerate(dict.fromkeys(_shortened(rule.query)))
        if _is_accepted(folder, query)
    }
    for name, query in variants.items():
        _write_variant(folder, tmp_path / rule.category / name, query)

    needless = set(variants)
    for fixture in FIXTURES if variants else ():
        # In one scan, so that only the query can make a difference.
        said = _scan(folder / f"{fixture}.yaml", (rule.id, *variants), tmp_path)
        needless -= {name for name in variants if said(name) != said(rule.id)}

    assert [variants[name] for name in needless] == []


@each_folder
def test_message_is_one_sentence_about_the_row(folder: Path) -> None:
    rule = _read(folder)

    assert not rule.message.endswith(".")
    assert PLACEHOLDER.search(rule.message) or rule.id in SAY_NOTHING_OF_THE_ROW


@each_folder
def test_references_are_https(folder: Path) -> None:
    assert _read(folder).references
    assert [url for url in _read(folder).references if not url.startswith("https://")] == []


@pytest.mark.parametrize("key", ["id", "title", "message"])
def test_no_two_rules_share(key: str) -> None:
    values = [getattr(rule, key) for rule in built_in_rules()]

    assert sorted(values) == sorted(set(values))


def _read(folder: Path) -> Rule:
    return _parse(folder, (folder / "rule.yaml").read_text(encoding="utf-8"), folder.name)


def _parse(folder: Path, text: str, rule_id: str) -> Rule:
    file = str(folder / "rule.yaml")
    return parse_rule(text, file, id=rule_id, category=folder.parent.name, tables=TABLES)


def _marked(folder: Path, fixture: str, kind: str) -> set[tuple[str, int]]:
    """Return file and line of each marker for the folder's own rule."""
    return {
        (file.name, number)
        for file in sorted(folder.glob(f"{fixture}.*"))
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1)
        for marker in MARKER.finditer(line)
        if marker[1] == kind and folder.name in re.split(r"\s*,\s*", marker[2])
    }


def _findings(folder: Path, fixture: str) -> set[tuple[str, int | None]]:
    findings, _ = _said(folder, fixture)
    return {(file, line) for file, line, _ in findings}


def _undecided(folder: Path, fixture: str) -> set[tuple[str, int | None]]:
    return _said(folder, fixture)[1]


@cache  # five tests ask about each fixture
def _said(folder: Path, fixture: str) -> tuple[Any, Any]:
    """Return what the folder's own rule says of a fixture when all rules are asked."""
    return _scan(folder / f"{fixture}.yaml", ("all",))(folder.name)


def _scan(
    template: Path, select: tuple[str, ...], rules: Path | None = None
) -> Callable[[str], tuple[Any, Any]]:
    # A rule about client code has some beside its templates, and who runs it.
    operations = template.with_suffix(".operations.graphql")
    callers = template.with_suffix(".callers.yaml")
    options = ScanOptions(
        now=NOW,
        rules=(str(rules),) if rules else (),
        select=select,
        operations=(str(operations),) if operations.is_file() else (),
        callers=read_callers(str(callers)) if callers.is_file() else (),
    )
    report = scan([str(template)], options)
    assert report.problems == ()
    return partial(_said_in, report)


def _said_in(report: Report, rule: str) -> tuple[Any, Any]:
    """Return place and message of each finding of the rule, and the place of each question.

    A finding that is listed with its cause counts: it is said there.
    """
    findings = {
        (Path(one.location.file).name, one.location.line, one.message)
        for finding in report.findings
        for one in (finding, *finding.consequences)
        if one.rule == rule
    }
    undecided = {
        (Path(one.location.file).name, one.location.line)
        for question in report.undecided
        for one in question.rules
        if one.rule == rule and question.would_decide
    }
    return findings, undecided


def _is_accepted(folder: Path, query: str) -> bool:
    # A query that the loader refuses once an operand is gone needs that operand.
    try:
        _parse(folder, _variant(folder, "variant-0", query), "variant-0")
    except RuleError:
        return False
    return True


def _write_variant(folder: Path, target: Path, query: str) -> None:
    target.mkdir(parents=True)
    (target / "rule.yaml").write_text(_variant(folder, target.name, query), encoding="utf-8")


def _variant(folder: Path, rule_id: str, query: str) -> str:
    rule = yaml.safe_load((folder / "rule.yaml").read_text(encoding="utf-8"))
    return yaml.safe_dump({**rule, "id": rule_id, "query": query}, allow_unicode=True, width=10_000)


def _shortened(query: str) -> Iterator[str]:
    """Yield the query without each single operand of its && and ||."""
    tree = jmespath.compile(query).parsed
    table, _, condition = tree["children"]
    for shorter in _without_one(condition):
        yield f"{table['value']}[?{_write(shorter)}]"


def _without_one(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    children = tree["children"]
    if tree["type"] in ("and_expression", "or_expression"):
        yield from reversed(children)
    if tree["type"] in ("and_expression", "or_expression", "not_expression"):
        for position, child in enumerate(children):
            for shorter in _without_one(child):
                parts = [*children[:position], shorter, *children[position + 1 :]]
                yield {**tree, "children": parts}


def _write(tree: dict[str, Any]) -> str:
    """Return the JMESPath that parses to the tree."""
    parts = [_write(child) for child in tree["children"]]
    comparators = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
    written: dict[str, Callable[[], str]] = {
        "field": lambda: tree["value"],
        "current": lambda: "@",
        "identity": lambda: "",
        "literal": lambda: f"`{json.dumps(tree['value'])}`",
        "comparator": lambda: f"{parts[0]} {comparators[tree['value']]} {parts[1]}",
        "function_expression": lambda: f"{tree['value']}({', '.join(parts)})",
        "multi_select_list": lambda: f"[{', '.join(parts)}]",
        "filter_projection": lambda: f"{parts[0]}[?{parts[2]}]",
        "not_expression": lambda: f"!({parts[0]})",
        "and_expression": lambda: f"({parts[0]} && {parts[1]})",
        "or_expression": lambda: f"({parts[0]} || {parts[1]})",
    }
    return str(written[tree["type"]]())
