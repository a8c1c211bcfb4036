"""Rows → a Parquet file, with the columns that ``rows.schema.json`` beside this module describes.

Needs the extra ``parquet``. Rows are written group by group, so that no more are held in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import islice
from typing import IO, Any

from cdk_appsync_guard.engine.rows import COLUMNS, NUMBERS, VERSION, Row
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.reporters.writer import safe

__all__ = ["load_library", "write_rows"]

_GROUP = 20_000
_MOST_KEPT = 50_000


def load_library() -> Any:
    """Return pyarrow. Raise ConfigError if it is not installed."""
    try:
        import_module("pyarrow.parquet")
        return import_module("pyarrow")
    except ImportError as error:
        raise ConfigError(
            "`--format parquet` needs pyarrow, which is not installed",
            help='pip install "cdk-appsync-guard[parquet]"',
        ) from error


def write_rows(rows: Iterable[Row], stream: IO[bytes]) -> None:
    """Write the rows to the stream."""
    arrow = load_library()
    columns = [(name, arrow.int64() if name in NUMBERS else arrow.string()) for name in COLUMNS]
    schema = arrow.schema(columns, metadata={"cdk_appsync_guard_rows": str(VERSION)})
    with arrow.parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
        for group in _groups(_safe_rows(rows)):
            writer.write_table(arrow.Table.from_pylist(group, schema=schema))


def _groups(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while group := list(islice(rows, _GROUP)):
        yield group


def _safe_rows(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows without secrets and control characters; most texts come again and again."""
    known: dict[str, str] = {}
    for row in rows:
        if len(known) > _MOST_KEPT:
            known.clear()
        for value in row.values():
            if isinstance(value, str) and value not in known:
                known[value] = safe(value.encode("utf-8", "replace").decode())
        yield {key: known[one] if isinstance(one, str) else one for key, one in row.items()}
