"""Does a query fit the vocabulary? Refuses what would never fire or could stop a scan.

JMESPath answers a typing error in a name with "nothing", which is a rule that never fires; so
names, literals and kinds are compared with the vocabulary, and then the query is asked of specimen
rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from math import prod
from typing import Any

from jmespath.exceptions import JMESPathError

from cdk_appsync_guard.errors import RuleError
from cdk_appsync_guard.facts.tables import Cell, Column, Table
from cdk_appsync_guard.policy.predicate import Tree
from cdk_appsync_guard.policy.query import Atom, Query, spot
from cdk_appsync_guard.policy.unknown_values import Known, possible_cells
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["likely", "refuse_misfit"]

_MOST_SPECIMENS = 1024


def refuse_misfit(query: Query, tables: Mapping[str, Table]) -> Table:
    """Return the query's table. Raise RuleError, with a place in the query, if it does not fit."""
    table = tables.get(query.table)
    if table is None:
        raise RuleError(
            f"the table `{query.table}` does not exist",
            location=spot(query.text, query.table),
            help=likely(query.table, tables, "tables"),
        )
    columns = {column.name: column for column in table.columns}
    for name in query.columns:
        if name not in columns:
            raise RuleError(
                f"the table `{table.name}` does not have a column `{name}`",
                location=spot(query.text, name),
                help=likely(name, columns, "columns"),
            )
    for atom in query.atoms:
        for node in _nodes(atom.tree):
            _refuse_node(node, columns, query.text)
    _refuse_specimens(query, table)
    return table


def likely(name: str, names: Iterable[str], what: str) -> str:
    """Return the help line for a name that does not exist: the nearest one, or all there are."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    known = sorted(names)
    near = get_close_matches(name, known, n=1)
    return f"did you mean `{near[0]}`?" if near else f"{what}: {', '.join(known)}"


def _nodes(tree: Tree) -> Iterator[Tree]:
    yield tree
    for child in tree["children"]:
        yield from _nodes(child)


def _refuse_node(node: Tree, columns: Mapping[str, Column], text: str) -> None:
    children = node["children"]
    if node["type"] == "comparator" and node["value"] in ("eq", "ne"):
        _refuse_equality(children, columns, text)
    elif node["type"] == "comparator":
        for child in children:
            _refuse_order(child, columns, text)
    elif node["type"] == "function_expression" and node["value"] == "contains":
        _refuse_membership(children, columns, text)
    elif node["type"] == "filter_projection" and children[0]["type"] == "field":
        column = columns[children[0]["value"]]
        items = [literal for child in _nodes(children[2]) for literal in _texts(child)]
        _refuse_literals(column, items, text)


def _refuse_equality(sides: list[Tree], columns: Mapping[str, Column], text: str) -> None:
    fields = [columns[side["value"]] for side in sides if side["type"] == "field"]
    for column in fields:
        if column.kind == "list":
            raise RuleError(
                f"the list `{column.name}` is compared as a whole",
                location=spot(text, column.name),
                help=f"write `contains({column.name}, '...')` or `length({column.name})`",
            )
        _refuse_literals(column, [side["value"] for side in sides if _is_literal(side)], text)
    if len({column.kind for column in fields}) > 1:
        raise RuleError(
            f"`{fields[0].name}` and `{fields[1].name}` are never equal: "
            f"{fields[0].kind} and {fields[1].kind}",
            location=spot(text, fields[0].name),
        )


def _refuse_order(side: Tree, columns: Mapping[str, Column], text: str) -> None:
    if side["type"] == "field" and columns[side["value"]].kind != "number":
        raise RuleError(
            f"`{side['value']}` is not a number, so it cannot be ordered",
            location=spot(text, side["value"]),
        )
    if _is_literal(side) and (isinstance(side["value"], (str, bool)) or side["value"] is None):
        raise RuleError(
            f"`{side['value']}` is not a number, so it cannot be ordered",
            location=spot(text),
            help="write numbers in backticks: `30`",
        )


def _refuse_membership(arguments: list[Tree], columns: Mapping[str, Column], text: str) -> None:
    if len(arguments) != len(("list", "item")):
        return  # the specimens tell
    within, item = arguments
    if within["type"] == "field" and _is_literal(item) and columns[within["value"]].kind == "list":
        _refuse_literals(columns[within["value"]], [item["value"]], text)
    if item["type"] == "field" and within["type"] in ("literal", "multi_select_list"):
        if within["type"] == "literal" and not isinstance(within["value"], list):
            return
        parts = (
            within["value"]
            if _is_literal(within)
            else [part["value"] for part in within["children"] if _is_literal(part)]
        )
        _refuse_literals(columns[item["value"]], parts, text)


def _refuse_literals(column: Column, literals: Iterable[Any], text: str) -> None:
    """Refuse a literal that no cell of the column, or no item of a list, is ever equal to."""
    for literal in literals:
        value = (literal,) if column.kind == "list" else literal
        if column.takes(value):
            continue
        quoted = f"'{literal}'" if isinstance(literal, str) else column.name
        if column.values is not None and isinstance(literal, str):
            advice = likely(literal, column.values, "values")
        else:
            advice = f"it holds a {column.kind}" + (" or null" if column.optional else "")
        raise RuleError(
            f"`{column.name}` is never `{_shown(literal)}`",
            location=spot(text, quoted),
            help=advice,
        )


def _shown(literal: object) -> str:
    return literal if isinstance(literal, str) else json.dumps(literal)


def _texts(node: Tree) -> list[Any]:
    """Return the literals that an item of a list is compared with."""
    sides = node["children"]
    if node["type"] != "comparator" or not any(side["type"] == "current" for side in sides):
        return []
    return [side["value"] for side in sides if _is_literal(side)]


def _is_literal(node: Tree) -> bool:
    return bool(node["type"] == "literal")


def _refuse_specimens(query: Query, table: Table) -> None:
    """Ask the query of rows that it might meet."""
    nothing_known: dict[str, Cell] = {column.name: Unknown("specimen") for column in table.columns}
    could_be = possible_cells(query, table, nothing_known)
    for atom in query.atoms:
        _refuse_constant(atom, could_be, query.text)
    selected = False
    try:
        for cells in islice(_specimens(could_be), _MOST_SPECIMENS):
            selected = query.selects(cells) or selected
    except JMESPathError as error:
        raise RuleError(
            "the query fails on some rows: " + " ".join(str(error).split()),
            location=spot(query.text),
            help="a column that can be absent needs a condition first: `a && contains(a, 'x')`",
        ) from error
    if not selected and prod(map(len, could_be.values())) <= _MOST_SPECIMENS:
        raise RuleError("the query cannot select any row", location=spot(query.text))


def _refuse_constant(atom: Atom, could_be: Mapping[str, tuple[Known, ...]], text: str) -> None:
    """Refuse a condition that says the same of every row; a length has too many values to tell."""
    if any(node.get("value") == "length" for node in _nodes(atom.tree)):
        return
    own = {name: could_be[name] for name in atom.columns}
    try:
        answers = {atom.holds(cells) for cells in islice(_specimens(own), _MOST_SPECIMENS)}
    except JMESPathError:
        return
    if len(answers) == 1:
        raise RuleError(
            f"a condition on `{atom.columns[0]}` is always {str(answers.pop()).lower()}",
            location=spot(text, atom.columns[0]),
        )


def _specimens(could_be: Mapping[str, tuple[Known, ...]]) -> Iterator[dict[str, Any]]:
    for values in product(*could_be.values()):
        cells = (list(value) if isinstance(value, tuple) else value for value in values)
        yield dict(zip(could_be, cells, strict=True))
