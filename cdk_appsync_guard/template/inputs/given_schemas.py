"""SDL where a template is due → what to pass instead.

In: a path, and the first bytes of what is there. Out: an error, if it is a GraphQL document. Shows
nothing of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from cdk_appsync_guard.errors import InputError, Location

__all__ = ["explain_folder", "explain_schema"]

_ENDINGS = (".graphql", ".graphqls", ".gql", ".sdl")
_MOST_CHARACTERS = 1000
_SDL = re.compile(
    r"(?:extend )?(?:type|interface|union|enum|input|scalar) \w+(?: ?[@{=]| implements |$)"
    r"|schema ?[@{]|directive ?@"
)


def explain_schema(name: str, head: bytes) -> InputError | None:
    """Return the error that says so if the file, or what comes in, is GraphQL."""
    if not name.lower().endswith(_ENDINGS) and not _is_sdl(head):
        return None
    return InputError(
        f"`{name}` is a GraphQL schema, not a CloudFormation template",
        location=Location(name),
        help=f"pass the template, and the schema with --schema API={name}",
    )


def explain_folder(folder: Path, schemas: Sequence[Path]) -> InputError:
    """Return the error of a folder without templates; *schemas* are the SDL files in it."""
    name = folder.as_posix()
    if not schemas:
        return InputError(
            f"there is no CloudFormation template in `{name}`",
            location=Location(name),
            help="pass a template, a folder with templates, or a cdk.out folder",
        )
    first = min(schema.as_posix() for schema in schemas)
    return InputError(
        f"there is a GraphQL schema but no CloudFormation template in `{name}`",
        location=Location(name),
        help=f"pass the template, and the schema with --schema API={first}",
    )


def _is_sdl(head: bytes) -> bool:
    """Return whether the first line that is not a comment begins a definition."""
    in_description = False
    for line in head.decode("utf-8-sig", errors="replace").split("\n"):
        words = " ".join(line[:_MOST_CHARACTERS].split())
        if in_description:
            in_description = '"""' not in words
        elif words.startswith('"'):
            in_description = words.startswith('"""') and words.count('"""') == 1
        elif words and not words.startswith("#"):
            return _SDL.match(words) is not None
    return False
