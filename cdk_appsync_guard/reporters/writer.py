"""The one place through which all output goes: no secret, no control character, no command.

In: the lines or the text of any format, for any face. Out: text that is safe to show in a terminal,
in a log of a CI system, and in a report. Reporters call ``text_of`` with their lines, since they
alone know where a line ends; what writes the text calls ``safe`` again, so that a reporter that
forgets cannot leak. Both change nothing that is safe already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cdk_appsync_guard.redact import redact

__all__ = ["escape", "safe", "text_of"]


def text_of(lines: Iterable[str], *, color: bool = False) -> str:
    """Return the lines as text. What would break a line, or steer a terminal, is escaped."""
    written = (_line(line, color=color).rstrip() for line in lines)
    return redact("".join(f"{line}\n" for line in written))


def safe(text: str, *, color: bool = False) -> str:
    """Return the text without secrets, control characters and commands; its lines stay lines."""
    lines = text.split("\n")
    return redact("\n".join(_line(line, color=color) for line in lines))


def escape(text: str) -> str:
    """Return the text as it is shown: layout needs to know how wide that is."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else _escape(letter) for letter in text)


def _line(line: str, *, color: bool) -> str:
    if not line.isprintable():
        parts = _PAINT.split(line) if color else [line]
        line = "".join(part if number % 2 else escape(part) for number, part in enumerate(parts))
    if "::" in line or "##" in line:
        line = _COMMAND.sub(_disarm, line)
    return line


def _disarm(found: re.Match[str]) -> str:
    before, sign = found[0][:-2], found[0][-1]
    return f"{before}\\x{ord(sign):02x}{sign}"


def _escape(letter: str) -> str:
    if letter == "\t":
        return " "
    return letter.encode("unicode_escape").decode("ascii")


# The looks that `Style.paint` knows, and no other sequence.
_PAINT = re.compile(r"(\x1b\[[0-9;]{1,8}m)")
# Lines that runners of CI systems obey: `::set-env ...` at the beginning of a line, behind blanks
# or looks, and `##[...]`, `##vso[...]` and `##teamcity[...]` anywhere.
# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
# https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands
_COMMAND = re.compile(r"^(?:\s|\x1b\[[0-9;]{1,8}m)*::|##(?=(?:vso|teamcity)?\[)")
