"""The syntax tree of a mapping template, run: what it puts out, returns or throws.

Only null and false are false; a reference to null prints itself. Nothing is reached but the values
of the context, the methods in `java`, and `$util`.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-programming-guide.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.runtime.data import describe, read_output
from cdk_appsync_guard.runtime.machine import Machine, Stopped, named
from cdk_appsync_guard.runtime.model import Data, UnknownData
from cdk_appsync_guard.runtime.util.table import Namespace, call_util
from cdk_appsync_guard.runtime.vtl.java import (
    call_method,
    entries_of,
    index_of,
    member_of,
    put_into,
)
from cdk_appsync_guard.runtime.vtl.java_values import Pieces, text_of
from cdk_appsync_guard.runtime.vtl.nodes import (
    Binary,
    Body,
    Break,
    Call,
    Directive,
    Expression,
    Foreach,
    If,
    Index,
    Interpolated,
    ListOf,
    Literal,
    MapOf,
    Member,
    Not,
    Range,
    Reference,
    Return,
    SetTo,
    Stop,
    Text,
)
from cdk_appsync_guard.runtime.vtl.operators import apply, is_true

__all__ = ["Rendered", "render"]

LONGEST_RANGE = 5_000
_UTIL = {
    "util": Namespace("util"),
    "utils": Namespace("util"),
    "extensions": Namespace("extensions"),
}
_KEEPS = "`#set` of null clears a variable that has a value (AWS does not say)"


@dataclass(frozen=True, slots=True)
class Rendered:
    """``value`` is what the template puts out, or what `#return` gave if ``returned``."""

    value: Data
    returned: bool = False


class _BreakError(Exception):
    pass


class _StopError(Exception):
    pass


class _ReturnError(Exception):
    def __init__(self, value: Data) -> None:
        super().__init__()
        self.value = value


def render(machine: Machine, body: Body, context: Mapping[str, Data]) -> Rendered:
    """Return what the template makes of the context: ``$ctx`` and ``$context`` in one."""
    run = _Run(machine, {"ctx": context, "context": context, **_UTIL})
    out: Pieces = []
    try:
        run.body(body, out)
    except _ReturnError as returned:
        return Rendered(returned.value, returned=True)
    except _StopError:
        pass
    except _BreakError:
        raise machine.lacks("`#break` outside `#foreach`") from None
    except RecursionError:
        raise Stopped(f"{machine.where} is nested too deeply") from None
    return Rendered(read_output(machine, out))


class _Run:
    def __init__(self, machine: Machine, variables: dict[str, Data]) -> None:
        self.machine = machine
        self.variables = variables
        self.assigned: list[set[str]] = []
        self._nodes: dict[type, Callable[[Any, Pieces], None]] = {
            Text: lambda node, out: out.append(machine.write(node.text)),
            If: self._if,
            Reference: self._print,
            SetTo: self._set,
            Foreach: self._foreach,
            Return: self._return,
            Break: self._leave,
            Stop: self._leave,
            Directive: self._refuse,
        }
        self._values: dict[type, Callable[[Any], Data]] = {
            Literal: lambda node: node.value,
            Reference: self._reference,
            Not: lambda node: not is_true(machine, self.value(node.operand)),
            Binary: self._binary,
            Interpolated: self._interpolate,
            MapOf: lambda node: {self._key(key): self.value(value) for key, value in node.entries},
            ListOf: lambda node: [self.value(item) for item in node.items],
            Range: self._range,
        }

    def body(self, body: Body, out: Pieces) -> None:
        for node in body:
            self.machine.step()
            self._nodes[type(node)](node, out)

    def value(self, node: Expression) -> Data:
        """Return what an expression is."""
        self.machine.step()
        return self._values[type(node)](node)

    def _return(self, node: Return, _: Pieces) -> None:
        self.machine.line = node.line
        raise _ReturnError(None if node.value is None else self.value(node.value))

    def _leave(self, node: Break | Stop, _: Pieces) -> None:
        self.machine.line = node.line
        raise _BreakError if isinstance(node, Break) else _StopError

    def _refuse(self, node: Directive, _: Pieces) -> None:
        self.machine.line = node.line
        raise self.machine.lacks(f"`#{node.name}`")

    def _print(self, node: Reference, out: Pieces) -> None:
        self.machine.line = node.line
        value = self._reference(node)
        if value is None:
            out.append(self.machine.write("" if node.quiet else node.source))
        else:
            out.extend(text_of(self.machine, value))

    def _if(self, node: If, out: Pieces) -> None:
        for condition, body, line in node.branches:
            self.machine.line = line
            if is_true(self.machine, self.value(condition)):
                self.body(body, out)
                return
        self.body(node.otherwise, out)

    def _set(self, node: SetTo, _: Pieces) -> None:
        self.machine.line = node.line
        value = self.value(node.value)
        target = node.target
        if not target.parts:
            self._assign(target.name, value)
            return
        holder = self.variables.get(target.name)
        for part in target.parts[:-1]:
            holder = self._part(holder, part)
        last = target.parts[-1]
        if isinstance(last, Call):
            raise self.machine.lacks(f"`#set` of `{target.source}`")
        key = last.name if isinstance(last, Member) else self.value(last.key)
        put_into(self.machine, holder, key, value)

    def _assign(self, name: str, value: Data) -> None:
        old = self.variables.get(name)
        for names in self.assigned:
            names.add(name)
        if value is None and old is not None and not self.machine.choose(_KEEPS):
            return
        if isinstance(value, UnknownData) and old is not None and self.machine.is_null(value):
            self._assign(name, None)
            return
        self.variables[name] = value

    def _foreach(self, node: Foreach, out: Pieces) -> None:
        self.machine.line = node.line
        items = self.value(node.items)
        kept = {name: self.variables.get(name) for name in (node.name, "foreach", "velocityCount")}
        try:
            if isinstance(items, UnknownData):
                self._foreach_unknown(node, items, out)
            else:
                values = entries_of(self.machine, items)
                self._loop(node, values, len(values), out)
        finally:
            self.variables.update(kept)

    def _loop(self, node: Foreach, values: list[Data], total: int, out: Pieces) -> None:
        for index, value in enumerate(values):
            self.machine.step()
            self.variables[node.name] = value
            self.variables["velocityCount"] = index + 1
            self.variables["foreach"] = {
                "count": index + 1,
                "index": index,
                "hasNext": index + 1 < total,
                "first": index == 0,
                "last": index + 1 == total,
            }
            try:
                self.body(node.body, out)
            except _BreakError:
                return

    def _foreach_unknown(self, node: Foreach, items: UnknownData, out: Pieces) -> None:
        """Run the body for none, one and two elements of a list that is not known.

        What the body counts or writes together has then another value for more elements.
        """
        machine = self.machine
        if machine.is_null(items) or machine.choose(f"`{items.name}` is empty"):
            return
        values: list[Data] = [UnknownData(f"{items.name}[*]")]
        if machine.choose(f"`{items.name}` has more than one element"):
            values.append(UnknownData(f"{items.name}[**]"))
        before = dict(self.variables)
        machine.open_loops += 1
        self.assigned.append(set())
        try:
            self._loop(node, values, len(values), out)
        finally:
            machine.open_loops -= 1
            self._forget_counts(before, self.assigned.pop())

    def _forget_counts(self, before: Mapping[str, Data], assigned: set[str]) -> None:
        for name in assigned:
            value = self.variables.get(name)
            counted = isinstance(value, (int, float, str)) and not isinstance(value, bool)
            if counted and value != before.get(name):
                self.variables[name] = self.machine.fresh(f"${name} after the loop")

    def _binary(self, node: Binary) -> Data:
        if node.operator in ("&&", "||"):
            left = is_true(self.machine, self.value(node.left))
            if left is (node.operator == "||"):
                return left
            return is_true(self.machine, self.value(node.right))
        return apply(self.machine, node.operator, self.value(node.left), self.value(node.right))

    def _interpolate(self, node: Interpolated) -> Data:
        out: Pieces = []
        self.body(node.body, out)
        if all(isinstance(piece, str) for piece in out):
            return self.machine.write("".join(str(piece) for piece in out))
        if len(out) == 1 and isinstance(out[0], UnknownData):
            return UnknownData(out[0].name, nullable=False, kind="string", holds=out[0].holds)
        shown = "".join(p if isinstance(p, str) else f"${{{p.name}}}" for p in out)
        return named(self.machine, f'"{shown}"', "string", nullable=False)

    def _key(self, node: Expression) -> str:
        key = self.value(node)
        if isinstance(key, UnknownData):
            return f"${{{key.name}}}"
        return "".join(str(piece) for piece in text_of(self.machine, key))

    def _range(self, node: Range) -> Data:
        first, last = self.value(node.first), self.value(node.last)
        if isinstance(first, UnknownData) or isinstance(last, UnknownData):
            return named(
                self.machine,
                f"[{describe(first)}..{describe(last)}]",
                "list",
                nullable=False,
            )
        if not (isinstance(first, int) and isinstance(last, int)):
            return None
        if abs(last - first) > LONGEST_RANGE:
            raise Stopped(f"{self.machine.where} makes a range of more than {LONGEST_RANGE:,}")
        return list(range(first, last + 1) if last >= first else range(first, last - 1, -1))

    def _reference(self, node: Reference) -> Data:
        value = self.variables.get(node.name)
        for part in node.parts:
            if value is None:
                return None
            value = self._part(value, part, node.line)
        if isinstance(value, Namespace):
            raise self.machine.lacks(f"`{node.source}`")
        return value

    def _part(self, value: Data, part: Member | Call | Index, line: int = 0) -> Data:
        self.machine.step()
        self.machine.line = line or self.machine.line
        if isinstance(value, Namespace):
            if isinstance(part, Index):
                raise self.machine.lacks(f"`${value.name}[...]`")
            name = Namespace(f"{value.name}.{part.name}")
            if isinstance(part, Member):
                return name
            arguments = [self.value(argument) for argument in part.arguments]
            return call_util(self.machine, name.name, arguments)
        if isinstance(part, Member):
            return member_of(self.machine, value, part.name)
        if isinstance(part, Index):
            return index_of(self.machine, value, self.value(part.key))
        arguments = [self.value(argument) for argument in part.arguments]
        return call_method(self.machine, value, part.name, arguments)
