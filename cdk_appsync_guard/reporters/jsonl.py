"""Rows → JSON Lines, each as ``rows.schema.json`` beside this module describes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cdk_appsync_guard.engine.rows import Row, RowMaker
from cdk_appsync_guard.report import Report
from cdk_appsync_guard.reporters.encode import encode_line
from cdk_appsync_guard.reporters.writer import safe

__all__ = ["lines_of", "render"]


def render(report: Report, tool_version: str) -> str:
    """Return the report's rows."""
    del tool_version  # a row is the same whichever release writes it
    return "".join(lines_of(RowMaker().of_report(report)))


def lines_of(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the line of each row."""
    for row in rows:
        yield safe(encode_line(row) + "\n")
