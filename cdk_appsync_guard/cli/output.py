"""What is printed: reports to standard output, errors to standard error, in color if wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO

import click

from cdk_appsync_guard.errors import ConfigError, GuardError
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.reporters.writer import safe, text_of

__all__ = ["color_option", "flush_out", "show_error", "style_for", "write_error", "write_out"]


color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Color the output [default: auto, on a terminal; NO_COLOR and FORCE_COLOR apply].",
)


def style_for(color: str, *, error: bool = False) -> Style:
    """Return the style that standard output (or error) deserves; *color* is auto, always, never.

    ``NO_COLOR`` (https://no-color.org) and ``FORCE_COLOR`` decide where *color* does not.
    """
    stream = sys.stderr if error else sys.stdout
    terminal = stream is not None and not stream.closed and stream.isatty()
    if color == "auto":
        forced = os.environ.get("FORCE_COLOR", "")
        quiet = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        painted = forced != "0" if forced else terminal and not quiet
        painted = painted and not os.environ.get("NO_COLOR")
    else:
        painted = color == "always"
    return Style(painted, _width() if terminal else 80)


def _width() -> int:
    from shutil import get_terminal_size  # noqa: PLC0415 - a pipe has no width

    # A sentence over the whole of a wide screen is hard to read.
    return max(40, min(get_terminal_size().columns, 100))


def write_out(
    text: str | Iterable[str], style: Style | None = None, *, annotations: bool = False
) -> None:
    """Print the text, or its pieces, to standard output.

    A reader that went away (`| head`) is not an error.
    """
    color = bool(style and style.color)
    if sys.stdout is None:  # it was closed before the program started
        raise ConfigError("standard output is closed", help="write to a file: --output FILE")
    try:
        for piece in (text,) if isinstance(text, str) else text:
            written = safe(piece, color=color, annotations=annotations)
            click.echo(_printable(written, sys.stdout), nl=False, color=color)
        sys.stdout.flush()
    except BrokenPipeError:
        _abandon(sys.stdout)
    except (OSError, ValueError) as error:
        _abandon(sys.stdout)
        reason = getattr(error, "strerror", None) or "it is closed"
        raise ConfigError(f"cannot write to standard output: {reason.lower()}") from error


def write_error(text: str, style: Style | None = None) -> None:
    """Print to standard error, if that is possible: no one could be told that it is not."""
    if sys.stderr is None:
        return
    color = bool(style and style.color)
    try:
        click.echo(_printable(safe(text, color=color), sys.stderr), err=True, nl=False, color=color)
        sys.stderr.flush()
    except (OSError, ValueError):
        _abandon(sys.stderr)


def flush_out() -> bool:
    """Write what is still to be written, and tell whether it went well."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _abandon(sys.stdout)
    except (OSError, ValueError):
        _abandon(sys.stdout)
        write_error("error: cannot write to standard output\n")
        return False
    return True


def show_error(error: GuardError, style: Style) -> None:
    """Print what went wrong, where, and what to do, to standard error."""
    lines = [f"{style.paint('error', 'red', 'bold')}: {error.message}"]
    if error.location:
        lines.append(f"  --> {error.location}")
    if error.help:
        lines.append(f"{style.paint('help', 'green', 'bold')}: {error.help}")
    write_error(text_of(lines, color=style.color), style)


def _abandon(stream: TextIO) -> None:
    """Let what is left go nowhere: Python writes it once more when it exits, and would complain."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        return


def _printable(text: str, stream: TextIO) -> str:
    name = stream.encoding or "utf-8"
    return text.encode(name, "backslashreplace").decode(name)
