"""The text of a JavaScript module → its syntax tree, and what in it APPSYNC_JS refuses.

In: the text. Out: Syntax nodes; or Stopped, with the line. tree-sitter reads it; nothing is run.
https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["JsSyntaxError", "Refusal", "Syntax", "find_refusals", "parse_module"]

LONGEST = 80_000
"""AppSync takes code of 32,768 characters."""
_DEEPEST = 120

_REFUSED = {
    "while_statement": "`while`",
    "do_statement": "`do`",
    "for_statement": "a `for` with a counter",
    "continue_statement": "`continue`",
    "try_statement": "`try`",
    "throw_statement": "`throw`",
    "labeled_statement": "a label",
    "class_declaration": "a class",
    "class": "a class",
    "new_expression": "`new`",
    "this": "`this`",
    "super": "`super`",
    "regex": "a regular expression literal",
    "await_expression": "`await`",
    "yield_expression": "`yield`",
    "generator_function": "a generator",
    "generator_function_declaration": "a generator",
    "update_expression": "`++` or `--`",
    "with_statement": "`with`",
    "debugger_statement": "`debugger`",
}
_REFUSED_OPERATORS = ("in", "instanceof")


class JsSyntaxError(Exception):
    """The module does not parse; ``line`` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class Syntax:
    """A node. ``children`` are the named ones; ``fields`` are children that have a name."""

    type: str
    line: int
    text: str
    children: tuple[Syntax, ...] = ()
    fields: dict[str, Syntax] = field(default_factory=dict)
    tokens: frozenset[str] = frozenset()
    """The signs and keywords directly in the node."""


Refusal: TypeAlias = "tuple[str, int]"
"""A construct that APPSYNC_JS refuses, in words, and its line."""


def parse_module(text: str) -> Syntax:
    """Return the syntax tree of a module."""
    import tree_sitter_javascript  # noqa: PLC0415 - only where there is JavaScript
    from tree_sitter import Language, Parser  # noqa: PLC0415 - only where there is JavaScript

    if len(text) > LONGEST:
        raise JsSyntaxError(f"the code has more than {LONGEST:,} characters", 1)
    parser = Parser(Language(tree_sitter_javascript.language()))
    root = parser.parse(text.encode(errors="replace")).root_node
    if root.has_error:
        raise JsSyntaxError("this is not JavaScript", _first_error(root))
    return _convert(root, 0)


def _first_error(node: Node) -> int:
    """Return the line of the first part that could not be read."""
    while True:
        inner = next((child for child in node.children if child.has_error), None)
        if inner is None or inner.is_error or inner.is_missing:
            return (inner or node).start_point[0] + 1
        node = inner


def _convert(node: Node, depth: int) -> Syntax:
    line = node.start_point[0] + 1
    if depth > _DEEPEST:
        raise JsSyntaxError(f"the code is nested more than {_DEEPEST} levels deep", line)
    children: list[Syntax] = []
    fields: dict[str, Syntax] = {}
    tokens: set[str] = set()
    for index, child in enumerate(node.children):
        name = node.field_name_for_child(index)
        if not child.is_named:
            tokens.add(child.type)
            if name is not None:
                fields[name] = Syntax(child.type, line, child.type)
            continue
        if child.type in ("comment", "hash_bang_line"):
            continue
        converted = _convert(child, depth + 1)
        children.append(converted)
        if name is not None:
            fields.setdefault(name, converted)
    leaf = not children or node.type in ("string", "template_string", "regex")
    text = node.text.decode(errors="replace") if leaf and node.text is not None else ""
    return Syntax(node.type, line, text, tuple(children), fields, frozenset(tokens))


def find_refusals(node: Syntax) -> Iterator[Refusal]:
    """Yield what APPSYNC_JS refuses to save."""
    refused = _REFUSED.get(node.type)
    if refused is not None:
        yield refused, node.line
    elif node.type == "binary_expression" and node.fields["operator"].type in _REFUSED_OPERATORS:
        yield f"`{node.fields['operator'].type}`", node.line
    elif node.type == "unary_expression" and node.fields["operator"].type == "~":
        yield "`~`", node.line
    elif "async" in node.tokens:
        yield "`async`", node.line
    for child in node.children:
        yield from find_refusals(child)
