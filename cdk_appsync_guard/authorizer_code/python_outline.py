"""Python source → an Outline. The compiler's own parser reads it; nothing is run.

https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
"""

from __future__ import annotations

import ast
import warnings

from cdk_appsync_guard.authorizer_code.outline import (
    OPEN,
    Call,
    Choice,
    Constant,
    Expression,
    Function,
    Items,
    Members,
    Outline,
    Reference,
    Unread,
)

__all__ = ["outline_python"]

_LOGS = ("print", "log", "logger", "logging", "pprint")
_DECODES = ("decode", "verify", "get_unverified_claims", "get_unverified_header", "decode_complete")
_TOKEN = "authorizationToken"  # noqa: S105 - the name of a member
_PARAMETERS_OF_POWERTOOLS = {
    "authorize": "isAuthorized",
    "deny_fields": "deniedFields",
    "resolver_context": "resolverContext",
    "max_age": "ttlOverride",
}


def outline_python(text: str) -> Outline | None:
    """Return the outline, None if the source does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        reader = _Reader()
        reader.read_block(tree.body, reader.outline.module)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return reader.outline


class _Reader:
    def __init__(self) -> None:
        self.outline = Outline()
        self._raw: set[str] = set()

    def read_block(self, body: list[ast.stmt], function: Function) -> None:
        for statement in body:
            self._statement(statement, function)

    def _statement(self, node: ast.stmt, function: Function) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inner = self.outline.functions.setdefault(node.name, Function())
            self.read_block(node.body, inner)
            return
        self._note(node, function)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self._mentions(child)
            elif isinstance(child, ast.stmt):
                self._statement(child, function)
            elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
                self.read_block(child.body, function)
            elif isinstance(child, ast.withitem):
                self._mentions(child.context_expr)

    def _note(self, node: ast.stmt, function: Function) -> None:
        if isinstance(node, ast.Return):
            value = Constant(None) if node.value is None else self._value(node.value)
            function.returns.append((value, node.lineno))
        elif isinstance(node, ast.Raise):
            function.throws = True
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            self._assign(node, function)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            self.outline.passed.add(node.target.id)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            self._update(node.value, function)

    def _assign(self, node: ast.Assign | ast.AnnAssign, function: Function) -> None:
        if node.value is None:
            return
        value = self._value(node.value)
        if isinstance(value, Reference):
            self.outline.passed.add(value.name)
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                function.assigned.setdefault(target.id, []).append(value)
                if _is_token(node.value):
                    self._raw.add(target.id)
            elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                key = target.slice.value if isinstance(target.slice, ast.Constant) else None
                named = key if isinstance(key, str) else None
                function.members.setdefault(target.value.id, []).append((named, value))

    def _update(self, call: ast.Call, function: Function) -> None:
        target = call.func
        if not (isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)):
            return
        members = function.members.setdefault(target.value.id, [])
        if target.attr in ("update", "setdefault"):
            for argument in call.args[:1]:
                value = self._value(argument)
                members += value.pairs if isinstance(value, Members) else [(None, Constant(OPEN))]
        elif target.attr in ("append", "extend"):
            members.append((None, Constant(OPEN)))

    def _value(self, node: ast.expr) -> Expression:
        if isinstance(node, ast.Constant):
            return Constant(node.value)
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            return Members(
                tuple((_key(key), self._value(value)) for key, value in pairs), node.lineno
            )
        if isinstance(node, (ast.List, ast.Tuple)):
            return Items(tuple(map(self._value, node.elts)))
        if isinstance(node, ast.Name):
            return Reference(node.id)
        if isinstance(node, ast.IfExp):
            return Choice((self._value(node.body), self._value(node.orelse)))
        if isinstance(node, ast.Await):
            return self._value(node.value)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            number = getattr(node.operand, "value", None)
            is_number = isinstance(number, (int, float))
            return Constant(-number if is_number and number is not None else OPEN)
        return Constant(OPEN)

    def _call(self, node: ast.Call) -> Expression:
        name = ast.unparse(node.func).rpartition(".")[2]
        inner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if name == "asdict" and isinstance(inner, (ast.Call, ast.Name)):
            return self._value(inner)
        named = tuple((one.arg, self._value(one.value)) for one in node.keywords)
        if name == "dict" and not node.args:
            return Members(named, node.lineno)
        if name == "AppSyncAuthorizerResponse":
            return _of_powertools(named, node)
        if isinstance(node.func, ast.Name):
            return Call(name, tuple(map(self._value, node.args)), named, node.lineno)
        return Unread(ast.unparse(node.func)[:60])

    def _mentions(self, node: ast.expr) -> None:
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.partition(".")[0].lower() in _LOGS:
                return
            self.outline.calls.add(called.rpartition(".")[2])
            if called != "json.dumps":
                names = (one.id for one in node.args if isinstance(one, ast.Name))
                self.outline.passed.update(names)
            decodes = called.rpartition(".")[2] in _DECODES and "base64" not in called
            first = node.args[0] if node.args else None
            if decodes and first is not None and (_is_token(first) or self._is_raw(first)):
                self.outline.verifies_raw_token = self.outline.verifies_raw_token or node.lineno
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.outline.texts.add(node.value.lower())
            self.outline.mentions.add(node.value)
        elif isinstance(node, ast.Attribute):
            self.outline.mentions.add(node.attr)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self._mentions(child)
            elif isinstance(child, ast.keyword):
                self._mentions(child.value)

    def _is_raw(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self._raw


def _of_powertools(named: tuple[tuple[str | None, Expression], ...], node: ast.Call) -> Members:
    """Return what the class of Powertools for AWS Lambda writes.

    https://docs.aws.amazon.com/powertools/python/latest/utilities/data_classes/#appsync-authorizer
    """
    pairs = [(_PARAMETERS_OF_POWERTOOLS.get(name or "", name), value) for name, value in named]
    if not any(name == "isAuthorized" for name, _ in pairs):
        pairs.append(("isAuthorized", Constant(OPEN if node.args else False)))
    return Members(tuple(pairs), node.lineno)


def _key(node: ast.expr | None) -> str | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None


def _is_token(node: ast.expr) -> bool:
    """Return whether the expression is the token as it arrives."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value == _TOKEN
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        first = node.args[0] if node.args else None
        named = isinstance(first, ast.Constant) and first.value == _TOKEN
        return node.func.attr == "get" and named
    return isinstance(node, ast.Attribute) and node.attr == "authorization_token"
