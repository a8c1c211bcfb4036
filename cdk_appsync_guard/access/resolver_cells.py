"""Cells of a matrix, the resolvers' code → the cells with what resolvers decide.

In: a caller's cells as directives and policies make them, and who the caller is. Out: cells.
``resolver`` is the reason where a resolver denies, or where what it reads decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cdk_appsync_guard.access.identities import Known
from cdk_appsync_guard.access.matrix_cells import Cell
from cdk_appsync_guard.access.resolver_run import Request, ResolverCode
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.runtime.model import Info, Outcome, UnknownData, show_holes

__all__ = ["ResolverCells"]

MOST_RUNS = 2_000
_DENIED = Cell("denied", "resolver")
_TOO_MUCH = Cell(
    "undecided", "resolver", question="too many resolvers for too many callers to run them all"
)
_ARGUMENTS = UnknownData("ctx.args", nullable=False, kind="map")
_VARIABLES = UnknownData("ctx.info.variables", nullable=False, kind="map")
_SOURCE = UnknownData("ctx.source", nullable=False, kind="map")


class ResolverCells:
    """What the resolvers of one API make of its callers' cells."""

    def __init__(self, api: Api, roots: Sequence[str]) -> None:
        self._code = ResolverCode(api)
        self._roots = roots
        self._runs = 0
        self._denying = {one for one in self._code.attached if self._code.may_deny(one)}

    def overlay(
        self, cells: tuple[Cell, ...], coordinates: Sequence[str], caller: Known
    ) -> tuple[Cell, ...]:
        """Return the cells as the caller finds them once resolvers have run."""
        if not self._denying:
            return cells
        return tuple(
            cell
            if cell.verdict == "denied" or coordinate not in self._denying
            else self._decide(cell, coordinate, caller)
            for coordinate, cell in zip(coordinates, cells, strict=True)
        )

    def _decide(self, cell: Cell, coordinate: str, caller: Known) -> Cell:
        self._runs += 1
        if self._runs > MOST_RUNS:
            return cell if cell.verdict == "undecided" else _TOO_MUCH
        type_name, _, name = coordinate.partition(".")
        source = None if type_name in self._roots else _SOURCE
        request = Request(Info(name, type_name, _VARIABLES), _ARGUMENTS, source)
        outcome, _ = self._code.run(coordinate, caller, request)
        if outcome.refuses:
            return replace(_DENIED, decided_by=outcome.decided_by)
        if outcome.kind != "undecided" or cell.verdict == "undecided":
            return cell
        if outcome.branches and not any(branch.outcome.refuses for branch in outcome.branches):
            return cell  # it may fail for other reasons, which is not a matter of access
        return Cell(
            "undecided", "resolver", question=_condition(outcome), decided_by=outcome.decided_by
        )


def _condition(outcome: Outcome) -> str:
    """Return when the caller gets through."""
    reason = show_holes(outcome.reason)
    for start, end, words in (
        ("allowed if ", "; else denied", "yes, if"),
        ("denied if ", "; else allowed", "yes, unless"),
    ):
        if outcome.branches and reason.startswith(start) and reason.endswith(end):
            return f"{words} {reason[len(start) : -len(end)]}"
    return f"its resolver decides: {reason}"
