"""A line on standard error that tells how far a long scan is; nothing where no one looks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import monotonic
from typing import Any

__all__ = ["bytes_progress", "clear_progress", "progress_for"]


def progress_for(*, wanted: bool) -> Callable[[int, int], None] | None:
    """Return what to call with (done, all), or None if standard error is not a terminal."""
    if not wanted or not _is_watched():
        return None
    drawn_at = 0.0

    def draw(done: int, total: int) -> None:
        nonlocal drawn_at
        if total < _MANY or (done < total and monotonic() - drawn_at < _PAUSE_SECONDS):
            return
        drawn_at = monotonic()
        filled = _WIDTH * done // total
        bar = "#" * filled + "-" * (_WIDTH - filled)
        sys.stderr.write(f"\r{bar} {done:,} of {total:,} files")
        sys.stderr.flush()

    return draw


def bytes_progress(*, wanted: bool) -> Callable[[int, int], None] | None:
    """Return what to call with the bytes (done, all) of a long file, None if no one looks."""
    if not wanted or not _is_watched():
        return None
    import click  # noqa: PLC0415 - no one looks at most runs

    bars: list[Any] = []

    def draw(done: int, total: int) -> None:
        if total < _LARGE_BYTES:
            return
        if not bars:
            bars.append(click.progressbar(length=total, label="reading", file=sys.stderr))
        bars[0].update(max(done - bars[0].pos, 0))

    return draw


def clear_progress() -> None:
    """Take the line away before the report is printed."""
    if _is_watched():
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _is_watched() -> bool:
    # It is None if it was closed before the program started.
    return sys.stderr is not None and sys.stderr.isatty()


_LARGE_BYTES = 20_000_000
_MANY = 20
_WIDTH = 30
_PAUSE_SECONDS = 0.1
