"""Statements of a JavaScript module, run.

What APPSYNC_JS does not have stops the run with its name.
https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.runtime.js.expressions import Expressions
from cdk_appsync_guard.runtime.js.operators import same
from cdk_appsync_guard.runtime.js.syntax import Syntax
from cdk_appsync_guard.runtime.js.values import UNDEFINED, Closure, Scope, crash, is_true
from cdk_appsync_guard.runtime.machine import Machine, derive
from cdk_appsync_guard.runtime.model import Data, UnknownData

__all__ = ["Statements"]


@dataclass(frozen=True, slots=True)
class _Returned:
    value: Data


_BROKEN = object()


class Statements:
    """Runs statements in a scope. Each returns None, or why the block ends."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.expressions = Expressions(machine, self.run_body)
        self._kinds: dict[str, Callable[[Syntax, Scope], Any]] = {
            "expression_statement": self._expression,
            "lexical_declaration": self._declaration,
            "variable_declaration": self._declaration,
            "function_declaration": lambda _, __: None,  # declared where its block begins
            "empty_statement": lambda _, __: None,
            "return_statement": self._return,
            "if_statement": self._if,
            "for_in_statement": self._for,
            "switch_statement": self._switch,
            "statement_block": lambda node, scope: self.block(node.children, Scope(parent=scope)),
            "break_statement": lambda _, __: _BROKEN,
        }

    def run_body(self, body: Syntax, scope: Scope) -> Data:
        """Return what the body of a function returns."""
        ended = self.block(body.children, scope)
        return ended.value if isinstance(ended, _Returned) else UNDEFINED

    def block(self, nodes: Iterable[Syntax], scope: Scope) -> Any:
        """Run statements one after the other, functions declared first."""
        nodes = list(nodes)
        for node in nodes:
            if node.type == "function_declaration":
                scope.names[node.fields["name"].text] = Closure(node, scope)
        for node in nodes:
            ended = self.run(node, scope)
            if ended is not None:
                return ended
        return None

    def run(self, node: Syntax, scope: Scope) -> Any:
        """Run one statement."""
        self.machine.step()
        self.machine.line = node.line
        kind = self._kinds.get(node.type)
        if kind is None:
            raise self.machine.lacks(f"JavaScript's `{node.type}`")
        return kind(node, scope)

    def _expression(self, node: Syntax, scope: Scope) -> None:
        self.expressions.value(node.children[0], scope)

    def _declaration(self, node: Syntax, scope: Scope) -> None:
        constant = "const" in node.tokens or node.fields.get("kind", node).type == "const"
        for declarator in node.children:
            given = declarator.fields.get("value")
            value = UNDEFINED if given is None else self.expressions.value(given, scope)
            pattern = declarator.fields["name"]
            self.expressions.binder.bind(pattern, value, scope, constant=constant)

    def _return(self, node: Syntax, scope: Scope) -> _Returned:
        if not node.children:
            return _Returned(UNDEFINED)
        return _Returned(self.expressions.value(node.children[0], scope))

    def _if(self, node: Syntax, scope: Scope) -> Any:
        condition = self.expressions.value(node.fields["condition"], scope)
        self.expressions.forgive(node.fields["condition"])
        if is_true(self.machine, condition):
            return self.run(node.fields["consequence"], scope)
        otherwise = node.fields.get("alternative")
        return None if otherwise is None else self.run(otherwise.children[0], scope)

    def _switch(self, node: Syntax, scope: Scope) -> Any:
        value = self.expressions.value(node.fields["value"], scope)
        cases = node.fields["body"].children
        inner = Scope(parent=scope)
        chosen = next((case for case in cases if self._is_case(case, value, inner)), None)
        if chosen is None:
            chosen = next((case for case in cases if case.type == "switch_default"), None)
        if chosen is None:
            return None
        for case in cases[cases.index(chosen) :]:
            skipped = 1 if case.type == "switch_case" else 0
            ended = self.block(case.children[skipped:], inner)
            if ended is not None:
                return None if ended is _BROKEN else ended
        return None

    def _is_case(self, case: Syntax, value: Data, scope: Scope) -> bool:
        if case.type != "switch_case":
            return False
        wanted = self.expressions.value(case.fields["value"], scope)
        return same(self.machine, value, wanted)

    def _for(self, node: Syntax, scope: Scope) -> Any:
        values = self.expressions.value(node.fields["right"], scope)
        keys = node.fields["operator"].type == "in"
        if isinstance(values, UnknownData):
            return self._for_unknown(node, values, scope, keys=keys)
        if keys:
            known = isinstance(values, (list, dict)) and id(values) not in self.machine.mixed
            if not known:
                raise self.machine.lacks("`for ... in` over such a value")
            indexes = range(len(values)) if isinstance(values, list) else values
            return self._loop(node, [str(key) for key in indexes], scope)
        if isinstance(values, (list, str)):
            return self._loop(node, list(values), scope)
        if isinstance(values, dict):
            raise crash(self.machine, "loops over a value that is not a list")
        raise crash(self.machine, "loops over null")

    def _loop(self, node: Syntax, values: list[Data], scope: Scope) -> Any:
        binder = self.expressions.binder
        for value in values:
            self.machine.step()
            inner = Scope(parent=scope)
            declares = "kind" in node.fields or {"const", "let", "var"} & node.tokens
            binder.bind(node.fields["left"], value, inner, declare=bool(declares))
            ended = self.run(node.fields["body"], inner)
            if ended is not None:
                return None if ended is _BROKEN else ended
        return None

    def _for_unknown(self, node: Syntax, values: UnknownData, scope: Scope, *, keys: bool) -> Any:
        """Run the body for none, one and two elements of what is not known."""
        machine = self.machine
        if machine.is_null(values):
            raise crash(machine, f"goes through `{values.name}`, which is null")
        if machine.choose(f"`{values.name}` is empty"):
            return None
        signs = ["[*]"]
        if machine.choose(f"`{values.name}` has more than one element"):
            signs.append("[**]")
        kind = "string" if keys else ""
        suffix = " (key)" if keys else ""
        items = [derive(machine, values, sign + suffix, kind, nullable=not keys) for sign in signs]
        binder = self.expressions.binder
        machine.open_loops += 1
        binder.assigned.append(set())
        try:
            return self._loop(node, items, scope)
        finally:
            machine.open_loops -= 1
            self._forget_counts(binder.assigned.pop())

    def _forget_counts(self, assigned: set[tuple[int, str]]) -> None:
        """Forget what a loop counts or puts together: more elements give another value."""
        for identity, name in assigned:
            scope = self.expressions.binder.scopes[identity]
            value = scope.names.get(name)
            if isinstance(value, (int, float, str)) and not isinstance(value, bool):
                scope.names[name] = self.machine.fresh(f"{name} after the loop")
