"""How much work a call does: counted in calls of functions, so that a busy machine changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType


def calls_of(action: Callable[[], object]) -> int:
    """Return how many functions, of Python and of C, the action calls."""
    count = 0

    def tally(frame: FrameType, event: str, arg: object) -> None:  # noqa: ARG001 - a profiler's signature
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(tally)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


def growth(action: Callable[[int], Callable[[], object]], size: int) -> float:
    """Return by what the work grows when the size doubles: 2 is linear, 4 is quadratic.

    `action` prepares the input of a size and returns what is to be counted.
    """
    for prepared in (action(1), action(2)):
        prepared()  # imports and what is remembered for good do not count
    return calls_of(action(2 * size)) / calls_of(action(size))


LINEAR = 2.3
