"""Plain SDL text → the nodes that graphql-core would make of it, or None.

graphql-core takes 0.15 s to import and 50 ms for 1,000 fields, which is most of a scan. This reads
usual SDL several times as fast; what is odd, wrong or large is left to it. A test compares the two.

In: text. Out: a document whose nodes have the attributes of graphql-core's that are read here:
https://graphql-core-3.readthedocs.io/en/latest/modules/language.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

__all__ = ["Node", "read_plain"]

_MOST_TOKENS = 200_000
_DEEPEST = 20

_TOKEN = re.compile(
    r"[ \t\r\n,\ufeff]*(?:\#[^\r\n]*[ \t\r\n,\ufeff]*)*(?:"  # what is ignored
    r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<mark>[!&()=@:|\[\]{}])"
    r'|(?P<block>"""(?:[^"\\]|"(?!"")|\\(?!"""))*""")'
    r'|(?P<string>"(?:[^"\\\r\n]|\\["\\/bfnrt])*"(?!"))'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_.]))"
    r"|(?P<end>\Z)"
    r"|(?P<odd>.))",
    re.DOTALL,
)
_KINDS = ("", *_TOKEN.groupindex)
_ODD_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LOCATIONS = frozenset(
    (
        *("QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD"),
        *("INLINE_FRAGMENT", "VARIABLE_DEFINITION", "SCHEMA", "SCALAR", "OBJECT"),
        *("FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INTERFACE", "UNION", "ENUM", "ENUM_VALUE"),
        *("INPUT_OBJECT", "INPUT_FIELD_DEFINITION"),
    )
)
_OPERATIONS = ("query", "mutation", "subscription")


class Node:
    """A node of the document; it is its own location, whose ``start`` is an offset."""

    __slots__ = (
        *("kind", "start", "name", "value", "type", "fields", "values", "types", "interfaces"),
        *("directives", "arguments", "default_value", "description", "definitions"),
        *("operation", "operation_types", "locations", "repeatable"),
    )
    name: Node
    value: Any
    type: Node
    fields: tuple[Node, ...]
    values: tuple[Node, ...]
    types: tuple[Node, ...]
    interfaces: tuple[Node, ...]
    directives: tuple[Node, ...]
    arguments: tuple[Node, ...]
    default_value: Node | None
    description: Node | None
    definitions: tuple[Node, ...]
    operation: Node
    operation_types: tuple[Node, ...]
    locations: tuple[Node, ...]
    repeatable: bool

    def __init__(self, kind: str, start: int) -> None:
        self.kind = kind
        self.start = start

    @property
    def loc(self) -> Node:
        """The node, as its own location."""
        return self


class _Odd(Exception):  # noqa: N818 - it is not an error: graphql-core takes over
    """The text is not plain."""


def read_plain(text: str) -> Node | None:
    """Return the document; None if the text is not plain SDL."""
    if _ODD_CHARACTERS.search(text):
        return None
    try:
        return _Reader(text).document()
    except _Odd:
        return None


