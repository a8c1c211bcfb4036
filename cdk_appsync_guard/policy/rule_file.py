"""The text of a rule.yaml → its entries, each with the place where it is written.

A rule is flat: texts, a list of texts, one mapping of texts. Whatever else YAML can say (anchors,
tags, deeper nesting, several documents, a key twice) is refused with file, line and column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from cdk_appsync_guard.errors import Location, RuleError

__all__ = ["Entries", "Written", "read_entries"]

_QUOTES = "a string that starts with a backtick, { or [, or has `: ` in it, needs quotes"


@dataclass(frozen=True, slots=True)
class Written:
    """A value as it is written. ``plain`` tells that YAML would not read it as a text."""

    value: str | list[Written] | Entries
    location: Location
    plain: bool = False
    one_line: bool = False  # then a column inside the text is a column of the file
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping: the values and the places of the keys."""

    values: dict[str, Written]
    keys: dict[str, Location]


def read_entries(file: str, text: str) -> Written:
    """Return the file's mapping. Raise RuleError if it is not one, or is more than that."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml may be missing
    try:
        events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=loader))
        next(events)
        if isinstance(next(events), yaml.StreamEndEvent):
            raise RuleError("the rule is empty", location=Location(file, 1, 1))
        written = _read(file, events, next(events), depth=0)
        next(events)
        after = next(events)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = Location(file, mark.line + 1, mark.column + 1) if mark else Location(file, 1, 1)
        problem = getattr(error, "problem", None) or "it has a character that YAML does not allow"
        raise RuleError(f"the rule is not YAML: {problem}", location=at, help=_QUOTES) from error
    if not isinstance(after, yaml.StreamEndEvent):
        raise RuleError("the file has more than one document", location=_at(file, after))
    if not isinstance(written.value, Entries):
        raise RuleError("the rule is not a mapping", location=written.location)
    return written


def _read(file: str, events: Iterator[yaml.Event], event: yaml.Event, *, depth: int) -> Written:
    at = _at(file, event)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise RuleError("rules cannot use anchors and aliases", location=at)
    if getattr(event, "tag", None) not in (None, "!"):
        raise RuleError("rules cannot use tags", location=at)
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event, at)
    if depth > 1:
        raise RuleError("the rule is nested too deep", location=at)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Written] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_read(file, events, event, depth=depth + 1))
        return Written(items, at)
    return Written(_mapping(file, events, depth=depth), at)


def _mapping(file: str, events: Iterator[yaml.Event], *, depth: int) -> Entries:
    entries = Entries({}, {})
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _read(file, events, event, depth=depth + 1)
        if not isinstance(key.value, str):
            raise RuleError("a key is not a string", location=key.location)
        if key.value in entries.keys:
            first = entries.keys[key.value]
            raise RuleError(
                f"the key `{key.value}` is written twice",
                location=key.location,
                help=f"the first one is on line {first.line}",
            )
        entries.keys[key.value] = key.location
        entries.values[key.value] = _read(file, events, next(events), depth=depth + 1)
    return entries


def _scalar(event: yaml.ScalarEvent, at: Location) -> Written:
    is_plain = event.style in (None, "")
    one_line = event.style not in ("|", ">") and "\n" not in event.value
    return Written(
        event.value,
        at,
        plain=is_plain and _reads_as_other(event.value),
        one_line=one_line,
        quoted=not is_plain,
    )


def _reads_as_other(plain: str) -> bool:
    """Return whether YAML reads the plain scalar as a number, a date, true, null ..."""
    candidates = yaml.SafeLoader.yaml_implicit_resolvers.get(plain[:1], [])
    return not plain or any(pattern.match(plain) for _, pattern in candidates)


def _at(file: str, event: yaml.Event) -> Location:
    mark = event.start_mark
    return Location(file, mark.line + 1, mark.column + 1) if mark else Location(file)
