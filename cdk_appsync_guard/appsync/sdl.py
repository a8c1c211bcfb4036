"""SDL text → a document, or SchemaError with the place inside the SDL.

Plain SDL is read by ``plain_sdl``, all else by graphql-core: their nodes have the same attributes.
AppSync takes two older spellings that graphql-core refuses; a second try rewrites those, and only
those, without moving any other character. Does not know what the definitions mean.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cdk_appsync_guard.appsync.plain_sdl import Node, read_plain
from cdk_appsync_guard.errors import Location, SchemaError
from cdk_appsync_guard.template.source.read import Place

if TYPE_CHECKING:
    from graphql.error import GraphQLSyntaxError
    from graphql.language import DocumentNode

__all__ = ["may_be_accepted", "move_place", "parse_document", "refuse_long_names"]

LARGEST_SDL = 10_000_000  # characters
MOST_TOKENS = 400_000  # some four seconds
LONGEST_NAME = 1000  # reports repeat names as often as they have findings

# A string without an end goes as far as it can: else each quote in it would look for the end again.
STRINGS = r'"""(?:\\"""|[^"]|"(?!""))*(?:"""|\Z)|"(?:[^"\\\r\n]|\\[^\r\n])*"?'
# What no rewriting may touch.
_SKIPPED = rf"{STRINGS}|#[^\r\n]*"
_KEYWORDS = "type|interface|union|enum|scalar|input|directive|extend|schema"
_OLDER = re.compile(
    rf"(?P<skipped>{_SKIPPED})"
    rf"|\bimplements\b[\s,&]*(?P<interfaces>[A-Za-z_]\w*(?:[\s,&]+(?!(?:{_KEYWORDS})\b)[A-Za-z_]\w*)+)"
    r"|(?<=[\w)])\s*(?P<empty>\{(?:[\s,]|#[^\r\n]*[\r\n])*\})",
)
_SEMICOLON = re.compile(rf"(?P<skipped>{_SKIPPED})|;")
_SEMICOLONS = (
    "the parser used here rejects semicolons between fields, and AppSync might accept them: "
    "remove them to have the schema checked"
)


def parse_document(text: str, place: Place) -> DocumentNode | Node:
    """Return the document, with offsets into *text*. Raise SchemaError.

    ``implements A, B`` and ``implements A B`` are read as ``implements A & B``, and ``type T {}``
    as ``type T``: the forms that AppSync inherited from older drafts of the language.
    """
    if len(text) > LARGEST_SDL:
        raise _too_much(f"it has {len(text)} characters", place)
    return read_plain(text) or _parse_anything(text, place)


def _parse_anything(text: str, place: Place) -> DocumentNode:
    from graphql.error import GraphQLSyntaxError  # noqa: PLC0415 - 0.1 s that few scans should cost

    try:
        return _parse(text)
    except GraphQLSyntaxError as error:
        failure = error
    except RecursionError:
        raise _too_much("it is nested too deeply", place) from None
    if "nested too deeply" in failure.description or " tokens" in failure.description:
        raise _too_much(_in_our_words(failure.description), place) from None
    older = _OLDER.sub(_modernise, text)
    document = _try(older) if older != text else None
    if document is not None:
        return document
    advice = _SEMICOLONS if _read_without_semicolons(older) else None
    raise _syntax_error(text, failure, place, advice) from None


def may_be_accepted(error: SchemaError) -> bool:
    """Return whether AppSync may accept the SDL all the same: then nothing is decided.

    So it is if the SDL is only too large or too deep for us, and with semicolons between fields.
    """
    return error.help is not None


def refuse_long_names(document: DocumentNode | Node, place: Place) -> None:
    """Raise SchemaError if a type or a field has an absurdly long name."""
    for node in document.definitions:
        named = (node, *(getattr(node, "fields", None) or ()))
        for name in (getattr(one, "name", None) for one in named):
            if name is not None and len(name.value) > LONGEST_NAME:
                raise _too_much(f"it has a name of {len(name.value):,} characters", place)


def move_place(place: Place, line: int, column: int) -> Place:
    """Return the place of a line and column (from 1) of the text that starts at *place*."""
    if place.inner is not None:
        first_line, first_column = place.inner
        column += first_column - 1 if line == 1 else 0
        line += first_line - 1
    # A schema of 1,000 fields has as many places: ``dataclasses.replace`` would cost 20 ms.
    return Place(place.file, place.path, (line, column), place.logical_id, place.construct_path)


def _parse(text: str) -> DocumentNode:
    from graphql.language import parse  # noqa: PLC0415 - see _parse_anything

    return parse(text, max_tokens=MOST_TOKENS)


def _try(text: str) -> DocumentNode | None:
    from graphql.error import GraphQLSyntaxError  # noqa: PLC0415 - see _parse_anything

    try:
        return _parse(text)
    except (GraphQLSyntaxError, RecursionError):
        return None


def _read_without_semicolons(text: str) -> bool:
    plain = _SEMICOLON.sub(lambda match: match["skipped"] or " ", text)
    return plain != text and _try(plain) is not None


def _syntax_error(
    text: str, failure: GraphQLSyntaxError, place: Place, advice: str | None
) -> SchemaError:
    offset = next(iter(failure.positions or ()), 0)
    line = text.count("\n", 0, offset) + 1
    column = offset - text.rfind("\n", 0, offset)
    error = SchemaError(
        f"SDL cannot be parsed: {_in_our_words(failure.description)}",
        location=_location(move_place(place, line, column)),
        help=advice,
    )
    error.spot = (line, column)
    return error


def _modernise(match: re.Match[str]) -> str:
    """Rewrite one match of ``_OLDER`` to something of the same length."""
    written = match[0]
    if match["interfaces"]:
        names = re.sub(r"[\s,&]+", _separate, match["interfaces"])
        return written[: match.start("interfaces") - match.start()] + names
    if match["empty"]:
        start = match.start("empty") - match.start()
        return written[:start] + re.sub(r"[^\r\n]", " ", match["empty"])
    return written


def _separate(match: re.Match[str]) -> str:
    return "&" + re.sub(r"[,&]", " ", match[0][1:])


def _too_much(what: str, place: Place) -> SchemaError:
    return SchemaError(
        f"SDL cannot be read: {what}",
        location=_location(place),
        help="this is a limit of the tool, not of AppSync: the API is not checked",
    )


def _in_our_words(description: str) -> str:
    words = description.partition(". Parsing aborted")[0].strip().rstrip(".").replace("\n", " ")
    words = re.sub(r"'([^']*)'|\"([^\"]*)\"", lambda found: f"`{found[1] or found[2]}`", words)
    return words[:1].lower() + words[1:]


def _location(place: Place) -> Location:
    line, column = place.file.locate(place.path, place.inner)
    return Location(
        file=place.file.name,
        line=line,
        column=column,
        path="/".join(str(part) for part in place.path),
        logical_id=place.logical_id,
        construct_path=place.construct_path,
    )
