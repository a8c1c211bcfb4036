"""``facts PATH...``: the rows that rules are asked of, for anyone who writes a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

from cdk_appsync_guard.cli.inputs import client_options, input_options, scan_options, settle
from cdk_appsync_guard.cli.output import color_option, style_for, write_out
from cdk_appsync_guard.engine.scan import collect_facts
from cdk_appsync_guard.errors import ConfigError, Location
from cdk_appsync_guard.facts.vocabulary import TABLES, Cell, Row
from cdk_appsync_guard.policy.check_query import likely
from cdk_appsync_guard.reporters.encode import encode
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.reporters.writer import text_of
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Text, Unknown, display

__all__ = ["command"]


@click.command(
    "facts",
    epilog="""\b
Examples:
  cdk-appsync-guard facts template.yaml
  cdk-appsync-guard facts cdk.out --table reach
  cdk-appsync-guard facts template.yaml --format json
  cdk-appsync-guard facts --list
""",
)
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--table", metavar="NAME", help="Show only this table.")
@click.option("--list", "listed", is_flag=True, help="List the tables and their columns.")
@click.option("--format", "kind", type=click.Choice(["text", "json"]), default="text")
@input_options
@client_options
@color_option
def command(**given: Any) -> int:
    """Show the rows that rules are asked of, table by table.

    A rule's query filters one table, such as reach[?outcome == 'none']; what cannot be known is
    shown with its reason.
    """
    style = style_for(given["color"])
    table = given["table"]
    if table is not None and table not in TABLES:
        raise ConfigError(f"there is no table `{table}`", help=likely(table, TABLES, "tables"))
    if given["listed"]:
        return _print(_vocabulary([table] if table else list(TABLES), style), style)
    if not given["paths"]:
        raise click.UsageError("Missing argument 'PATH...'.")
    rows = [
        row
        for row in collect_facts(given["paths"], scan_options(settle(given), given))
        if table in (None, row.table)
    ]
    if given["kind"] == "json":
        write_out(encode({"version": 1, "rows": [_data(row) for row in rows]}))
        return 0
    return _print(_tables(rows, style), style)


def _print(lines: Iterable[str], style: Style) -> int:
    write_out(text_of(lines, color=style.color), style)
    return 0


def _vocabulary(names: Sequence[str], style: Style) -> Iterator[str]:
    for name in names:
        yield style.paint(name, "bold")
        yield from style.wrap(TABLES[name].meaning, "  ", "  ")
        longest = max(len(column.name) for column in TABLES[name].columns)
        for column in TABLES[name].columns:
            values = " | ".join(column.values or (column.kind,))
            head = f"    {style.paint(f'{column.name:<{longest}}', 'cyan')}  "
            text = f"{column.meaning} ({values}{' | absent' if column.optional else ''})"
            yield from style.wrap(text, head, " " * (longest + 6))
        yield ""


def _tables(rows: Sequence[Row], style: Style) -> Iterator[str]:
    tables: dict[str, list[Row]] = {}
    for row in rows:
        tables.setdefault(row.table, []).append(row)
    for name, group in tables.items():
        count = "1 row" if len(group) == 1 else f"{len(group)} rows"
        yield f"{style.paint(name, 'bold')}  {count}"
        for row in group:
            api = f"  API {row.api}" if row.api else ""
            yield ""
            yield "  " + style.paint(str(_location(row.place)), "cyan") + api
            cells = (f"{column}={_show(cell)}" for column, cell in row.cells.items())
            yield from style.wrap("  ".join(cells), "    ", "    ")
        yield ""
    if not rows:
        yield "no rows"


def _show(cell: Cell) -> str:
    if isinstance(cell, Unknown):
        return f"unknown({cell.reason})"
    if cell is None:
        return "absent"
    return "[" + ", ".join(cell) + "]" if isinstance(cell, tuple) else display(cell)


def _data(row: Row) -> dict[str, Any]:
    place = _location(row.place)
    return {
        "table": row.table,
        "api": row.api,
        "cells": {column: _json(cell) for column, cell in row.cells.items()},
        "location": {
            "file": place.file,
            "line": place.line,
            "column": place.column,
            "path": place.path,
            "logical_id": place.logical_id,
            "construct_path": place.construct_path,
        },
    }


def _json(cell: Cell) -> Any:
    if isinstance(cell, Unknown):
        could_be = None if cell.could_be is None else [display(value) for value in cell.could_be]
        known = {"unknown": cell.reason, "would_decide": cell.would_decide}
        return known | {"could_be": could_be}
    return str(cell) if isinstance(cell, Text) else cell


def _location(place: Place) -> Location:
    line, column = place.file.locate(place.path, place.inner)
    path = "/".join(str(step) for step in place.path)
    return Location(place.file.name, line, column, path, place.logical_id, place.construct_path)
