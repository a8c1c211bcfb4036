"""Every field × every caller → may he select it, and how far does he get below it.

In: an API, its authorization, the IAM principals that have to do with it. Out: a Matrix. Callers
are the API's modes, the Cognito groups that its schema names, and those principals. Does not look
at operations, and words nothing: ``matrix_words`` does.

A caller's column is a tuple of shared cells: hundreds of principals over thousands of fields are
hundreds of thousands of cells, and few different ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from cdk_appsync_guard.access.decide import Caller, Decision
from cdk_appsync_guard.access.grants import Fields, Granted, granted_to
from cdk_appsync_guard.access.identities import Known
from cdk_appsync_guard.access.matrix_cells import Cell
from cdk_appsync_guard.access.reach import CallerReach, Reach, find_callers, find_reach
from cdk_appsync_guard.access.resolver_cells import ResolverCells
from cdk_appsync_guard.access.signers import Signers
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import AWS_IAM, COGNITO, Authorization
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["Cell", "Matrix", "MatrixCaller", "agree", "build_matrix", "call_principals"]

# A schema that names more groups was not written by people.
MOST_GROUPS = 256


@dataclass(frozen=True, slots=True)
class MatrixCaller:
    """A column. ``kind`` is mode, group (of a user pool), role, user or iam-group.

    ``users`` is set for a role that an identity pool hands out: authenticated or unauthenticated.
    """

    name: str
    kind: str
    mode: str
    users: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Matrix:
    """What every caller may do with every field of one API.

    ``columns`` holds a cell per coordinate for each caller. ``question`` is set, and nothing else,
    if the schema or the modes cannot be known. ``roots`` are the names of the root types. ``title``
    is the API's own name, by which it is found in a template where it is declared as another one.
    """

    api: str
    coordinates: tuple[str, ...] = ()
    callers: tuple[MatrixCaller, ...] = ()
    columns: tuple[tuple[Cell, ...], ...] = ()
    roots: tuple[str, ...] = ()
    question: Unknown | None = None
    more_groups: int = 0
    title: str = field(default="", compare=False)


def build_matrix(
    api: Api,
    authorization: Authorization,
    fields: Fields,
    principals: Sequence[Principal],
    *,
    nested: bool = False,
    signers: Signers | None = None,
) -> Matrix:
    """Return the matrix of an API whose schema is known; *fields* are its root fields.

    With *nested* the fields of all object types follow those of the roots. IAM is never asked about
    these, so a principal's cell there is that of the mode. *signers* tell what resolvers see of the
    principals.
    """
    schema = api.schema
    assert isinstance(schema, Schema)  # noqa: S101 - the caller has looked
    callers = find_callers(authorization, schema)
    kept = tuple(islice(callers, MOST_GROUPS + len(authorization.modes)))
    reaches = find_reach(authorization, schema, kept)
    coordinates = _all_fields(schema, fields.coordinates) if nested else fields.coordinates
    columns = [(_kind_of_caller(one.caller), _mode_column(one, coordinates)) for one in reaches]
    iam = next((cells for one, cells in columns if one.mode == AWS_IAM), None)
    resolvers = ResolverCells(api, tuple(schema.roots.values()))
    columns = [
        (one, resolvers.overlay(cells, coordinates, _known(one, authorization)))
        for one, cells in columns
    ]
    signing = _principal_columns(principals, fields, iam or _refused(coordinates))
    for principal, (one, cells) in zip(principals, signing, strict=True):
        known = signers.known(principal) if signers else Known(AWS_IAM)
        seen = resolvers.overlay(cells, coordinates, known)
        columns.append((replace(one, users=known.users), seen))
    return Matrix(
        api=api.name,
        coordinates=coordinates,
        callers=tuple(one for one, _ in columns),
        columns=tuple(cells for _, cells in columns),
        roots=tuple(schema.roots.values()),
        more_groups=len(callers) - len(kept),
    )


def agree(matrices: Sequence[Matrix]) -> Matrix:
    """Return what several matrices of one API have in common; cells that differ are undecided.

    They are those of its scenarios, or of the authorizations that it may turn out to have.
    """
    first, *others = matrices
    if all(other == first for other in others):
        return first
    question = next((one.question for one in matrices if one.question is not None), None)
    if question is not None:
        return Matrix(first.api, question=question)
    cells = [_by_name(one) for one in matrices]
    coordinates = tuple(dict.fromkeys(name for one in matrices for name in one.coordinates))
    callers = tuple(dict.fromkeys(caller for one in matrices for caller in one.callers))
    return Matrix(
        api=first.api,
        coordinates=coordinates,
        callers=callers,
        columns=tuple(
            tuple(
                _common([one.get(caller, {}).get(name, _ABSENT) for one in cells])
                for name in coordinates
            )
            for caller in callers
        ),
        roots=tuple(dict.fromkeys(name for one in matrices for name in one.roots)),
        more_groups=max(one.more_groups for one in matrices),
    )


_ALLOWED = Cell("allowed")
_ABSENT = Cell("denied", "absent")
_VARIES = Cell("undecided", "alternatives")
_NO_MODE = Cell("denied", "mode-not-configured")
_NO_POLICY = Cell("denied", "iam")
_DENIED_BY_POLICY = Cell("denied", "iam-deny")


def _all_fields(schema: Schema, roots: Sequence[str]) -> tuple[str, ...]:
    """Return the coordinates of all object types, those of the roots first."""
    every = (
        field.coordinate
        for one in schema.types.values()
        if one.kind == "object"
        for field in one.fields.values()
    )
    return tuple(dict.fromkeys((*roots, *every)))


def _common(cells: list[Cell]) -> Cell:
    """Return the cell if all come to the same; why may differ, and the first that says why wins."""
    if any(cell.verdict != cells[0].verdict for cell in cells):
        return _VARIES
    return next((cell for cell in cells if cell.reason != "absent"), cells[0])


def _by_name(matrix: Matrix) -> dict[MatrixCaller, dict[str, Cell]]:
    return {
        caller: dict(zip(matrix.coordinates, cells, strict=True))
        for caller, cells in zip(matrix.callers, matrix.columns, strict=True)
    }


def _known(caller: MatrixCaller, authorization: Authorization) -> Known:
    """Return what resolvers see of a column's callers. They may be in groups that none names."""
    in_group = caller.kind == "group"
    return Known(
        caller.mode,
        groups=(caller.name,) if in_group and caller.mode == COGNITO else None,
        default_action=authorization.default_action,
    )


