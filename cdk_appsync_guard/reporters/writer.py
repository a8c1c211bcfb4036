"""The one place through which all output goes: no secret, no control character, no command.

In: the lines or the text of any format, for any face. Out: text that is safe to show in a terminal,
in a log of a CI system, and in a report. Reporters call ``text_of`` with their lines, since they
alone know where a line ends; what writes the text calls ``safe`` again, so that a reporter that
forgets cannot leak. Both change nothing that is safe already.

One format is made of commands: annotations of GitHub's workflows. ``annotation`` writes one, and
only with ``annotations=True`` such a line passes: no other command does, there or elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cdk_appsync_guard.redact import redact

__all__ = ["annotation", "escape", "safe", "text_of"]


def text_of(lines: Iterable[str], *, color: bool = False, annotations: bool = False) -> str:
    """Return the lines as text. What would break a line, or steer a terminal, is escaped."""
    written = (_line(line, color=color, annotations=annotations).rstrip() for line in lines)
    return redact("".join(f"{line}\n" for line in written))


def safe(text: str, *, color: bool = False, annotations: bool = False) -> str:
    """Return the text without secrets, control characters and commands; its lines stay lines."""
    if _is_plain(text):
        return redact(text)
    lines = text.split("\n")
    return redact("\n".join(_line(line, color=color, annotations=annotations) for line in lines))


def annotation(level: str, properties: Mapping[str, str], message: str) -> str:
    """Return the line by which a workflow on GitHub shows the message at a place of a file.

    *level* is error, warning or notice. What would end a value is escaped as the runner reads it:
    https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
    """
    # Masked first: `%0A` before an access key would look like the beginning of a longer word.
    known = ((name, redact(value)) for name, value in properties.items() if value)
    given = ",".join(f"{name}={_escaped(value, _IN_PROPERTY)}" for name, value in known)
    return f"::{level}{' ' if given else ''}{given}::{_escaped(redact(message), _IN_MESSAGE)}"


def escape(text: str) -> str:
    """Return the text as it is shown: layout needs to know how wide that is."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else _escape(letter) for letter in text)


def _is_plain(text: str) -> bool:
    """Tell quickly that no line needs a change: most texts are large, and hold nothing of it."""
    if "##" in text or not _is_printable(text):
        return False
    return "::" not in text or not _COMMAND_LINE.search(f"\n{text}")


def _is_printable(text: str) -> bool:
    if text.isascii():  # as JSON is; this way is many times as fast
        return not text.encode().translate(None, _PRINTABLE)
    return text.replace("\n", "").isprintable()


def _escaped(text: str, signs: dict[int, str]) -> str:
    return escape(text.translate(signs))


def _line(line: str, *, color: bool, annotations: bool = False) -> str:
    if not line.isprintable():
        parts = _PAINT.split(line) if color else [line]
        line = "".join(part if number % 2 else escape(part) for number, part in enumerate(parts))
    if "::" in line or "##" in line:
        if annotations and _ANNOTATION.match(line):
            return _BRACKET.sub(_disarm, line)
        line = _COMMAND.sub(_disarm, line)
    return line


def _disarm(found: re.Match[str]) -> str:
    before, sign = found[0][:-2], found[0][-1]
    return f"{before}\\x{ord(sign):02x}{sign}"


def _escape(letter: str) -> str:
    if letter == "\t":
        return " "
    return letter.encode("unicode_escape").decode("ascii")


_PRINTABLE = bytes((*range(0x20, 0x7F), 0x0A))
# The looks that `Style.paint` knows, and no other sequence.
_PAINT = re.compile(r"(\x1b\[[0-9;]{1,8}m)")
# Lines that runners of CI systems obey: `::set-env ...` at the beginning of a line, behind blanks
# or looks, and `##[...]`, `##vso[...]` and `##teamcity[...]` anywhere.
# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
# https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands
_COMMAND = re.compile(r"^(?:\s|\x1b\[[0-9;]{1,8}m)*::|##(?=(?:vso|teamcity)?\[)")
_COMMAND_LINE = re.compile(r"\n *::")  # the only blank that is printable
_BRACKET = re.compile(r"##(?=(?:vso|teamcity)?\[)")
_ANNOTATION = re.compile(r"::(?:error|warning|notice)(?: [^:]+)?::")
_IN_MESSAGE = {ord("%"): "%25", ord("\r"): "%0D", ord("\n"): "%0A"}
_IN_PROPERTY = {**_IN_MESSAGE, ord(":"): "%3A", ord(","): "%2C"}
