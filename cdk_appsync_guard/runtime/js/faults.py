"""What is wrong with a JavaScript module in itself: syntax, refused constructs, calls that mislead.

In: the text. Out: ``(kind, what, line)`` of each fault, and what ``util.authType()`` is compared
with. Nothing is run.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.runtime.js.literals import nodes_of
from cdk_appsync_guard.runtime.js.module import read_module
from cdk_appsync_guard.runtime.js.shortfalls import find_shortfalls
from cdk_appsync_guard.runtime.js.syntax import Syntax

__all__ = ["find_module_faults"]

_EFFECTS = ("util.unauthorized", "util.error")
_EQUALITIES = ("===", "!==", "==", "!=")


def find_module_faults(
    text: str,
) -> tuple[list[tuple[str, str, int]], list[tuple[str, int, bool]]]:
    """Return the faults of a module and its comparisons of the caller's mode."""
    module = read_module(text)
    if module.root is None:
        return [("module-syntax", module.problem, module.problem_line)], []
    faults = [("refused-construct", what, line) for what, line in module.refusals]
    faults += [("coalesced-effect", what, line) for what, line in _coalesced(module.root)]
    faults += [("early-null", what, line) for what, line in _early_nulls(module.root)]
    faults += find_shortfalls(module.root)
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


def _auth_type_tests(root: Syntax) -> Iterator[tuple[str, int, bool]]:
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

    covered = {id(node) for condition in _with_else(root) for node in nodes_of(condition)}
    for node in nodes_of(root):
        if node.type == "binary_expression" and node.fields["operator"].type in _EQUALITIES:
            others = id(node) in covered or node.fields["operator"].type.startswith("!")
            sides = (node.fields["left"], node.fields["right"])
            for one, other in (sides, sides[::-1]):
                if is_mode(one) and other.type == "string":
                    yield other.text[1:-1], node.line, others
        elif node.type == "switch_statement" and is_mode(node.fields["value"]):
            cases = node.fields["body"].children
            others = any(case.type == "switch_default" for case in cases)
            for case in cases:
                if case.type == "switch_case" and case.fields["value"].type == "string":
                    yield case.fields["value"].text[1:-1], case.line, others


def _with_else(root: Syntax) -> Iterator[Syntax]:
    """Yield the conditions of those that are followed by an else."""
    for node in nodes_of(root):
        if node.type == "ternary_expression":
            yield node.fields["condition"]
        elif node.type == "if_statement":
            conditions = [node.fields["condition"]]
            otherwise = node.fields.get("alternative")
            while otherwise is not None and otherwise.children[0].type == "if_statement":
                conditions.append(otherwise.children[0].fields["condition"])
                otherwise = otherwise.children[0].fields.get("alternative")
            if otherwise is not None:
                yield from conditions
