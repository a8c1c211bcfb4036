"""Client documents → the operations in them, with the fragments that each needs.

In: files of client code. Out: ClientOperations, whose nodes know their places. Knows no schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdk_appsync_guard.appsync.client_files import (
    HOLE,
    Document,
    is_client_code,
    read_client_file,
)
from cdk_appsync_guard.appsync.definitions import OperationKind
from cdk_appsync_guard.appsync.operation_size import MOST_FIELDS, count_fields
from cdk_appsync_guard.errors import GuardError, InputError, Location
from cdk_appsync_guard.report import Notice
from cdk_appsync_guard.template.source.read import Place, SourceFile

__all__ = ["ClientOperation", "Clients", "read_clients"]

LARGEST_DOCUMENT = 1_000_000  # characters
MOST_TOKENS = 100_000


@dataclass(frozen=True, slots=True)
class ClientOperation:
    """An operation of client code. ``node`` and ``fragments`` are graphql-core's nodes.

    ``gaps`` are what code puts into it, or fragments that are nowhere to be found, each in words:
    then more may be selected than is known. ``is_too_much`` says that it, with the operations
    before it in its file, selects more fields than can be judged.
    """

    kind: OperationKind
    name: str | None
    file: str
    node: Any
    fragments: dict[str, Any]
    gaps: tuple[str, ...]
    is_too_much: bool = False

    @property
    def words(self) -> str:
        """``query ListPosts``."""
        return f"{self.kind} {self.name}" if self.name else f"{self.kind} without a name"


class Clients:
    """All client code that was given."""

    def __init__(self, documents: Sequence[Document], problems: Iterable[GuardError] = ()) -> None:
        self.problems: list[GuardError] = list(problems)
        self.notices: list[Notice] = []
        self._documents = tuple(documents)
        self._of_source: dict[int, tuple[Any, Document]] = {}
        self._fragments: dict[str, list[Any]] = {}
        self._sizes: dict[int, int] = {}
        self._fields_of_file: dict[str, int] = {}
        definitions = [node for one in self._documents for node in self._parse(one)]
        for node in definitions:
            if node.kind == "fragment_definition":
                self._fragments.setdefault(node.name.value, []).append(node)
        self.operations = tuple(
            self._operation(node) for node in definitions if node.kind == "operation_definition"
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process as text: parsing again is cheaper than nodes are."""
        return Clients, (self._documents,)

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """The files that hold an operation or a fragment, each once."""
        kept = {id(source): one.file for _, (source, one) in self._of_source.items()}
        return tuple(dict.fromkeys(kept.values()))

    def place(self, node: Any) -> Place:
        """Return where a node is written."""
        _, document = self._of_source[id(node.loc.source)]
        return document.file.at(document.start + node.loc.start)

    def _parse(self, document: Document) -> Iterator[Any]:
        """Yield the operations and fragments of a document; what is not GraphQL is a problem."""
        from graphql.error import GraphQLSyntaxError  # noqa: PLC0415 - 0.1 s that only a parse should cost
        from graphql.language import Source, parse  # noqa: PLC0415

        source = Source(document.text)
        if len(document.text) > LARGEST_DOCUMENT:
            self._refuse(document, 0, f"it has {len(document.text):,} characters")
            return
        try:
            definitions: Iterable[Any] = parse(source, max_tokens=MOST_TOKENS).definitions
        except GraphQLSyntaxError as error:
            self._refuse(document, next(iter(error.positions or ()), 0), error.description)
            return
        except RecursionError:
            self._refuse(document, 0, "it is nested too deeply")
            return
        found = [node for node in definitions if node.kind in _EXECUTABLE]
        if found:
            self._of_source[id(source)] = (source, document)
            yield from found

    def _refuse(self, document: Document, offset: int, why: str) -> None:
        """Note a document that cannot be read; SDL, no business of a client, is skipped."""
        if document.guessed or _is_sdl(document.text):
            return
        line, column = document.file.at(document.start + offset).inner or (1, 1)
        at = Location(document.file.name, line, column)
        if document.filled:
            message = "a document that code assembles cannot be read, and is not checked"
            self.notices.append(Notice(message, at))
            return
        if not is_client_code(document.file.name):
            why = "it is not GraphQL"  # it may be secret, so nothing of it is shown
        words = why.strip().rstrip(".").replace("\n", " ")
        message = f"the client document cannot be read: {words[:1].lower()}{words[1:]}"
        advice = "correct it, or leave the file out of `--operations`"
        self.problems.append(InputError(message, location=at, help=advice))

    def _operation(self, node: Any) -> ClientOperation:
        _, document = self._of_source[id(node.loc.source)]
        fragments: dict[str, Any] = {}
        gaps: dict[str, None] = {}
        waiting = [node]
        while waiting:
            for name, user in _spreads(waiting.pop(), gaps):
                if name in fragments or HOLE.search(name):
                    continue
                found = self._fragment(name, user)
                if found is None:
                    gaps[f"the fragment `{name}` is not in the documents given"] = None
                else:
                    fragments[name] = found
                    waiting.append(found)
        return ClientOperation(
            kind=node.operation.value,
            name=node.name.value if node.name and not HOLE.search(node.name.value) else None,
            file=document.file.name,
            node=node,
            fragments=fragments,
            gaps=tuple(gaps),
            is_too_much=self._is_too_much(node, document.file.name, fragments),
        )

    def _is_too_much(self, node: Any, file: str, fragments: dict[str, Any]) -> bool:
        total = self._fields_of_file.get(file, 0) + count_fields(node, fragments, self._sizes)
        is_too_much = total > MOST_FIELDS
        if not is_too_much:
            self._fields_of_file[file] = total
        return is_too_much

    def _fragment(self, name: str, user: Any) -> Any:
        """Return the fragment: the document's own first, then the file's, then the only one."""
        candidates = self._fragments.get(name, [])
        source = user.loc.source
        _, document = self._of_source[id(source)]
        for one in candidates:
            if one.loc.source is source:
                return one
        for one in candidates:
            if self._of_source[id(one.loc.source)][1].file is document.file:
                return one
        texts = {one.loc.source.body[one.loc.start : one.loc.end] for one in candidates}
        return candidates[0] if len(texts) == 1 else None


def read_clients(paths: Iterable[Path], problems: Iterable[GuardError] = ()) -> Clients:
    """Return what the files hold; one that cannot be read is a problem, and the others go on."""
    documents: list[Document] = []
    found = list(problems)
    for path in paths:
        try:
            documents += read_client_file(path)
        except GuardError as error:  # noqa: PERF203 - each file fails for itself
            found.append(error)
    return Clients(documents, found)


def _spreads(node: Any, gaps: dict[str, None]) -> Iterator[tuple[str, Any]]:
    """Yield the fragments that are spread in the node, and note what code fills in."""
    waiting = list(node.selection_set.selections)
    while waiting:
        one = waiting.pop()
        name = getattr(one, "name", None)
        if name is not None and HOLE.search(name.value):
            gaps["code fills in a part of it"] = None
        if one.kind == "fragment_spread":
            yield one.name.value, one
        elif one.selection_set is not None:
            waiting.extend(one.selection_set.selections)


def _is_sdl(text: str) -> bool:
    return _SDL.match(_COMMENT.sub("", text).lstrip()) is not None


_COMMENT = re.compile(r"#[^\n]*")
_SDL = re.compile(r'"|(?:type|extend|schema|input|interface|enum|union|scalar|directive)\b')
_EXECUTABLE = ("operation_definition", "fragment_definition")
