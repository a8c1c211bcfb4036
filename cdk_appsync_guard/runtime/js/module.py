"""A JavaScript module of a resolver or function: read once, its handlers called.

In: the text. Out: Module; what a handler returns. Each call runs the module afresh.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-reference-overview-js.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.runtime.js.members import EarlyReturnError
from cdk_appsync_guard.runtime.js.modules import MODULES
from cdk_appsync_guard.runtime.js.statements import Statements
from cdk_appsync_guard.runtime.js.syntax import (
    JsSyntaxError,
    Refusal,
    Syntax,
    find_refusals,
    parse_module,
)
from cdk_appsync_guard.runtime.js.values import UNDEFINED, Closure, Scope, without_undefined
from cdk_appsync_guard.runtime.machine import Machine, Stopped
from cdk_appsync_guard.runtime.model import Data
from cdk_appsync_guard.runtime.util.table import Namespace

__all__ = ["Module", "call_handler", "read_module"]

_UTILS = "@aws-appsync/utils"
_NAMESPACES = ("util", "runtime", "extensions")


@dataclass(frozen=True, slots=True)
class Module:
    """``problem`` is why it cannot be read; ``refusals`` is what APPSYNC_JS does not take."""

    root: Syntax | None
    refusals: tuple[Refusal, ...] = ()
    problem: str = ""
    problem_line: int = 1


def read_module(text: str) -> Module:
    """Return the module of a text."""
    try:
        root = parse_module(text)
    except JsSyntaxError as error:
        return Module(None, problem=error.message, problem_line=error.line)
    return Module(root, tuple(find_refusals(root)))


def call_handler(
    machine: Machine, module: Module, handler: str, context: dict[str, Any]
) -> tuple[Data, str]:
    """Return what the handler returns, and how far it skips if it returns early: next or end."""
    if module.root is None:
        where = f"line {module.problem_line}: {module.problem}"
        raise Stopped(f"{machine.where} does not parse: {where}")
    for construct, line in module.refusals:
        raise Stopped(
            f"{machine.where} uses {construct} (line {line}), which APPSYNC_JS does not support"
        )
    scope = Scope(names={name: Namespace(name) for name in _NAMESPACES})
    statements = Statements(machine)
    exported = _load(machine, statements, module.root, scope)
    name = exported.get(handler)
    found = scope.names.get(name) if name else None
    if not isinstance(found, Closure):
        raise Stopped(f"{machine.where} exports no function `{handler}`")
    try:
        value = statements.expressions.call(found, [context])
    except EarlyReturnError as early:
        return without_undefined(machine, early.value), early.skips
    return (None if value is UNDEFINED else without_undefined(machine, value)), ""


def _load(machine: Machine, statements: Statements, root: Syntax, scope: Scope) -> dict[str, str]:
    """Run the top of a module; return the local names of what it exports."""
    exported: dict[str, str] = {}
    plain: list[Syntax] = []
    for node in root.children:
        if node.type == "import_statement":
            _import(machine, node, scope)
        elif node.type == "export_statement":
            declaration = node.fields.get("declaration")
            if declaration is not None:
                plain.append(declaration)
                exported.update({name: name for name in _declared(declaration)})
            else:
                exported.update(_listed(node))
        else:
            plain.append(node)
    statements.block(plain, scope)
    return exported


def _declared(node: Syntax) -> Iterator[str]:
    name = node.fields.get("name")
    if name is not None:
        yield name.text
    for child in node.children:
        if child.type == "variable_declarator":
            yield child.fields["name"].text


def _listed(node: Syntax) -> Iterator[tuple[str, str]]:
    """Yield what ``export { a, b as c }`` exports, by its outer name."""
    for clause in node.children:
        for specifier in clause.children:
            if specifier.type == "export_specifier":
                name = specifier.fields["name"].text
                alias = specifier.fields.get("alias")
                yield (alias.text if alias else name), name


def _import(machine: Machine, node: Syntax, scope: Scope) -> None:
    source = node.fields["source"].text.strip("'\"")
    if source != _UTILS and source not in MODULES:
        raise machine.lacks(f"the module `{source[:80]}`")
    for clause in node.children:
        if clause.type != "import_clause":
            continue
        for part in clause.children:
            if part.type == "namespace_import":
                scope.names[part.children[0].text] = _whole(machine, source)
            elif part.type == "named_imports":
                _import_names(machine, source, part, scope)
            else:
                raise machine.lacks(f"the default export of `{source}`")


def _whole(machine: Machine, source: str) -> Data:
    if source == _UTILS:
        return {name: Namespace(name) for name in _NAMESPACES}
    machine.step()
    return dict(MODULES[source])


def _import_names(machine: Machine, source: str, names: Syntax, scope: Scope) -> None:
    for specifier in names.children:
        name = specifier.fields["name"].text
        local = specifier.fields.get("alias", specifier.fields["name"]).text
        if source == _UTILS:
            if name in _NAMESPACES:
                scope.names[local] = Namespace(name)
            elif not name[:1].isupper():  # a type
                raise machine.lacks(f"`{name}` of `{source}`")
        elif name in MODULES[source]:
            scope.names[local] = MODULES[source][name]
        else:
            raise machine.lacks(f"`{name}` of `{source}`")
