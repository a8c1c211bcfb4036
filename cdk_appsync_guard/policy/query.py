"""A rule's query → conditions over columns; refuses what is not one filter over one table.

In: ``table[?condition]`` in JMESPath (https://jmespath.org/specification.html). Out: Query, whose
condition is a tree of "all of", "any of", "not" and atoms; ``predicate`` answers atoms. Knows
nothing of the vocabulary; errors carry the column inside the query.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import TypeAlias

import jmespath
from jmespath.exceptions import JMESPathError, ParseError

from cdk_appsync_guard.errors import Location, RuleError
from cdk_appsync_guard.policy.predicate import Predicate, Tree, predicate_of

__all__ = ["FUNCTIONS", "Atom", "Condition", "Group", "Query", "parse_query", "spot"]

FUNCTIONS = ("contains", "ends_with", "length", "starts_with")
_LONGEST = 2000

Condition: TypeAlias = "Atom | Group"


@dataclass(frozen=True, slots=True, eq=False)
class Atom:
    """The smallest part of a condition that is asked as a whole: a comparison, a call, a column.

    ``literals`` are the texts, numbers and booleans in it; lists are taken apart. ``holds`` tells
    whether it is true of cells.
    """

    tree: Tree
    columns: tuple[str, ...]
    literals: tuple[str | float | bool | None, ...]
    holds: Predicate


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """``kind`` is all, any or not; ``of`` has at least two parts, for "not" exactly one."""

    kind: str
    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A parsed query. ``columns`` are those that it reads, in order of appearance.

    ``selects`` tells whether cells that are plainly known are those of a row that it is after.
    """

    text: str
    table: str
    columns: tuple[str, ...]
    condition: Condition
    selects: Predicate

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """All atoms in order of appearance."""
        return tuple(_atoms(self.condition))


@lru_cache(maxsize=1024)
def parse_query(text: str) -> Query:
    """Return the query. Raise RuleError, with the column inside the query, if it is none."""
    tree = _parse(text)
    children = tree["children"]
    is_filter = tree["type"] == "filter_projection"
    if not is_filter or children[0]["type"] != "field" or children[1]["type"] != "identity":
        raise RuleError(
            f"the query `{text}` is not one filter over one table",
            location=spot(text),
            help="write `table[?condition]`, for example `fields[?operation == 'mutation']`",
        )
    condition = _condition(children[2], text)
    columns = dict.fromkeys(name for atom in _atoms(condition) for name in atom.columns)
    return Query(text, children[0]["value"], tuple(columns), condition, _predicate(condition))


def spot(text: str, word: str = "") -> Location:
    """Return where the word (a literal in its quotes) stands in the query, else its beginning."""
    found = re.search(rf"(?<![\w']){re.escape(word)}(?![\w'])", text) if word else None
    return Location("", 1, found.start() + 1 if found else 1)


def _parse(text: str) -> Tree:
    if len(text) > _LONGEST:
        raise RuleError(f"the query is longer than {_LONGEST} characters", location=spot(text))
    try:
        with warnings.catch_warnings():
            # JMESPath would read `abc` in backticks as a text, with a warning.
            warnings.simplefilter("error")
            tree: Tree = jmespath.compile(text).parsed
    except PendingDeprecationWarning:
        raise RuleError(
            "a literal in backticks is not JSON",
            location=spot(text),
            help="write strings in single quotes: 'API_KEY'",
        ) from None
    except ParseError as error:
        at = min(error.lex_position, len(text)) + 1 if isinstance(error.lex_position, int) else 1
        raise RuleError("the query is not JMESPath", location=Location("", 1, at)) from error
    except (JMESPathError, RecursionError) as error:
        raise RuleError("the query is not JMESPath", location=spot(text)) from error
    return tree


def _condition(tree: Tree, text: str) -> Condition:
    kind = {"and_expression": "all", "or_expression": "any", "not_expression": "not"}.get(
        tree["type"]
    )
    if kind is None:
        return _atom(tree, text)
    parts: list[Condition] = []
    for child in tree["children"]:
        part = _condition(child, text)
        same = kind != "not" and isinstance(part, Group) and part.kind == kind
        parts.extend(part.of if same and isinstance(part, Group) else (part,))
    return Group(kind, tuple(parts))


def _atom(tree: Tree, text: str) -> Atom:
    columns: dict[str, None] = {}
    literals: list[str | float | bool | None] = []
    for node in _nodes(tree, text, inside=False):
        if node["type"] == "field":
            columns[node["value"]] = None
        elif node["type"] == "literal":
            value = node["value"]
            literals.extend(value if isinstance(value, list) else (value,))
    if any(isinstance(literal, (list, dict)) for literal in literals):
        raise RuleError("a literal in the query is nested", location=spot(text))
    if not columns:
        raise RuleError("a condition in the query names no column", location=spot(text))
    return Atom(tree, tuple(columns), tuple(dict.fromkeys(literals)), predicate_of(tree))


def _nodes(tree: Tree, text: str, *, inside: bool) -> Iterator[Tree]:
    """Yield the fields and literals; *inside* the filter of a list, ``@`` is the item."""
    kind, children = tree["type"], tree["children"]
    if kind == "literal" or (kind == "field" and not inside):
        yield tree
    elif kind == "filter_projection" and children[1]["type"] == "identity" and not inside:
        yield from _nodes(children[0], text, inside=False)
        yield from _nodes(children[2], text, inside=True)
    elif kind == "function_expression" and tree["value"] not in FUNCTIONS:
        raise RuleError(
            f"rules cannot use the function `{tree['value']}`",
            location=spot(text, tree["value"]),
            help=f"use {', '.join(FUNCTIONS)}",
        )
    elif kind in _PARTS or (kind in _PARTS_INSIDE and inside):
        for child in children:
            yield from _nodes(child, text, inside=inside)
    else:
        raise RuleError(
            f"a condition in the query uses `{kind.replace('_', ' ')}`",
            location=spot(text),
            help="conditions compare columns with literals, or call "
            f"{', '.join(FUNCTIONS)}; combine them with &&, ||, !",
        )


_PARTS = ("comparator", "function_expression", "multi_select_list")
_PARTS_INSIDE = ("current", "and_expression", "or_expression", "not_expression")


def _predicate(condition: Condition) -> Predicate:
    if isinstance(condition, Atom):
        return condition.holds
    parts = [_predicate(part) for part in condition.of]
    if condition.kind == "not":
        return _negated(parts[0])
    return reduce(_both if condition.kind == "all" else _either, parts)


def _negated(one: Predicate) -> Predicate:
    return lambda cells: not one(cells)


def _both(one: Predicate, other: Predicate) -> Predicate:
    return lambda cells: one(cells) and other(cells)


def _either(one: Predicate, other: Predicate) -> Predicate:
    return lambda cells: one(cells) or other(cells)


def _atoms(condition: Condition) -> Iterator[Atom]:
    if isinstance(condition, Atom):
        yield condition
        return
    for part in condition.of:
        yield from _atoms(part)
