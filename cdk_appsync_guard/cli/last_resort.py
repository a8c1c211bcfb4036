"""Whatever ends the program early → an exit code, and one sentence on standard error.

Exit code 1 means findings, so nothing that goes wrong may end with it, and nothing as a traceback.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from types import FrameType

import click

from cdk_appsync_guard.cli.output import flush_out, show_error, style_for, write_error
from cdk_appsync_guard.errors import ConfigError, GuardError

__all__ = ["TROUBLE", "last_resort"]

TROUBLE = 2
"""The exit code of what could not be done."""

_INTERRUPTED = 130
_SIGNALS = tuple(
    number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None
)


class _Ended(BaseException):
    """The program is told to end: raised, so that everything that it started is ended, too."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


def last_resort(run: Callable[[], int]) -> int:
    """Return what *run* returns, or the exit code for what it raises."""
    with _signals_raise():
        try:
            code = _code_of(run)
        except _Ended as ended:
            code = ended.code
        except KeyboardInterrupt:
            code = _INTERRUPTED
    return code if flush_out() or code else TROUBLE


def _code_of(run: Callable[[], int]) -> int:
    try:
        return run()
    except click.ClickException as error:
        said = StringIO()
        error.show(said)
        write_error(said.getvalue())
    except click.Abort:
        return _INTERRUPTED
    except SystemExit as left:
        # click ends so when the reader of a help page goes away, which is not an error.
        return left.code if isinstance(left.code, int) and left.code != 1 else 0
    except BrokenPipeError:
        return 0
    except Exception as error:  # noqa: BLE001 - the last resort
        show_error(_described(error), style_for("auto", error=True))
    return TROUBLE


def _described(error: Exception) -> GuardError:
    if isinstance(error, GuardError):
        return error
    if isinstance(error, MemoryError):
        return GuardError("there is not enough memory", help="scan fewer templates at once")
    if isinstance(error, RecursionError):
        return GuardError("the input is nested too deeply", help="scan its parts one at a time")
    if isinstance(error, OSError):
        return _described_system_error(error)
    # What it says may quote the input; its kind and place are enough to find it.
    return GuardError(
        f"this is a bug in cdk-appsync-guard: {type(error).__name__} in {_place_of(error)}",
        help="report it, with the template or the smallest part of it that shows the bug",
    )


def _described_system_error(error: OSError) -> GuardError:
    if isinstance(error, FileNotFoundError) and not _has_working_folder():
        return ConfigError(
            "the current folder no longer exists", help="change to a folder that exists"
        )
    words = (error.strerror or type(error).__name__).lower()
    name = error.filename
    about = f" `{os.fsdecode(name)}`" if isinstance(name, (str, bytes)) else ""
    return GuardError(f"the operating system rejects{about}: {words}")


def _has_working_folder() -> bool:
    try:
        return bool(os.getcwd())  # noqa: PTH109 - Path.cwd() asks the same
    except OSError:
        return False


def _place_of(error: Exception) -> str:
    trace = error.__traceback__
    place = "an unknown place"
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.startswith("cdk_appsync_guard."):
            place = f"{name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place


@contextmanager
def _signals_raise() -> Iterator[None]:
    """Make the signals that end programs raise, as an interrupt from the keyboard does."""
    if threading.current_thread() is not threading.main_thread() or sys.platform == "win32":
        yield
        return
    before = {number: signal.signal(number, _raise) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(number: int, frame: FrameType | None) -> None:
    del frame
    raise _Ended(number)
