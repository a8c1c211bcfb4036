"""Rows of reports and matrices: to a file or to standard output, one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from cdk_appsync_guard.cli.output import write_out
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.settings.files import open_anew

if TYPE_CHECKING:
    from cdk_appsync_guard.engine.rows import Row

__all__ = ["check_parquet", "write_rows"]

_LINES = 1000


def check_parquet(files: Iterable[str]) -> None:
    """Raise ConfigError if Parquet cannot be written; better before a long scan than after it."""
    from cdk_appsync_guard.reporters.parquet import load_library  # noqa: PLC0415 - one format of many

    if "-" in files:
        raise ConfigError(
            "`--format parquet` cannot be printed", help="write to a file: --output FILE"
        )
    load_library()


def write_rows(rows: Iterable[Row], kind: str, file: str) -> None:
    """Write the rows as ``jsonl`` or ``parquet``; ``-`` is standard output."""
    if kind == "parquet":
        from cdk_appsync_guard.reporters import parquet  # noqa: PLC0415 - one format of many

        with open_anew(file) as stream:
            parquet.write_rows(rows, stream)
        return
    from cdk_appsync_guard.reporters.jsonl import lines_of  # noqa: PLC0415 - see above

    lines = lines_of(rows)
    if file == "-":
        while some := "".join(islice(lines, _LINES)):
            write_out(some)
        return
    with open_anew(file) as stream:
        stream.writelines(line.encode() for line in lines)
