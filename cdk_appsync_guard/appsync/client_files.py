"""Patterns → files of client code, and the GraphQL documents in them.

In: files, folders and globs. Out: Documents, each as long as what it stands for in its file, so
that an offset in one is an offset in the other. Does not parse GraphQL.

In JavaScript and TypeScript a document is a template literal: tagged ``gql`` or ``graphql``, passed
to a function of that name, marked ``/* GraphQL */``, or one that starts as only GraphQL does. Its
``${...}`` become spaces where a fragment may stand, and a name that no one has elsewhere.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cdk_appsync_guard.errors import GuardError, InputError, Location
from cdk_appsync_guard.template.inputs.files import (
    Fence,
    fence_around,
    is_folder,
    read_regular_file,
)
from cdk_appsync_guard.template.inputs.glob import WILDCARDS, Glob
from cdk_appsync_guard.template.source.positions import Lines
from cdk_appsync_guard.template.source.read import Place, SourceFile, read_text

__all__ = [
    "HOLE",
    "ClientFile",
    "Document",
    "find_client_files",
    "is_client_code",
    "read_client_file",
]

MOST_FILES = 20_000
_GRAPHQL = (".graphql", ".gql", ".graphqls")
_CODE = (".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte")
_ENDINGS = (*_GRAPHQL, *_CODE)
_NOT_ENTERED = re.compile(r"node_modules|__pycache__|cdk\.out|dist|build|\..*")

HOLE = re.compile(r"__0+")
"""What stands in the name of something that code fills in."""


class ClientFile(SourceFile):
    """A file of client code."""

    def at(self, offset: int) -> Place:
        """Return the place of a character."""
        return Place(self, (), self._places.place(offset))

    @cached_property
    def _places(self) -> Lines:
        return Lines(self.text)


@dataclass(frozen=True, slots=True)
class Document:
    """GraphQL text that starts at an offset of a file.

    ``filled`` says that code fills in a part of it; ``guessed``, that it only looks like GraphQL.
    """

    file: ClientFile
    start: int
    text: str
    filled: bool = False
    guessed: bool = False


def find_client_files(patterns: Sequence[str]) -> tuple[list[Path], list[GuardError]]:
    """Return the files that the patterns mean, sorted, and the errors of those that mean none."""
    found: dict[str, Path] = {}
    problems: list[GuardError] = []
    for pattern in patterns:
        paths = list(_find(pattern, problems))
        if not paths:
            problems.append(_no_file(pattern))
        found.update((path.as_posix(), path) for path in paths)
        if len(found) > MOST_FILES:
            problems.append(
                InputError(
                    f"`{pattern}` matches more than {MOST_FILES:,} files",
                    location=Location(pattern),
                    help="pass the folders that hold client code, or a narrower glob",
                )
            )
            break
    return [found[name] for name in sorted(found)][:MOST_FILES], problems


def read_client_file(path: Path) -> tuple[Document, ...]:
    """Return the documents in a file. Raise InputError if it cannot be read."""
    name = path.as_posix()
    file = ClientFile(name, read_text(name, read_regular_file(path)).text)
    if name.lower().endswith(_CODE):
        return tuple(_find_templates(file))
    return (Document(file, 0, file.text),)


def is_client_code(name: str) -> bool:
    """Tell whether the file's name is that of GraphQL, or of code that may hold some."""
    return name.lower().endswith(_ENDINGS)


def _find(pattern: str, problems: list[GuardError]) -> Iterator[Path]:
    path = Path(pattern)
    if is_folder(path):
        yield from _walk(path, problems)
    elif os.path.lexists(path) or not any(sign in pattern for sign in WILDCARDS):
        yield from [path] if os.path.exists(path) else []  # noqa: PTH110 - Path raises
    else:
        # What is before the first wildcard is the folder to look in.
        parts = path.parts
        plain = next(at for at, part in enumerate(parts) if any(sign in part for sign in WILDCARDS))
        folder = Path(*parts[:plain])
        glob = Glob("/".join(parts[plain:]))
        endings = None if _names_an_ending(parts[-1]) else _ENDINGS
        if is_folder(folder):
            for file in _walk(folder, problems, endings):
                if glob.matches(file.relative_to(folder).as_posix()):
                    yield file


def _names_an_ending(name: str) -> bool:
    """Tell whether the pattern says which kind of files it means; ``src/*`` does not."""
    _, dot, ending = name.rpartition(".")
    return bool(dot) and not any(sign in ending for sign in "*?[")


