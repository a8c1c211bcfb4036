"""The syntax tree of a mapping template, run: what it puts out, returns or throws.

Only null and false are false; a reference to null prints itself. Nothing is reached but the values
of the context, the methods in `java`, and `$util`.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-programming-guide.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from cdk_appsync_guard.runtime.data import read_output
from cdk_appsync_guard.runtime.machine import Machine, Stopped, named
from cdk_appsync_guard.runtime.model import Data, UnknownData
from cdk_appsync_guard.runtime.state import print_machine
from cdk_appsync_guard.runtime.util.table import Namespace, call_util
from cdk_appsync_guard.runtime.vtl.fill_in import fill_in
from cdk_appsync_guard.runtime.vtl.java import (
    call_method,
    entries_of,
    index_of,
    member_of,
    put_into,
)
from cdk_appsync_guard.runtime.vtl.java_values import Pieces, text_of
from cdk_appsync_guard.runtime.vtl.liveness import Frame, Liveness
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
    is_identity,
    name_of,
)
from cdk_appsync_guard.runtime.vtl.operators import apply, is_true, make_range
from cdk_appsync_guard.runtime.vtl.printed import Printed, countable, is_countable
from cdk_appsync_guard.runtime.vtl.template import Template

__all__ = ["Rendered", "render"]

_UTIL = {
    "util": Namespace("util"),
    "utils": Namespace("util"),
    "extensions": Namespace("extensions"),
}
_CHARACTERS_A_STEP = 200
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


def render(machine: Machine, template: Template, context: dict[str, Data]) -> Rendered:
    """Return what the template makes of the context: ``$ctx`` and ``$context`` in one."""
    variables = {"ctx": context, "context": context, **_UTIL}
    run = _Run(machine, variables, template.liveness)
    head, tail = template.split if machine.asks_source else (template.body, ())
    run.rest = tail
    out: Pieces = []
    try:
        run.body(head, out)
        if tail:
            fill_in(machine, lambda: run.body(tail, out), context)
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
    def __init__(self, machine: Machine, variables: dict[str, Data], liveness: Liveness) -> None:
        self.machine = machine
        self.variables = variables
        self.liveness = liveness
        self.frames: list[Frame] = []
        self.rest: Body = ()
        self.inside_text = 0
        self.printed = Printed()
        self.assigned: list[set[str]] = []
        self.before: list[dict[str, Data]] = []
        self.null_identities: set[str] = set()
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
            Not: self._not,
            Binary: self._binary,
            Interpolated: self._interpolate,
            MapOf: lambda node: {self._key(key): self.value(value) for key, value in node.entries},
            ListOf: lambda node: [self.value(item) for item in node.items],
            Range: self._range,
        }

    def body(self, body: Body, out: Pieces, loop: Foreach | None = None, *held: Data) -> None:
        frame = Frame(body, 0, loop, list(held))
        self.frames.append(frame)
        told = self.machine.told
        try:
            for frame.index, node in enumerate(body):
                self.machine.step()
                asked = len(told.asked)
                self._nodes[type(node)](node, out)
                if len(told.asked) > asked and self.machine.at_new_fork and not self.inside_text:
                    self._come_by(out)
        finally:
            self.frames.pop()

    def _come_by(self, out: Pieces) -> None:
        """Tell what the rest can see from here, where the run has been told something new."""
        frames = self.frames
        *_, inner = frames
        at_end = inner.index + 1 == len(inner.body)
        if self.machine.crossings is None or (at_end and inner.loop is None):
            return  # the statement around it comes to the same place, or nothing is left
        live = self.liveness.after(frames, self.rest)
        seen = {name: value for name, value in self.variables.items() if name in live}
        seen |= {"ctx": self.variables["ctx"]}
        held: list[Data] = [self.printed.of(out), seen, *(frame.held for frame in frames)]
        held += [sorted(names) for names in self.assigned]
        held += [countable(before) for before in self.before]
        where = [(id(frame.body), frame.index) for frame in frames]
        key = f"{where}{print_machine(self.machine, held)}"
        self.machine.step(len(key) // _CHARACTERS_A_STEP)
        digest = blake2b(key.encode(errors="replace"), digest_size=16).digest()
        self.machine.crossings.come_by(digest, self.machine.told)

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
            value = self.value(condition)
            self._forgive(condition)
            if is_true(self.machine, value):
                self.body(body, out)
                return
        self.body(node.otherwise, out)

    def _set(self, node: SetTo, _: Pieces) -> None:
        self.machine.line = node.line
        value = self.value(node.value)
        target = node.target
        if value is None and not target.parts and is_identity(node.value, alone=True):
            self.null_identities.add(target.name)
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
                self._foreach_unknown(node, items, kept, out)
            else:
                values = entries_of(self.machine, items)
                self._loop(node, values, kept, out)
        finally:
            self.variables.update(kept)

    def _loop(self, node: Foreach, values: list[Data], kept: Data, out: Pieces) -> None:
        total = len(values)
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
                self.body(node.body, out, node, kept, values[index + 1 :])
            except _BreakError:
                return

    def _foreach_unknown(self, node: Foreach, items: UnknownData, kept: Data, out: Pieces) -> None:
        """Run the body for none, one and two elements of a list that is not known.

        What the body counts or writes together has then another value for more elements.
        """
        machine = self.machine
        if machine.is_null(items) or machine.choose(f"`{items.name}` is empty"):
            return
        values: list[Data] = [UnknownData(f"{items.name}[*]")]
        if machine.choose(f"`{items.name}` has more than one element"):
            values.append(UnknownData(f"{items.name}[**]"))
        self.before.append(dict(self.variables))
        machine.open_loops += 1
        self.assigned.append(set())
        try:
            self._loop(node, values, kept, out)
        finally:
            machine.open_loops -= 1
            self._forget_counts(self.before.pop(), self.assigned.pop())

    def _forget_counts(self, before: Mapping[str, Data], assigned: set[str]) -> None:
        for name in assigned:
            value = self.variables.get(name)
            if is_countable(value) and value != before.get(name):
                self.variables[name] = self.machine.fresh(f"${name} after the loop")

    def _not(self, node: Not) -> Data:
        value = self.value(node.operand)
        self._forgive(node.operand)
        return not is_true(self.machine, value)

    def _binary(self, node: Binary) -> Data:
        if node.operator in ("&&", "||"):
            value = self.value(node.left)
            self._forgive(node.left)
            left = is_true(self.machine, value)
            if left is (node.operator == "||"):
                return left
            value = self.value(node.right)
            self._forgive(node.right)
            return is_true(self.machine, value)
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.right, Reference) and node.right.name == "null":
            self._forgive(node.left)
        return apply(self.machine, node.operator, left, right)

    def _interpolate(self, node: Interpolated) -> Data:
        out: Pieces = []
        self.inside_text += 1
        self.body(node.body, out)
        self.inside_text -= 1
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
        return make_range(self.machine, self.value(node.first), self.value(node.last))

    def _reference(self, node: Reference) -> Data:
        value = self.variables.get(node.name)
        self._note_null_identity(node)
        for part in node.parts:
            if value is None:
                return None
            value = self._part(value, part, node.line)
        if isinstance(value, Namespace):
            raise self.machine.lacks(f"`{node.source}`")
        return value

    def _note_null_identity(self, node: Reference) -> None:
        """Note a member of ``$ctx.identity`` that is read although an API key has none."""
        context = self.variables["ctx"]
        if context["identity"] is not None:
            return
        after = 1 if is_identity(node) else 0
        if (after or node.name in self.null_identities) and len(node.parts) > after:
            self.machine.line = node.line
            self.machine.note("absent-member", name_of(node.parts[after]))

    def _forgive(self, *nodes: Expression) -> None:
        """Take back the notes of members that the template asks for whether they are there."""
        for node in nodes:
            if not isinstance(node, Reference) or not node.parts:
                continue
            last = node.parts[-1]
            if not isinstance(last, Call) or last.name == "get":
                for part in node.parts:
                    self.machine.forgive(name_of(part))

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
            if part.name.startswith(("isNull", "defaultIfNull", "is", "typeOf")):
                self._forgive(*part.arguments)
            return call_util(self.machine, name.name, arguments)
        if isinstance(part, Member):
            return member_of(self.machine, value, part.name)
        if isinstance(part, Index):
            return index_of(self.machine, value, self.value(part.key))
        arguments = [self.value(argument) for argument in part.arguments]
        return call_method(self.machine, value, part.name, arguments)
