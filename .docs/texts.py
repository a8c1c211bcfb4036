"""Plain text → Markdown that shows exactly it."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["code_block", "escape", "sentence"]

_SPECIAL = re.compile(r"`[^`]*`|[\\*_\[\]<>{}#|~^=$@]")


def escape(text: str) -> str:
    """Escape what Markdown would take for markup, but not within code."""
    return _SPECIAL.sub(lambda found: found[0] if found[0][0] == "`" else _entity(found[0]), text)


def sentence(text: str) -> str:
    """Return a message as a sentence."""
    escaped = escape(text)
    return escaped[:1].upper() + escaped[1:] + ("" if text.endswith(".") else ".")


def code_block(
    lines: Sequence[str], language: str, *, marked: Sequence[int] = (), look: str = ""
) -> str:
    """Return a block of code in which some lines are marked as wrong or right."""
    numbers = f' hl_lines="{" ".join(map(str, marked))}"' if marked else ""
    fence = "````" if any("```" in line for line in lines) else "```"
    head = f"{fence}{{ .{language} .{look or 'plain'}{numbers} }}"
    return "\n".join([head, *lines, fence])


def _entity(letter: str) -> str:
    return f"&#{ord(letter)};"
