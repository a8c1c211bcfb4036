"""The end of the text report: what stays undecided, notes, inputs that failed, and the summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.report import Notice, Report, Severity, Undecided
from cdk_appsync_guard.reporters.terminal import Style

__all__ = ["closing_lines", "summary"]


def closing_lines(report: Report, style: Style, *, verbose: bool, folded: bool) -> Iterator[str]:
    """Yield all that follows the findings; *folded* says that some of them were left out."""
    yield from _undecided_lines(report.undecided, style)
    yield from _notice_lines(report.notices, style, verbose=verbose)
    yield from _problem_lines(report.problems, style)
    if folded:
        yield style.paint("--verbose shows every finding", "dim")
    bad = report.problems or any(f.severity is Severity.ERROR for f in report.active)
    worst = "red" if bad else "yellow" if report.active or report.undecided else "green"
    yield from style.wrap(summary(report), "", "", worst, "bold")


def summary(report: Report) -> str:
    """Return the report in one line: ``3 errors, 1 undecided in 2 APIs, 4 files``."""
    severities = [finding.severity for finding in report.active]
    counts = [
        (severities.count(Severity.ERROR), "error", "errors"),
        (severities.count(Severity.WARNING), "warning", "warnings"),
        (severities.count(Severity.INFO), "info", "info"),
        (len(report.undecided), "undecided", "undecided"),
        (len(report.findings) - len(severities), "suppressed", "suppressed"),
        (len(report.problems), "input failed", "inputs failed"),
    ]
    said = ", ".join(_count(*count) for count in counts if count[0])
    files = _count(len(report.files), "file", "files")
    if report.outside and not report.apis:
        count = _count(len(report.outside), "API that is", "APIs that are")
        return f"{said or 'nothing found'} in parts of {count} not in the input, {files}"
    if not report.apis:
        return f"{said or 'nothing found'}: no AppSync GraphQL API in {files}"
    return f"{said or 'nothing found'} in {_count(len(report.apis), 'API', 'APIs')}, {files}"


def _undecided_lines(undecided: Sequence[Undecided], style: Style) -> Iterator[str]:
    """Yield one entry per reason, however many rules and fields it leaves open."""
    for question in undecided:
        group = question.rules
        head = style.paint("undecided", "magenta", "bold") + "  "
        yield from style.wrap(question.reason, head, " " * 11)
        yield ""
        place, *others = dict.fromkeys(str(waiting.location) for waiting in group)
        more = f"  and {_count(len(others), 'more place', 'more places')}" if others else ""
        yield "  " + style.paint(place, "cyan") + style.paint(more, "dim")
        rules = dict.fromkeys(waiting.rule for waiting in group)
        many = f"{len(rules)} rules: " if len(rules) > _FEW else ""
        yield from _labelled("asked by", many + _some(rules), style)
        about = [waiting.coordinate for waiting in group if waiting.coordinate not in (None, "?")]
        if about:
            yield from _labelled("about", _some(about), style)
        scenarios = [waiting.scenario for waiting in group if waiting.scenario]
        if len(scenarios) == len(group):
            yield from _labelled("when", _some(scenarios), style)
        yield from _labelled("decides", question.would_decide, style)
        yield ""


def _notice_lines(notices: Iterable[Notice], style: Style, *, verbose: bool) -> Iterator[str]:
    """Yield each message once, and each place once for all messages about it."""
    messages: dict[str, list[str]] = {}
    for notice in notices:
        places = messages.setdefault(notice.message, [])
        places += [str(notice.location)] if notice.location else []
    shown = len(messages) if verbose or len(messages) <= _MANY else _FEW
    groups: dict[tuple[str, ...], list[str]] = {}
    for message, places in list(messages.items())[:shown]:
        groups.setdefault(tuple(places), []).append(message)
    head = style.paint("note", "blue") + "  "
    for group_places, group in groups.items():
        if group_places:
            more = f" and {len(group_places) - 1} more" if len(group_places) > 1 else ""
            yield head + style.paint(group_places[0], "cyan") + more
        for message in group:
            yield from style.wrap(message, " " * 6 if group_places else head, " " * 6)
    if shown < len(messages):
        yield f"{head}and {len(messages) - shown} more: --verbose shows them"
    if messages:
        yield ""


def _problem_lines(problems: Iterable[GuardError], style: Style) -> Iterator[str]:
    """Yield the inputs that could not be judged, each with its place and help."""
    for problem in problems:
        head = style.paint("failed", "red", "bold") + "  "
        if problem.location:
            yield head + style.paint(str(problem.location), "cyan")
            head = " " * 8
        yield from style.wrap(problem.message, head, " " * 8)
        if problem.help:
            yield from style.wrap(problem.help, style.paint("help", "green") + "    ", " " * 8)
        yield ""


def _labelled(label: str, text: str, style: Style) -> list[str]:
    head = "  " + style.paint(f"{label:<10}", "magenta")
    return style.wrap(text, head, " " * 12)


def _some(names: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(names))
    more = len(distinct) - _FEW
    return ", ".join(distinct[:_FEW]) + (f" and {more} more" if more > 0 else "")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


_FEW = 4
_MANY = 8
