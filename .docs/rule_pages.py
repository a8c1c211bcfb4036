"""A rule's folder → its page: what is wrong, what the client sees, the fix, and both examples.

What the page quotes is what a scan of ``fail.yaml`` and ``unknown.yaml`` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timezone
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from texts import code_block, escape, sentence

from cdk_appsync_guard.engine.scan import ScanOptions, scan
from cdk_appsync_guard.policy.rules import CATEGORIES, OFF_BY_DEFAULT, Rule, built_in_rules
from cdk_appsync_guard.report import Finding, Report, Symptom
from cdk_appsync_guard.reporters.text import symptom_subject, symptom_words
from cdk_appsync_guard.settings.caller_file import read_callers

__all__ = ["ABOUT", "index_page", "rule_pages"]

ABOUT = {
    "providers": "The authorization modes of an API: which there are, and how each is configured.",
    "schema": "Directives: what `@aws_auth`, `@aws_iam`, and others do, and where they do nothing.",
    "iam": "Policies, roles, and identity pools: who is allowed to call which field with IAM.",
    "authorizer": "The Lambda authorizer: its permission, its answer, its cache.",
    "credentials": "API keys, and what senders such as EventBridge sign with.",
    "resolvers": "Resolver code, mapping templates, and the roles of data sources.",
    "subscriptions": "What subscribers are allowed to open, and what reaches them.",
    "logging": "Whether the logs tell why a request was refused.",
    "hardening": "Good practice that not every API needs: off unless you select it.",
}
_NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
_ENDS = {".yaml": "yaml", ".operations.graphql": "graphql", ".callers.yaml": "yaml"}


def index_page() -> str:
    """Return the page that lists all rules by category."""
    rules = built_in_rules()
    lines = [
        "---\nhide: [toc]\n---",
        "# Rules",
        "",
        f"{len(rules)} rules in {len(ABOUT)} categories. **error**: a request or a deployment",
        "certainly fails, or access is certainly wider than written. **warning**: that is likely.",
        "**info**: it needs judgment. What a template leaves open is never a finding: the rule is",
        "[undecided](../model.md#three-outcomes), and says what would decide it.",
        "",
        " · ".join(f"[{name}](#{name})" for name in ABOUT),
    ]
    for category, about in ABOUT.items():
        lines += ["", f"## {category}", "", about, "", "| rule | severity | what is wrong |"]
        lines += ["| --- | --- | --- |"]
        lines += [
            f"| [{rule.id}]({rule.id}.md) | {_severity(rule)} | {escape(rule.title)} |"
            for rule in rules
            if rule.category == category
        ]
    return "\n".join(lines) + "\n"


def rule_pages() -> Iterator[tuple[Rule, str]]:
    """Yield each rule with its page."""
    for rule in built_in_rules():
        yield rule, "\n\n".join(part for part in _parts(rule) if part) + "\n"


def _parts(rule: Rule) -> Iterator[str]:
    folder = Path(rule.file).parent
    finding = _own(_said(folder, "fail"), rule.id)[0]
    state = "off unless selected" if rule.category == OFF_BY_DEFAULT else "on by default"
    yield f"---\ntitle: {rule.id}\ndescription: {_quoted(rule.title)}\n---\n\n# {rule.id}"
    yield f"{escape(rule.title)}.\n{{: .lead }}"
    yield f"{_severity(rule)} · [{rule.category}](index.md#{rule.category}) · {state}"
    yield f"## What is wrong\n\nOf the example below, a scan says:\n\n> {sentence(finding.message)}"
    yield f"## What the client sees\n\n{_symptoms(folder, rule)}"
    yield f"## How to fix it\n\n{escape(finding.remediation)}"
    yield f"## Example\n\n### Wrong\n\n{_wrong(folder)}"
    yield f"### Right\n\n{_right(folder)}"
    yield _undecided(folder, rule)
    yield _related(rule)
    yield f"## How to suppress it\n\n{_suppress(rule)}"
    yield "## Sources\n\n" + "\n".join(f"- <{url}>" for url in rule.references)


def _severity(rule: Rule) -> str:
    return f'<span class="severity {rule.severity.value}">{rule.severity.value}</span>'


@cache
def _said(folder: Path, fixture: str) -> Report:
    operations = folder / f"{fixture}.operations.graphql"
    callers = folder / f"{fixture}.callers.yaml"
    options = ScanOptions(
        now=_NOW,
        select=(folder.name,),
        operations=(str(operations),) if operations.is_file() else (),
        callers=read_callers(str(callers)) if callers.is_file() else (),
        jobs=1,
    )
    return scan([str(folder / f"{fixture}.yaml")], options)


def _own(report: Report, rule: str) -> list[Finding]:
    """Return the rule's findings, also those that are listed under another."""
    everything = (one for found in report.findings for one in (found, *found.consequences))
    return [one for one in everything if one.rule == rule]


