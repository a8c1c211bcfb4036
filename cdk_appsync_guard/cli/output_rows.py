"""Rows of reports and matrices: to a file or to standard output, one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cdk_appsync_guard.cli.output import write_out
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.settings.files import open_anew, write_file

if TYPE_CHECKING:
    from cdk_appsync_guard.engine.rows import Row

__all__ = ["check_parquet", "write_rows"]


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

    if file == "-":
        write_out(lines_of(rows))
    else:
        write_file(file, lines_of(rows))
