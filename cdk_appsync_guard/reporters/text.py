"""Report → text made for people: what is wrong where, what the client sees, and the fix.

Grouped by file and API, worst rule first. Says everything once: a rule's fix stands under all of
its findings, a reason that leaves forty questions open is one entry. Deterministic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.report import Change, Excerpt, Finding, Report, Severity, Symptom, word_at
from cdk_appsync_guard.reporters.closing import closing_lines
from cdk_appsync_guard.reporters.terminal import SEVERITY_COLORS, Style, width_of
from cdk_appsync_guard.reporters.writer import text_of

__all__ = ["TextOptions", "render", "symptom_subject", "symptom_words"]


@dataclass(frozen=True, slots=True)
class TextOptions:
    """What is shown: ``quiet`` is one line per finding, ``verbose`` folds nothing."""

    style: Style = field(default_factory=Style)
    quiet: bool = False
    verbose: bool = False
    show_suppressed: bool = False


def render(report: Report, options: TextOptions | None = None) -> str:
    """Return the report as text that ends with a summary of one line."""
    options = options or TextOptions()
    shown = report.findings if options.show_suppressed else report.active
    if options.quiet:
        lines = [*_brief(shown, options.style), *_brief_problems(report.problems, options.style)]
    else:
        groups = _groups(shown)
        lines = [line for group in groups for line in _group_lines(group, options)]
        folded = not options.verbose and any(
            len(block) > _FEW for group in groups for block in _blocks(group)
        )
        if report.changes is not None:
            lines += _access_lines(report.changes, options.style)
        lines += closing_lines(report, options.style, verbose=options.verbose, folded=folded)
    return text_of(lines, color=options.style.color)


def _access_lines(changes: Sequence[Change], style: Style) -> list[str]:
    """Return whose access changes; only a comparison with older templates pays for the words."""
    from cdk_appsync_guard.reporters.matrix_diff_text import change_lines  # noqa: PLC0415 - see above

    return [style.paint("access", "bold"), "", *change_lines(changes, style), ""]


def _brief(findings: Iterable[Finding], style: Style) -> Iterator[str]:
    for finding in findings:
        severity = style.paint(finding.severity.value, SEVERITY_COLORS[finding.severity])
        when = f" (when {finding.scenario})" if finding.scenario else ""
        text = f"{finding.message}{when} [{finding.rule}]"
        yield f"{finding.location!s}: {severity}: {text}"


def _brief_problems(problems: Iterable[GuardError], style: Style) -> Iterator[str]:
    for problem in problems:
        place = f"{problem.location!s}: " if problem.location else ""
        yield f"{place}{style.paint('failed', 'red')}: {problem.message}"


def _groups(findings: Iterable[Finding]) -> list[list[Finding]]:
    groups: dict[tuple[str, str | None], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.location.file, finding.api), []).append(finding)
    return list(groups.values())


def _blocks(group: Iterable[Finding]) -> list[list[Finding]]:
    blocks: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in group:
        blocks.setdefault((finding.severity, finding.rule), []).append(finding)
    return sorted(blocks.values(), key=lambda block: block[0].severity.rank)


def _group_lines(group: Sequence[Finding], options: TextOptions) -> Iterator[str]:
    style = options.style
    api = f"  API {group[0].api}" if group[0].api else ""
    title = group[0].location.file + api
    yield style.paint(title, "bold")
    yield style.paint("=" * min(width_of(title), style.width), "dim")
    yield ""
    for block in _blocks(group):
        yield from _block_lines(block, options)


def _block_lines(block: Sequence[Finding], options: TextOptions) -> Iterator[str]:
    """Yield all findings of one rule; what is the same for all of them stands once, at the end."""
    style, first = options.style, block[0]
    severity = first.severity.value
    head = style.paint(severity, SEVERITY_COLORS[first.severity], "bold")
    yield f"{head}  {style.paint(first.rule, 'bold')}"
    indent = " " * (len(severity) + 2)
    yield from style.wrap(first.title, indent, indent, "dim")
    yield ""
    few = block if options.verbose or len(block) <= _FEW else block[:_FEW]
    symptom_once = len({finding.symptom for finding in block}) == 1
    remedy_once = len({finding.remediation for finding in block}) == 1
    for finding in few:
        yield from _finding_lines(finding, style)
        if not symptom_once:
            yield from _symptom_lines(finding.symptom, style)
        if not remedy_once:
            yield from _labelled("fix", finding.remediation, style, "green")
        yield ""
    if len(few) < len(block):
        yield from _rest_lines(block[len(few) :], style)
        yield ""
    if symptom_once:
        yield from _symptom_lines(first.symptom, style)
    if remedy_once:
        yield from _labelled("fix", first.remediation, style, "green")
    for reference in dict.fromkeys(url for finding in block for url in finding.references):
        yield from _labelled("see", reference, style, "blue")
    yield ""


def _finding_lines(finding: Finding, style: Style) -> Iterator[str]:
    yield from style.wrap(finding.message, "  ", "  ")
    yield "  " + style.paint(str(finding.location), "cyan")
    if finding.location.construct_path:
        yield "  " + style.paint(finding.location.construct_path, "dim")
    if finding.excerpt:
        yield from _excerpt_lines(finding.excerpt, finding.location.line, style)
    if finding.scenario:
        yield from _labelled("when", finding.scenario, style, "yellow")
    for one in finding.consequences:
        yield from _labelled("so", f"{one.message} [{one.rule}]", style)
    if finding.suppressed:
        text = f"by {finding.suppressed.by}: {finding.suppressed.reason}"
        yield from _labelled("ignored", text, style, "magenta")


def _excerpt_lines(excerpt: Excerpt, line: int | None, style: Style) -> Iterator[str]:
    number = "" if line is None else str(line)
    gutter = max(len(number), 4)
    before, target, after = _split_at(excerpt, max(style.width - gutter - 5, 20))
    underline = " " * width_of(before) + style.paint("^" * max(width_of(target), 1), "red")
    yield f"  {style.paint(f'{number:>{gutter}} |', 'dim')} {before}{target}{after}"
    yield f"  {style.paint(' ' * gutter + ' |', 'dim')} {underline}"


def _split_at(excerpt: Excerpt, room: int) -> tuple[str, str, str]:
    """Cut the excerpt around the word that its column points at, and to the room there is."""
    at = min(excerpt.column - 1, len(excerpt.text))
    end = at + len(word_at(excerpt))
    before, after = excerpt.text[:at], excerpt.text[end:]
    target = excerpt.text[at:end][:room]
    room -= len(target)
    if len(before) + len(after) > room:
        left = max(room * 2 // 3, room - len(after), 3)
        before = before if len(before) <= left else "..." + before[len(before) - left + 3 :]
        right = room - len(before)
        after = after if len(after) <= right else after[: max(right - 3, 0)] + "..."
    return before, target, after


def _symptom_lines(symptom: Symptom | None, style: Style) -> Iterator[str]:
    if symptom is not None:
        who, words = symptom_words(symptom)
        yield from _labelled(who, words, style) if words else ()


def symptom_words(symptom: Symptom) -> tuple[str, str]:
    """Return who sees it, client, deploy or merge, and what: ``HTTP 200 Unauthorized: "..."``."""
    who = {"deployment": "deploy", "merge": "merge"}.get(symptom.channel, "client")
    if symptom.channel == "computed":
        return who, "what AppSync answers, computed for each finding"
    by = {"http": "HTTP", "websocket": "WebSocket error"}.get(symptom.channel, "")
    status = "" if symptom.status is None else str(symptom.status)
    words = " ".join(part for part in (by, status, symptom.error_type) if part)
    if symptom.message:
        words = f'{words}: "{symptom.message}"' if words else f'"{symptom.message}"'
    return who, words or _UNDOCUMENTED[who]


_UNDOCUMENTED = {
    "client": "an error that AWS does not document",
    "deploy": "an error that AWS does not document",
    "merge": "a conflict; the merged API keeps its last good schema",
}


def symptom_subject(symptom: Symptom) -> str:
    """Return who sees it, as the subject of a sentence."""
    subjects = {"deployment": "The deployment", "merge": "The merge"}
    return subjects.get(symptom.channel, "The client")


def _labelled(label: str, text: str, style: Style, *looks: str) -> list[str]:
    head = "  " + style.paint(f"{label:<8}", *(looks or ("magenta",)))
    return style.wrap(text, head, " " * 10)


def _rest_lines(findings: Sequence[Finding], style: Style) -> list[str]:
    names = dict.fromkeys(_name(finding) for finding in findings)
    some = ", ".join(list(names)[:_MANY]) + (", ..." if len(names) > _MANY else "")
    return style.wrap(f"and {len(findings)} more: {some}", "  ", "  ", "dim")


def _name(finding: Finding) -> str:
    place = finding.location
    name = finding.coordinate or place.logical_id or str(place)
    return f"{name} (when {finding.scenario})" if finding.scenario else name


_FEW = 5
_MANY = 24
