"""Names bound to values: declarations, parameters, destructuring, assignments."""

from __future__ import annotations

from collections.abc import Callable

from cdk_appsync_guard.runtime.js.members import get_item, get_member
from cdk_appsync_guard.runtime.js.syntax import Syntax
from cdk_appsync_guard.runtime.js.values import UNDEFINED, Scope, crash, is_undefined, text_of
from cdk_appsync_guard.runtime.machine import Machine, derive
from cdk_appsync_guard.runtime.model import Data, UnknownData

__all__ = ["Binder"]


class Binder:
    """Binds names in scopes; *value* evaluates defaults and computed keys."""

    def __init__(self, machine: Machine, value: Callable[[Syntax, Scope], Data]) -> None:
        self.machine = machine
        self.value = value
        self.assigned: list[set[tuple[int, str]]] = []
        self.scopes: dict[int, Scope] = {}

    def declare(self, name: str, value: Data, scope: Scope, *, constant: bool = False) -> None:
        """Add a name to a scope."""
        self.machine.step()
        scope.names[name] = value
        if constant:
            scope.constants.add(name)

    def assign(self, name: str, value: Data, scope: Scope) -> None:
        """Give a declared name another value."""
        found = scope.find(name)
        if found is None:
            raise self.machine.lacks(f"the name `{name}`")
        if name in found.constants:
            raise crash(self.machine, f"assigns to the constant `{name}`")
        found.names[name] = value
        self.scopes[id(found)] = found
        for names in self.assigned:
            names.add((id(found), name))

    def bind(
        self,
        pattern: Syntax,
        value: Data,
        scope: Scope,
        *,
        declare: bool = True,
        constant: bool = False,
    ) -> None:
        """Bind the names of a pattern: ``a``, ``{a, b: c = 1, ...rest}``, ``[a, , b]``."""
        if pattern.type in ("identifier", "shorthand_property_identifier_pattern"):
            if declare:
                self.declare(pattern.text, value, scope, constant=constant)
            else:
                self.assign(pattern.text, value, scope)
        elif pattern.type in ("assignment_pattern", "object_assignment_pattern"):
            left, right = pattern.fields["left"], pattern.fields["right"]
            chosen = self.value(right, scope) if is_undefined(self.machine, value) else value
            self.bind(left, chosen, scope, declare=declare, constant=constant)
        elif pattern.type == "object_pattern":
            self._bind_object(pattern, value, scope, (declare, constant))
        elif pattern.type == "array_pattern":
            self._bind_array(pattern, value, scope, (declare, constant))
        else:
            raise self.machine.lacks(f"`{pattern.type}` where names are bound")

    def _bind_object(
        self, pattern: Syntax, value: Data, scope: Scope, how: tuple[bool, bool]
    ) -> None:
        if value is UNDEFINED or self.machine.is_null(value):
            raise crash(self.machine, "takes members of null")
        declare, constant = how
        taken: set[str] = set()
        for child in pattern.children:
            if child.type == "rest_pattern":
                rest = self._rest(value, taken)
                self.bind(child.children[0], rest, scope, declare=declare, constant=constant)
                continue
            key, target = self._entry(child, scope)
            taken.add(key)
            member = get_member(self.machine, value, key)
            self.bind(target, member, scope, declare=declare, constant=constant)

    def _entry(self, node: Syntax, scope: Scope) -> tuple[str, Syntax]:
        if node.type == "shorthand_property_identifier_pattern":
            return node.text, node
        if node.type == "object_assignment_pattern":
            return node.fields["left"].text, node
        key = node.fields["key"]
        if key.type == "computed_property_name":
            text = text_of(self.machine, self.value(key.children[0], scope))
            if not isinstance(text, str):
                raise self.machine.lacks("a computed name that is not known")
            return text, node.fields["value"]
        return key.text.strip("'\""), node.fields["value"]

    def _rest(self, value: Data, taken: set[str]) -> Data:
        if isinstance(value, UnknownData):
            without = ", ".join(sorted(taken))
            return derive(self.machine, value, f" without {without}", "map", nullable=False)
        if not isinstance(value, dict) or id(value) in self.machine.mixed:
            raise self.machine.lacks("the rest of such a value")
        return {key: member for key, member in value.items() if key not in taken}

    def _bind_array(
        self, pattern: Syntax, value: Data, scope: Scope, how: tuple[bool, bool]
    ) -> None:
        declare, constant = how
        if "" in pattern.tokens:
            raise self.machine.lacks("a list pattern with gaps")
        for index, child in enumerate(pattern.children):
            if child.type == "rest_pattern":
                if not isinstance(value, list):
                    raise self.machine.lacks("the rest of a list that is not known")
                rest = value[index:]
                self.bind(child.children[0], rest, scope, declare=declare, constant=constant)
                continue
            if value in (None, UNDEFINED):
                raise crash(self.machine, "takes items of null")
            item = get_item(self.machine, value, index)
            self.bind(child, item, scope, declare=declare, constant=constant)

    def bind_parameters(self, function: Syntax, arguments: list[Data], scope: Scope) -> None:
        """Bind what a function is given to its parameters."""
        single = function.fields.get("parameter")
        patterns = (single,) if single else function.fields["parameters"].children
        for index, pattern in enumerate(patterns):
            if pattern.type == "rest_pattern":
                self.bind(pattern.children[0], arguments[index:], scope)
                return
            given = arguments[index] if index < len(arguments) else UNDEFINED
            self.bind(pattern, given, scope)
