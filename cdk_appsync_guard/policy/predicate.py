"""The tree of an atom → a function of a row's cells that gives JMESPath's answer.

In: an atom as JMESPath parses it. Out: Predicate. The few forms that rules are written in are
answered by Python itself, for cells of the kinds that these forms are meant for; JMESPath is asked
about everything else. A list is a tuple or a list.
https://jmespath.org/specification.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from jmespath.exceptions import JMESPathError

__all__ = ["Predicate", "Tree", "predicate_of"]

Tree: TypeAlias = "dict[str, Any]"
Predicate: TypeAlias = "Callable[[Mapping[str, Any]], bool]"

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
_NUMBERS = (int, float)


def predicate_of(tree: Tree) -> Predicate:
    """Return what tells whether the atom is true of cells (JMESPath's idea of true).

    It raises JMESPathError if a function is given a cell of a kind that it does not take.
    """
    kind, children = tree["type"], tree["children"]
    kinds = [child["type"] for child in children]
    if kind == "field":
        return _is_there(tree["value"])
    if kind == "comparator" and kinds == ["field", "literal"]:
        return _compared(tree, children[0]["value"], children[1]["value"])
    if kind == "function_expression" and tree["value"] == "contains":
        if kinds == ["field", "literal"]:
            return _contains(tree, children[0]["value"], children[1]["value"])
        if kinds == ["multi_select_list", "field"]:
            return _is_among(tree, children[0]["children"], children[1]["value"])
    return _asked(tree)


def _is_there(column: str) -> Predicate:
    """JMESPath takes all but null, false and what is empty for true: zero as well."""

    def holds(cells: Mapping[str, Any]) -> bool:
        cell = cells[column]
        return bool(cell) or (cell is not False and cell == 0)

    return holds


def _compared(tree: Tree, column: str, literal: object) -> Predicate:
    if tree["value"] in _ORDERS:
        return _ordered(tree, column, literal)
    equal = tree["value"] == "eq"
    if literal is None or isinstance(literal, bool):
        return lambda cells: (cells[column] is literal) is equal
    if isinstance(literal, str):
        return lambda cells: (cells[column] == literal) is equal
    if isinstance(literal, _NUMBERS):  # for Python, 1 is True; not for JMESPath
        return lambda cells: (type(cells[column]) in _NUMBERS and cells[column] == literal) is equal
    return _asked(tree)


def _ordered(tree: Tree, column: str, literal: object) -> Predicate:
    ask, order = _asked(tree), _ORDERS[tree["value"]]
    if type(literal) not in _NUMBERS:
        return ask

    def holds(cells: Mapping[str, Any]) -> bool:
        cell = cells[column]
        return order(cell, literal) if type(cell) in _NUMBERS else ask(cells)

    return holds


def _contains(tree: Tree, column: str, literal: object) -> Predicate:
    ask = _asked(tree)
    if not isinstance(literal, str):
        return ask

    def holds(cells: Mapping[str, Any]) -> bool:
        cell = cells[column]
        return literal in cell if type(cell) in (tuple, list) else ask(cells)

    return holds


def _is_among(tree: Tree, options: list[Tree], column: str) -> Predicate:
    ask = _asked(tree)
    texts = [one.get("value") for one in options if one["type"] == "literal"]
    if len(texts) != len(options) or not all(isinstance(text, str) for text in texts):
        return ask

    def holds(cells: Mapping[str, Any]) -> bool:
        cell = cells[column]
        return cell in texts if isinstance(cell, str) else ask(cells)

    return holds


def _asked(tree: Tree) -> Predicate:
    """Return what asks JMESPath itself."""

    def holds(cells: Mapping[str, Any]) -> bool:
        from jmespath.visitor import TreeInterpreter  # noqa: PLC0415 - most rules do without

        known = {
            name: list(cell) if isinstance(cell, tuple) else cell for name, cell in cells.items()
        }
        try:
            answer = TreeInterpreter().visit(tree, known)
        except TypeError as error:  # JMESPath itself lets `contains` look for a number in a text
            raise JMESPathError("a string can contain only a string") from error
        return answer is not None and answer is not False and answer not in ("", [], {})

    return holds
