"""Two matrices of an API → whose access changes between them.

In: the matrices of an older and a newer template, with the fields below the roots. Out: Changes.
Fields and callers that one of them lacks count as denied there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from cdk_appsync_guard.access.matrix import Cell, Matrix, MatrixCaller
from cdk_appsync_guard.access.matrix_words import caller_words, reason_words
from cdk_appsync_guard.report import Change

__all__ = ["Change", "compare"]


def compare(old: Sequence[Matrix], new: Sequence[Matrix]) -> tuple[Change, ...]:
    """Return the changes by API, caller and field, in the order of the newer template."""
    return tuple(
        change
        for before, after in _pairs(old, new)
        for change in (_ask(before, after) or _compare(before, after))
    )


def _pairs(old: Sequence[Matrix], new: Sequence[Matrix]) -> Iterator[tuple[Matrix, Matrix]]:
    """Yield what belongs together: by logical id, else by the API's own name.

    A single API is itself whatever its name.
    """
    if len(old) == len(new) == 1:
        yield old[0], new[0]
        return
    waiting = {matrix.api: matrix for matrix in old}
    known = {matrix.api for matrix in new}
    older = _by_title(one for one in old if one.api not in known)
    newer = _by_title(one for one in new if one.api not in waiting)
    for after in new:
        name = after.api
        if name not in waiting and after.title in newer and after.title in older:
            name = older[after.title]
        yield waiting.pop(name, Matrix(after.api)), after
    for before in waiting.values():
        yield before, Matrix(before.api)


def _by_title(matrices: Iterable[Matrix]) -> dict[str, str]:
    """Return the APIs by their own names, without those that share one or do not have any."""
    named = list(matrices)
    count = Counter(one.title for one in named)
    return {one.title: one.api for one in named if one.title and count[one.title] == 1}


def _ask(before: Matrix, after: Matrix) -> list[Change]:
    """Return the one change of an API that cannot be compared, [] if it can."""
    question = after.question or before.question
    if question is None:
        return []
    was, will_be = ("undecided" if one.question else "" for one in (before, after))
    return [Change(after.api, "", "", "", "unclear", was, will_be, question.reason)]


def _compare(before: Matrix, after: Matrix) -> Iterator[Change]:
    coordinates = tuple(dict.fromkeys((*after.coordinates, *before.coordinates)))
    older, newer = _cells(before), _cells(after)
    roots = {*before.roots, *after.roots}
    for caller in dict.fromkeys((*after.callers, *before.callers)):
        old, new = older.get(caller, {}), newer.get(caller, {})
        if old == new:
            continue
        for coordinate in coordinates:
            # IAM is asked about root fields only: below them a principal is no one in particular.
            if caller.kind in _PRINCIPALS and coordinate.partition(".")[0] not in roots:
                continue
            was, will_be = old.get(coordinate, _ABSENT), new.get(coordinate, _ABSENT)
            change = _judge(was, will_be)
            if change:
                yield _change(after.api, coordinate, caller, change, (was, will_be))


def _cells(matrix: Matrix) -> dict[MatrixCaller, dict[str, Cell]]:
    return {
        caller: dict(zip(matrix.coordinates, column, strict=True))
        for caller, column in zip(matrix.callers, matrix.columns, strict=True)
    }


def _judge(was: Cell, will_be: Cell) -> str:
    """Return what changes, "" if nothing does.

    From partly to allowed and back is told by the fields below, which have rows of their own.
    """
    old, new = _RANK[was.verdict], _RANK[will_be.verdict]
    if old == new:
        return ""
    if _UNCLEAR in (old, new):
        return "unclear"
    return "gains" if new > old else "loses"


def _change(
    api: str, coordinate: str, caller: MatrixCaller, change: str, cells: tuple[Cell, Cell]
) -> Change:
    was, will_be = cells
    reason = reason_words(was if change == "gains" else will_be) or reason_words(was)
    return Change(
        api,
        coordinate,
        caller_words(caller),
        caller.mode,
        change,
        was.verdict,
        will_be.verdict,
        reason,
    )


_ABSENT = Cell("denied", "absent")
_PRINCIPALS = ("role", "user", "iam-group")
_UNCLEAR = -1
_RANK = {"denied": 0, "partly": 1, "allowed": 1, "undecided": _UNCLEAR}
