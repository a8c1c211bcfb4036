"""A vocabulary of one small table, and rows, rules and places for it."""

from __future__ import annotations

from typing import Any

from cdk_appsync_guard.facts.tables import Cell, Column, Row, Table
from cdk_appsync_guard.policy.rule import Rule
from cdk_appsync_guard.policy.rule_reader import parse_rule
from cdk_appsync_guard.template.source.read import Place, SourceFile

TOYS = Table(
    "toys",
    "toys in a shop",
    (
        Column("coordinate", "where the toy stands"),
        Column("color", "its paint", ("red", "green", "blue")),
        Column("glaze", "what is over the paint", ("matt", "gloss"), optional=True),
        Column("broken", "whether it is", kind="bool"),
        Column("price", "in cents", kind="number", optional=True),
        Column("maker", "who made it", optional=True),
        Column("sizes", "in which it comes", ("s", "m", "l"), kind="list"),
        Column("tags", "what is written on it", kind="list"),
    ),
)
TABLES = {"toys": TOYS}
TOY: dict[str, Cell] = {
    "coordinate": "Shelf.left",
    "color": "red",
    "glaze": None,
    "broken": False,
    "price": 500,
    "maker": None,
    "sizes": ("s",),
    "tags": (),
}
TEXT = "first line\n  second line\nthird line\n"
FILE = SourceFile("shop.graphql", TEXT)

RULE = """\
id: red-toy
title: A toy is red
severity: warning
query: toys[?color == 'red']
message: "the toy at `{coordinate}` is {color}"
symptom: {status: 401, error_type: Paint, message: "no {color} here"}
remediation: Paint it
references: [https://example.com/paint]
"""


def make_row(place: Place | None = None, **cells: Cell) -> Row:
    return Row("toys", {**TOY, **cells}, place or Place(FILE), {}, "Shop")


def make_consequence(rule_id: str, query: str, **causes: str) -> Rule:
    """Return a rule whose findings others explain; `broken_toy` stands for the rule `broken-toy`."""
    named = "".join(
        f"\n  {cause.replace('_', '-')}: {columns}" for cause, columns in causes.items()
    )
    text = replace_entry(replace_entry(RULE, "id", rule_id), "query", query)
    text += f"consequence_of:{named}\n"
    return parse_rule(text, "rule.yaml", id=rule_id, category="schema", tables=TABLES)


def make_rule(query: str = "toys[?color == 'red']", rule_id: str = "red-toy", **texts: str) -> Rule:
    text = RULE
    for key, value in {"query": query, "id": rule_id, **texts}.items():
        text = replace_entry(text, key, value)
    return parse_rule(text, "rule.yaml", id=rule_id, category="schema", tables=TABLES)


def replace_entry(text: str, key: str, value: str) -> str:
    lines = [line for line in text.splitlines() if not line.startswith(f"{key}:")]
    return "\n".join([*lines, f"{key}: {value}", ""])


def plain(cells: dict[str, Cell]) -> dict[str, Any]:
    """The cells as JSON has them."""
    return {name: list(cell) if isinstance(cell, tuple) else cell for name, cell in cells.items()}
