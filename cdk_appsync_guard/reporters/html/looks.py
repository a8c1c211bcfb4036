"""Cells → the look that each has on a page: a letter that names a shape and a color, and a word."""

from __future__ import annotations

from markupsafe import Markup

from cdk_appsync_guard.access.matrix_cells import Cell

__all__ = ["MEANINGS", "WORDS", "look_of", "verdict_words"]

# They are markup, so that a table of 80,000 cells need not escape each of them.
WORDS = {
    "y": Markup("yes"),
    "p": Markup("partly"),
    "n": Markup("no"),
    "u": Markup("undecided"),
    "i": Markup("yes, if"),
    "r": Markup("no: resolver"),
}
MEANINGS = {
    **WORDS,
    "p": Markup("partly: a field below is denied"),
    "i": Markup("yes, if: a resolver decides"),
    "r": Markup("no: a resolver denies it"),
}


def look_of(cell: Cell) -> str:
    """Return the letter; what a resolver decides or denies has looks of its own."""
    if cell.reason == "resolver":
        return "r" if cell.verdict == "denied" else "i"
    return {"allowed": "y", "partly": "p", "denied": "n", "undecided": "u"}[cell.verdict]


def verdict_words(verdict: str) -> str:
    """Return the word for a verdict, what is empty being ``known``."""
    return {"allowed": "yes", "denied": "no", "": "known"}.get(verdict, verdict)
