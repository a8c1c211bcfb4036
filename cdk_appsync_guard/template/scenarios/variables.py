"""What a scenario may assume: the open names that conditions read, and the values worth a try.

In: conditions and a Layout. Out: for each condition that given parameters do not fix, the names it
depends on; for each name its options. A default is only one of the options: what holds in
production must be heard although the template's default is ``dev``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from cdk_appsync_guard.template.scenarios.deployment import ConditionName, Layout
from cdk_appsync_guard.template.scenarios.scope import World
from cdk_appsync_guard.template.values.declarations import Declaration, read_declaration
from cdk_appsync_guard.template.values.value import Hole, Unknown, display

__all__ = ["Variable", "find_variables"]


_MOST_COMBINATIONS = 4096
_MOST_STEPS = 500_000


@dataclass(frozen=True, slots=True)
class Variable:
    """An open name. ``options`` are the strings it may be, the default first; None: another one."""

    hole: Hole
    options: tuple[str | None, ...]
    default: str | None = None

    @property
    def strings(self) -> frozenset[str]:
        """The options that are strings."""
        return frozenset(option for option in self.options if option is not None)


def find_variables(
    layout: Layout, conditions: Iterable[ConditionName]
) -> tuple[dict[ConditionName, tuple[Variable, ...]], int]:
    """Return the conditions that are open, each with the variables it depends on, and a limit.

    There are at most *limit* combinations of all options: the variables with the most options are
    left out first. The harder the conditions are to decide, the fewer combinations there may be.
    """
    steps = 0
    tried: dict[Hole, list[str]] = {}
    reads: dict[ConditionName, list[Hole]] = {}
    for condition in conditions:
        if steps > _MOST_STEPS:
            break
        # A world of its own: one that remembers would not tell what this condition reads.
        world = World(layout)
        stack, name = condition
        if isinstance(world.scope(stack).truth(name, 0), Unknown):
            reads[condition] = list(world.trace.tried)
            steps += world.trace.steps
            for hole, strings in world.trace.tried.items():
                tried.setdefault(hole, []).extend(strings)
    limit = max(1, min(_MOST_COMBINATIONS, _MOST_STEPS // max(steps, 1)))
    variables = _limit({hole: _variable(layout, hole, tried[hole]) for hole in tried}, limit)
    return {
        condition: tuple(variables[hole] for hole in holes if hole in variables)
        for condition, holes in reads.items()
    }, limit


def _limit(variables: Mapping[Hole, Variable], limit: int) -> dict[Hole, Variable]:
    kept = {hole: variable for hole, variable in variables.items() if len(variable.options) > 1}
    while prod(len(variable.options) for variable in kept.values()) > limit:
        # Of equals the last: the conditions that matter most come first.
        largest = max(reversed(kept.values()), key=lambda variable: len(variable.options))
        del kept[largest.hole]
    return kept


def _variable(layout: Layout, hole: Hole, tried: list[str]) -> Variable:
    declaration = _declaration(layout, hole)
    if declaration is None:
        # The special region, account or export is the exception, so it comes last.
        return Variable(hole, (None, *dict.fromkeys(tried)))
    default = None
    if isinstance(declaration.default, list):
        default = ",".join(map(display, declaration.default))
    elif declaration.default is not None:
        default = display(declaration.default)
    first = () if default is None else (default,)
    if declaration.only is not None:
        return Variable(hole, tuple(dict.fromkeys((*first, *declaration.only))), default)
    return Variable(hole, (*dict.fromkeys((*first, *tried)), None), default)


def _declaration(layout: Layout, hole: Hole) -> Declaration | None:
    if hole.kind not in ("parameter", "secret"):
        return None
    section = layout.stacks[hole.stack].data.get("Parameters")
    raw = section.get(hole.name) if isinstance(section, dict) else None
    declaration = read_declaration(raw)
    return None if declaration.is_lookup else declaration
