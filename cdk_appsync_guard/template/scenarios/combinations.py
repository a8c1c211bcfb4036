"""Every combination of what may be assumed, and the conditions that hold then.

In: the open conditions with their variables. Out: Rows, and which conditions tell scenarios apart.
Input can make this large, so there is a limit on everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TypeAlias

from cdk_appsync_guard.template.scenarios.deployment import ConditionName, Layout
from cdk_appsync_guard.template.scenarios.scope import World
from cdk_appsync_guard.template.scenarios.variables import Variable
from cdk_appsync_guard.template.values.value import Hole

__all__ = ["Reads", "Row", "choose_conditions", "try_all"]

_Verdict: TypeAlias = "tuple[bool | None, tuple[str, ...]]"

Reads: TypeAlias = "Mapping[ConditionName, tuple[Variable, ...]]"


@dataclass(frozen=True, slots=True)
class Row:
    """One combination: what is assumed, and which conditions hold then (None: still open).

    ``assumed`` are the truths of comparisons that no variable decides.
    """

    assignment: Mapping[Hole, str | None]
    assumed: Mapping[str, bool]
    truths: tuple[bool | None, ...]


def try_all(layout: Layout, reads: Reads, *, limit: int) -> Iterator[Row]:
    """Yield at most *limit* rows, the one in which every variable has its first option first."""
    variables = list(dict.fromkeys(variable for some in reads.values() for variable in some))
    combinations = prod(len(variable.options) for variable in variables)
    room = max(limit // combinations, 1).bit_length() - 1
    judge = _Judge(layout, reads)
    for options in product(*(variable.options for variable in variables)):
        assignment = {
            variable.hole: option for variable, option in zip(variables, options, strict=True)
        }
        verdicts = [judge.decide(condition, assignment, {}) for condition in reads]
        undecided = dict.fromkeys(
            comparison for truth, opened in verdicts if truth is None for comparison in opened
        )
        comparisons = list(undecided)[:room]
        for guesses in product((True, False), repeat=len(comparisons)):
            assumed = dict(zip(comparisons, guesses, strict=True))
            truths = tuple(
                judge.decide(condition, assignment, _restrict(assumed, opened))[0]
                if truth is None
                else truth
                for condition, (truth, opened) in zip(reads, verdicts, strict=True)
            )
            yield Row(assignment, assumed, truths)


def _restrict(assumed: Mapping[str, bool], comparisons: tuple[str, ...]) -> dict[str, bool]:
    return {one: assumed[one] for one in comparisons if one in assumed}


class _Judge:
    """Decides conditions, and remembers by what each depends on: few are decided often."""

    def __init__(self, layout: Layout, reads: Reads) -> None:
        self._layout = layout
        self._reads = reads
        self._verdicts: dict[object, _Verdict] = {}

    def decide(
        self,
        condition: ConditionName,
        assignment: Mapping[Hole, str | None],
        assumed: Mapping[str, bool],
    ) -> _Verdict:
        """Return the condition's truth and the comparisons that were open on the way to it."""
        options = {one.hole: assignment[one.hole] for one in self._reads[condition]}
        key = (condition, tuple(options.values()), tuple(assumed.items()))
        if key not in self._verdicts:
            world = World(
                self._layout,
                known={hole: option for hole, option in options.items() if option is not None},
                excluded={
                    one.hole: one.strings
                    for one in self._reads[condition]
                    if options[one.hole] is None
                },
                assumed=assumed,
            )
            stack, name = condition
            truth = world.scope(stack).truth(name, 0)
            decided = truth if isinstance(truth, bool) else None
            self._verdicts[key] = decided, tuple(world.trace.open)
        return self._verdicts[key]


def choose_conditions(rows: list[Row], *, limit: int) -> list[int]:
    """Return the positions of the conditions that may tell scenarios apart.

    Together they tell at most *limit* scenarios apart; one that would exceed it is left out.
    """
    chosen: list[int] = []
    groups = [0] * len(rows)
    for position in range(len(rows[0].truths)):
        numbers: dict[tuple[int, bool | None], int] = {}
        finer = [
            numbers.setdefault((group, row.truths[position]), len(numbers))
            for group, row in zip(groups, rows, strict=True)
        ]
        if len(numbers) <= limit:
            chosen.append(position)
            groups = finer
    return chosen
