"""One schema under one authorization: who may select which field, and how far each gets.

In: an Authorization and a Schema. Out: Gate, which holds the decisions for all tables that ask for
them; and the words for callers and directives. Decides nothing itself.
"""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from cdk_appsync_guard.access.reach import find_callers, find_reach
from cdk_appsync_guard.appsync.modes import DIRECTIVE_OF_MODE, MODE_OF_DIRECTIVE, MODES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cdk_appsync_guard.access.decide import Caller, Decision
    from cdk_appsync_guard.appsync.modes import Authorization
    from cdk_appsync_guard.appsync.schema import Directive, Field, Schema, TypeDefinition

__all__ = ["MOST_CALLERS", "Gate", "join", "mode_directives", "tags", "words", "written"]

# Groups beyond these are not told apart: a schema that names more was not written by people.
MOST_CALLERS = 64
# Decisions that fixes may ask for, all together: beyond, they are left to the reader.
MOST_EFFORT = 300_000


class Gate:
    """Who may select which field, and how far each gets.

    ``callers`` are the kinds of callers worth telling apart: one a mode, and for Cognito one
    without a group and one for each group that the schema names.
    """

    def __init__(self, authorization: Authorization, schema: Schema) -> None:
        self.authorization = authorization
        self.schema = schema
        self.roots = {name: operation for operation, name in schema.roots.items()}
        self.objects = tuple(one for one in schema.types.values() if one.kind == "object")
        self.modes = tuple(mode for mode in authorization.modes if mode in MODES)
        callers = (one for one in find_callers(authorization, schema) if one.mode in MODES)
        self.reaches = find_reach(authorization, schema, tuple(islice(callers, MOST_CALLERS)))
        self.callers = tuple(reach.caller for reach in self.reaches)
        self._decisions = {reach.caller: reach.decisions for reach in self.reaches}
        self._left = MOST_EFFORT
        self._perhaps: dict[Caller, frozenset[str]] = {}
        self._open: dict[tuple[str, tuple[Caller, ...]], frozenset[str]] = {}

    def spend(self, decisions: int) -> bool:
        """Return whether so many more decisions can be asked for the sake of a fix."""
        self._left -= decisions
        return self._left >= 0

    def admits(self, caller: Caller, field: Field) -> bool:
        """Return whether the caller may select the field; what AWS leaves open counts as yes."""
        return self._decisions[caller][field.type_name][field.name].outcome != "denied"

    def decide(self, caller: Caller, field: Field) -> Decision:
        """Return what AppSync answers."""
        return self._decisions[caller][field.type_name][field.name]

    def open_to(self, type_name: str, callers: tuple[Caller, ...]) -> frozenset[str]:
        """Return the names of the type's fields that any of the callers may select."""
        key = type_name, callers
        if key not in self._open:
            fields = self.schema.types[type_name].fields.values()
            found = (one.name for one in fields if any(self.admits(each, one) for each in callers))
            self._open[key] = frozenset(found)
        return self._open[key]

    def may_reach(self, caller: Caller) -> frozenset[str]:
        """Return the object types that the caller comes to, if all that AWS leaves open is open."""
        known = self._perhaps.get(caller)
        if known is None:
            known = self._perhaps[caller] = frozenset(self._walk(caller))
        return known

    def _walk(self, caller: Caller) -> set[str]:
        starts = (self.schema.query, self.schema.mutation)
        seen = {name for name in starts if name in self.ways}
        waiting = list(seen)
        while waiting:
            for field, behind in self.ways[waiting.pop()]:
                if self.admits(caller, field):
                    fresh = [one.name for one in behind if one.name not in seen]
                    seen.update(fresh)
                    waiting.extend(fresh)
        return seen

    @cached_property
    def behind(self) -> dict[str, tuple[TypeDefinition, ...]]:
        """The object types that a value of each type may be of."""
        return {name: self.schema.possible_types(name) for name in self.schema.types}

    @cached_property
    def ways(self) -> dict[str, list[tuple[Field, tuple[TypeDefinition, ...]]]]:
        """The fields of each object type that lead on, with the object types behind them."""
        return {
            definition.name: [
                (field, self.behind[field.returns])
                for field in definition.fields.values()
                if self.behind.get(field.returns)
            ]
            for definition in self.objects
        }

    def counted(self, field: Field) -> tuple[Directive, ...]:
        """Return the directives that AppSync looks at for the field: its own, or its type's."""
        first = self.callers[:1]
        return self.decide(first[0], field).counted if first else ()


def mode_directives(directives: tuple[Directive, ...]) -> tuple[Directive, ...]:
    """Return those directives that admit a mode."""
    return tuple(one for one in directives if one.name in MODE_OF_DIRECTIVE)


def words(modes: Iterable[str], groups: Iterable[str] = ()) -> str:
    """Return how a message calls the callers of some modes, or members of any of some groups."""
    members = join((f"`{group}`" for group in groups), "or")
    callers = join((f"`{mode}`" for mode in modes), "and") + " callers"
    return f"{callers} in group {members}" if members else callers


def tags(*modes: str) -> str:
    """Return the directives that admit the modes, each once; an invalid mode has none."""
    known = (DIRECTIVE_OF_MODE[mode] for mode in dict.fromkeys(modes) if mode in MODES)
    return " ".join(f"@{name}" for name in known)


def written(directives: Iterable[Directive]) -> str:
    """Return the directives as SDL writes them."""
    return " ".join(_write(directive) for directive in directives)


def _write(directive: Directive) -> str:
    if directive.groups is None:
        return f"@{directive.name}"
    groups = ", ".join(f'"{group}"' for group in directive.groups)
    return f"@{directive.name}(cognito_groups: [{groups}])"


def join(parts: Iterable[str], last: str = "and") -> str:
    """Return the parts as a sentence lists them, *last* before the last one."""
    *before, final = (*parts,) or ("",)
    return f"{', '.join(before)} {last} {final}" if before else final
