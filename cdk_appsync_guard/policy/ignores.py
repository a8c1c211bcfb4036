"""Files → the ignores that are written in them: template metadata and comments.

    Metadata:
      cdk-appsync-guard:
        ignore: [{rule: some-rule, reason: why we live with it}]

of a template or of a resource, and ``# cdk-appsync-guard: ignore some-rule -- why`` at the end of a
line of SDL, or on a line of its own above it; and what a CDK app acknowledges, which its cloud
assembly holds. Does not mark anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.policy.suppress import Ignore, Scope, Span
from cdk_appsync_guard.template.inputs.sources import SourceStack
from cdk_appsync_guard.template.source.positions import Lines
from cdk_appsync_guard.template.source.read import DataPath, SourceFile, Template

__all__ = ["find_acknowledged", "find_ignores"]

_TOOL = "cdk-appsync-guard"
_PLUGIN = "AppSyncGuard::"  # what leads our ids in CDK's Validations
_OF_CDK = ("undecided", "unreadable-input")  # what only the plugin calls a rule
_COMMENT = re.compile(rf"#[ \t]*{_TOOL}:[ \t]*")
_IGNORE = re.compile(r"ignore\s+(?P<rules>[\w*-]+(?:\s*,\s*[\w*-]+)*)\s*(?:--(?P<reason>.*))?")
# Inside a JSON or double quoted YAML string a line of SDL ends with an escape, or with the string.
_LINE_END = re.compile(r"\r?\n|\r")
_LONGEST_LINE = 2000
_LONGEST_COMMENT = 10_000
_MOST_COMMENTS_ABOVE = 20
_MOST_IN_A_FILE = 1000
_STRING_LINE_END = re.compile(r"\\[rn]|\r?\n|\r|(?<!\\)\"")


def find_ignores(sources: Iterable[SourceFile]) -> tuple[Ignore, ...]:
    """Return the ignores of all files, those that make no sense included, in their order."""
    found: list[Ignore] = []
    for source in sources:
        if _TOOL in source.text:
            in_metadata = _in_metadata(source) if isinstance(source, Template) else ()
            ignores = chain(in_metadata, _in_comments(source))
            found.extend(islice(ignores, _MOST_IN_A_FILE))
    return tuple(found)


def find_acknowledged(stacks: Iterable[SourceStack]) -> tuple[Ignore, ...]:
    """Return what the app of a cloud assembly accepts by ``Validations.of(...).acknowledge``."""
    found: dict[tuple[str, str], Ignore] = {}
    for stack in stacks:
        if stack.metadata is None or stack.parent is not None:
            continue
        for one in stack.metadata.acknowledgements():
            rule = one.rule.removeprefix(_PLUGIN)
            if rule == one.rule or rule in _OF_CDK:
                continue
            scope = Scope(one.location.file, below=one.construct_path)
            ignore = Ignore(rule, one.reason, location=one.location, by="cdk", scope=scope)
            found.setdefault((rule, one.construct_path), ignore)
    return tuple(found.values())


def _in_metadata(template: Template) -> Iterator[Ignore]:
    resources = template.data.get("Resources")
    resources = resources if isinstance(resources, dict) else {}
    whole = Scope(template.name, logical_ids=frozenset(resources), is_whole_file=True)
    yield from _entries(template, (), template.data, whole)
    for logical_id, resource in resources.items():
        if isinstance(resource, dict):
            metadata = resource.get("Metadata")
            path = metadata.get("aws:cdk:path") if isinstance(metadata, dict) else None
            construct_path = path if isinstance(path, str) else None
            scope = Scope(
                template.name, logical_ids=frozenset({logical_id}), construct_path=construct_path
            )
            yield from _entries(template, ("Resources", logical_id), resource, scope)


def _entries(
    template: Template, path: DataPath, owner: dict[str, Any], scope: Scope
) -> Iterator[Ignore]:
    metadata = owner.get("Metadata")
    ours = metadata.get(_TOOL) if isinstance(metadata, dict) else None
    if ours is None:
        return
    entries = ours.get("ignore") if isinstance(ours, dict) else None
    path = (*path, "Metadata", _TOOL)
    if not isinstance(entries, list):
        yield Ignore("", "", location=_locate(template, path), by="metadata", scope=scope)
        return
    for position, entry in enumerate(entries):
        said = entry if isinstance(entry, dict) else {}
        rule, reason = (
            text if isinstance(text := said.get(key), str) else "" for key in ("rule", "reason")
        )
        at = _locate(template, (*path, "ignore", position))
        yield Ignore(rule.strip(), reason, location=at, by="metadata", scope=scope)


def _locate(template: Template, path: DataPath) -> Location:
    line, column = template.locate(path)
    return Location(template.name, line, column, "/".join(str(step) for step in path))


def _in_comments(source: SourceFile) -> Iterator[Ignore]:
    lines = Lines(source.text)
    for comment in _COMMENT.finditer(source.text):
        line_end = _line_end(source.text, comment.start())
        start, end = _line_around(source.text, comment.start(), line_end)
        at = Location(source.name, *lines.place(comment.start()))
        said = _IGNORE.fullmatch(source.text[comment.end() : end].rstrip())
        if not source.text[start : comment.start()].strip():
            start, end = _next_line(source.text, end, line_end)
        span = Span(lines.place(start), lines.place(end))
        scope = Scope(source.name, span=span)
        reason = (said["reason"] or "").replace('\\"', '"') if said else ""
        for rule in said["rules"].split(",") if said else [""]:
            yield Ignore(rule.strip(), reason.strip(), location=at, by="sdl", scope=scope)


def _line_end(text: str, at: int) -> re.Pattern[str]:
    """Return how lines end where the comment stands: inside a quoted string, or in plain text."""
    raw_line = text[max(text.rfind("\n", _reach(at), at) + 1, _reach(at)) : at]
    is_quoted = "\\n" in raw_line or text[:1] in "{[" or raw_line.count('"') % 2 == 1
    return _STRING_LINE_END if is_quoted else _LINE_END


def _reach(at: int) -> int:
    # Hostile input may be one line of megabytes, full of comments.
    return max(at - _LONGEST_LINE, 0)


def _line_around(text: str, at: int, line_end: re.Pattern[str]) -> tuple[int, int]:
    start = _reach(at)
    for end in line_end.finditer(text, start, at):
        start = end.end()
    after = line_end.search(text, at, at + _LONGEST_COMMENT)
    return start, after.start() if after else min(at + _LONGEST_COMMENT, len(text))


def _next_line(text: str, end: int, line_end: re.Pattern[str]) -> tuple[int, int]:
    """Return the next line that is more than a comment: several ignores may stand in a column."""
    for _ in range(_MOST_COMMENTS_ABOVE):
        break_ = line_end.match(text, end)
        if break_ is None or break_[0] == '"':
            break
        start = break_.end()
        after = line_end.search(text, start, start + _LONGEST_COMMENT)
        end = after.start() if after else min(start + _LONGEST_COMMENT, len(text))
        if not text[start:end].lstrip().startswith("#"):
            return start, end
    return end, end
