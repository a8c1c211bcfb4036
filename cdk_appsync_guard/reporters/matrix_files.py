"""Matrices → CSV and JSON: one row per field and caller, or per change between two templates.

Deterministic: the order of the templates and schemas, no clock.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdk_appsync_guard.access.matrix import Matrix
from cdk_appsync_guard.access.matrix_diff import Change
from cdk_appsync_guard.access.matrix_words import MatrixRow, write_rows
from cdk_appsync_guard.reporters.encode import encode_line
from cdk_appsync_guard.reporters.writer import escape, safe

__all__ = ["changes_csv", "changes_json", "matrix_csv", "matrix_json"]

VERSION = 1
"""The format's version: raised when a key changes its meaning or goes, not when one is added."""


def matrix_csv(matrices: Sequence[Matrix]) -> str:
    """Return the rows with a header; an API that cannot be judged is one undecided row."""
    lines = [_csv(*MatrixRow._fields) + "\n"]
    for matrix in matrices:
        if matrix.question is not None:
            row = MatrixRow(matrix.api, "", "", "", "undecided", matrix.question.reason, "")
            lines.append(_csv(*row) + "\n")
        lines += write_rows(
            matrix,
            lambda *cells: _csv(*cells) + ",",
            lambda *cells: _csv(*cells) + "\n",
        )
    return safe("".join(lines))


def matrix_json(matrices: Sequence[Matrix]) -> str:
    """Return the rows as objects, and the APIs that cannot be judged beside them."""
    first, rest = MatrixRow._fields[:2], MatrixRow._fields[2:]
    rows = [
        row
        for matrix in matrices
        for row in write_rows(
            matrix,
            lambda *cells: encode_line(dict(zip(first, cells, strict=True)))[:-1],
            lambda *cells: "," + encode_line(dict(zip(rest, cells, strict=True)))[1:],
        )
    ]
    undecided = [
        encode_line(
            {
                "api": matrix.api,
                "reason": matrix.question.reason,
                "would_decide": matrix.question.would_decide,
            }
        )
        for matrix in matrices
        if matrix.question is not None
    ]
    return _json(rows=rows, undecided=undecided)


def changes_csv(changes: Sequence[Change]) -> str:
    """Return the changes with a header."""
    return safe("".join(_csv(*row) + "\n" for row in (Change._fields, *changes)))


def changes_json(changes: Sequence[Change]) -> str:
    """Return the changes as objects."""
    return _json(changes=[encode_line(change._asdict()) for change in changes])


def _json(**lists: Sequence[str]) -> str:
    """Return lists of objects that are JSON already, one object a line."""
    members = [f'  "version": {VERSION}']
    for name, items in lists.items():
        listed = ",\n".join(f"    {item}" for item in items)
        members.append(f'  "{name}": [\n{listed}\n  ]' if items else f'  "{name}": []')
    return safe("{\n" + ",\n".join(members) + "\n}\n")


def _csv(*cells: str) -> str:
    return ",".join(map(_quote, cells))


def _quote(cell: str) -> str:
    """Return the cell so that a spreadsheet shows it and does not run it.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    cell = escape(cell)
    if cell.startswith(("=", "+", "-", "@")):
        cell = f"'{cell}"
    if "," in cell or '"' in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell
