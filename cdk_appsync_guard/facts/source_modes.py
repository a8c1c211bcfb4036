"""Merged APIs and their source APIs → rows of ``source_modes``.

In: all APIs of a scenario. Out: a row for each association of two of them.
https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.merging import sources_of
from cdk_appsync_guard.appsync.modes import API_KEY, MODE_OF_DIRECTIVE, MODES
from cdk_appsync_guard.appsync.schema import Field, Schema, TypeDefinition
from cdk_appsync_guard.facts.access_view import mode_directives
from cdk_appsync_guard.facts.api_vocabulary import SOURCE_MODES, ClosedCells, SourceModes
from cdk_appsync_guard.facts.apis import schema_unknown
from cdk_appsync_guard.facts.conversions import and_more, choice
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["source_rows"]


def source_rows(merged: Api, apis: tuple[Api, ...]) -> Iterator[Row]:
    """Yield a row for each source of the merged API that is among the APIs."""
    for association, source in sources_of(merged, apis):
        if source is not None:
            mode = source.default.mode
            cells: SourceModes = {
                "source": source.name,
                "merged": merged.name,
                "source_mode": choice(mode, MODES),
                "merging": _merging(association),
                "mode_configured": _has_mode(merged, mode),
                **_closed_cells(merged, source),
            }
            place = association.place("SourceApiIdentifier")
            yield SOURCE_MODES.row(cells, place, {}, merged.name)


def _merging(association: Resource) -> str:
    """Return what runs into a conflict, in words.

    https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html
    """
    merge_type = association.get("SourceApiAssociationConfig", "MergeType")
    kind = choice(merge_type, ("MANUAL_MERGE", "AUTO_MERGE"), "MANUAL_MERGE")
    if isinstance(kind, Unknown):
        return "the next merge"
    return "the automatic merge" if kind == "AUTO_MERGE" else "`StartSchemaMerge`"


_NOTHING_CLOSED: ClosedCells = {
    "closed": 0,
    "first_closed": None,
    "more_closed": "",
    "closed_modes": "",
}


def _closed_cells(merged: Api, source: Api) -> ClosedCells:
    """Return which fields of the source no one can select through the merged API."""
    modes, schema = merged.authorization, source.schema
    if schema is None:  # merged itself, which no source is
        return _NOTHING_CLOSED
    why = schema_unknown(source) or (modes if isinstance(modes, Unknown) else None)
    if why is not None or isinstance(modes, Unknown) or not isinstance(schema, Schema):
        why = why or Unknown("the schema of the source is not known", "its SDL")
        closed = Unknown(why.reason, why.would_decide)
        return {**_NOTHING_CLOSED, "closed": closed}
    # A key opens only the API that it belongs to: such fields are for those who call the source.
    direct = (API_KEY,) if source.accepts(API_KEY) else ()
    fields = [
        (field, named)
        for definition in schema.types.values()
        if definition.kind == "object"
        for field in definition.fields.values()
        if (named := _named_modes(definition, field)) and named.isdisjoint((*modes.modes, *direct))
    ]
    first, named = fields[0] if fields else (None, set[str]())
    return {
        "closed": len(fields),
        "first_closed": first.coordinate if first else None,
        "more_closed": and_more(len(fields), "fields"),
        "closed_modes": " and ".join(f"`{mode}`" for mode in MODES if mode in named),
    }


def _named_modes(definition: TypeDefinition, field: Field) -> set[str]:
    rules = mode_directives(field.directives) or mode_directives(definition.directives)
    return {MODE_OF_DIRECTIVE[one.name] for one in rules}


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
