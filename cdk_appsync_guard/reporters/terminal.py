"""What a terminal is good for: lines that fit, and color if it is wanted.

In: any text. Out: lines. Does not know what a report is; the writer makes them safe.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdk_appsync_guard.report import Severity
from cdk_appsync_guard.reporters.writer import escape

__all__ = ["SEVERITY_COLORS", "Style", "width_of"]


@dataclass(frozen=True, slots=True)
class Style:
    """How wide the lines are and whether color is used."""

    color: bool = False
    width: int = 80

    def paint(self, text: str, *looks: str) -> str:
        """Return the text in these looks: ``bold``, ``dim``, ``red``, ``yellow``, ..."""
        if not (self.color and text and looks):
            return text
        return f"\x1b[{';'.join(_CODES[look] for look in looks)}m{text}\x1b[0m"

    def wrap(self, text: str, first: str, rest: str, *looks: str) -> list[str]:
        """Return the text as lines that fit: *first* before the first, *rest* before the others."""
        room = max(self.width - len(rest), _NARROW)
        lines = _fold(escape(text), room)
        return [
            (rest if number else first) + self.paint(line, *looks)
            for number, line in enumerate(lines)
        ]


def width_of(text: str) -> int:
    """Return how many cells of a terminal the text takes."""
    text = escape(text)
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # noqa: PLC0415 - few texts need it

    return sum(
        0 if combining(letter) else 1 + (east_asian_width(letter) in "WF") for letter in text
    )


def _fold(text: str, room: int) -> list[str]:
    """Break between words only: a URL or an ARN that is cut can no longer be copied."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and width_of(line) + 1 + width_of(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


SEVERITY_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_NARROW = 20
_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "94",
    "magenta": "35",
    "cyan": "36",
}
