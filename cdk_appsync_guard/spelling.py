"""A name that does not exist → the one that was probably meant.

In: the name and all names that there are. Out: one of them, or None. Stays quick among thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["closest"]

_FEW = 50
_BEST = 10
_LONGEST = 100


def closest(name: str, names: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the name that is most like *name*, if one is like enough."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    known = list(names)
    if len(known) > _FEW:
        # difflib takes its time, so only those get to it that begin and end alike.
        known = _most_alike(name, known)
    return next(iter(get_close_matches(name, known, n=1, cutoff=cutoff)), None)


def _most_alike(name: str, known: Sequence[str]) -> list[str]:
    """Return a few names, those first that begin and end like the name.

    Most of thousands have neither its first nor its last letter, and are not compared further.
    """
    first, last = name[:1], name[-1:]
    near = [one for one in known if one[:1] == first or one[-1:] == last]
    if len(near) < _BEST:
        near = list(known)
    return sorted(near, key=lambda one: _alike(name, one), reverse=True)[:_BEST]


def _alike(one: str, other: str) -> int:
    return _common(one, other) + _common(one[: -_LONGEST - 1 : -1], other[: -_LONGEST - 1 : -1])


def _common(one: str, other: str) -> int:
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
