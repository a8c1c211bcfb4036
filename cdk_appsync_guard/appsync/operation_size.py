"""How many fields an operation selects once its fragments are written out, without doing so.

Fragments that use each other twice double the selection at every step: two kilobytes can stand for
billions of fields. Each fragment is counted once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["MOST_FIELDS", "count_fields"]

MOST_FIELDS = 100_000
"""How many fields an operation, or all operations of a file, may select to be judged."""


def count_fields(node: Any, fragments: Mapping[str, Any], known: dict[int, int]) -> int:
    """Return the number for an operation, more than MOST_FIELDS if it is more than that.

    *known* remembers what was counted of fragments, for operations that share them.
    """
    try:
        return _count(node, fragments, known)
    except RecursionError:
        known.clear()  # what was begun is not counted to its end
        return MOST_FIELDS + 1


def _count(node: Any, fragments: Mapping[str, Any], known: dict[int, int]) -> int:
    total = 0
    spread: set[str] = set()
    for one in node.selection_set.selections:
        if one.kind == "fragment_spread":
            name = one.name.value
            if name in fragments and name not in spread:
                spread.add(name)
                total += _count_fragment(fragments[name], fragments, known)
            continue
        total += one.kind == "field"
        if one.selection_set is not None:
            total += _count(one, fragments, known)
    return min(total, MOST_FIELDS + 1)


def _count_fragment(fragment: Any, fragments: Mapping[str, Any], known: dict[int, int]) -> int:
    if id(fragment) not in known:
        known[id(fragment)] = 0  # for itself, if it uses itself
        known[id(fragment)] = _count(fragment, fragments, known)
    return known[id(fragment)]