def _walk(
    folder: Path, problems: list[GuardError], endings: tuple[str, ...] | None = _ENDINGS
) -> Iterator[Path]:
    """Yield the files in and below the folder; links to folders are not followed."""
    fence = fence_around(folder)

    def refuse(error: OSError) -> None:
        name = Path(os.fsdecode(error.filename)).as_posix()
        message = f"cannot read the folder `{name}`: {(error.strerror or 'it fails').lower()}"
        problems.append(
            InputError(message, location=Location(name), help="make it readable, or leave it out")
        )

    for here, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not _NOT_ENTERED.fullmatch(name))
        for name in sorted(names):
            if endings is None or name.lower().endswith(endings):
                yield from _inside(Path(here, name), fence, problems)


def _inside(path: Path, fence: Fence, problems: list[GuardError]) -> Iterator[Path]:
    if not path.is_symlink() or fence.holds(path):
        yield path
        return
    name = path.as_posix()
    message = f"`{name}` is a link that leaves `{fence.root}`"
    problems.append(InputError(message, location=Location(name), help="pass the file itself"))


def _no_file(pattern: str) -> InputError:
    return InputError(
        f"`{pattern}` does not match any file of client code",
        location=Location(pattern),
        help="pass .graphql files, JavaScript or TypeScript sources, folders of them, or globs",
    )


def _find_templates(file: ClientFile) -> Iterator[Document]:
    """Yield the template literals that hold GraphQL.

    What is not one is skipped without being understood: strings and comments, so that nothing in
    them counts.
    """
    text, at = file.text, 0
    while match := _START.search(text, at):
        at = match.end()
        if match["line"]:
            at = _end_of_line(text, at)
        elif match["block"]:
            end = text.find("*/", at)
            at = len(text) if end < 0 else end + 2
        elif match["quote"]:
            closing = _CLOSING[match["quote"]].match(text, at)
            at = closing.end() if closing else _end_of_line(text, at)
        else:
            stop, holes = _read_template(text, at)
            if stop is None:
                return
            yield _document(file, at, stop, holes, guessed=match["guess"] is not None)
            at = stop + 1


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _read_template(text: str, at: int) -> tuple[int | None, list[tuple[int, int]]]:
    """Return where the template ends that starts at *at*, and its outermost ``${...}``."""
    holes: list[tuple[int, int]] = []
    nesting = ["`"]
    opened = at
    while match := (_IN_TEMPLATE if nesting[-1] == "`" else _IN_CODE).search(text, at):
        sign, at = match[0], match.end()
        if sign == nesting[-1]:
            nesting.pop()
            if not nesting:
                return match.start(), holes
            if len(nesting) == 1:
                holes.append((opened, at))
        elif sign in _OPENING:
            opened = match.start() if len(nesting) == 1 else opened
            nesting.append(_OPENING[sign])
    return None, holes


def _document(
    file: ClientFile, start: int, end: int, holes: Iterable[tuple[int, int]], *, guessed: bool
) -> Document:
    """Return the document with its holes filled, each with as many characters as it had."""
    pieces: list[str] = []
    depth, last = 0, start
    for begin, stop in holes:
        piece = file.text[last:begin]
        pieces.append(piece)
        depth += _depth(piece)
        length = stop - begin
        pieces.append("__".ljust(length, "0") if depth > 0 else " " * length)
        last = stop
    pieces.append(file.text[last:end])
    text = "".join(pieces).replace("\\`", " `").replace("\\\n", " \n")
    return Document(file, start, text, filled=last != start, guessed=guessed)


def _depth(graphql: str) -> int:
    """Return how many more brackets the text opens than it closes."""
    signs = [match[0] for match in _BRACKETS.finditer(graphql)]
    return sum(sign in "{(" for sign in signs) - sum(sign in "})" for sign in signs)


_START = re.compile(
    r"(?P<line>//)"
    r"|(?P<marked>/\*\s{0,9}GraphQL\s{0,9}\*/\s{0,99}`)"
    r"|(?P<block>/\*)"
    r"|(?P<quote>['\"])"
    r"|(?P<tagged>\b(?:gql|graphql)\b\s{0,99}(?:<[^`;(){}]{0,200}>\s{0,99})?(?:\(\s{0,99})?"
    r"(?:/\*\s{0,9}GraphQL\s{0,9}\*/\s{0,99})?`)"
    r"|(?P<guess>`(?=\s{0,400}(?:(?:query|mutation|subscription)\s{1,9}\w{1,200}\s{0,9}[({@]"
    r"|fragment\s{1,9}\w{1,200}\s{1,9}on\s)))"
)
_CLOSING = {"'": re.compile(r"(?:[^'\\\n]|\\.)*'"), '"': re.compile(r'(?:[^"\\\n]|\\.)*"')}
_IN_TEMPLATE = re.compile(r"\\.|`|\$\{", re.DOTALL)
_IN_CODE = re.compile(r"\\.|[`{}]|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"", re.DOTALL)
_OPENING = {"`": "`", "${": "}", "{": "}"}
# A string without an end counts as one: else each of its quotes would look for the end again.
_BRACKETS = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"?|#[^\n]*|[{}()]")
