"""YAML text → plain data, CloudFormation's short forms made long, and the offsets of its members.

In: text. Out: the data and where its members stand, or InputError. Aliases and merge keys are
replaced by what they stand for; keys are strings, as they are written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeAlias

import yaml

from cdk_appsync_guard.errors import InputError, Location
from cdk_appsync_guard.template.source.json_source import MAX_DEPTH, too_deep
from cdk_appsync_guard.template.source.positions import (
    Lines,
    RepeatedKey,
    Spot,
    WrittenString,
    clip,
)
from cdk_appsync_guard.template.source.yaml_scalars import (
    COLLECTION_TAGS,
    PLAIN_TAGS,
    SHORT_FORMS,
    STRING_TAGS,
    read_plain,
)

__all__ = ["MAX_NODES", "YamlPositions", "parse_yaml"]

MAX_NODES = 1_000_000
"""How many values a document may hold once every alias is replaced by what it stands for."""

_ADVICE = "correct the line, or write the template as JSON"
_MAX_DIRECTIVES = 100
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PROPERTIES = re.compile(r"(?:[!&]\S*\s+)*")

_Scalar: TypeAlias = "tuple[int, int, str, str]"
"""Start (of tag and anchor, if any), end, the style's character, and the value."""
_Written: TypeAlias = "_Scalar | _Branch"


@dataclass(slots=True)
class _Branch:
    """Where the members of a mapping or list stand: key or index → offset and what is there."""

    offset: int
    members: dict[str | int, tuple[int, _Written]] = field(default_factory=dict)


