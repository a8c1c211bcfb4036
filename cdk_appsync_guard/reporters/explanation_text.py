"""Explanation → text made for people: the answer, why field by field, and what to change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from http import HTTPStatus

from cdk_appsync_guard.explanation.model import Explanation, FieldAnswer
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.reporters.writer import text_of

__all__ = ["BY", "answer_words", "body_lines", "group_fields", "path_words", "render"]

BY = {
    "credential": "credential",
    "iam": "IAM",
    "directive": "directives",
    "resolver": "resolver",
    "authorizer": "authorizer",
    "data": "data",
}
_COLORS = {"allowed": "green", "denied": "red", "undecided": "yellow"}
_WIDEST = len("undecided")
_MANY = 100
_MOST_LINES = 200


def render(explanation: Explanation, style: Style) -> str:
    """Return the explanation as text."""
    lines = [*_headline(explanation, style), "", *body_lines(explanation), ""]
    groups = group_fields(explanation.fields)
    if groups:
        lines += [style.paint("why", "bold"), ""]
        for group in groups[:_MANY]:
            lines += _field(group, style)
        if len(groups) > _MANY:
            lines.append(f"  and {len(groups) - _MANY:,} more, see --format json")
        lines.append("")
    for label, color, texts in (
        ("open", "yellow", explanation.questions),
        ("note", "blue", explanation.notes),
        ("fix", "green", (explanation.fix,) if explanation.fix else ()),
    ):
        for text in texts:
            lines += style.wrap(text, style.paint(f"{label:<6}", color), " " * 6)
    while lines and not lines[-1]:
        lines.pop()
    return text_of(lines, color=style.color)


def _headline(explanation: Explanation, style: Style) -> Iterator[str]:
    asked = f"{explanation.operation} as {explanation.caller} to the API {explanation.api}"
    yield from style.wrap(asked, "", "", "bold")
    yield ""
    color = _COLORS[explanation.outcome]
    yield style.paint(answer_words(explanation), color, "bold")


def answer_words(explanation: Explanation) -> str:
    """Return the status of the answer, and whether something is open."""
    if explanation.status is None:
        return "the answer is undecided"
    open_ = "" if not explanation.questions else ", if the undecided part succeeds"
    if explanation.channel == "websocket":
        return f"over the WebSocket{open_}"
    return f"HTTP {explanation.status} {HTTPStatus(explanation.status).phrase}{open_}"


def body_lines(explanation: Explanation) -> list[str]:
    """Return the body of the answer as JSON, or why there is none."""
    if explanation.body is None:
        return ["  the body is not known"] if explanation.status else []
    text = json.dumps(explanation.body, indent=2, ensure_ascii=False, default=str)
    lines = _compact(text).split("\n")
    if len(lines) > _MOST_LINES:
        more = len(lines) - _MOST_LINES
        lines = [*lines[:_MOST_LINES], f"... {more:,} more lines, see --format json"]
    return [f"  {line}" for line in lines]


def _compact(text: str) -> str:
    """Put the path and the locations of an error on one line each."""
    lines: list[str] = []
    waiting: list[str] = []
    depth = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if not waiting and stripped in ('"path": [', '"locations": ['):
            waiting, depth = [line], 1
            continue
        if not waiting:
            lines.append(line)
            continue
        waiting.append(stripped)
        depth += stripped[-1:] in ("[", "{")
        depth -= stripped[:1] in ("]", "}")
        if depth == 0:
            lines.append(_joined(waiting))
            waiting = []
    return "\n".join([*lines, *waiting])


def _joined(parts: Sequence[str]) -> str:
    text = parts[0]
    for part in parts[1:]:
        tight = text[-1] in "[{" or part[:1] in "]}"
        text += part if tight else f" {part}"
    return text


def group_fields(fields: Sequence[FieldAnswer]) -> list[list[FieldAnswer]]:
    """Join neighbors that are decided in the same way for the same reason at the same place."""
    groups: dict[tuple[object, ...], list[FieldAnswer]] = {}
    for one in fields:
        parent = tuple(step for step in one.path[:-1] if not isinstance(step, int))
        key = (parent, one.outcome, one.reason, one.question, one.place)
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _field(group: Sequence[FieldAnswer], style: Style) -> Iterator[str]:
    first = group[0]
    names = ", ".join(dict.fromkeys(path_words(one) for one in group))
    label = style.paint(f"{first.outcome:<{_WIDEST}}", _COLORS[first.outcome])
    indent = " " * (_WIDEST + 4)
    yield from style.wrap(names, f"  {label}  ", indent, "bold")
    words = f"{BY[first.decided_by]}: {first.reason}"
    yield from style.wrap(words, indent, indent)
    if first.question and first.question not in first.reason:
        yield from style.wrap(first.question, indent, indent, "yellow")
    if first.place is not None and first.outcome != "allowed":
        yield indent + style.paint(str(first.place), "cyan")


def path_words(one: FieldAnswer) -> str:
    """Return the response path without the positions of list items."""
    return ".".join(str(step) for step in one.path if not isinstance(step, int)) or one.coordinate
