"""Group checks of a source that count in it, and not in the API that it is merged into.

In: a merged API and all APIs. Out: rows of group_checks for the merged API: only those that fail
open in it and not in the source, which has rows of its own.
https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.merging import judge_source, sources_of
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.facts.access_view import Gate
from cdk_appsync_guard.facts.group_checks import OPEN, group_check_rows
from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["merged_group_rows"]


def merged_group_rows(merged: Api, apis: Sequence[Api]) -> Iterator[Row]:
    """Yield the group checks that fail open only through the merged API."""
    for _, source in sources_of(merged, apis):
        if source is None or not isinstance(source.schema, Schema):
            continue
        own, seen = source.authorization, judge_source(merged, source)
        if isinstance(own, Unknown) or isinstance(seen, Unknown):
            continue
        told = {
            _key(row)
            for row in group_check_rows(source, Gate(own, source.schema))
            if row.cells["effect"] in OPEN
        }
        for row in group_check_rows(merged, Gate(seen, source.schema)):
            if row.cells["effect"] in OPEN and _key(row) not in told:
                yield row


def _key(row: Row) -> tuple[Cell, Cell]:
    return row.cells["coordinate"], row.cells["written"]
