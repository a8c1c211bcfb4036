"""A plain function for tests: who may call what is as a file says, or an error tells what changed.

In: templates, and a CSV file as ``matrix --format csv`` writes it, which people review and commit.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cdk_appsync_guard.access.matrix import Matrix
from cdk_appsync_guard.engine.scan import ScanOptions
from cdk_appsync_guard.engine.scenes import matrix
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.reporters.matrix_files import matrix_csv
from cdk_appsync_guard.settings.files import read_file, write_file

__all__ = ["UPDATE", "assert_matrix"]

UPDATE = "CDK_APPSYNC_GUARD_UPDATE_MATRIX"
"""The environment variable that makes files be written; ``pytest --update-matrix`` sets it."""

_KEYS = ("api", "coordinate", "caller", "mode")
_Cells = dict[tuple[str, ...], str]


def assert_matrix(
    path: str | Sequence[str],
    expected: str | os.PathLike[str],
    *,
    nested: bool = False,
    options: ScanOptions | None = None,
) -> tuple[Matrix, ...]:
    """Raise AssertionError unless the matrix of the templates at *path* is as the file says.

    Only verdicts count, not the words of reasons. With *nested* the fields of all object types are
    pinned, not the root fields alone. ``pytest --update-matrix``, or the environment variable
    ``CDK_APPSYNC_GUARD_UPDATE_MATRIX``, writes the file. Raise GuardError if a template cannot be
    read.

        assert_matrix("cdk.out", "tests/matrix.csv")
    """
    __tracebackhide__ = True
    found = matrix(path, nested=nested, options=options)
    text = matrix_csv(found)
    file = Path(expected)
    if os.environ.get(UPDATE):
        write_file(str(file), text)
        return found
    differences = list(_differences(_expected(file), _cells(text.splitlines())))
    if differences:
        shown = differences[:_MOST_SHOWN]
        more = len(differences) - len(shown)
        lines = [f"the matrix is not as `{file}` says:", *shown]
        lines += [f"  and {more:,} more"] if more else []
        raise AssertionError("\n".join((*lines, "if that is right: pytest --update-matrix")))
    return found


def _expected(file: Path) -> _Cells:
    try:
        text = read_file(str(file), "the matrix to compare with")
    except ConfigError as error:
        raise AssertionError(f"{error.message}\nto write it: pytest --update-matrix") from None
    cells = _cells(text.splitlines())
    if not cells and text.strip():
        raise AssertionError(f"`{file}` is not a matrix\nto write it: pytest --update-matrix")
    return cells


def _cells(lines: Iterable[str]) -> _Cells:
    """Return the verdicts by API, field, caller and mode."""
    return {
        tuple(str(row.get(key) or "") for key in _KEYS): str(row.get("verdict") or "")
        for row in csv.DictReader(lines)
        if row.get("verdict")
    }


def _differences(before: _Cells, after: _Cells) -> Iterator[str]:
    for key in dict.fromkeys((*after, *before)):
        was, now = before.get(key, _ABSENT), after.get(key, _ABSENT)
        if was != now:
            api, coordinate, caller, _ = key
            yield f"  {api}: {coordinate}: {caller}: {was} -> {now}"


_ABSENT = "not there"
_MOST_SHOWN = 50
