"""Cells of a matrix → words; callers → names a person can tell apart.

In: Cell, MatrixCaller. Out: text. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from cdk_appsync_guard.access.matrix import Cell, Matrix, MatrixCaller

__all__ = ["MatrixRow", "caller_words", "reason_words", "rows_of", "write_rows"]


class MatrixRow(NamedTuple):
    """A cell with all that it is about, as files hold it; what does not apply is empty."""

    api: str
    coordinate: str
    caller: str
    mode: str
    verdict: str
    reason: str
    blocked: str


def rows_of(matrix: Matrix) -> Iterator[MatrixRow]:
    """Yield the cells by coordinate, then by caller."""
    told = [
        _tell(caller, column) for caller, column in zip(matrix.callers, matrix.columns, strict=True)
    ]
    for index, coordinate in enumerate(matrix.coordinates):
        for rests, column in zip(told, matrix.columns, strict=True):
            yield MatrixRow(matrix.api, coordinate, *rests[id(column[index])])


def write_rows(
    matrix: Matrix,
    begin: Callable[[str, str], str],
    end: Callable[[str, str, str, str, str], str],
) -> Iterator[str]:
    """Yield the rows as text; *begin* writes the first two cells of a row, *end* the other five.

    Hundreds of thousands of rows have few different endings, and each is written once.
    """
    ends = [
        {key: end(*rest) for key, rest in _tell(caller, column).items()}
        for caller, column in zip(matrix.callers, matrix.columns, strict=True)
    ]
    pairs = list(zip(ends, matrix.columns, strict=True))
    for index, coordinate in enumerate(matrix.coordinates):
        start = begin(matrix.api, coordinate)
        for written, column in pairs:
            yield start + written[id(column[index])]


def _tell(
    caller: MatrixCaller, column: Sequence[Cell]
) -> dict[int, tuple[str, str, str, str, str]]:
    """Return what follows the coordinate, by the identity of the cell."""
    name, mode = caller_words(caller), caller.mode
    return {
        key: (name, mode, cell.verdict, reason_words(cell), cell.blocked)
        for key, cell in {id(cell): cell for cell in column}.items()
    }


def caller_words(caller: MatrixCaller) -> str:
    """Return ``API_KEY``, ``group Admins``, ``role Reader`` or ``IAM group Staff``."""
    if caller.kind == "mode":
        return caller.name
    kind = "IAM group" if caller.kind == "iam-group" else caller.kind
    return f"{kind} {caller.name}"


def reason_words(cell: Cell) -> str:
    """Return why the cell is as it is, "" if it is allowed."""
    if cell.verdict == "allowed":
        return ""
    if cell.reason == "below" and cell.verdict == "partly":
        return f"`{cell.path}` is denied"
    if cell.reason == "nothing-below":
        return f"none of the fields that it returns can be read: `{cell.path}` is denied"
    return cell.question or _WORDS.get(cell.reason, cell.reason)


_WORDS = {
    "mode-not-listed": "its directives, or those of its type, leave the mode out",
    "default-mode": "it does not have a directive, so only the default mode can select it",
    "group": "its directives require another group",
    "default-action": "the user pool's default action is DENY, and no @aws_auth lifts it",
    "mode-not-configured": "the API does not have the mode",
    "iam": "no policy allows it",
    "iam-deny": "a policy denies it",
    "absent": "there is no such field or caller",
    "alternatives": "it depends on conditions or values that are not known",
    "resolver": "its resolver denies it",
    "denied-fields": "the Lambda authorizer denies it",
}
