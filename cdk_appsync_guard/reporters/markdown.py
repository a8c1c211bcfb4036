"""Report → Markdown for a comment on a pull request: the count, a table, and folded details.

Short first: the worst findings stand in the table, all that explains them is folded by rule. Names
are written as entities, which Markdown takes for text (https://spec.commonmark.org/0.31.2/, 2.5),
and as code where a service would link them: ``@aws_iam`` is also the name of a person. Ends before
the 65,536 characters that GitHub allows a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.report import Change, Finding, Report, Undecided
from cdk_appsync_guard.reporters.closing import summary
from cdk_appsync_guard.reporters.matrix_diff_text import change_summary
from cdk_appsync_guard.reporters.text import symptom_subject, symptom_words
from cdk_appsync_guard.reporters.words import headline, problem_words
from cdk_appsync_guard.reporters.writer import escape, safe, text_of

__all__ = ["MOST_CHARACTERS", "render"]

MOST_CHARACTERS = 60_000
"""Of a comment, with room for what a workflow adds to it."""


def render(report: Report, tool_version: str) -> str:  # noqa: ARG001 - every format is called alike
    """Return the report as Markdown."""
    worst = sorted(report.active, key=lambda finding: finding.severity.rank)
    text = f"**cdk-appsync-guard**: {_text(summary(report))}\n"
    text += _listed(report.problems) + _table(worst) + _access(report.changes)
    for block in _details(worst, report.undecided):
        if len(text) + len(block) > MOST_CHARACTERS:
            text += "\nThe rest is too long for a comment.\n"
            break
        text += block
    return text_of(text.removesuffix("\n").split("\n"))


def _listed(problems: Sequence[GuardError]) -> str:
    """Return the inputs that could not be judged; they are never folded."""
    lines = [f"<li>{_place(one.location)}{_text(problem_words(one))}</li>" for one in problems]
    return _block("<p>Not checked:</p>\n<ul>", lines, "</ul>") if lines else ""


def _table(findings: Sequence[Finding]) -> str:
    rows = [
        f"| {one.severity.value} | {_code(one.rule)} | {_text(headline(one))}"
        f" | {_code(str(one.location))} |"
        for one in findings[:_MOST_ROWS]
    ]
    head = "| | Rule | Problem | Where |\n|---|---|---|---|"
    return _block(head, rows, "", len(findings), "\n{} more\n") if rows else ""


def _access(changes: Sequence[Change] | None) -> str:
    """Return whose access changes, where the scan compares with older templates."""
    if changes is None:
        return ""
    rows = [
        f"| {one.change} | {_code(one.caller)} | {_code(one.coordinate or one.api)}"
        f" | {one.before or 'known'} &rarr; {one.after or 'known'} |"
        for one in changes[:_MOST_ROWS]
    ]
    head = f"**Access**: {_text(change_summary(changes))}\n"
    head += "\n| | Caller | Field | |\n|---|---|---|---|" if rows else ""
    return _block(head, rows, "", len(changes), "\n{} more\n")


def _details(findings: Iterable[Finding], questions: Sequence[Undecided]) -> Iterator[str]:
    """Yield a folded block for each rule, and one for all that is undecided."""
    rules: dict[str, list[Finding]] = {}
    for finding in findings:
        rules.setdefault(finding.rule, []).append(finding)
    yield from map(_rule, rules.values())
    if questions:
        lines = [f"<li>{_question(one)}</li>" for one in questions[:_MOST_ROWS]]
        yield _folded(f"undecided ({len(questions)})", lines, len(questions), "")


def _rule(findings: Sequence[Finding]) -> str:
    first = findings[0]
    title = f"{first.severity.value} {_code(first.rule)} ({len(findings)}): {_text(first.title)}"
    lines = [f"<li>{'<br>'.join(_finding(one))}</li>" for one in findings[:_MOST_ROWS]]
    links = dict.fromkeys(url for finding in findings for url in finding.references)
    see = "".join(f"<p>See {_link(url)}</p>\n" for url in list(links)[:_FEW])
    return _folded(title, lines, len(findings), see)


def _finding(finding: Finding) -> Iterator[str]:
    yield f"{_place(finding.location)}{_text(headline(finding))}"
    if finding.symptom:
        words = symptom_words(finding.symptom)[1]
        yield f"{symptom_subject(finding.symptom)} sees: {_text(words)}"
    if finding.remediation:
        yield f"Fix: {_text(finding.remediation)}"
    for one in finding.consequences[:_FEW]:
        yield f"So: {_text(one.message)} ({_code(one.rule)})"


def _question(question: Undecided) -> str:
    reason, answer = _text(question.reason), _code(question.would_decide)
    return f"{_place(question.location)}{reason}: give {answer}"


def _folded(title: str, lines: Sequence[str], count: int, end: str) -> str:
    head = f"<details>\n<summary>{title}</summary>\n<ul>"
    return _block(head, lines, f"</ul>\n{end}</details>", count, "<li>{} more</li>\n")


def _block(
    head: str, lines: Sequence[str], tail: str, count: int = 0, more: str = "{} more\n"
) -> str:
    """Return the lines that fit into a block, and how many of *count* are left out."""
    kept, room = [], _MOST_OF_A_BLOCK
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(f"{line}\n")
    left = max(count, len(lines)) - len(kept)
    rest = more.format(left) if left else ""
    return f"\n{head}\n{''.join(kept)}{rest}{tail}\n"


def _place(location: object) -> str:
    return f"{_code(str(location))}: " if location else ""


def _link(url: str) -> str:
    text = _entities(_clean(url))
    return f'<a href="{text}">{text}</a>' if url.startswith("https://") else _code(url)


def _text(text: str) -> str:
    """Return a sentence whose names in backticks, or with the sign of a link, are code."""
    parts = _clean(text).split("`")
    plain = len(parts) - len(parts) % 2  # the last one, if its backtick has no partner
    written = []
    for number, part in enumerate(parts):
        quoted = number % 2 and number < plain + len(parts) % 2 - 1
        written.append(_marked(part) if quoted else " ".join(map(_word, part.split(" "))))
    return "".join(written)


def _word(word: str) -> str:
    return _entities(word) if _LINKED.isdisjoint(word) else _marked(word)


def _code(text: str) -> str:
    return _marked(_clean(text))


def _marked(text: str) -> str:
    return f"<code>{_entities(text)}</code>" if text else ""


def _clean(text: str) -> str:
    """Return the text on one line, secrets masked before it is cut or escaped."""
    line = safe(escape(" ".join(text.split())))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."


def _entities(text: str) -> str:
    return _ADDRESS.sub(lambda found: f"&#{ord(found[0])};", text.translate(_ENTITIES))


_MOST_ROWS = 20
_FEW = 5
_LONGEST = 400
_MOST_OF_A_BLOCK = 20_000
_LINKED = frozenset("@#!~%$^&")
_ENTITIES = {ord(sign): f"&#{ord(sign)};" for sign in "\\`*_[]<>|~\"'&@#!$^+{}"}
# What GitHub would make a link of: https://github.github.com/gfm/#autolinks-extension-
_ADDRESS = re.compile(r":(?=//)|(?<=www)\.", re.IGNORECASE)
