"""Scenarios: the few assignments of conditions that make a difference.

In: an assembly and given parameters. Out: a Resolution with one condition-free set of stacks per
scenario. Resolves no property.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from cdk_appsync_guard.report import Notice
from cdk_appsync_guard.template.inputs.assembly import Assembly
from cdk_appsync_guard.template.inputs.parameters import Parameters
from cdk_appsync_guard.template.scenarios.combinations import Row, choose_conditions, try_all
from cdk_appsync_guard.template.scenarios.deployment import ConditionName, Layout
from cdk_appsync_guard.template.scenarios.relevant_conditions import find_relevant_conditions
from cdk_appsync_guard.template.scenarios.scope import Assumption, World
from cdk_appsync_guard.template.scenarios.stack import Stack, open_stacks
from cdk_appsync_guard.template.scenarios.variables import Variable, find_variables
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown, Value

__all__ = ["Resolution", "Scenario", "View", "resolve"]

_MOST_SCENARIOS = 32
_TOO_MANY = Unknown(
    "there are too many combinations of conditions to try them all", "--parameters NAME=VALUE"
)


@dataclass(frozen=True, slots=True)
class View:
    """The stacks of a scenario, and what their reader has asked for of its assumptions so far.

    Anyone who asks the same of a scenario that gives the same answers sees the same.
    """

    stacks: tuple[Stack, ...]
    reads: Mapping[Assumption, object]


class Scenario:
    """The stacks of an assembly as some values of its parameters make them.

    ``truths`` are the conditions that vary between the scenarios, by name. The stack's name stands
    before a condition's name where stacks differ in a condition of the same name.
    """

    def __init__(
        self, world: World, fixed: World, truths: tuple[tuple[str, bool], ...] = ()
    ) -> None:
        self.truths = truths
        self._world = world
        self._fixed = fixed

    @cached_property
    def stacks(self) -> tuple[Stack, ...]:
        """The stacks, for everyone."""
        return open_stacks(self._world, self._fixed)

    def view(self) -> View:
        """Return the stacks anew, for one reader."""
        world = self._world.again()
        return View(open_stacks(world, self._fixed), world.reads)

    def agrees(self, view: View) -> bool:
        """Return whether a view of another scenario shows what a view of this one would."""
        return self._world.agrees(view.reads)


class Resolution:
    """All scenarios of an assembly, the one in which every parameter has its default first."""

    def __init__(self, scenarios: tuple[Scenario, ...], layout: Layout) -> None:
        self.scenarios = scenarios
        self._layout = layout

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The defaults that were used so far: values are resolved when asked for, so ask last."""
        return self._layout.notices


def resolve(assembly: Assembly, parameters: Parameters) -> Resolution:
    """Return the scenarios of an assembly: exactly one if no condition that matters is open."""
    layout = Layout(assembly, parameters)
    relevant = find_relevant_conditions(layout)
    reads, limit = find_variables(layout, relevant)
    fixed = World(layout)
    if not reads:
        world = World(layout, conditions=World(layout))
        return Resolution((Scenario(world, fixed),), layout)
    rows = list(try_all(layout, reads, limit=limit))
    chosen = choose_conditions(rows, limit=_MOST_SCENARIOS)
    groups: dict[tuple[bool | None, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row.truths[position] for position in chosen), []).append(row)
    conditions = list(reads)
    labels = _label(layout, [conditions[position] for position in chosen], list(groups))
    variables = list(dict.fromkeys(variable for some in reads.values() for variable in some))
    scenarios = tuple(
        Scenario(
            _build_world(layout, conditions, variables, group),
            fixed,
            _name_truths(labels, truths),
        )
        for truths, group in groups.items()
    )
    return Resolution(scenarios, layout)


def _label(
    layout: Layout, conditions: list[ConditionName], scenarios: list[tuple[bool | None, ...]]
) -> dict[int, str]:
    """Return the names of the conditions that vary, by position.

    Conditions of the same name that always agree, as those of nested stacks do, are named once.
    """
    columns = [tuple(truths[at] for truths in scenarios) for at in range(len(conditions))]
    labels: dict[int, str] = {}
    for at, (stack, name) in enumerate(conditions):
        namesakes = [other for other, (_, same) in enumerate(conditions) if same == name]
        if any(columns[other] != columns[at] for other in namesakes):
            label = f"{layout.stacks[stack].name}.{name}"
        else:
            label = name
        if len(set(columns[at])) > 1 and label not in labels.values():
            labels[at] = label
    return labels


def _name_truths(
    labels: Mapping[int, str], truths: tuple[bool | None, ...]
) -> tuple[tuple[str, bool], ...]:
    named = ((label, truths[at]) for at, label in labels.items())
    return tuple((label, truth) for label, truth in named if truth is not None)


def _build_world(
    layout: Layout, conditions: list[ConditionName], variables: list[Variable], group: list[Row]
) -> World:
    """Return the world in which what is the same in all rows of the group is assumed."""
    truths: dict[ConditionName, bool | Unknown] = {}
    for at, condition in enumerate(conditions):
        truth = group[0].truths[at]
        agreed = truth is not None and all(row.truths[at] == truth for row in group)
        truths[condition] = truth if truth is not None and agreed else _TOO_MANY
    options = {
        variable: tuple(dict.fromkeys(row.assignment[variable.hole] for row in group))
        for variable in variables
    }
    judge = World(
        layout,
        known={one.hole: some[0] for one, some in options.items() if _single(some)},
        excluded={one.hole: one.strings.difference(some) for one, some in options.items()},
        truths=truths,
        assumed=dict(set.intersection(*(set(row.assumed.items()) for row in group))),
    )
    return World(
        layout,
        known=_known_values(options, group),
        conditions=judge,
    )


def _known_values(
    options: Mapping[Variable, tuple[str | None, ...]], group: list[Row]
) -> dict[Hole, Value]:
    """Return what the names stand for: the default wherever the scenario leaves room for it.

    A default is not listed here: the world falls back on it, and says so.
    """
    usual = max(
        group,
        key=lambda row: sum(row.assignment[one.hole] == one.default for one in options),
    )
    known: dict[Hole, Value] = {}
    for variable, some in options.items():
        hole = variable.hole
        if _single(some):
            known[hole] = some[0]
        elif usual.assignment[hole] is None or usual.assignment[hole] != variable.default:
            strings = tuple(option for option in some if option is not None)
            could_be = strings if len(strings) == len(some) else None
            known[hole] = Text((replace(hole, could_be=could_be),))
    return known


def _single(options: tuple[str | None, ...]) -> bool:
    return len(options) == 1 and options[0] is not None
