"""Merged APIs and their source APIs → rows of ``source_modes``.

In: all APIs of a scenario. Out: a row for each association of two of them.
https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import MODES
from cdk_appsync_guard.facts.conversions import choice
from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.values.value import Text, Unknown

__all__ = ["source_rows"]


def source_rows(merged: Api, apis: tuple[Api, ...]) -> Iterator[Row]:
    """Yield a row for each source of the merged API that is among the APIs."""
    for association in merged.sources:
        named = association.get("SourceApiIdentifier")
        holes = named.holes if isinstance(named, Text) else ()
        source = next((api for api in apis if _id_holes(api) & {*holes}), None)
        if source is not None:
            mode = source.default.mode
            cells: dict[str, Cell] = {
                "source": source.name,
                "merged": merged.name,
                "source_mode": choice(mode, MODES),
                "merging": _merging(association),
                "mode_configured": _has_mode(merged, mode),
            }
            place = association.place("SourceApiIdentifier")
            yield Row("source_modes", cells, place, {}, merged.name)


def _merging(association: Resource) -> str:
    """Return what runs into a conflict, in words.

    https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html
    """
    merge_type = association.get("SourceApiAssociationConfig", "MergeType")
    kind = choice(merge_type, ("MANUAL_MERGE", "AUTO_MERGE"), "MANUAL_MERGE")
    if isinstance(kind, Unknown):
        return "the next merge"
    return "the automatic merge" if kind == "AUTO_MERGE" else "`StartSchemaMerge`"


def _id_holes(api: Api) -> set[object]:
    value = api.resource.attribute("ApiId")
    return {*value.holes} if isinstance(value, Text) else set()


def _has_mode(api: Api, mode: str | Unknown) -> bool | Unknown:
    """Return whether a provider of the API has the mode, which may itself be unknown."""
    modes = [provider.mode for provider in api.providers]
    if isinstance(mode, Unknown):
        return Unknown(mode.reason, mode.would_decide)
    if mode in modes:
        return True
    unknown = next((each for each in modes if isinstance(each, Unknown)), None)
    if isinstance(api.additional, Unknown):
        unknown = unknown or api.additional
    return False if unknown is None else Unknown(unknown.reason, unknown.would_decide)
