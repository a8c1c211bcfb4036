"""An Api → all rows that depend on its schema.

In: an Api. Out: rows of the tables in ``schema_vocabulary``. Where the schema or the modes are not
known, one Unknown row a table stands for all the rows that are not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk_appsync_guard.appsync.merging import find_further_modes
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.appsync.sdl import may_be_accepted
from cdk_appsync_guard.errors import SchemaError
from cdk_appsync_guard.facts.access_view import Gate
from cdk_appsync_guard.facts.authorizations import (
    agree,
    authorizations,
    question,
    unknown_row,
)
from cdk_appsync_guard.facts.fields import field_rows, mode_rows, root_rows
from cdk_appsync_guard.facts.group_checks import group_check_rows
from cdk_appsync_guard.facts.members import closed_member_rows
from cdk_appsync_guard.facts.outliers import outlier_rows
from cdk_appsync_guard.facts.payloads import payload_rows
from cdk_appsync_guard.facts.reach import dead_end_rows, null_climb_rows, reach_rows
from cdk_appsync_guard.facts.schema_vocabulary import SCHEMA_TABLES
from cdk_appsync_guard.facts.sdl import directive_rows, problem_rows, schema_row
from cdk_appsync_guard.facts.subscriptions import (
    shape_rows,
    subscription_rows,
    trigger_rows,
)
from cdk_appsync_guard.facts.type_modes import type_mode_rows
from cdk_appsync_guard.template.values.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.appsync.merging import FurtherModes
    from cdk_appsync_guard.appsync.modes import Authorization
    from cdk_appsync_guard.facts.tables import Row
    from cdk_appsync_guard.template.source.read import Place

__all__ = ["rows_of_schema"]

_WRITTEN = ("schemas", "schema_problems", "directives", "triggers", "subscription_shapes")
_BY_MODES = tuple(table for table in SCHEMA_TABLES if table.name not in _WRITTEN)
_WITHOUT_DIRECTIVES = tuple(table for table in _BY_MODES if table.name in ("fields", "reach"))


def rows_of_schema(api: Api, apis: Sequence[Api] = ()) -> list[Row]:
    """Return the rows of one API of several; a merged API has no schema of its own."""
    schema = api.schema
    if schema is None:
        return [schema_row(api)]
    if isinstance(schema, SchemaError):
        if not may_be_accepted(schema):
            return [schema_row(api)]
        return _unknown_rows(api, Unknown(schema.message, schema.help or ""))
    if isinstance(schema, Unknown):
        return _unknown_rows(api, schema)
    directives = list(directive_rows(api, schema))
    rows = [schema_row(api), *problem_rows(api, schema), *directives]
    rows += [*trigger_rows(api, schema), *shape_rows(api, schema)]
    possible = authorizations(api)
    if isinstance(possible, Unknown):
        unknown, place = question(api)
        # Without any directive the modes make little difference.
        tables = _BY_MODES if any(row.cells["own"] for row in directives) else _WITHOUT_DIRECTIVES
        return rows + [unknown_row(table, unknown, place, api.name) for table in tables]
    places = {
        one.coordinate: schema.at(one.offset)
        for definition in schema.types.values()
        if definition.kind == "object"
        for one in definition.fields.values()
    }
    further = find_further_modes(api, apis)
    alternatives = (_rows_by_modes(api, schema, one, places, further) for one in possible)
    return rows + agree(api, _BY_MODES, alternatives)


def _unknown_rows(api: Api, unknown: Unknown) -> list[Row]:
    return [unknown_row(table, unknown, api.schema_place, api.name) for table in SCHEMA_TABLES]


def _rows_by_modes(
    api: Api,
    schema: Schema,
    authorization: Authorization,
    places: dict[str, Place],
    further: FurtherModes,
) -> Iterator[Row]:
    """Yield the rows that depend on what modes the API has."""
    gate = Gate(authorization, schema)
    yield from mode_rows(api, gate, further)
    yield from group_check_rows(api, gate)
    yield from root_rows(api, gate)
    yield from field_rows(api, gate, places)
    yield from outlier_rows(api, gate, places)
    yield from reach_rows(api, gate, places)
    yield from dead_end_rows(api, gate)
    yield from closed_member_rows(api, gate)
    yield from null_climb_rows(api, gate, places)
    yield from subscription_rows(api, gate, places)
    yield from payload_rows(api, gate, places)
    yield from type_mode_rows(api, gate)