def _symptoms(folder: Path, rule: Rule) -> str:
    symptoms = dict.fromkeys(one.symptom for one in _own(_said(folder, "fail"), rule.id))
    said = [one for one in symptoms if one and one.channel != "computed"]
    if not said:
        return (
            "No error of its own: either nothing fails, or what fails depends on the request. "
            "[explain](../ask.md#what-will-appsync-answer) shows the answer to one request."
        )
    return "\n".join(f"- {_sees(one)}" for one in said)


def _sees(symptom: Symptom) -> str:
    words = _inline(symptom_words(symptom)[1])
    if symptom_subject(symptom) == "The client":
        return words
    return f"{symptom_subject(symptom)} fails: {words}"


def _inline(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _wrong(folder: Path) -> str:
    blocks = []
    for end, language in _ENDS.items():
        lines = _lines(folder / f"fail{end}")
        marked = [number for number, line in enumerate(lines, 1) if "# expect:" in line]
        if lines:
            blocks.append(code_block(_bare(lines), language, marked=marked, look="wrong"))
    return "\n\n".join(blocks)


def _right(folder: Path) -> str:
    blocks = []
    for end, language in _ENDS.items():
        wrong, right = _bare(_lines(folder / f"fail{end}")), _bare(_lines(folder / f"pass{end}"))
        if not right:
            continue
        steps = SequenceMatcher(None, wrong, right, autojunk=False).get_opcodes()
        changes = [step for step in steps if step[0] != "equal"]
        if len(changes) > 1 and changes[-1][0] == "insert" and changes[-1][2] == len(wrong):
            right = right[: changes.pop()[3]]  # cases that are to be left alone
        marked = [number for step in changes for number in range(step[3] + 1, step[4] + 1)]
        gone = any(step[0] == "delete" for step in changes)
        note = (
            "\n\nThe lines of the wrong example that are not here are what was wrong."
            if gone
            else ""
        )
        block = code_block(right, language, marked=marked, look="right")
        blocks.append(block + (note if not marked else ""))
    return "\n\n".join(blocks)


def _undecided(folder: Path, rule: Rule) -> str:
    questions = [
        one
        for one in _said(folder, "unknown").undecided
        if any(waiting.rule == rule.id for waiting in one.rules)
    ]
    if not questions:
        return ""
    lines = ["## When it is undecided", "", "What the input leaves open is not a finding:", ""]
    asked = dict.fromkeys((one.reason, one.would_decide) for one in questions)
    lines += [f"- {sentence(why)} To decide it, give {_given(what)}." for why, what in asked]
    return "\n".join(lines)


def _given(what: str) -> str:
    return _inline(what) if what.startswith("--") else escape(what)


def _related(rule: Rule) -> str:
    causes = [cause.rule for cause in rule.consequence_of]
    effects = [
        one.id
        for one in built_in_rules()
        if any(cause.rule == rule.id for cause in one.consequence_of)
    ]
    lines = []
    if causes:
        lines.append("- Listed under a finding of " + _links(causes) + " where that is the cause.")
    if effects:
        lines.append(
            "- Where it is the cause, findings of " + _links(effects) + " are listed under it."
        )
    return "\n".join(["## Together with", "", *lines]) if lines else ""


def _links(ids: Iterable[str]) -> str:
    return ", ".join(f"[{one}]({one}.md)" for one in ids)


def _suppress(rule: Rule) -> str:
    sdl = (
        '\n=== "In the schema"\n\n    ```graphql\n'
        f"    field: String # cdk-appsync-guard: ignore {rule.id} -- why it is fine\n    ```\n"
    )
    return (
        "Each way needs a reason, and keeps the finding in JSON and SARIF.\n\n"
        '=== "In the template"\n\n    ```yaml\n    Metadata: # of the resource\n'
        f"      cdk-appsync-guard:\n        ignore:\n          - rule: {rule.id}\n"
        "            reason: why it is fine\n    ```\n"
        + (sdl if rule.category == "schema" else "")
        + '\n=== "In the configuration"\n\n    ```toml\n    # .appsync-guard.toml\n    [[ignore]]\n'
        f'    rule = "{rule.id}"\n    reason = "why it is fine"\n    ```\n'
        '\n=== "In a CDK app"\n\n    ```python\n    Validations.of(stack).acknowledge(\n'
        f'        Acknowledgment(id="AppSyncGuard::{rule.id}", reason="why it is fine")\n'
        "    )\n    ```"
    )


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines() if file.is_file() else []


def _bare(lines: Sequence[str]) -> list[str]:
    """Drop the markers, which are for the tests."""
    bare = (line.partition("# expect:")[0].partition("# undecided:")[0] for line in lines)
    return [line.rstrip() for line in bare]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


assert set(CATEGORIES) - {"custom"} == set(ABOUT)  # noqa: S101 - a new category needs its sentence
