"""Scenarios: the few assignments of conditions that make a difference.

In: an assembly and given parameters. Out: a Resolution with one condition-free set of stacks per
scenario. Resolves no property.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdk_appsync_guard.findings import Notice
from cdk_appsync_guard.template.assembly import Assembly
from cdk_appsync_guard.template.parameters import Parameters
from cdk_appsync_guard.template.scope import Layout, World
from cdk_appsync_guard.template.stack import Stack, open_stacks

__all__ = ["Resolution", "Scenario", "resolve"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """The stacks of an assembly as some values of its parameters make them.

    ``truths`` are the conditions that vary between the scenarios, by name.
    """

    stacks: tuple[Stack, ...]
    truths: tuple[tuple[str, bool], ...] = ()


class Resolution:
    """All scenarios of an assembly, the one in which every parameter has its default first."""

    def __init__(self, scenarios: tuple[Scenario, ...], layout: Layout) -> None:
        self.scenarios = scenarios
        self._layout = layout

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The defaults that were used so far: values are resolved when asked for, so ask last."""
        return tuple(self._layout.defaults_used.values())


def resolve(assembly: Assembly, parameters: Parameters) -> Resolution:
    """Return the scenarios of an assembly."""
    layout = Layout(assembly, parameters)
    world = World(layout, conditions=World(layout))
    return Resolution((Scenario(open_stacks(world)),), layout)
