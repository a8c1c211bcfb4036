"""The text of a mapping template → its syntax tree, in one pass.

In: the text. Out: nodes, or VtlSyntaxError with the line. Velocity 1.7 decides what is syntax:
https://velocity.apache.org/engine/1.7/vtl-reference.html. (airspeed is not used: its parser tries
alternatives again at every level, and takes a minute for 156 characters of nested brackets.)
"""

from __future__ import annotations

import re
from collections.abc import Callable

from cdk_appsync_guard.runtime.vtl.expressions import ExpressionParser
from cdk_appsync_guard.runtime.vtl.nodes import (
    Body,
    Break,
    Directive,
    Expression,
    Foreach,
    If,
    Node,
    Reference,
    Return,
    SetTo,
    Stop,
    Text,
)
from cdk_appsync_guard.runtime.vtl.reader import Reader, VtlSyntaxError

__all__ = ["VtlSyntaxError", "parse_template"]

LONGEST = 70_000
"""AppSync takes templates of 64 KB: a resolver mapping template's limit."""

_PLAIN = re.compile(r"[^$#\\]+")
_ENDS = ("end", "else", "elseif")
_WITH_BODY = ("macro", "define")
_NOT_THERE = ("parse", "include", "macro", "define", "evaluate")


def parse_template(text: str) -> Body:
    """Return the syntax tree of a template."""
    if len(text) > LONGEST:
        raise VtlSyntaxError(f"the template has more than {LONGEST:,} characters", 1)
    return _parse_text(text.replace("\r\n", "\n"), 1, 0)


def _parse_text(text: str, line: int, depth: int) -> Body:
    parser = _TemplateParser(Reader(text, line, depth), _parse_text)
    body, end = parser.body()
    if end:
        raise parser.reader.error(f"`#{end}` without a directive that it belongs to")
    return body


class _TemplateParser:
    def __init__(self, reader: Reader, nested: Callable[[str, int, int], Body]) -> None:
        self.reader = reader
        self.expressions = ExpressionParser(reader, nested)

    def body(self) -> tuple[Body, str]:
        """Return the nodes up to the next `#end`, `#else` or `#elseif`, and which of them it is."""
        nodes: list[Node] = []
        reader = self.reader
        while not reader.at_end:
            plain = reader.match(_PLAIN)
            if plain is not None:
                nodes.append(Text(plain))
                continue
            character = reader.peek()
            if character == "\\":
                nodes.append(Text(reader.take_escape()))
            elif character == "$":
                nodes.append(self.expressions.reference() or Text(reader.take()))
            else:
                end = self._hash(nodes)
                if end:
                    return tuple(nodes), end
        return tuple(nodes), ""

    def _hash(self, nodes: list[Node]) -> str:
        """Read what a `#` begins; return the name of the mark if it ends the body."""
        reader = self.reader
        if reader.skip_comment():
            return ""
        raw = reader.take_raw()
        if raw is not None:
            nodes.append(Text(raw))
            return ""
        name = reader.take_directive_name()
        if name is None:
            nodes.append(Text(reader.take()))
            return ""
        if name in _ENDS:
            if name != "elseif":
                reader.skip_line_end()
            return name
        nodes.append(self._directive(name))
        return ""

    def _directive(self, name: str) -> Node:
        line = self.reader.line
        if name == "set":
            return self._set(line)
        if name == "if":
            return self._if(line)
        if name == "foreach":
            return self._foreach(line)
        if name == "return":
            return self._return(line)
        if name in _NOT_THERE:
            if name in _WITH_BODY:
                self.reader.descend()
                _, mark = self.body()
                self.reader.ascend()
                self._close(mark, f"#{name}", line)
            return Directive(name, line)
        self.reader.skip_line_end()
        return Break(line) if name == "break" else Stop(line)

    def _set(self, line: int) -> SetTo:
        reader = self.reader
        reader.expect("(")
        target = self.expressions.reference()
        if not isinstance(target, Reference):
            raise reader.error("`#set` needs a reference to set")
        reader.expect("=")
        value = self.expressions.expression()
        reader.expect(")")
        reader.skip_line_end()
        return SetTo(target, value, line)

    def _condition(self) -> Expression:
        self.reader.expect("(")
        condition = self.expressions.expression()
        self.reader.expect(")")
        self.reader.skip_line_end()
        return condition

    def _if(self, line: int) -> If:
        first = line
        branches: list[tuple[Expression, Body, int]] = []
        otherwise: Body = ()
        self.reader.descend()
        mark = "elseif"
        while mark == "elseif":
            condition = self._condition()
            body, mark = self.body()
            branches.append((condition, body, line))
            line = self.reader.line
        if mark == "else":
            otherwise, mark = self.body()
        self.reader.ascend()
        self._close(mark, "#if", first)
        return If(tuple(branches), otherwise)

    def _foreach(self, line: int) -> Foreach:
        reader = self.reader
        reader.expect("(")
        item = self.expressions.reference()
        if not isinstance(item, Reference) or item.parts:
            raise reader.error("`#foreach` needs a variable")
        reader.expect("in")
        items = self.expressions.expression()
        reader.expect(")")
        reader.skip_line_end()
        reader.descend()
        body, mark = self.body()
        reader.ascend()
        self._close(mark, "#foreach", line)
        return Foreach(item.name, items, body, line)

    def _return(self, line: int) -> Return:
        value = None
        if self.reader.peek() == "(":
            self.reader.expect("(")
            if not self.reader.follows(")"):
                value = self.expressions.expression()
            self.reader.expect(")")
        self.reader.skip_line_end()
        return Return(value, line)

    def _close(self, mark: str, opened: str, line: int) -> None:
        if mark != "end":
            before = f" before `#{mark}`" if mark else ""
            raise VtlSyntaxError(f"`{opened}` has no `#end`{before}", line)
