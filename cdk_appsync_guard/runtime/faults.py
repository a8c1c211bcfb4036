"""What is wrong with resolver code in itself, no matter who calls: read, not run.

In: Code. Out: faults with their lines, and the strings that ``util.authType()`` is compared with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from cdk_appsync_guard.runtime.model import Code
from cdk_appsync_guard.runtime.programs import Programs
from cdk_appsync_guard.runtime.vtl.nodes import (
    Binary,
    Body,
    Call,
    Expression,
    Foreach,
    If,
    Interpolated,
    ListOf,
    MapOf,
    Node,
    Not,
    Reference,
    SetTo,
)
from cdk_appsync_guard.runtime.vtl.nodes import (
    Literal as LiteralValue,
)
from cdk_appsync_guard.runtime.vtl.parse import VtlSyntaxError

__all__ = ["AuthTypeTest", "CodeFault", "FaultKind", "find_faults"]

FaultKind: TypeAlias = Literal[
    "template-syntax",
    "module-syntax",
    "refused-construct",
    "coalesced-effect",
    "early-null",
    "name-missing",
    "handler-missing",
]


@dataclass(frozen=True, slots=True)
class CodeFault:
    """A fault; ``what`` names it: the message of a parser, a construct, a call."""

    kind: FaultKind
    what: str
    line: int


@dataclass(frozen=True, slots=True)
class AuthTypeTest:
    """A comparison of ``util.authType()`` with a string.

    ``covers_others`` is whether the other modes have a branch of their own: ``!=``, or an else.
    """

    text: str
    line: int
    covers_others: bool = False


def find_faults(
    code: Code, programs: Programs
) -> tuple[tuple[CodeFault, ...], tuple[AuthTypeTest, ...]]:
    """Return the faults of code that is at hand, and its comparisons of the caller's mode."""
    if code.language == "js":
        from cdk_appsync_guard.runtime.js.faults import find_module_faults  # noqa: PLC0415 - heavy

        faults, tests = find_module_faults(code.text)
        return (
            tuple(CodeFault(kind, what, line) for kind, what, line in faults),  # type: ignore[arg-type]
            tuple(AuthTypeTest(*test) for test in tests),
        )
    body = programs.parse(code.text)
    if isinstance(body, VtlSyntaxError):
        return (CodeFault("template-syntax", body.message, body.line),), ()
    if "authType" not in code.text:
        return (), ()
    return (), tuple(_tests(body))


def _tests(body: Body) -> Iterator[AuthTypeTest]:
    aliases: set[str] = set()
    for expression, line, has_else in _conditions(body, aliases):
        for node in _expressions(expression):
            if isinstance(node, Binary) and node.operator in ("==", "!="):
                for one, other in ((node.left, node.right), (node.right, node.left)):
                    text = other.value if isinstance(other, LiteralValue) else None
                    if isinstance(text, str) and _is_auth_type(one, aliases):
                        others = has_else or node.operator == "!="
                        yield AuthTypeTest(text, line, others)


def _is_auth_type(node: Expression, aliases: set[str]) -> bool:
    if not isinstance(node, Reference):
        return False
    if not node.parts:
        return node.name in aliases
    last = node.parts[-1]
    is_call = isinstance(last, Call) and last.name == "authType" and len(node.parts) == 1
    return node.name in ("util", "utils") and is_call


def _conditions(body: Body, aliases: set[str]) -> Iterator[tuple[Expression, int, bool]]:
    """Yield the expressions that are evaluated, in order, noting aliases: with line and `#else`."""
    for node in body:
        if isinstance(node, SetTo):
            if _is_auth_type(node.value, aliases) and not node.target.parts:
                aliases.add(node.target.name)
            yield node.value, node.line, False
        elif isinstance(node, Reference):
            yield node, node.line, False
        else:
            yield from _nested(node, aliases)


def _nested(node: Node, aliases: set[str]) -> Iterator[tuple[Expression, int, bool]]:
    if isinstance(node, If):
        for condition, inner, line in node.branches:
            yield condition, line, bool(node.otherwise)
            yield from _conditions(inner, aliases)
        yield from _conditions(node.otherwise, aliases)
    elif isinstance(node, Foreach):
        yield node.items, node.line, False
        yield from _conditions(node.body, aliases)


def _expressions(node: Expression) -> Iterator[Expression]:
    yield node
    inner: tuple[Expression, ...] = ()
    if isinstance(node, Binary):
        inner = (node.left, node.right)
    elif isinstance(node, Not):
        inner = (node.operand,)
    elif isinstance(node, ListOf):
        inner = node.items
    elif isinstance(node, MapOf):
        inner = tuple(value for _, value in node.entries)
    elif isinstance(node, Reference):
        calls = [part for part in node.parts if isinstance(part, Call)]
        inner = tuple(argument for call in calls for argument in call.arguments)
    elif isinstance(node, Interpolated):
        inner = tuple(part for part in node.body if isinstance(part, Reference))
    for one in inner:
        yield from _expressions(one)
