"""What is wrong with a JavaScript module in itself: syntax, refused constructs, calls that mislead.

In: the text. Out: ``(kind, what, line)`` of each fault, and what ``util.authType()`` is compared
with. Nothing is run.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.runtime.js.literals import nodes_of
from cdk_appsync_guard.runtime.js.module import read_module
from cdk_appsync_guard.runtime.js.syntax import Syntax

__all__ = ["find_module_faults"]

_EFFECTS = ("util.unauthorized", "util.error")
_EQUALITIES = ("===", "!==", "==", "!=")


def find_module_faults(
    text: str,
) -> tuple[list[tuple[str, str, int]], list[tuple[str, int]]]:
    """Return the faults of a module and its comparisons of the caller's mode."""
    module = read_module(text)
    if module.root is None:
        return [("module-syntax", module.problem, module.problem_line)], []
    faults = [("refused-construct", what, line) for what, line in module.refusals]
    faults += [("coalesced-effect", what, line) for what, line in _coalesced(module.root)]
    faults += [("early-null", what, line) for what, line in _early_nulls(module.root)]
    return faults, list(_auth_type_tests(module.root))


def _called(node: Syntax) -> str:
    """Return ``util.error`` for a call of it."""
    function = node.fields.get("function") if node.type == "call_expression" else None
    if function is None or function.type != "member_expression":
        return ""
    return f"{function.fields['object'].text}.{function.fields['property'].text}"


def _coalesced(root: Syntax) -> Iterator[tuple[str, int]]:
    for node in nodes_of(root):
        if node.type == "binary_expression" and node.fields["operator"].type == "??":
            for inner in nodes_of(node.fields["right"]):
                if inner.type in ("arrow_function", "function_expression"):
                    break
                if _called(inner) in _EFFECTS:
                    yield f"{_called(inner)}()", node.line


def _early_nulls(root: Syntax) -> Iterator[tuple[str, int]]:
    for node in nodes_of(root):
        if _called(node) == "runtime.earlyReturn":
            given = node.fields["arguments"].children
            if not given or given[0].type in ("null", "undefined"):
                shown = given[0].type if given else ""
                yield f"runtime.earlyReturn({shown})", node.line


def _auth_type_tests(root: Syntax) -> Iterator[tuple[str, int]]:
    aliases = {
        node.fields["name"].text
        for node in nodes_of(root)
        if node.type == "variable_declarator"
        and "value" in node.fields
        and _called(node.fields["value"]) == "util.authType"
    }

    def is_mode(node: Syntax) -> bool:
        while node.type == "parenthesized_expression":
            node = node.children[0]
        named = node.type == "identifier" and node.text in aliases
        return named or _called(node) == "util.authType"

    for node in nodes_of(root):
        if node.type == "binary_expression" and node.fields["operator"].type in _EQUALITIES:
            sides = (node.fields["left"], node.fields["right"])
            for one, other in (sides, sides[::-1]):
                if is_mode(one) and other.type == "string":
                    yield other.text[1:-1], node.line
        elif node.type == "switch_statement" and is_mode(node.fields["value"]):
            for case in node.fields["body"].children:
                if case.type == "switch_case" and case.fields["value"].type == "string":
                    yield case.fields["value"].text[1:-1], case.line
