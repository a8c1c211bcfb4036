"""What is printed: reports to standard output, errors to standard error, in colour if wanted."""

from __future__ import annotations

import os
import sys

import click

from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.reporters.terminal import Style, plain

__all__ = ["color_option", "show_error", "style_for", "write_out"]


color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Paint the output [default: auto, on a terminal; NO_COLOR and FORCE_COLOR count].",
)


def style_for(color: str, *, error: bool = False) -> Style:
    """Return the style that standard output (or error) deserves; *color* is auto, always, never.

    ``NO_COLOR`` (https://no-color.org) and ``FORCE_COLOR`` decide where *color* does not.
    """
    stream = sys.stderr if error else sys.stdout
    terminal = stream.isatty()
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


def write_out(text: str, style: Style | None = None) -> None:
    """Print to standard output; a reader that went away (`| head`) is no error."""
    try:
        click.echo(
            _printable(text, sys.stdout.encoding), nl=False, color=bool(style and style.color)
        )
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more when it exits, and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show_error(error: GuardError, style: Style) -> None:
    """Print what went wrong, where, and what to do, to standard error."""
    lines = [f"{style.paint('error', 'red', 'bold')}: {plain(error.message)}"]
    if error.location:
        lines.append(f"  --> {plain(str(error.location))}")
    if error.help:
        lines.append(f"{style.paint('help', 'green', 'bold')}: {plain(error.help)}")
    click.echo(_printable("\n".join(lines), sys.stderr.encoding), err=True, color=style.color)


def _printable(text: str, encoding: str | None) -> str:
    name = encoding or "utf-8"
    return text.encode(name, "backslashreplace").decode(name)