def _kind_of_caller(caller: Caller) -> MatrixCaller:
    group = next(iter(caller.groups), None)
    if group is None:
        return MatrixCaller(caller.mode, "mode", caller.mode)
    return MatrixCaller(group, "group", caller.mode)


def _mode_column(reached: CallerReach, coordinates: Sequence[str]) -> tuple[Cell, ...]:
    """Return the caller's cells, equal ones being the same object."""
    below = {root.field.coordinate: root for root in reached.roots}
    known: dict[Decision, Cell] = {}
    cells = []
    for coordinate in coordinates:
        root = below.get(coordinate)
        if root is not None and root.outcome != "all":
            cells.append(_cell_of(root))
            continue
        type_name, _, name = coordinate.partition(".")
        decision = reached.decisions[type_name][name]
        if decision not in known:
            known[decision] = _plain_cell(decision)
        cells.append(known[decision])
    return tuple(cells)


def _cell_of(root: Reach) -> Cell:
    if root.outcome == "undecided":
        return Cell("undecided", "below", question=root.question)
    reason = "below" if root.outcome == "some" else "nothing-below"
    blocked = root.blocked.coordinate if root.blocked else ""
    return Cell("partly", reason, blocked, root.path)


def _plain_cell(decision: Decision) -> Cell:
    if decision.outcome == "allowed":
        return _ALLOWED
    return Cell(decision.outcome, decision.reason, question=decision.question)


def _refused(coordinates: Sequence[str]) -> tuple[Cell, ...]:
    return (_NO_MODE,) * len(coordinates)


def _principal_columns(
    principals: Sequence[Principal], fields: Fields, iam: tuple[Cell, ...]
) -> Iterator[tuple[MatrixCaller, tuple[Cell, ...]]]:
    known: dict[Granted, tuple[Cell, ...]] = {}
    for principal, caller in zip(principals, call_principals(principals), strict=True):
        granted = granted_to(principal, fields)
        if granted not in known:
            known[granted] = _lay_over(granted, iam, len(fields.coordinates))
        yield caller, known[granted]


def call_principals(principals: Sequence[Principal]) -> tuple[MatrixCaller, ...]:
    """Return the column of each principal; a name that several have has its stack before it."""
    named = Counter(principal.name for principal in principals)
    callers = []
    for principal in principals:
        name = principal.name
        if principal.resource is not None and named[name] > 1:
            name = f"{principal.resource.stack.name}/{name}"
        kind = "iam-group" if principal.kind == "group" else principal.kind
        callers.append(MatrixCaller(name, kind, AWS_IAM))
    return tuple(callers)


def _lay_over(granted: Granted, iam: tuple[Cell, ...], roots: int) -> tuple[Cell, ...]:
    """Return the mode's cells as one principal sees them: IAM is asked first."""
    allowed = format(granted.granted, f"0{max(roots, 1)}b")[::-1]
    perhaps = format(granted.undecided, f"0{max(roots, 1)}b")[::-1]
    refused = format(granted.refused_explicitly, f"0{max(roots, 1)}b")[::-1]
    open_ = Cell("undecided", "iam", question=granted.why.reason)
    cells = []
    for index, cell in enumerate(iam):
        if index >= roots or cell is _NO_MODE or allowed[index] == "1":
            cells.append(cell)
        elif perhaps[index] == "1":
            cells.append(cell if cell.verdict == "denied" else open_)
        else:
            cells.append(_DENIED_BY_POLICY if refused[index] == "1" else _NO_POLICY)
    return tuple(cells)
