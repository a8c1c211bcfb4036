"""Expressions of a template: references, literals, operators by rank.

https://velocity.apache.org/engine/1.7/vtl-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from cdk_appsync_guard.runtime.vtl.nodes import (
    Binary,
    Body,
    Call,
    Expression,
    Index,
    Interpolated,
    ListOf,
    Literal,
    MapOf,
    Member,
    Not,
    Range,
    Reference,
    Text,
)
from cdk_appsync_guard.runtime.vtl.reader import Reader

__all__ = ["ExpressionParser"]

_NUMBER = re.compile(r"-?[0-9]+")
_FRACTION = re.compile(r"\.[0-9]+")
_UNTIL = {'"': re.compile(r'[^"\\]+'), "'": re.compile(r"[^'\\]+")}
_LONGEST_NUMBER = 20
_OPERATOR = re.compile(
    r"(\|\||&&|==|!=|<=|>=|[<>+*/%-]|(?:and|or|eq|ne|lt|le|gt|ge)(?![A-Za-z0-9_]))"
)
_SIGNS = {"or": "||", "and": "&&", "eq": "==", "ne": "!="}
_SIGNS |= {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_RANKS = {"||": 0, "&&": 1, "==": 2, "!=": 2, "<": 3, "<=": 3, ">": 3, ">=": 3}
_RANKS |= {"+": 4, "-": 4, "*": 5, "/": 5, "%": 5}
_WORDS = {"true": True, "false": False, "null": None}


class ExpressionParser:
    """Reads expressions; ``nested`` reads the template inside a string in double quotes."""

    def __init__(self, reader: Reader, nested: Callable[[str, int, int], Body]) -> None:
        self.reader = reader
        self.nested = nested

    def expression(self) -> Expression:
        """Take an expression."""
        self.reader.descend()
        found = self._binary(0)
        self.reader.ascend()
        return found

    def _binary(self, least: int) -> Expression:
        """Take an operand, and the operators that bind at least so tightly."""
        left = self._unary()
        while True:
            self.reader.skip_spaces()
            match = self.reader.look(_OPERATOR)
            sign = match.group(1) if match else ""
            rank = _RANKS.get(_SIGNS.get(sign, sign), -1)
            if match is None or rank < least:
                return left
            self.reader.at = match.end()
            left = Binary(_SIGNS.get(sign, sign), left, self._binary(rank + 1))

    def _unary(self) -> Expression:
        if self.reader.take_sign("!", "not") is None:
            return self._operand()
        self.reader.descend()
        found = Not(self._unary())
        self.reader.ascend()
        return found

    def _operand(self) -> Expression:
        reader = self.reader
        reader.skip_spaces()
        character = reader.peek()
        if character == "$":
            found = self.reference()
            if found is None:
                raise reader.error("`$` without a name")
            return found
        if character in ("'", '"') and character:
            return self._string(reader.take())
        if character == "(":
            reader.take()
            inside = self.expression()
            reader.expect(")")
            return inside
        if character == "[":
            return self._list()
        if character == "{":
            return self._map()
        return self._number() or self._word()

    def _number(self) -> Literal | None:
        digits = self.reader.match(_NUMBER)
        if digits is None:
            return None
        if len(digits) > _LONGEST_NUMBER:
            raise self.reader.error("a number is too long")
        # `1..5` is a range: two dots are not a fraction.
        fraction = self.reader.match(_FRACTION)
        return Literal(float(digits + fraction) if fraction else int(digits))

    def _word(self) -> Literal:
        word = self.reader.identifier()
        if word in _WORDS:
            return Literal(_WORDS[word])
        found = word or self.reader.peek()
        shown = f"`{found}`" if found.strip() else "the end"
        raise self.reader.error(f"a value is expected, and {shown} is found")

    def _string(self, quote: str) -> Expression:
        line = self.reader.line
        content = self._content(quote)
        if quote == "'":
            return Literal(content)
        if "$" not in content and "#" not in content:
            return Literal(content)
        self.reader.descend()
        body = self.nested(content, line, self.reader.depth)
        self.reader.ascend()
        if all(isinstance(node, Text) for node in body):
            return Literal("".join(node.text for node in body if isinstance(node, Text)))
        return Interpolated(body)

    def _content(self, quote: str) -> str:
        """Take the text up to the closing quote; a quote is written twice or with a backslash."""
        reader = self.reader
        parts: list[str] = []
        while True:
            parts.append(reader.match(_UNTIL[quote]) or "")
            if reader.at_end:
                raise reader.error("a string is not closed")
            character, following = reader.take(), reader.peek()
            if character == quote and following != quote:
                return "".join(parts)
            if character == quote or following in (quote, "\\"):
                reader.take()
            parts.append("\\\\" if character == following == "\\" else quote)
            if character == "\\" and following not in (quote, "\\"):
                parts[-1] = character

    def _list(self) -> Expression:
        reader = self.reader
        reader.take()
        items: list[Expression] = []
        while reader.take_sign("]") is None:
            items.append(self.expression())
            if len(items) == 1 and reader.take_sign("..") is not None:
                last = self.expression()
                reader.expect("]")
                return Range(items[0], last)
            if not reader.follows("]"):
                reader.expect(",")
        return ListOf(tuple(items))

    def _map(self) -> MapOf:
        reader = self.reader
        reader.take()
        entries: list[tuple[Expression, Expression]] = []
        while reader.take_sign("}") is None:
            key = self.expression()
            reader.expect(":")
            entries.append((key, self.expression()))
            if not reader.follows("}"):
                reader.expect(",")
        return MapOf(tuple(entries))

    def reference(self) -> Reference | None:
        """Take ``$name``, ``$!name`` or ``${name}`` with what follows; None if it is only text."""
        reader = self.reader
        reader.skip_spaces()
        if reader.peek() != "$":
            return None
        start, line = reader.at, reader.line
        reader.take()
        quiet = reader.peek() == "!" and bool(reader.take())
        formal = reader.peek() == "{" and bool(reader.take())
        name = reader.identifier()
        if name is None:
            reader.at = start
            return None
        reader.descend()
        parts = self._parts()
        reader.ascend()
        if formal:
            reader.expect("}")
        return Reference(name, parts, quiet, reader.text[start : reader.at], line)

    def _parts(self) -> tuple[Member | Call | Index, ...]:
        reader = self.reader
        parts: list[Member | Call | Index] = []
        while True:
            if reader.peek() == "[":
                reader.take()
                key = self.expression()
                reader.expect("]")
                parts.append(Index(key))
                continue
            before = reader.at
            if reader.peek() == ".":
                reader.take()
            name = reader.identifier() if reader.at > before else None
            if name is None:
                reader.at = before
                return tuple(parts)
            parts.append(Call(name, self._arguments()) if reader.peek() == "(" else Member(name))

    def _arguments(self) -> tuple[Expression, ...]:
        reader = self.reader
        reader.take()
        arguments: list[Expression] = []
        while reader.take_sign(")") is None:
            arguments.append(self.expression())
            if not reader.follows(")"):
                reader.expect(",")
        return tuple(arguments)
