"""Outcome → text for a person: what happened, why, the fix; then the rest.

In: an Outcome and a Style. Out: text. Exchanges that failed for the same reason are told once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone

from cdk_appsync_guard.diagnosis.model import Diagnosis, Evidence, Group, Outcome
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.reporters.writer import text_of

__all__ = ["counted", "render_outcome", "since_words"]

_MANY = 5
_COLORS = {"request": "red", "field": "red", "subscription": "red", "other": "yellow"}
_INDENT = "  "


def render_outcome(outcome: Outcome, style: Style, *, verbose: bool = False) -> str:
    """Return the text. With *verbose* every group is shown in full."""
    lines: list[str] = []
    if len(outcome.groups) > 1 or any(group.count > 1 for group in outcome.groups):
        lines += _table(outcome, style)
    for number, group in enumerate(outcome.groups, start=1):
        if group.first >= len(outcome.diagnoses):
            continue
        if lines:
            lines.append("")
        one = outcome.diagnoses[group.first]
        lines += _diagnosis(one, group, number, style)
        if number >= _MANY and not verbose and len(outcome.groups) > number:
            rest = len(outcome.groups) - number
            lines += ["", f"... and {rest} more kinds of failure: --verbose shows them"]
            break
    lines += _closing(outcome, style, bool(lines))
    return text_of(lines, color=style.color)


def _table(outcome: Outcome, style: Style) -> Iterator[str]:
    """Yield a line for each group: how often, what, which field, since when."""
    yield style.paint("What failed", "bold")
    for number, group in enumerate(outcome.groups[: 4 * _MANY], start=1):
        if group.first >= len(outcome.diagnoses):
            continue
        one = outcome.diagnoses[group.first]
        where = one.field or one.operation or ""
        who = f"{group.callers} callers" if group.callers > 1 else ""
        words = [f"{number:>3}. {group.count:>5} x", one.kind, where, who, since_words(group)]
        yield "  ".join(part for part in words if part)


def since_words(group: Group) -> str:
    """Return when a kind of failure was seen, "" if that is not known."""
    if group.since is None:
        return ""
    if group.count == 1 or group.until is None:
        return f"at {_moment(group.since)}"
    return f"from {_moment(group.since)} to {_moment(group.until)}"


def _diagnosis(one: Diagnosis, group: Group, number: int, style: Style) -> Iterator[str]:
    status = f"{one.status} " if one.status else ""
    lines = style.wrap(f"{number}. {status}{one.family}: {one.happened}", "", "   ")
    yield from _painted(f"{number}. {status}{one.family}", lines, style, _COLORS[one.family])
    yield f"  --> {one.at}" + (f" ({one.at.path})" if one.at.path else "")
    yield from _facts(one, group)
    yield from _why(one, style)
    for evidence in one.expected:
        yield from _shown("template", evidence, style)
    if one.agrees is False:
        text = "the template does not explain it: another version might be deployed, or another API"
        yield from style.wrap(text, "  template: ", "            ")
    if one.fix:
        yield from _painted(
            "fix", style.wrap(f"fix: {one.fix}", _INDENT, "       "), style, "green"
        )
    for ask in one.would_decide:
        yield from style.wrap(f"to decide it: {ask}", _INDENT, "       ")
    yield from _rest(one, style)


def _painted(label: str, lines: Sequence[str], style: Style, *looks: str) -> Iterator[str]:
    """Yield the lines with the label in bold: wrapping would escape what is painted before."""
    yield lines[0].replace(label, style.paint(label, *looks, "bold"), 1)
    yield from lines[1:]


def _facts(one: Diagnosis, group: Group) -> Iterator[str]:
    said = " ".join(part for part in (one.error_type, one.message and f"`{one.message}`") if part)
    if said:
        yield f"  answer: {said}"
    about = [one.operation or "", (one.mode and f"mode {one.mode}") or "", since_words(group)]
    named = [part for part in about if part]
    if named:
        yield f"  request: {', '.join(named)}"


def _why(one: Diagnosis, style: Style) -> Iterator[str]:
    if one.cause:
        lines = style.wrap(f"why: {one.cause_title} ({one.cause})", _INDENT, "       ")
        yield from _painted("why", lines, style)
    elif one.candidates:
        several = len(one.candidates) > 1
        yield f"  {style.paint('why', 'bold')}: not proven; " + (
            "these fit, most likely first:" if several else "this fits:"
        )
        for each in one.candidates:
            text = f"{each.cause}: {each.title}; to confirm: {each.confirm}"
            yield from style.wrap(text, "    - ", "      ")


def _rest(one: Diagnosis, style: Style) -> Iterator[str]:
    for evidence in one.evidence:
        yield from _shown("seen", evidence, style)
    for denial in one.fields[1 : 1 + _MANY]:
        causes = denial.cause or " or ".join(denial.candidates[:3]) or "not known"
        yield f"  also: `{denial.coordinate}` at {denial.path or '?'} ({causes})"
    if len(one.fields) > 1 + _MANY:
        yield f"  also: {len(one.fields) - 1 - _MANY} more fields"


def _shown(label: str, evidence: Evidence, style: Style) -> Iterator[str]:
    place = f" --> {evidence.at}" if evidence.at is not None else ""
    yield from style.wrap(f"{label}: {evidence.text}{place}", _INDENT, "    ")


def _closing(outcome: Outcome, style: Style, is_long: bool) -> Iterator[str]:  # noqa: FBT001 - private
    if is_long:
        yield ""
    for notice in outcome.notices:
        yield from _shown("note", notice, style)
    yield style.paint(counted(outcome), "bold") if outcome.seen else counted(outcome)


def counted(outcome: Outcome) -> str:
    """Return how many exchanges failed, in words."""
    if not outcome.seen:
        return _nothing(outcome.files)
    return f"{outcome.failed:,} of {outcome.seen:,} AppSync exchange{_s(outcome.seen)} failed"


def _nothing(files: Sequence[str]) -> str:
    return f"no AppSync exchange is in the capture{_s(len(files))}"


def _s(number: int) -> str:
    return "" if number == 1 else "s"


def _moment(seconds: float) -> str:
    try:
        moment = datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return "an unknown time"
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
