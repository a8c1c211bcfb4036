"""Values → text on a page: secrets masked, control characters escaped, names in backticks as code.

In: what templates show. Out: text and Markup. The one way from a value to a page.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from cdk_appsync_guard.errors import Location
from cdk_appsync_guard.report import Excerpt, word_at
from cdk_appsync_guard.reporters.writer import escape, safe

__all__ = ["count", "marked", "place_words", "prose", "sentence", "written"]


def written(value: Any) -> Any:
    """Return the value as a page may hold it; what is markup already stays."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return safe(escape(value))
    return value


def prose(text: str) -> Markup:
    """Return a sentence whose names in backticks are code."""
    parts = str(written(text)).split("`")
    if len(parts) % 2 == 0:  # the last backtick has no partner
        parts[-2:] = ["`".join(parts[-2:])]
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else part
        for number, part in enumerate(parts)
    )


def sentence(text: str) -> Markup:
    """Return what messages say in lower case and without an end as a sentence of its own."""
    end = "" if text.endswith((".", "!", "?", ":")) else "."
    return prose(f"{text[:1].upper()}{text[1:]}{end}")


def count(number: int, what: str) -> str:
    """Return ``1 field``, ``2 fields``."""
    if number == 1:
        return f"1 {what}"
    return f"{number:,} {what[:-1]}ies" if what.endswith("y") else f"{number:,} {what}s"


def marked(excerpt: Excerpt) -> int:
    """Return how much of an excerpt is marked, from its column on."""
    word = word_at(excerpt)
    return len(word) if word[:1].isalnum() or len(word) > 1 else len(excerpt.text)


def place_words(location: Location) -> str:
    """Return the file, and line and column as far as they are known."""
    return str(location)
