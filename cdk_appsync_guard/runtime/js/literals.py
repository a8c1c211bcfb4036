"""Literals of JavaScript: numbers, and the escapes of strings."""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.runtime.js.syntax import Syntax
from cdk_appsync_guard.runtime.machine import Machine

__all__ = ["nodes_of", "read_number", "unescape"]

_LONGEST_NUMBER = 40


def read_number(machine: Machine, text: str) -> float:
    """Return the value of a number: whole ones as int."""
    plain = text.replace("_", "")
    if len(plain) > _LONGEST_NUMBER:
        raise machine.lacks("such a long number")
    try:
        return int(plain, 10 if plain.isdigit() else 0)
    except ValueError:
        pass
    try:
        value = float(plain)
    except ValueError:
        raise machine.lacks(f"the number `{plain}`") from None
    return int(value) if value.is_integer() else value


def nodes_of(node: Syntax) -> Iterator[Syntax]:
    """Yield a node and all below it."""
    yield node
    for child in node.children:
        yield from nodes_of(child)


_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}


def unescape(machine: Machine, text: str) -> str:
    """Return the text that a string with escapes stands for."""
    if "\\" not in text:
        return text
    out: list[str] = []
    at = 0
    while at < len(text):
        character = text[at]
        at += 1
        if character != "\\":
            out.append(character)
            continue
        sign = text[at : at + 1]
        at += 1
        if sign not in ("u", "x"):
            out.append(_ESCAPES.get(sign, sign))
            continue
        end = text.find("}", at) if text[at : at + 1] == "{" else at + (4 if sign == "u" else 2)
        digits = text[at:end].lstrip("{")
        try:
            out.append(chr(int(digits, 16)))
        except (ValueError, OverflowError):
            raise machine.lacks("an escape in a string") from None
        at = end + (text[end : end + 1] == "}" and text[at : at + 1] == "{")
    return "".join(out)


def member_name(node: Syntax) -> str:
    """Return the member that a link of a chain reads, "?" if it is computed."""
    if node.type == "member_expression":
        return node.fields["property"].text
    index = node.fields["index"]
    return index.text[1:-1] if index.type == "string" else "?"


def is_identity(node: Syntax) -> bool:
    """Return whether an expression is called ``identity``: what an API key does not have."""
    if node.type == "identifier":
        return node.text == "identity"
    return node.type in ("member_expression", "subscript_expression") and (
        member_name(node) == "identity"
    )
