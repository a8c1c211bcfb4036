"""JavaScript or TypeScript source → an Outline. tree-sitter reads it; nothing is run.

https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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

__all__ = ["outline_javascript"]

_DEEPEST = 300
_FUNCTIONS = (
    "function_declaration",
    "function_expression",
    "function",
    "arrow_function",
    "generator_function_declaration",
    "method_definition",
)
_LOGS = ("console", "logger", "log")
_DECODES = ("verify", "decode", "jwtVerify", "jwtDecode", "jwt_decode", "decodeJwt")
_TOKEN = "authorizationToken"  # noqa: S105 - the name of a member
_TRANSPARENT = (
    "parenthesized_expression",
    "await_expression",
    "as_expression",
    "satisfies_expression",
    "non_null_expression",
)
_HARMLESS = (
    "callback",
    "cb",
    "context.succeed",
    "context.done",
    "JSON.stringify",
    "Promise.resolve",
    "Object.assign",
)
_CONSTANTS = {"true": True, "false": False, "null": None, "undefined": None}


def outline_javascript(text: str, *, typescript: bool = False) -> Outline | None:
    """Return the outline, None if the source does not parse."""
    from tree_sitter import Language, Parser  # noqa: PLC0415 - only where there is such code

    if typescript:
        import tree_sitter_typescript  # noqa: PLC0415 - see above

        language = Language(tree_sitter_typescript.language_typescript())
    else:
        import tree_sitter_javascript  # noqa: PLC0415 - see above

        language = Language(tree_sitter_javascript.language())
    root = Parser(language).parse(text.encode()).root_node
    if root.has_error:
        return None
    reader = _Reader()
    try:
        reader.read(root, reader.outline.module, 0)
    except RecursionError:
        return None
    return reader.outline


def _text(node: Any) -> str:
    return node.text.decode("utf-8", "replace") if node is not None and node.text else ""


class _Reader:
    def __init__(self) -> None:
        self.outline = Outline()
        self._raw: set[str] = set()

    def read(self, node: Any, function: Function, depth: int) -> None:
        if depth > _DEEPEST:
            raise RecursionError
        handle: Callable[[Any, Function, int], bool] | None = {
            "return_statement": self._return,
            "throw_statement": self._throw,
            "variable_declarator": self._declare,
            "assignment_expression": self._assign,
            "call_expression": self._called,
        }.get(node.type)
        if node.type in _FUNCTIONS:
            self._function(node, _text(node.child_by_field_name("name")), depth)
            return
        if handle is not None and not handle(node, function, depth):
            return
        self._mention(node)
        for child in node.named_children:
            self.read(child, function, depth + 1)

    def _function(self, node: Any, name: str, depth: int) -> None:
        inner = self.outline.functions.setdefault(name, Function()) if name else Function()
        body = node.child_by_field_name("body")
        if body is None:
            return
        if body.type != "statement_block":
            inner.returns.append((self._value(body), body.start_point[0] + 1))
        self.read(body, inner, depth + 1)

    def _return(self, node: Any, function: Function, depth: int) -> bool:  # noqa: ARG002
        value = node.named_children[0] if node.named_children else None
        found = Constant(None) if value is None else self._value(value)
        function.returns.append((found, node.start_point[0] + 1))
        return True

    def _throw(self, node: Any, function: Function, depth: int) -> bool:  # noqa: ARG002
        function.throws = True
        return True

    def _declare(self, node: Any, function: Function, depth: int) -> bool:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if value is None:
            return True
        if value.type in _FUNCTIONS:
            self._function(value, _text(name), depth)
            return False
        found = self._value(value)
        function.assigned.setdefault(_text(name), []).append(found)
        if isinstance(found, Reference):
            self.outline.passed.add(found.name)
        destructured = name.type == "object_pattern" and _TOKEN in _text(name)
        if destructured or _is_token(value):
            self._raw.add(_TOKEN if destructured else _text(name))
        return True

    def _assign(self, node: Any, function: Function, depth: int) -> bool:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        target = _text(left)
        if right.type in _FUNCTIONS:
            self._function(right, target.rpartition(".")[2], depth)
            return False
        value = self._value(right)
        if isinstance(value, Reference):
            self.outline.passed.add(value.name)
        if left.type == "identifier":
            function.assigned.setdefault(target, []).append(value)
        elif target == "module.exports" and isinstance(value, Members):
            self.outline.exports |= {key: one for key, one in value.pairs if key}
        elif target.startswith(("exports.", "module.exports.")):
            self.outline.exports[target.rpartition(".")[2]] = value
        elif left.type in ("member_expression", "subscript_expression"):
            name = _text(left.child_by_field_name("object"))
            function.members.setdefault(name, []).append((_member(left), value))
        return True

    def _called(self, node: Any, function: Function, depth: int) -> bool:
        """Note what a callback returns, and what decodes the token as it arrives."""
        called = _text(node.child_by_field_name("function"))
        arguments = _arguments(node)
        if called.partition(".")[0] in _LOGS:
            return False
        self.outline.calls.add(called.rpartition(".")[2])
        if called not in _HARMLESS:
            names = (_text(one) for one in arguments if one.type == "identifier")
            self.outline.passed.update(names)
        if called in ("callback", "cb", "context.succeed", "context.done") and arguments:
            function.returns.append((self._value(arguments[-1]), node.start_point[0] + 1))
        if called.rpartition(".")[2] in ("push", "concat") and "." in called:
            name = called.rpartition(".")[0]
            function.members.setdefault(name, []).append((None, Constant(OPEN)))
        if called == "Object.assign" and arguments and arguments[0].type == "identifier":
            members = function.members.setdefault(_text(arguments[0]), [])
            for one in arguments[1:]:
                value = self._value(one)
                members += value.pairs if isinstance(value, Members) else [(None, Constant(OPEN))]
        if called.rpartition(".")[2] in _DECODES and arguments:
            first = arguments[0]
            if _is_token(first) or _text(first) in self._raw:
                line = node.start_point[0] + 1
                self.outline.verifies_raw_token = self.outline.verifies_raw_token or line
        return depth < _DEEPEST

    def _mention(self, node: Any) -> None:
        if node.type in ("property_identifier", "shorthand_property_identifier_pattern"):
            self.outline.mentions.add(_text(node))
        elif node.type in ("string_fragment", "template_string", "regex_pattern"):
            self.outline.texts.add(_text(node).lower())
            self.outline.mentions.add(_text(node))

    def _value(self, node: Any) -> Expression:  # noqa: C901 - one branch for each kind of expression
        if node.type in _TRANSPARENT and node.named_children:
            return self._value(node.named_children[0])
        if node.type in _CONSTANTS:
            return Constant(_CONSTANTS[node.type])
        if node.type in ("number", "unary_expression"):
            return Constant(_number(_text(node)))
        if node.type == "string":
            return Constant(_text(node)[1:-1])
        if node.type == "template_string" and "${" not in _text(node):
            return Constant(_text(node)[1:-1])
        if node.type == "object":
            return self._object(node)
        if node.type == "array":
            return Items(tuple(map(self._value, node.named_children)))
        if node.type == "identifier":
            return Reference(_text(node))
        if node.type == "ternary_expression":
            arms = [node.child_by_field_name(name) for name in ("consequence", "alternative")]
            return Choice(tuple(map(self._value, arms)))
        if node.type == "call_expression":
            return self._call(node)
        return Constant(OPEN)

    def _object(self, node: Any) -> Members:
        pairs: list[tuple[str | None, Expression]] = []
        for child in node.named_children:
            if child.type == "pair":
                value = child.child_by_field_name("value")
                pairs.append((_key(child.child_by_field_name("key")), self._value(value)))
            elif child.type == "shorthand_property_identifier":
                pairs.append((_text(child), Reference(_text(child))))
            elif child.type == "spread_element":
                inner = self._value(child.named_children[0])
                pairs += inner.pairs if isinstance(inner, Members) else [(None, inner)]
            elif child.type != "comment":
                pairs.append((None, Constant(OPEN)))
        return Members(tuple(pairs), node.start_point[0] + 1)

    def _call(self, node: Any) -> Expression:
        called = node.child_by_field_name("function")
        arguments = _arguments(node)
        if _text(called) == "Promise.resolve" and arguments:
            return self._value(arguments[0])
        if called.type == "identifier":
            line = node.start_point[0] + 1
            return Call(_text(called), tuple(map(self._value, arguments)), (), line)
        return Unread(_text(called)[:60])


def _arguments(node: Any) -> list[Any]:
    listed = node.child_by_field_name("arguments")
    return [one for one in listed.named_children if one.type != "comment"] if listed else []


def _key(node: Any) -> str | None:
    if node.type == "property_identifier":
        return _text(node)
    return _text(node)[1:-1] if node.type == "string" else None


def _member(node: Any) -> str | None:
    if node.type == "member_expression":
        return _text(node.child_by_field_name("property"))
    index = node.child_by_field_name("index")
    return _text(index)[1:-1] if index is not None and index.type == "string" else None


def _is_token(node: Any) -> bool:
    """Return whether the expression is the token as it arrives."""
    if node.type in _TRANSPARENT and node.named_children:
        return _is_token(node.named_children[0])
    return node.type in ("member_expression", "subscript_expression") and _member(node) == _TOKEN


def _number(text: str) -> Any:
    try:
        return int(text) if text.lstrip("-").isdecimal() else float(text)
    except ValueError:
        return OPEN
