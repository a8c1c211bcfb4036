"""Expressions of a JavaScript module, evaluated.

``??`` evaluates its right side whenever it has an effect, as AppSync was seen to do:
https://github.com/aws-amplify/amplify-category-api/issues/3170
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cdk_appsync_guard.runtime.js.globals import (
    CONSTANTS,
    GLOBALS,
    call_global,
    spread_into,
)
from cdk_appsync_guard.runtime.js.literals import (
    is_identity,
    member_name,
    nodes_of,
    read_number,
    unescape,
)
from cdk_appsync_guard.runtime.js.members import call_member, get_item, get_member, set_member
from cdk_appsync_guard.runtime.js.operators import apply, type_of
from cdk_appsync_guard.runtime.js.patterns import Binder
from cdk_appsync_guard.runtime.js.syntax import Syntax
from cdk_appsync_guard.runtime.js.values import (
    UNDEFINED,
    Builtin,
    Closure,
    Scope,
    crash,
    is_true,
    text_of,
)
from cdk_appsync_guard.runtime.machine import Machine, Stopped, Thrown, named
from cdk_appsync_guard.runtime.model import Data, UnknownData
from cdk_appsync_guard.runtime.util.table import Namespace

__all__ = ["Expressions"]

_DEEPEST_CALL = 12
_CHAIN = ("member_expression", "subscript_expression", "call_expression")
_MOST_ARGUMENTS = 200
_ASK_WHETHER = ("??", "||", "&&")
_COMPARE = ("==", "===", "!=", "!==")


class _Skipped:
    """What a chain is once ``?.`` has met null."""


_SKIPPED: Final = _Skipped()


class Expressions:
    """Evaluates expressions in a scope; *run_body* runs the statements of a function."""

    def __init__(self, machine: Machine, run_body: Callable[[Syntax, Scope], Data]) -> None:
        self.machine = machine
        self.run_body = run_body
        self.binder = Binder(machine, self.value)
        self.depth = 0
        self._kinds: dict[str, Callable[[Syntax, Scope], Data]] = {
            "identifier": self._identifier,
            "undefined": lambda _, __: UNDEFINED,
            "number": self._number,
            "string": self._string,
            "template_string": self._template,
            "true": lambda _, __: True,
            "false": lambda _, __: False,
            "null": lambda _, __: None,
            "object": self._object,
            "array": self._array,
            "arrow_function": Closure,
            "function_expression": Closure,
            "parenthesized_expression": lambda node, scope: self.value(node.children[0], scope),
            "sequence_expression": self._sequence,
            "binary_expression": self._binary,
            "unary_expression": self._unary,
            "ternary_expression": self._ternary,
            "assignment_expression": self._assignment,
            "augmented_assignment_expression": self._augmented,
            **dict.fromkeys(_CHAIN, self._chain),
        }

    def value(self, node: Syntax, scope: Scope) -> Data:
        """Return what an expression is."""
        self.machine.step()
        self.machine.line = node.line
        kind = self._kinds.get(node.type)
        if kind is None:
            raise self.machine.lacks(f"JavaScript's `{node.type}`")
        return kind(node, scope)

    def _identifier(self, node: Syntax, scope: Scope) -> Data:
        found = scope.find(node.text)
        if found is not None:
            return found.names[node.text]
        if node.text in CONSTANTS:
            return CONSTANTS[node.text]
        if node.text in GLOBALS:
            return Namespace(node.text)
        raise self.machine.lacks(f"the name `{node.text}`")

    def _number(self, node: Syntax, _: Scope) -> Data:
        return read_number(self.machine, node.text)

    def _string(self, node: Syntax, _: Scope) -> Data:
        return self.machine.write(unescape(self.machine, node.text[1:-1]))

    def _template(self, node: Syntax, scope: Scope) -> Data:
        parts: list[str | UnknownData] = []
        for child in node.children:
            if child.type == "template_substitution":
                parts.append(text_of(self.machine, self.value(child.children[0], scope)))
            else:
                parts.append(unescape(self.machine, child.text))
        if all(isinstance(part, str) for part in parts):
            return self.machine.write("".join(str(part) for part in parts))
        shown = "".join(p if isinstance(p, str) else f"${{{p.name}}}" for p in parts)
        return named(self.machine, f'"{shown}"', "string", nullable=False)

    def _object(self, node: Syntax, scope: Scope) -> Data:
        made: dict[str, Data] = {}
        for child in node.children:
            if child.type == "spread_element":
                spread_into(self.machine, made, self.value(child.children[0], scope))
                continue
            if child.type == "shorthand_property_identifier":
                key, value = child.text, self._identifier(child, scope)
            elif child.type == "pair":
                key = self._key(child.fields["key"], scope)
                value = self.value(child.fields["value"], scope)
            else:
                raise self.machine.lacks(f"`{child.type}` in an object")
            set_member(self.machine, made, key, value)
        return made

    def _key(self, node: Syntax, scope: Scope) -> str:
        if node.type in ("property_identifier", "number"):
            return node.text
        if node.type == "string":
            return unescape(self.machine, node.text[1:-1])
        key = text_of(self.machine, self.value(node.children[0], scope))
        return key if isinstance(key, str) else f"${{{key.name}}}"

    def _array(self, node: Syntax, scope: Scope) -> Data:
        made: list[Data] = []
        for child in node.children:
            if child.type != "spread_element":
                made.append(self.value(child, scope))
                continue
            spread = self.value(child.children[0], scope)
            if isinstance(spread, UnknownData):
                made.append(UnknownData(f"{spread.name}[*]"))
                self.machine.grown[id(made)] = made
            elif isinstance(spread, (list, str)):
                self.machine.step(len(spread))
                made += spread
            else:
                raise crash(self.machine, "the spread value is not a list")
        return made

    def _sequence(self, node: Syntax, scope: Scope) -> Data:
        return [self.value(child, scope) for child in node.children][-1]

    def _binary(self, node: Syntax, scope: Scope) -> Data:
        operator = node.fields["operator"].type
        left = self.value(node.fields["left"], scope)
        is_null = node.fields["right"].type in ("null", "undefined")
        if operator in _ASK_WHETHER or (is_null and operator in _COMPARE):
            self.forgive(node.fields["left"])
        if operator == "??":
            return self._coalesce(left, node.fields["right"], scope)
        if operator in ("&&", "||"):
            decided = is_true(self.machine, left)
            return (
                left if decided is (operator == "||") else self.value(node.fields["right"], scope)
            )
        return apply(self.machine, operator, left, self.value(node.fields["right"], scope))

    def _coalesce(self, left: Data, right: Syntax, scope: Scope) -> Data:
        """Return ``left ?? right``; an effect on the right is an open question if left is there."""
        if left is UNDEFINED or self.machine.is_null(left):
            return self.value(right, scope)
        if not any(node.type == "call_expression" for node in nodes_of(right)):
            return left
        line = self.machine.line
        try:
            self.value(right, scope)
        except Thrown as thrown:
            raise Stopped(
                f"{self.machine.where} has {thrown.reason} to the right of `??` (line {line}),"
                " which AppSync has been observed to run even when the left side is not null"
            ) from None
        return left

    def _unary(self, node: Syntax, scope: Scope) -> Data:
        operator, operand = node.fields["operator"].type, node.fields["argument"]
        if operator == "delete":
            return self._delete(operand, scope)
        if operator == "typeof" and operand.type == "identifier":
            known = scope.find(operand.text) or operand.text in (*CONSTANTS, *GLOBALS)
            if not known:
                return "undefined"
        value = self.value(operand, scope)
        if operator in ("!", "typeof"):
            self.forgive(operand)
        if operator == "typeof":
            return type_of(self.machine, value)
        if operator == "!":
            return not is_true(self.machine, value)
        if operator == "void":
            return UNDEFINED
        if operator in ("-", "+"):
            number = call_global(self.machine, "Number", [value])
            return apply(self.machine, "*", number, -1 if operator == "-" else 1)
        raise self.machine.lacks(f"the operator `{operator}`")

    def _delete(self, node: Syntax, scope: Scope) -> Data:
        target, key = self._target(node, scope)
        if isinstance(target, dict) and isinstance(key, str):
            set_member(self.machine, target, key, UNDEFINED)
            target.pop(key)
            return True
        if isinstance(target, UnknownData):
            self.machine.change(target, key, UNDEFINED)
            return True
        raise self.machine.lacks("`delete` of such a member")

    def _ternary(self, node: Syntax, scope: Scope) -> Data:
        condition = self.value(node.fields["condition"], scope)
        self.forgive(node.fields["condition"])
        holds = is_true(self.machine, condition)
        return self.value(node.fields["consequence" if holds else "alternative"], scope)

    def _assignment(self, node: Syntax, scope: Scope) -> Data:
        value = self.value(node.fields["right"], scope)
        self._assign(node.fields["left"], value, scope)
        return value

    def _augmented(self, node: Syntax, scope: Scope) -> Data:
        target = node.fields["left"]
        operator = node.fields["operator"].type[:-1]
        old = self.value(target, scope)
        if operator in ("&&", "||", "??"):
            raise self.machine.lacks(f"`{operator}=`")
        value = apply(self.machine, operator, old, self.value(node.fields["right"], scope))
        self._assign(target, value, scope)
        return value

    def _assign(self, target: Syntax, value: Data, scope: Scope) -> None:
        if target.type == "identifier":
            self.binder.assign(target.text, value, scope)
        elif target.type in _CHAIN:
            holder, key = self._target(target, scope)
            if holder in (None, UNDEFINED):
                raise crash(self.machine, f"sets `{key}` of null")
            set_member(self.machine, holder, key, value)
        else:
            self.binder.bind(target, value, scope, declare=False)

    def _target(self, node: Syntax, scope: Scope) -> tuple[Data, Data]:
        if node.type not in ("member_expression", "subscript_expression"):
            raise self.machine.lacks(f"an assignment to `{node.type}`")
        holder = self.value(node.fields["object"], scope)
        if node.type == "member_expression":
            return holder, node.fields["property"].text
        key = self.value(node.fields["index"], scope)
        whole = isinstance(key, int) and isinstance(holder, list)
        return holder, key if whole or isinstance(key, UnknownData) else text_of(self.machine, key)

    def _chain(self, node: Syntax, scope: Scope) -> Data:
        value = self._link(node, scope)
        return UNDEFINED if isinstance(value, _Skipped) else value

    def _link(self, node: Syntax, scope: Scope) -> Any:
        """Return the value of a link of a chain, or that ``?.`` has skipped the rest."""
        self.machine.step()
        if node.type not in _CHAIN:
            return self.value(node, scope)
        if node.type == "call_expression":
            return self._call(node, scope)
        holder = self._link(node.fields["object"], scope)
        if "optional_chain" in {child.type for child in node.children}:
            self.forgive(node.fields["object"])
        if isinstance(holder, _Skipped) or self._skips(node, holder):
            return _SKIPPED
        self.machine.line = node.line
        if holder is None and is_identity(node.fields["object"]):
            self.machine.note("absent-member", member_name(node))
        if node.type == "member_expression":
            return get_member(self.machine, holder, node.fields["property"].text)
        return get_item(self.machine, holder, self.value(node.fields["index"], scope))

    def _skips(self, node: Syntax, holder: Data) -> bool:
        if "optional_chain" not in {child.type for child in node.children}:
            return False
        return holder is UNDEFINED or self.machine.is_null(holder)

    def forgive(self, node: Syntax) -> None:
        """Take back the notes of members that the code asks for whether they are there."""
        while node.type == "parenthesized_expression":
            node = node.children[0]
        while node.type in ("member_expression", "subscript_expression"):
            self.machine.forgive(member_name(node))
            node = node.fields["object"]

    def _call(self, node: Syntax, scope: Scope) -> Any:
        function = node.fields["function"]
        if function.type in ("member_expression", "subscript_expression"):
            holder = self._link(function.fields["object"], scope)
            if "optional_chain" in {child.type for child in function.children}:
                self.forgive(function.fields["object"])
            if isinstance(holder, _Skipped) or self._skips(function, holder):
                return _SKIPPED
            if function.type == "member_expression":
                return self._method(node, function.fields["property"].text, holder, scope)
            value = get_item(self.machine, holder, self.value(function.fields["index"], scope))
        else:
            value = self._link(function, scope)
        if isinstance(value, _Skipped) or self._skips(node, value):
            return _SKIPPED
        return self.call(value, self._arguments(node, scope))

    def _method(self, node: Syntax, name: str, holder: Data, scope: Scope) -> Any:
        arguments = self._arguments(node, scope)
        self.machine.line = node.line
        own = holder.get(name) if isinstance(holder, dict) else None
        if isinstance(own, (Closure, Builtin)):
            return self.call(own, arguments)
        if self._skips(node, own) and isinstance(holder, dict):
            return _SKIPPED
        return call_member(self.machine, holder, name, arguments, self.call)

    def _arguments(self, node: Syntax, scope: Scope) -> list[Data]:
        given = node.fields["arguments"]
        if given.type == "template_string":
            return [self._template(given, scope)]
        arguments: list[Data] = []
        for child in given.children:
            if child.type != "spread_element":
                arguments.append(self.value(child, scope))
                continue
            spread = self.value(child.children[0], scope)
            if not isinstance(spread, list) or len(spread) > _MOST_ARGUMENTS:
                raise self.machine.lacks("arguments that are spread from what is not known")
            arguments += spread
        return arguments

    def call(self, function: Data, arguments: list[Data]) -> Data:
        """Return what a function returns."""
        self.machine.step()
        if isinstance(function, Builtin):
            return function.call(self.machine, arguments)
        if isinstance(function, Namespace):
            return call_global(self.machine, function.name, arguments)
        if not isinstance(function, Closure):
            if isinstance(function, UnknownData):
                raise self.machine.lacks(f"a call of `{function.name}`, which is not known")
            raise crash(self.machine, "calls a value that is not a function")
        if self.depth >= _DEEPEST_CALL:
            raise self.machine.lacks(f"calls more than {_DEEPEST_CALL} levels deep")
        inner = Scope(parent=function.scope)
        self.binder.bind_parameters(function.node, arguments, inner)
        self.depth += 1
        try:
            body = function.node.fields["body"]
            if body.type != "statement_block":
                return self.value(body, inner)
            return self.run_body(body, inner)
        finally:
            self.depth -= 1
