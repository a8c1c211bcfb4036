"""Names that a JavaScript module uses and APPSYNC_JS does not have, and handlers that it lacks.

In: the syntax tree. Out: ``(kind, what, line)``. AWS lists what there is, and says of nothing else
that it is refused: so these are likely to fail, and not certain to.
https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.runtime.js.literals import nodes_of
from cdk_appsync_guard.runtime.js.syntax import Syntax
from cdk_appsync_guard.runtime.util.table import ONLY_VTL

__all__ = ["find_shortfalls"]

_HANDLERS = ("request", "response")
# What @aws-appsync/eslint-plugin names, but for words that own functions are likely to have.
_METHODS = frozenset(
    (
        *("copyWithin", "charCodeAt", "codePointAt", "fromCharCode", "localeCompare", "matchAll"),
        *("padStart", "padEnd", "repeat", "getPrototypeOf", "setPrototypeOf", "defineProperty"),
        *("defineProperties", "freeze", "isFrozen", "seal", "preventExtensions", "fromEntries"),
    )
)
_GLOBALS = frozenset(
    ("fetch", "setTimeout", "setInterval", "require", "process", "parseInt", "parseFloat", "eval")
)
_READ_ONLY = frozenset(("identity", "request", "info", "env", "source", "prev"))


def find_shortfalls(root: Syntax) -> Iterator[tuple[str, str, int]]:
    """Yield what the module will probably not find when it runs."""
    own = {one for node in nodes_of(root) for one in _declared(node)}
    for node in nodes_of(root):
        if node.type == "call_expression":
            yield from _of_call(node, own)
        elif node.type == "assignment_expression":
            yield from _of_assignment(node)
    exported = {name for node in root.children for name in _exported(node)}
    for handler in _HANDLERS:
        if handler not in exported:
            yield "handler-missing", f"it does not export `{handler}`", 1


def _of_call(node: Syntax, own: set[str]) -> Iterator[tuple[str, str, int]]:
    name = dotted(node.fields["function"])
    first, _, member = name.partition(".")
    if first == "util" and member in ONLY_VTL:
        yield "name-missing", f"it calls `{name}`, which only mapping templates have", node.line
    elif name in _GLOBALS and name not in own:
        yield "name-missing", f"it calls `{name}`, which APPSYNC_JS does not have", node.line
    elif name.rpartition(".")[2] in _METHODS and first not in own and "." in name:
        last = name.rpartition(".")[2]
        yield "name-missing", f"it calls `.{last}()`, which APPSYNC_JS does not have", node.line


def _of_assignment(node: Syntax) -> Iterator[tuple[str, str, int]]:
    target = dotted(node.fields["left"])
    first, _, member = target.partition(".")
    if first in ("ctx", "context") and member.partition(".")[0] in _READ_ONLY:
        yield "name-missing", f"it sets `{target}`, which is read-only", node.line


def dotted(node: Syntax) -> str:
    """Return ``util.log.info`` for such a chain of names; ``?`` stands for what is not a name."""
    if node.type == "member_expression":
        return f"{dotted(node.fields['object'])}.{node.fields['property'].text}"
    return node.text if node.type == "identifier" else "?"


def _declared(node: Syntax) -> Iterator[str]:
    if node.type in ("function_declaration", "variable_declarator"):
        name = node.fields["name"]
        if name.type == "identifier":
            yield name.text


def _exported(node: Syntax) -> Iterator[str]:
    if node.type != "export_statement":
        return
    declaration = node.fields.get("declaration")
    if declaration is not None:
        yield from _declared(declaration)
        for child in declaration.children:
            yield from _declared(child)
    for clause in node.children:
        for specifier in clause.children if clause.type == "export_clause" else ():
            if specifier.type == "export_specifier":
                yield specifier.fields.get("alias", specifier.fields["name"]).text
