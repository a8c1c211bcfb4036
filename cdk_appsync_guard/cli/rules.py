"""``rules [ID]``: all rules, or one rule's page; ``rules new ID``: a folder to start from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher, get_close_matches, unified_diff
from pathlib import Path
from typing import Any

import click

from cdk_appsync_guard.cli.output import color_option, style_for, write_out
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.policy.new_rule import new_rule
from cdk_appsync_guard.policy.rules import CATEGORIES, Rule, load_rules
from cdk_appsync_guard.reporters.encode import encode
from cdk_appsync_guard.reporters.terminal import SEVERITY_COLORS, Style
from cdk_appsync_guard.reporters.text import symptom_words
from cdk_appsync_guard.reporters.writer import text_of
from cdk_appsync_guard.settings.files import write_file

__all__ = ["command"]


@click.command(
    "rules",
    epilog="""\b
Examples:
  cdk-appsync-guard rules
  cdk-appsync-guard rules nested-type-blocks-mode
  cdk-appsync-guard rules --rules my-rules --format json
  cdk-appsync-guard rules new key-without-owner --category credentials
""",
)
@click.argument("rule_id", metavar="[ID]", required=False)
@click.argument("new_id", metavar="[new ID]", required=False)
@click.option("--rules", "folders", multiple=True, metavar="DIR", help="A folder with more rules.")
@click.option(
    "--format", "kind", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.option(
    "--category",
    metavar="CATEGORY",
    type=click.Choice(CATEGORIES),
    default="schema",
    show_default=True,
    help="The category of the new rule.",
)
@color_option
def command(
    rule_id: str | None,
    new_id: str | None,
    folders: tuple[str, ...],
    kind: str,
    category: str,
    color: str,
) -> int:
    """List the rules, show one rule with an example and its repair, or write a new one.

    `rules new ID` writes rule.yaml and its three fixtures, which hold for an example, to the folder
    CATEGORY/ID below --rules, or below rules/.
    """
    if rule_id == "new":
        return _create(new_id, category, folders)
    if new_id is not None:
        raise ConfigError(f"there is one ID too many: `{new_id}`", help="write `rules ID`")
    rules: Sequence[Rule] = load_rules([Path(folder) for folder in folders])
    if rule_id is not None:
        rules = [_find(rules, rule_id)]
    style = style_for(color)
    if kind == "json":
        write_out(encode({"version": 1, "rules": [_data(rule) for rule in rules]}))
    else:
        lines = _page(rules[0], style) if rule_id is not None else _list(rules, style)
        write_out(text_of(lines, color=style.color), style)
    return 0


def _create(rule_id: str | None, category: str, folders: Sequence[str]) -> int:
    if rule_id is None:
        raise ConfigError("the new rule has no id", help="write `rules new ID`")
    if len(folders) > 1:
        raise ConfigError("a new rule is written to one folder", help="give --rules once")
    files = new_rule(rule_id)
    top = Path(*folders) if folders else Path("rules")
    known = load_rules([top] if top.is_dir() else [])
    if any(rule_id in (rule.id, *rule.aliases) for rule in known):
        raise ConfigError(f"the rule `{rule_id}` already exists", help="choose another id")
    folder = top / category / rule_id
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        reason = (error.strerror or "it cannot be written").lower()
        raise ConfigError(f"cannot make the folder `{folder.as_posix()}`: {reason}") from error
    for name, text in files.items():
        write_file(str(folder / name), text)
        write_out(text_of([(folder / name).as_posix()]))
    return 0


def _find(rules: Sequence[Rule], rule_id: str) -> Rule:
    for rule in rules:
        if rule_id in (rule.id, *rule.aliases):
            return rule
    close = get_close_matches(rule_id, [rule.id for rule in rules], n=1)
    advice = f"did you mean `{close[0]}`?" if close else "`cdk-appsync-guard rules` lists them"
    raise ConfigError(f"there is no rule `{rule_id}`", help=advice)


def _data(rule: Rule) -> dict[str, Any]:
    symptom = rule.symptom
    return {
        "id": rule.id,
        "category": rule.category,
        "title": rule.title,
        "severity": rule.severity.value,
        "query": rule.query,
        "message": rule.message,
        "symptom": symptom
        and {
            "channel": symptom.channel,
            "status": symptom.status,
            "error_type": symptom.error_type,
            "message": symptom.message,
        },
        "remediation": rule.remediation,
        "references": rule.references,
        "aliases": rule.aliases,
        "consequence_of": [cause.rule for cause in rule.consequence_of],
    }


def _list(rules: Sequence[Rule], style: Style) -> Iterator[str]:
    categories = dict.fromkeys(rule.category for rule in rules)
    longest = max((len(rule.id) for rule in rules), default=0)
    for category in categories:
        off = "  (off unless selected)" if category == "hardening" else ""
        yield style.paint(category, "bold") + style.paint(off, "dim")
        for rule in rules:
            if rule.category == category:
                severity = style.paint(f"{rule.severity.value:<8}", SEVERITY_COLORS[rule.severity])
                yield from _item(severity, rule, longest, style)
        yield ""
    yield f"{len(rules)} rules; `cdk-appsync-guard rules ID` shows one"


def _item(severity: str, rule: Rule, longest: int, style: Style) -> Iterator[str]:
    """Put the title beside the id if the terminal is wide enough for both."""
    name = rule.id
    if style.width >= longest + 12 + _TITLE:
        indent = " " * (longest + 12)
        yield from style.wrap(rule.title, f"  {severity}{name:<{longest}}  ", indent)
    else:
        yield f"  {severity}{name}"
        yield from style.wrap(rule.title, " " * 10, " " * 10, "dim")


def _page(rule: Rule, style: Style) -> Iterator[str]:
    severity = style.paint(rule.severity.value, SEVERITY_COLORS[rule.severity], "bold")
    yield f"{severity}  {style.paint(rule.id, 'bold')}  ({rule.category})"
    yield from style.wrap(rule.title, "", "")
    yield ""
    entries = [("says", rule.message)]
    if rule.symptom:
        who, words = symptom_words(rule.symptom)
        entries.append((who, words))
    entries += [("fix", rule.remediation), ("query", rule.query)]
    if rule.consequence_of:
        causes = ", ".join(f"`{cause.rule}`" for cause in rule.consequence_of)
        entries.append(("with", f"listed under a finding of {causes} if that is the cause"))
    entries += [("was", alias) for alias in rule.aliases]
    entries += [("see", url) for url in rule.references]
    for label, text in entries:
        yield from style.wrap(text, "  " + style.paint(f"{label:<8}", "magenta"), " " * 10)
    yield from _example(Path(rule.file).parent, style)


def _example(folder: Path, style: Style) -> Iterator[str]:
    pairs = [(_lines(folder / f"fail{end}"), _lines(folder / f"pass{end}")) for end in _ENDS]
    if any(wrong for wrong, _ in pairs):
        yield ""
        yield style.paint("An example that it finds", "bold")
    for wrong, _ in pairs:
        yield from ["", *("  " + _marked(line, style) for line in wrong)] if wrong else []
    repairs = [list(_repair(_bare(wrong), right)) for wrong, right in pairs if wrong and right]
    if any(repairs):
        yield ""
        yield style.paint("The repair", "bold")
        yield ""
        for line in (line for repair in repairs for line in repair):
            yield "  " + style.paint(line, *_DIFF_COLORS.get(line[:1], ()))


def _repair(wrong: Sequence[str], right: Sequence[str]) -> Iterator[str]:
    """Yield the difference, without the cases that pass.yaml adds at its end to be left alone."""
    steps = SequenceMatcher(None, wrong, right, autojunk=False).get_opcodes()
    changes = [step for step in steps if step[0] != "equal"]
    if len(changes) > 1 and changes[-1][0] == "insert" and changes[-1][2] == len(wrong):
        right = right[: changes[-1][3]]
    yield from list(unified_diff(wrong, right, n=2, lineterm=""))[2:]


def _lines(file: Path) -> list[str]:
    """Return a fixture's lines; a user's rule need not have any."""
    try:
        with file.open(encoding="utf-8", errors="replace") as stream:
            return [line.rstrip("\n") for line in stream.read(_LARGEST).splitlines()]
    except OSError:
        return []


def _marked(line: str, style: Style) -> str:
    before, mark, after = line.partition("# expect:")
    return before + style.paint(mark + after, "red")


def _bare(lines: Sequence[str]) -> list[str]:
    """Drop the markers, which are not part of what is repaired."""
    return [
        line.partition("# expect:")[0].rstrip() if "# expect:" in line else line for line in lines
    ]


_TITLE = 40
# A template, and for rules about client code some of it, and who runs it.
_ENDS = (".yaml", ".operations.graphql", ".callers.yaml")
_LARGEST = 20_000
_DIFF_COLORS = {"+": ("green",), "-": ("red",), "@": ("cyan",)}
