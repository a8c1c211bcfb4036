"""Scenes → the portrait of each API: its matrix, and what explains every cell of it.

In: Scenes and Filters. Out: Portraits. Where scenarios differ the matrix says so; what explains a
cell is that of the first scenario.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cdk_appsync_guard.access.answers import answer_to, field_refused
from cdk_appsync_guard.access.decide import Decision
from cdk_appsync_guard.access.grants import Fields, fields_of, statement_fields
from cdk_appsync_guard.access.matrix import Matrix, MatrixCaller, call_principals
from cdk_appsync_guard.access.matrix_filters import Filters, select
from cdk_appsync_guard.appsync.modes import AWS_IAM, Authorization
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.engine.scenes import Scene, View, concerned_by, find_apis_in, find_matrices
from cdk_appsync_guard.facts.authorizations import authorizations
from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.portrait.frames import SchemaFrames, frame_of_code, frame_of_place
from cdk_appsync_guard.portrait.model import FieldView, Frame, Opening, Portrait, Speech
from cdk_appsync_guard.portrait.openings import Openings
from cdk_appsync_guard.report import Symptom
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["draw"]

_REASONS = ("iam", "iam-deny", "mode-not-configured")


def draw(scenes: Sequence[Scene], filters: Filters | None = None) -> tuple[Portrait, ...]:
    """Return the portraits in the order of the APIs."""
    filters = filters or Filters()
    drawn = find_matrices(scenes, nested=True)
    return tuple(
        _draw(matrix, views, filters)
        for matrix, (_, views) in zip(drawn, find_apis_in(scenes), strict=True)
    )


def _draw(matrix: Matrix, views: Sequence[View], filters: Filters) -> Portrait:
    rows = _rows(matrix, filters)
    matrix = select(matrix, Filters(callers=filters.callers))
    scene, api = views[0]
    possible = authorizations(api)
    schema = api.schema
    if isinstance(possible, Unknown) or not isinstance(schema, Schema):
        return Portrait(matrix)
    asked = fields_of(api, scene.apis)
    concerned = concerned_by(api, asked, scene)
    principals = dict(zip(call_principals(concerned), concerned, strict=True))
    authorization = possible[0]
    return Portrait(
        matrix=matrix,
        rows=rows,
        operations={name: operation for operation, name in schema.roots.items()},
        fields=_fields(schema, matrix.coordinates),
        policies=tuple(
            tuple(_speeches(principals[one], asked)) if one in principals else ()
            for one in matrix.callers
        ),
        openings=_openings(views, authorization, (matrix, rows), principals),
        refusals=_refusals(schema, authorization),
        resolvers=_resolvers(matrix),
    )


def _rows(matrix: Matrix, filters: Filters) -> tuple[str, ...]:
    """Return the fields to show at first: those of the roots, or those that are asked for."""
    names = select(matrix, filters).coordinates
    if filters.nested:
        return names
    return tuple(name for name in names if name.partition(".")[0] in matrix.roots)


def _fields(schema: Schema, coordinates: Iterable[str]) -> dict[str, FieldView]:
    frames = SchemaFrames(schema)
    found = {}
    for coordinate in coordinates:
        type_name, _, name = coordinate.partition(".")
        definition = schema.types.get(type_name)
        field = definition.fields.get(name) if definition is not None else None
        if field is not None:  # another scenario may have more fields
            found[coordinate] = FieldView(
                coordinate,
                field.signature,
                tuple(one.name for one in schema.possible_types(field.returns)),
                frames.of(field),
                field_refused(schema, field),
            )
    return found


def _speeches(principal: Principal, fields: Fields) -> Iterator[Speech]:
    boundary = (principal.boundary,) if principal.boundary is not None else ()
    for document in (*principal.documents, *boundary):
        for statement in document.statements or ():
            certain, possible = statement_fields(statement, fields)
            if possible:
                yield Speech(
                    statement.effect,
                    document.name,
                    frame_of_place(document.place(statement, "Resource", 0)),
                    frozenset(fields.named(certain)),
                    frozenset(fields.named(possible & ~certain)),
                )


def _openings(
    views: Sequence[View],
    authorization: Authorization,
    shown: tuple[Matrix, Sequence[str]],
    principals: Mapping[MatrixCaller, Principal],
) -> dict[tuple[int, str], Opening]:
    """Return the openings; none where scenarios differ, since a fix is proved for one."""
    if len(views) > 1:
        return {}
    scene, api = views[0]
    matrix, rows = shown
    return Openings(api, authorization, fields_of(api, scene.apis)).of(matrix, rows, principals)


def _refusals(schema: Schema, authorization: Authorization) -> dict[tuple[str, str], Symptom]:
    found: dict[tuple[str, str], Symptom] = {}
    for operation, name in schema.roots.items():
        for field in list(schema.types[name].fields.values())[:1]:
            for reason in _REASONS:
                found[reason, operation] = answer_to(
                    Decision("denied", reason),
                    mode=AWS_IAM,
                    modes=authorization.modes,
                    schema=schema,
                    field=field,
                )
    return found


def _resolvers(matrix: Matrix) -> dict[tuple[int, str], Frame]:
    """Return the lines of code that decide, by column and field."""
    found = {}
    for column, cells in enumerate(matrix.columns):
        for coordinate, cell in zip(matrix.coordinates, cells, strict=True):
            frame = frame_of_code(cell.decided_by)
            if frame is not None:
                found[column, coordinate] = frame
    return found