@dataclass(slots=True)
class _Node:
    """A value that was read, where, and how many values and levels it is with all it holds."""

    value: Any
    written: _Written
    size: int = 1
    height: int = 0


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end is still to come. ``key`` is None where a key comes next."""

    value: Any
    branch: _Branch
    tag: str | None
    anchor: str | None
    key: str | None = None
    key_offset: int = 0
    is_merge: bool = False
    merged: list[_Node] = field(default_factory=list)
    size: int = 1
    height: int = 1

    @property
    def awaits_key(self) -> bool:
        return self.key is None and type(self.value) is dict


class YamlPositions:
    """Where the members of a YAML document stand."""

    def __init__(self, text: str, root: _Written, repeated: tuple[RepeatedKey, ...] = ()) -> None:
        self.repeated = repeated
        self._text = text
        self._root = root

    def find(self, path: tuple[str | int, ...]) -> Spot:
        """Return the spot at the end of *path*, or as far as it exists."""
        written = self._root
        offset = _offset_of(written)
        for step in path:
            entry = written.members.get(step) if isinstance(written, _Branch) else None
            if entry is None:
                return Spot(offset)
            offset, written = entry
        return Spot(offset, None if isinstance(written, _Branch) else self._string(written))

    def _string(self, written: _Scalar) -> WrittenString:
        start, end, style, value = written
        return WrittenString(_skip_properties(self._text, start), end, style, value)


def _offset_of(written: _Written) -> int:
    return written.offset if isinstance(written, _Branch) else written[0]


def _skip_properties(text: str, start: int) -> int:
    match = _PROPERTIES.match(text, start)
    return match.end() if match else start


def parse_yaml(name: str, text: str) -> tuple[Any, YamlPositions]:
    """Return the data, None if the document is empty, and the positions of its members."""
    composer = _Composer(name, text)
    # libyaml compares each of them with all before it; no template has even one.
    if text.count("\n%TAG") > _MAX_DIRECTIVES:
        composer.refuse("the file has too many `%TAG` directives", text.find("\n%TAG") + 1)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        composer.refuse_syntax(error)
    except yaml.reader.ReaderError as error:
        character = error.character if isinstance(error.character, int) else 0
        composer.refuse(
            "the file is not valid YAML: it holds a control character",
            max(text.find(chr(character)), 0),
        )
    except UnicodeDecodeError:
        composer.refuse("the file is not valid YAML: a tag is not UTF-8", max(text.find("!<"), 0))
    root = composer.root or _Node(None, (0, 0, "", ""))
    return root.value, YamlPositions(text, root.written, tuple(composer.repeated))


class _Composer:
    """Builds the value of a document from its events, without recursion."""

    def __init__(self, name: str, text: str) -> None:
        self.root: _Node | None = None
        self.repeated: list[RepeatedKey] = []
        self._name = name
        self._text = text
        self._open: list[_Open] = []
        self._anchors: dict[str, _Node | None] = {}

    def refuse(self, message: str, offset: int, help: str = _ADVICE) -> NoReturn:
        """Raise InputError with the place of *offset*."""
        line, column = Lines(self._text).place(min(offset, len(self._text)))
        raise InputError(message, location=Location(self._name, line, column), help=help)

    def refuse_syntax(self, error: yaml.MarkedYAMLError) -> NoReturn:
        """Raise InputError for what the parser refused."""
        mark = error.problem_mark or error.context_mark
        offset = mark.index if mark else 0
        # libyaml looks ahead and may count levels itself. Ours are fewer, and end before its own.
        if error.problem and "nesting" in error.problem:
            parse_yaml(self._name, self._text[:offset])
            raise too_deep(self._name, self._text, min(offset, len(self._text)))
        problem = clip(error.problem or error.context or "the text is not valid")
        self.refuse(f"the file is not valid YAML: {problem}", offset)

    def take(self, event: Any) -> None:
        """Add what the event says to the value."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            if self._open and self._open[-1].awaits_key:
                self._take_key(event)
            else:
                self._add(self._read_scalar(event), event.anchor)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._take_start(event, {} if kind is yaml.MappingStartEvent else [])
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._take_end()
        elif kind is yaml.AliasEvent:
            self._take_alias(event)
        elif kind is yaml.DocumentStartEvent and self.root:
            self.refuse(
                "the file holds more than one YAML document",
                event.start_mark.index,
                help="keep one document, without a line `---` after it",
            )

    def _read_scalar(self, event: Any) -> _Node:
        start = event.start_mark.index
        tag = event.tag
        written = (start, event.end_mark.index, event.style or "", event.value)
        if tag is None:
            return _Node(read_plain(event.value) if event.implicit[0] else event.value, written)
        if tag in SHORT_FORMS:
            is_pair = tag == "!GetAtt"
            return _lengthen(tag, self._split(written) if is_pair else _Node(event.value, written))
        if tag in STRING_TAGS:
            return _Node(event.value, written)
        if tag not in PLAIN_TAGS:
            self._refuse_tag(tag, start)
        return _Node(read_plain(event.value), written)

    def _split(self, written: _Scalar) -> _Node:
        # `!GetAtt Nested.Outputs.Url`: only the first dot separates.
        start, end, style, value = written
        first, dot, rest = value.partition(".")
        begin = _skip_properties(self._text, start) + (style in ('"', "'"))
        branch = _Branch(start, {0: (begin, (begin, begin + len(first), "", first))})
        if not dot:
            return _Node([first], branch, size=2, height=1)
        after = min(begin + len(first) + 1, end)
        branch.members[1] = (after, (after, end, "", rest))
        return _Node([first, rest], branch, size=3, height=1)

    def _take_key(self, event: Any) -> None:
        start = event.start_mark.index
        if event.tag is not None and event.tag not in STRING_TAGS:
            self._refuse_key(start)
        if event.anchor:
            written = (start, event.end_mark.index, event.style or "", event.value)
            self._anchors[event.anchor] = _Node(event.value, written)
        self._open_key(event.value, start, is_merge=event.value == "<<" and event.implicit[0])

    def _open_key(self, key: str, offset: int, *, is_merge: bool = False) -> None:
        parent = self._open[-1]
        if key in parent.value and not is_merge:
            before = parent.branch.members[key][0]
            self.repeated.append(RepeatedKey(key, before, offset))
        parent.key, parent.key_offset, parent.is_merge = key, offset, is_merge

    def _take_start(self, event: Any, value: Any) -> None:
        start = event.start_mark.index
        if self._open and self._open[-1].awaits_key:
            self._refuse_key(start)
        tag = None if event.tag in COLLECTION_TAGS else event.tag
        if tag is not None and tag not in SHORT_FORMS:
            self._refuse_tag(tag, start)
        if len(self._open) >= MAX_DEPTH:
            raise too_deep(self._name, self._text, start)
        if event.anchor:
            self._anchors[event.anchor] = None
        self._open.append(_Open(value, _Branch(start), tag, event.anchor))

    def _take_end(self) -> None:
        done = self._open.pop()
        for source in done.merged:
            self._merge(done, source)
        node = _Node(done.value, done.branch, done.size, done.height)
        self._add(_lengthen(done.tag, node) if done.tag else node, done.anchor)

    def _merge(self, target: _Open, source: _Node) -> None:
        branch = source.written
        values = source.value if isinstance(source.value, list) else [source.value]
        for index, value in enumerate(values):
            written: Any = branch
            if isinstance(source.value, list) and isinstance(branch, _Branch):
                written = branch.members[index][1]
            if not isinstance(value, dict) or not isinstance(written, _Branch):
                self.refuse("the merge key `<<` needs a mapping", _offset_of(branch))
            for key in value:
                if key not in target.value:
                    target.value[key] = value[key]
                    target.branch.members[key] = written.members[key]

    def _take_alias(self, event: Any) -> None:
        start = event.start_mark.index
        if event.anchor not in self._anchors:
            self.refuse(f"the anchor `{clip(event.anchor)}` is not defined", start)
        node = self._anchors[event.anchor]
        if node is None:
            self.refuse(f"the anchor `{clip(event.anchor)}` contains itself", start)
        if not self._open or not self._open[-1].awaits_key:
            self._add(node, None, start)
        elif isinstance(node.written, tuple):
            self._open_key(node.written[3], start)
        else:
            self._refuse_key(start)

    def _add(self, node: _Node, anchor: str | None, offset: int | None = None) -> None:
        if anchor:
            self._anchors[anchor] = node
        offset = _offset_of(node.written) if offset is None else offset
        if len(self._open) + node.height > MAX_DEPTH:
            raise too_deep(self._name, self._text, offset)
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        parent.size += node.size
        if parent.size > MAX_NODES:
            self.refuse(
                f"the file expands to more than {MAX_NODES:,} values",
                offset,
                help="use fewer aliases, or split the file",
            )
        parent.height = max(parent.height, node.height + 1)
        if type(parent.value) is list:
            parent.branch.members[len(parent.value)] = (offset, node.written)
            parent.value.append(node.value)
            return
        if parent.is_merge:
            parent.merged.append(node)
        elif parent.key is not None:
            parent.branch.members[parent.key] = (parent.key_offset, node.written)
            parent.value[parent.key] = node.value
        parent.key, parent.is_merge = None, False

    def _refuse_tag(self, tag: str, offset: int) -> NoReturn:
        self.refuse(
            f"`{clip(tag)}` is not a short form that CloudFormation supports",
            offset,
            help="short forms are `!Ref`, `!Condition` and `!` before a function's name: `!Sub`",
        )

    def _refuse_key(self, offset: int) -> NoReturn:
        self.refuse("the key of a mapping must be a plain string", offset)


def _lengthen(tag: str, node: _Node) -> _Node:
    name = SHORT_FORMS[tag]
    offset = _offset_of(node.written)
    branch = _Branch(offset, {name: (offset, node.written)})
    return _Node({name: node.value}, branch, node.size + 1, node.height + 1)
