"""Words for people: a rule's texts filled from a row, and the conditions under which it holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import combinations
from operator import and_
from typing import TypeAlias

from cdk_appsync_guard.facts.tables import Cell
from cdk_appsync_guard.template.values.value import Unknown, display

__all__ = ["Truths", "fill", "name_scenarios"]

Truths: TypeAlias = "tuple[tuple[str, bool], ...]"
"""The conditions that tell one scenario from the others, and what they are in it."""

_Literal: TypeAlias = "tuple[str, bool]"

_PLACEHOLDER = re.compile(r"`\{([A-Za-z_]\w*)\}`|\{([A-Za-z_]\w*)\}")
_LONGEST = 300
_LONGEST_FIX = 4000  # several edits in words
_MOST_LITERALS = 3
_MOST_CONDITIONS = 12


def fill(text: str, cells: Mapping[str, Cell]) -> str:
    """Return the text with each ``{column}`` replaced by its cell; other braces stay.

    A list is joined by commas, each item in backticks; what is Unknown or absent loses its own.
    """

    def cell(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in cells:
            return found[0]
        most = _LONGEST_FIX if name == "fix" else _LONGEST
        return _show(cells[name], quoted=found[1] is not None, most=most)

    return _PLACEHOLDER.sub(cell, text)


def _show(cell: Cell, *, quoted: bool, most: int) -> str:
    if isinstance(cell, tuple):
        return ", ".join(f"`{_one_line(item, most)}`" for item in cell) or "none"
    if cell is None:
        return "none"
    shown = _one_line(display(cell) if isinstance(cell, (bool, Unknown)) else str(cell), most)
    return f"`{shown}`" if quoted and not isinstance(cell, Unknown) else shown


def _one_line(text: str, most: int) -> str:
    """Return the text as a sentence can hold it: no control characters, no endless values."""
    brief = text if len(text) <= most else text[:most] + "..."
    if brief.isprintable():
        return brief
    return "".join(letter if letter.isprintable() else " " for letter in brief)


def name_scenarios(scenarios: Sequence[Truths], holds: int) -> str | None:
    """Return when something is so: None for always, else the fewest conditions that say it.

    Bit i of *holds* tells whether it is so in scenario i.
    """
    everywhere = (1 << len(scenarios)) - 1
    if holds == everywhere:
        return None
    masks = _masks(scenarios)
    if len({name for name, _ in masks}) <= _MOST_CONDITIONS:
        words = _conjunction(masks, holds) or _disjunction(masks, holds)
        if words:
            return words
    return f"in {holds.bit_count()} of {len(scenarios)} combinations of conditions"


def _masks(scenarios: Sequence[Truths]) -> dict[_Literal, int]:
    """Return in which scenarios each condition is true, and in which it is false."""
    masks: dict[_Literal, int] = {}
    for position, truths in enumerate(scenarios):
        for literal in truths:
            masks[literal] = masks.get(literal, 0) | 1 << position
    return dict(sorted(masks.items(), key=lambda item: (not item[0][1], item[0][0])))


def _conjunction(masks: Mapping[_Literal, int], holds: int) -> str | None:
    # A literal that leaves out a scenario where it holds cannot be part of the answer.
    wider = {literal: mask for literal, mask in masks.items() if mask & holds == holds}
    for size in range(1, _MOST_LITERALS + 1):
        for literals in combinations(wider, size):
            if reduce(and_, (wider[literal] for literal in literals)) == holds:
                return _say(literals)
    return None


def _disjunction(masks: Mapping[_Literal, int], holds: int) -> str | None:
    narrower = [
        (literals, mask)
        for size in (1, 2)
        for literals in combinations(masks, size)
        if (mask := reduce(and_, (masks[literal] for literal in literals))) and mask & holds == mask
    ]
    for (first, one), (second, other) in combinations(narrower, 2):
        if one | other == holds:
            return f"{_say(first)}; or {_say(second)}"
    return None


def _say(literals: Sequence[_Literal]) -> str:
    return " and ".join(f"`{name}` is {str(value).lower()}" for name, value in literals)
