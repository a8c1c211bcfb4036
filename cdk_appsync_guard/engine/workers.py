"""Many units → their judgements, on as many processes as there are cores.

However it ends, by an error, a signal or an interrupt: no process is left behind.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children
from typing import TypeVar

from cdk_appsync_guard.errors import InputError

__all__ = ["share_out"]

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def share_out(judge: Callable[[_In], _Out], units: Sequence[_In], jobs: int) -> Iterator[_Out]:
    """Yield what *judge* returns for each unit, in order. Raise InputError if a process is lost."""
    before = set(active_children())
    size = max(1, min(32, len(units) // (jobs * 4)))
    pool = ProcessPoolExecutor(jobs, initializer=_leave_signals_to_the_first)
    try:
        yield from pool.map(judge, units, chunksize=size)
    except BrokenProcessPool as error:
        raise InputError(
            "a process of the scan was killed: the machine might have run out of memory",
            help="use --jobs 1, or scan fewer templates at once",
        ) from error
    except BaseException:
        for process in set(active_children()) - before:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_signals_to_the_first() -> None:
    """Ignore interrupts, which reach all processes of a terminal: the first one ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
