"""How much work a call does: counted in calls of functions, so that a busy machine changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from cProfile import Profile


def calls_of(action: Callable[[], object]) -> int:
    """Return how many functions, of Python and of C, the action calls.

    The profiler of the standard library counts in C, so that counting costs little.
    """
    profile = Profile()
    profile.enable()
    try:
        action()
    finally:
        profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


def growth(action: Callable[[int], Callable[[], object]], size: int) -> float:
    """Return by what the work grows when the size doubles: 2 is linear, 4 is quadratic.

    `action` prepares the input of a size and returns what is to be counted.
    """
    for prepared in (action(1), action(2)):
        prepared()  # imports and what is remembered for good do not count
    return calls_of(action(2 * size)) / calls_of(action(size))


LINEAR = 2.3
