"""Layout: what stays the same of an assembly whatever a scenario assumes.

In: an assembly and the given parameters. Out: which stack is nested in which, what is given, where
stacks are deployed, and a list of the defaults that were used. Resolves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeAlias, TypeVar, cast

from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.report import Notice
from cdk_appsync_guard.template.inputs.assembly import Assembly, SourceStack
from cdk_appsync_guard.template.inputs.parameters import Parameters
from cdk_appsync_guard.template.values.declarations import Declaration
from cdk_appsync_guard.template.values.value import Hole, Value, display

__all__ = ["ConditionName", "Declared", "Layout", "find_fitting_names"]

_Made = TypeVar("_Made")

_LONGEST_DEFAULT = 60


ConditionName: TypeAlias = "tuple[str, str]"
"""The id of a stack and the name of a condition in it."""


class Declared:
    """The resources that a stack declares, whatever conditions say, in the template's order."""

    def __init__(self, section: object) -> None:
        written = section.items() if isinstance(section, dict) else ()
        self.resources: dict[str, dict[str, Any]] = {
            name: raw
            for name, raw in written
            if isinstance(raw, dict) and isinstance(raw.get("Type"), str)
        }
        self.by_type: dict[str, list[str]] = {}
        for name, raw in self.resources.items():
            self.by_type.setdefault(raw["Type"], []).append(name)

    def of_type(self, types: Collection[str]) -> list[str]:
        """Return the names of the resources of these types."""
        found = [one for one in dict.fromkeys(types) if one in self.by_type]
        if len(found) == 1:
            return self.by_type[found[0]]
        names = {name for one in found for name in self.by_type[one]}
        return [name for name in self.resources if name in names] if names else []


class Layout:
    """The stacks of an assembly and what is given for them."""

    def __init__(self, assembly: Assembly, parameters: Parameters) -> None:
        self.stacks = {source.id: source for source in assembly.stacks}
        self._parameters = parameters
        self._declared: dict[str, Declared] = {}
        self._made: dict[object, object] = {}
        self._steady: dict[tuple[str, str], dict[object, object]] = {}
        self._defaults_used: dict[Hole, Notice] = {}
        self._children = {
            (source.parent.id, source.parent_logical_id): source
            for source in assembly.stacks
            if source.parent is not None
        }

    def declared(self, stack: str) -> Declared:
        """Return what a stack declares."""
        if stack not in self._declared:
            self._declared[stack] = Declared(self.stacks[stack].data.get("Resources"))
        return self._declared[stack]

    def once(self, key: object, make: Callable[[], _Made]) -> _Made:
        """Return what *make* makes of what is written, once for all scenarios."""
        if key not in self._made:
            self._made[key] = make()
        return cast("_Made", self._made[key])

    def steady(self, stack: str, logical_id: str) -> dict[object, object]:
        """Return what all scenarios agree about in a resource, as far as it was asked for."""
        return self._steady.setdefault((stack, logical_id), {})

    def child(self, stack: str, logical_id: str | None) -> SourceStack | None:
        """Return the nested stack that a resource of a stack is, if its template is at hand."""
        return self._children.get((stack, logical_id))

    def parent(self, source: SourceStack) -> SourceStack | None:
        """Return the stack that this one is nested in, if it belongs to the assembly."""
        return self.stacks.get(source.parent.id) if source.parent else None

    def given(self, source: SourceStack, name: str) -> Value:
        """Return the value given for a parameter of a stack, None if there is none."""
        for stack in _names_of(source):
            by_stack = self._parameters.by_stack.get(stack, {})
            if name in by_stack:
                return by_stack[name]
        value = self._parameters.given.get(name)
        return source.parameters.get(name) if value is None else value

    def region(self, source: SourceStack) -> str | None:
        """Return where a stack is deployed, if the assembly or the options say it."""
        above = self.parent(source)
        return source.region or (self.region(above) if above else self._parameters.region)

    def account(self, source: SourceStack) -> str | None:
        """Return the account a stack is deployed to, if the assembly or the options say it."""
        above = self.parent(source)
        return source.account or (self.account(above) if above else self._parameters.account)

    def say_default(self, source: SourceStack, hole: Hole, declaration: Declaration) -> None:
        """Remember that the default of a parameter was used."""
        if hole in self._defaults_used:
            return
        default = display(declaration.default)
        if len(default) > _LONGEST_DEFAULT:
            default = default[:_LONGEST_DEFAULT] + "..."
        message = (
            f"no value is given for the parameter `{hole.name}`: its default `{default}` is used"
        )
        place = Location(source.template.name, path=f"Parameters/{hole.name}")
        self._defaults_used[hole] = Notice(message, place)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is missing from the stacks, and the defaults that were used so far."""
        missing = [notice for source in self.stacks.values() for notice in source.notices]
        return (*missing, *self._defaults_used.values())


def find_fitting_names(assembly: Assembly, parameters: Parameters) -> frozenset[tuple[str, str]]:
    """Return those of the given parameters, as (stack or "", name), that a template declares.

    Parameters of a nested stack come from its parent, so they cannot be given.
    """
    fitting: set[tuple[str, str]] = set()
    for source in assembly.stacks:
        declared = source.data.get("Parameters")
        if source.parent is not None or not isinstance(declared, dict):
            continue
        fitting.update(("", name) for name in parameters.given if name in declared)
        for stack in _names_of(source):
            by_stack = parameters.by_stack.get(stack, {})
            fitting.update((stack, name) for name in by_stack if name in declared)
    return frozenset(fitting)


def _names_of(source: SourceStack) -> dict[str, None]:
    names = (source.name, source.stack_name, source.id)
    return {name: None for name in names if name}