class _Reader:
    """A cursor over the tokens: their kinds, texts and offsets."""

    def __init__(self, text: str) -> None:
        self.kinds: list[str] = []
        self.texts: list[str] = []
        self.starts: list[int] = []
        for match in _TOKEN.finditer(text):
            number = match.lastindex or 0
            self.kinds.append(_KINDS[number])
            self.texts.append(match[number])
            self.starts.append(match.start(number))
        if "odd" in self.kinds or self.kinds[0] == "end" or len(self.kinds) > _MOST_TOKENS:
            raise _Odd  # an empty document is an error
        self.at = 0

    def document(self) -> Node:
        definitions = []
        while self.kinds[self.at] != "end":
            definitions.append(self.definition())
        node = Node("document", 0)
        node.definitions = tuple(definitions)
        return node

    def definition(self) -> Node:
        start = self.starts[self.at]
        description = self.description()
        keyword = self.word()
        extends = keyword == "extend" and description is None
        if extends:
            keyword = self.word()
        read = _DEFINITIONS.get(keyword)
        if read is None:
            raise _Odd
        node = read(self, start)
        node.description = description
        if extends:
            _extend(node)
        elif node.kind == "schema_definition" and not node.operation_types:
            raise _Odd
        return node

    # Tokens

    def word(self) -> str:
        """Take a name."""
        at = self.at
        if self.kinds[at] != "name":
            raise _Odd
        self.at = at + 1
        return self.texts[at]

    def takes(self, text: str) -> bool:
        """Take a mark or a keyword if it comes next."""
        if self.texts[self.at] == text:
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if self.texts[self.at] != text:
            raise _Odd
        self.at += 1

    def several(self, opening: str, read: Callable[[], Node], closing: str) -> tuple[Node, ...]:
        """Take what stands in parentheses: nothing if they do not come next, else at least one."""
        if not self.takes(opening):
            return ()
        nodes = [read()]
        while not self.takes(closing):
            nodes.append(read())
        return tuple(nodes)

    # Parts

    def name(self) -> Node:
        at = self.at
        if self.kinds[at] != "name":
            raise _Odd
        self.at = at + 1
        node = Node("name", self.starts[at])
        node.value = self.texts[at]
        return node

    def description(self) -> Node | None:
        at = self.at
        if self.kinds[at] not in ("string", "block"):
            return None
        self.at = at + 1
        return Node("string_value", self.starts[at])

    def named_type(self) -> Node:
        name = self.name()
        node = Node("named_type", name.start)
        node.name = name
        return node

    def reference(self, depth: int = 0) -> Node:
        start = self.starts[self.at]
        if self.takes("["):
            if depth > _DEEPEST:
                raise _Odd
            node = Node("list_type", start)
            node.type = self.reference(depth + 1)
            self.expect("]")
        else:
            node = self.named_type()
        if not self.takes("!"):
            return node
        non_null = Node("non_null_type", start)
        non_null.type = node
        return non_null

    def directives(self) -> tuple[Node, ...]:
        uses = []
        while self.texts[self.at] == "@":
            node = Node("directive", self.starts[self.at])
            self.at += 1
            node.name = self.name()
            node.arguments = self.several("(", partial(self.assigned, "argument"), ")")
            uses.append(node)
        return tuple(uses)

    def assigned(self, kind: str, depth: int = 0) -> Node:
        """Take ``name: value``."""
        node = Node(kind, self.starts[self.at])
        node.name = self.name()
        self.expect(":")
        node.value = self.constant(depth)
        return node

    def constant(self, depth: int = 0) -> Node:
        at = self.at
        if depth > _DEEPEST:
            raise _Odd
        if self.kinds[at] == "mark":
            return self.composed(depth)
        self.at = at + 1
        kind, text = self.kinds[at], self.texts[at]
        node = Node("", self.starts[at])
        if kind == "string" and "\\" not in text:
            node.kind, node.value = "string_value", text[1:-1]
        elif kind == "number":
            node.kind = "int_value" if text.lstrip("-").isdecimal() else "float_value"
            node.value = text
        elif kind != "name":
            raise _Odd
        elif text in ("true", "false"):
            node.kind, node.value = "boolean_value", text == "true"
        elif text == "null":
            node.kind = "null_value"
        else:
            node.kind, node.value = "enum_value", text
        return node

    def composed(self, depth: int) -> Node:
        """Take a list or an object."""
        start = self.starts[self.at]
        found = []
        if self.takes("["):
            node = Node("list_value", start)
            while not self.takes("]"):
                found.append(self.constant(depth + 1))
            node.values = tuple(found)
            return node
        self.expect("{")
        node = Node("object_value", start)
        while not self.takes("}"):
            found.append(self.assigned("object_field", depth + 1))
        node.fields = tuple(found)
        return node

    def interfaces(self) -> tuple[Node, ...]:
        return self.separated("&") if self.takes("implements") else ()

    def separated(self, mark: str) -> tuple[Node, ...]:
        self.takes(mark)
        found = [self.named_type()]
        while self.takes(mark):
            found.append(self.named_type())
        return tuple(found)

    def field(self) -> Node:
        node = Node("field_definition", self.starts[self.at])
        node.description = self.description()
        node.name = self.name()
        node.arguments = self.several("(", self.input_value, ")")
        self.expect(":")
        node.type = self.reference()
        node.directives = self.directives()
        return node

    def input_value(self) -> Node:
        node = Node("input_value_definition", self.starts[self.at])
        node.description = self.description()
        node.name = self.name()
        self.expect(":")
        node.type = self.reference()
        node.default_value = self.constant() if self.takes("=") else None
        node.directives = self.directives()
        return node

    def enum_value(self) -> Node:
        node = Node("enum_value_definition", self.starts[self.at])
        node.description = self.description()
        node.name = self.name()
        if node.name.value in ("true", "false", "null"):
            raise _Odd
        node.directives = self.directives()
        return node

    def operation_type(self) -> Node:
        node = Node("operation_type_definition", self.starts[self.at])
        node.operation = self.name()
        if node.operation.value not in _OPERATIONS:
            raise _Odd
        self.expect(":")
        node.type = self.named_type()
        return node

    # Definitions

    def schema(self, start: int) -> Node:
        node = Node("schema_definition", start)
        node.directives = self.directives()
        node.operation_types = self.several("{", self.operation_type, "}")
        return node

    def scalar(self, start: int) -> Node:
        return self.named("scalar_type_definition", start)

    def named(self, kind: str, start: int) -> Node:
        """Take the name and the directives of a type."""
        node = Node(kind, start)
        node.name = self.name()
        node.directives = self.directives()
        return node

    def object(self, start: int) -> Node:
        return self.with_fields("object_type_definition", start)

    def interface(self, start: int) -> Node:
        return self.with_fields("interface_type_definition", start)

    def with_fields(self, kind: str, start: int) -> Node:
        node = Node(kind, start)
        node.name = self.name()
        node.interfaces = self.interfaces()
        node.directives = self.directives()
        node.fields = self.several("{", self.field, "}")
        return node

    def union(self, start: int) -> Node:
        node = self.named("union_type_definition", start)
        node.types = self.separated("|") if self.takes("=") else ()
        return node

    def enum(self, start: int) -> Node:
        node = self.named("enum_type_definition", start)
        node.values = self.several("{", self.enum_value, "}")
        return node

    def input(self, start: int) -> Node:
        node = self.named("input_object_type_definition", start)
        node.fields = self.several("{", self.input_value, "}")
        return node

    def directive(self, start: int) -> Node:
        self.expect("@")
        node = Node("directive_definition", start)
        node.name = self.name()
        node.arguments = self.several("(", self.input_value, ")")
        node.repeatable = self.takes("repeatable")
        self.expect("on")
        self.takes("|")
        locations = [self.location()]
        while self.takes("|"):
            locations.append(self.location())
        node.locations = tuple(locations)
        return node

    def location(self) -> Node:
        name = self.name()
        if name.value not in _LOCATIONS:
            raise _Odd
        return name


def _extend(node: Node) -> None:
    """Make an extension of a definition. One that adds nothing is refused by graphql-core."""
    parts = ("directives", "fields", "values", "types", "interfaces", "operation_types")
    if node.kind == "directive_definition" or not any(getattr(node, one, ()) for one in parts):
        raise _Odd
    node.kind = node.kind.replace("_definition", "_extension")


_DEFINITIONS: dict[str, Callable[[_Reader, int], Node]] = {
    "schema": _Reader.schema,
    "scalar": _Reader.scalar,
    "type": _Reader.object,
    "interface": _Reader.interface,
    "union": _Reader.union,
    "enum": _Reader.enum,
    "input": _Reader.input,
    "directive": _Reader.directive,
}
