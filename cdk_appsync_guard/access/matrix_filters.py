"""A matrix → the part of it that someone asks for.

In: a Matrix and patterns of names, in which ``*`` and ``?`` are wildcards and case does not matter.
Out: a smaller Matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from cdk_appsync_guard.access.matrix import Matrix, MatrixCaller
from cdk_appsync_guard.access.matrix_words import caller_words
from cdk_appsync_guard.appsync.modes import mode_called

__all__ = ["Filters", "select"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for: everything where a filter is empty.

    ``fields`` are names or coordinates; ``callers`` are modes, or names with or without their kind.
    """

    types: Sequence[str] = ()
    fields: Sequence[str] = ()
    callers: Sequence[str] = ()

    @property
    def nested(self) -> bool:
        """Whether fields below the roots are asked for: by a type, or by a coordinate."""
        return bool(self.types) or any("." in name for name in self.fields)


def select(matrix: Matrix, filters: Filters) -> Matrix:
    """Return the rows and columns that the filters let through."""
    rows = [
        index
        for index, coordinate in enumerate(matrix.coordinates)
        if _takes_field(filters, coordinate)
    ]
    columns = [
        index for index, one in enumerate(matrix.callers) if _takes_caller(filters.callers, one)
    ]
    return replace(
        matrix,
        coordinates=tuple(matrix.coordinates[row] for row in rows),
        callers=tuple(matrix.callers[column] for column in columns),
        columns=tuple(tuple(matrix.columns[column][row] for row in rows) for column in columns),
    )


def _takes_field(filters: Filters, coordinate: str) -> bool:
    type_name, _, name = coordinate.partition(".")
    return _any(filters.types, [type_name]) and _any(filters.fields, [name, coordinate])


def _takes_caller(patterns: Sequence[str], caller: MatrixCaller) -> bool:
    """Return whether a pattern means the caller; a mode means all who use it."""
    names = [caller.name, caller_words(caller)]
    return _any(patterns, names, lambda pattern: mode_called(pattern) == caller.mode)


def _any(
    patterns: Sequence[str], names: Sequence[str], also: Callable[[str], bool] | None = None
) -> bool:
    if not patterns:
        return True
    return any(
        fnmatchcase(name.lower(), pattern.lower()) or (also is not None and also(pattern))
        for pattern in patterns
        for name in names
    )
