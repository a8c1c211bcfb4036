"""assert_authorized(stack, caller, may=..., may_not=...): pins in a unit test who may call what."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from cdk_appsync_guard.access.matrix import Cell, Matrix, MatrixCaller
from cdk_appsync_guard.access.matrix_words import caller_words, reason_words
from cdk_appsync_guard.appsync.modes import mode_called
from cdk_appsync_guard.cdk.checking import synthesize
from cdk_appsync_guard.cdk.library import cdk
from cdk_appsync_guard.cdk.options import Given, read_options
from cdk_appsync_guard.engine.scenes import Scene, find_matrices, survey
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.reporters.writer import text_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["assert_authorized"]


def assert_authorized(
    target: Any,
    caller: Any,
    *,
    may: Sequence[str] = (),
    may_not: Sequence[str] = (),
    only: bool = False,
    **given: Unpack[Given],
) -> None:
    """Raise AssertionError unless the caller can select *may* and cannot select *may_not*.

    *target* is an API or a construct around just one, or the path of a template or of ``cdk.out``.
    *caller* is named as ``matrix`` names it: ``api-key``, ``group Editors``, ``role Reader``; or
    is a construct that has, or is, an IAM role. Fields are coordinates such as ``Query.post``, in
    which ``*`` is a wildcard. With *only* the caller may call no other field of Query, Mutation
    and Subscription. What cannot be decided is as wrong as the opposite.
    """
    scenes, wanted = _survey(target, given)
    matrix = _matrix(scenes, wanted)
    name, cells = _column(matrix, scenes, caller)
    allowed = _named(matrix, may, cells)
    refused = _named(matrix, may_not, cells)
    if only:
        roots = {name for name in cells if name.partition(".")[0] in matrix.roots}
        refused = sorted({*refused, *roots.difference(allowed)})
    wrong = [
        *_complaints(allowed, cells, ("allowed", "partly"), "must be able to"),
        *_complaints(refused, cells, ("denied",), "must not be able to"),
    ]
    if wrong:
        lines = [f"`{name}` of API `{matrix.api}`", *(f"  {line}" for line in wrong)]
        raise AssertionError(text_of(lines).rstrip())


def _complaints(
    coordinates: Sequence[str], cells: dict[str, Cell], right: tuple[str, ...], wanted: str
) -> Iterator[str]:
    for coordinate in coordinates:
        cell = cells[coordinate]
        if cell.verdict in right:
            continue
        reason = reason_words(cell)
        because = f": {reason}" if reason else ""
        found = {"denied": "cannot", "undecided": "might be able to"}.get(cell.verdict, "can")
        yield f"{found} select `{coordinate}`, but {wanted}{because}"


def _survey(target: Any, given: Given) -> tuple[tuple[Scene, ...], set[str] | None]:
    """Return all that there is, and the names of the APIs that are meant, None for all."""
    options = read_options(given)
    if isinstance(target, (str, os.PathLike)):
        return survey([os.fspath(target)], options.scan), None
    wanted = _names(target, "AWS::AppSync::GraphQLApi")
    return survey([synthesize(target)], options.scan), wanted


def _matrix(scenes: tuple[Scene, ...], wanted: set[str] | None) -> Matrix:
    matrices = [
        matrix
        for matrix in find_matrices(scenes, nested=True)
        if wanted is None or matrix.api in wanted
    ]
    if len(matrices) != 1:
        names = ", ".join(f"`{one.api}`" for one in matrices) or "none"
        raise ConfigError(
            f"exactly one API is expected, but the scope has {names}", help="pass the API itself"
        )
    (matrix,) = matrices
    if matrix.question is not None:
        raise ConfigError(f"API `{matrix.api}` cannot be checked: {matrix.question.reason}")
    return matrix


def _column(matrix: Matrix, scenes: tuple[Scene, ...], caller: Any) -> tuple[str, dict[str, Cell]]:
    names = {caller} if isinstance(caller, str) else _names(caller, "AWS::IAM::Role")
    for one, column in zip(matrix.callers, matrix.columns, strict=True):
        if any(_is_called(one, name) for name in names):
            return caller_words(one), dict(zip(matrix.coordinates, column, strict=True))
    for principal in (one for scene in scenes for one in scene.principals):
        if names & {principal.name, f"{principal.kind} {principal.name}"}:
            # No policy of his is about the API; one that cannot be read might be.
            own = (*principal.documents, *principal.perhaps)
            known = all(document.statements is not None for document in own)
            cell = Cell("denied", "iam") if known else Cell("undecided", "alternatives")
            return f"{principal.kind} {principal.name}", dict.fromkeys(matrix.coordinates, cell)
    callers = ", ".join(f"`{caller_words(one)}`" for one in matrix.callers)
    named = ", ".join(f"`{name}`" for name in sorted(names)) or "the construct"
    raise ConfigError(
        f"{named} is not a caller of API `{matrix.api}`", help=f"its callers are {callers}"
    )


def _is_called(caller: MatrixCaller, name: str) -> bool:
    if name in (caller.name, caller_words(caller)):
        return True
    return caller.kind == "mode" and mode_called(name) == caller.mode


def _named(matrix: Matrix, patterns: Sequence[str], cells: dict[str, Cell]) -> list[str]:
    found: list[str] = []
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        matching = [name for name in cells if fnmatchcase(name, pattern)]
        if not matching:
            raise ConfigError(f"API `{matrix.api}` does not have a field `{pattern}`")
        found += matching
    return found


def _names(construct: Any, kind: str) -> set[str]:
    """Return what the resources of a type at the construct or below it may be called.

    That is the logical id, with the stack before it where another stack has the same one. A
    function stands for its role.
    """
    role = getattr(construct, "role", None) if kind == "AWS::IAM::Role" else None
    names: set[str] = set()
    for one in (role or construct).node.find_all():
        if isinstance(one, cdk.CfnResource) and one.cfn_resource_type == kind:
            stack = cdk.Stack.of(one)
            logical_id = stack.resolve(one.logical_id)
            names |= {logical_id, f"{stack.stack_name}/{logical_id}"}
    return names
