"""The errors that callers may see, each with a place and a word of help.

    GuardError
    ├── InputError       a file or folder that cannot be read as what it should be
    ├── TemplateError    a template that was read but cannot be resolved
    ├── SchemaError      SDL that cannot be parsed
    ├── RuleError        a rule folder that is refused
    └── ConfigError      options or a configuration file that make no sense

No input may raise anything else: a crash is never a finding and never a pass.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "ConfigError",
    "GuardError",
    "InputError",
    "Location",
    "RuleError",
    "SchemaError",
    "TemplateError",
]


@dataclass(frozen=True, slots=True)
class Location:
    """A place a person can go to.

    Lines and columns count from 1, columns in characters. ``path`` is the way through the
    template's data, joined with ``/``; ``construct_path`` is its ``aws:cdk:path``.
    """

    file: str
    line: int | None = None
    column: int | None = None
    path: str = ""
    logical_id: str | None = None
    construct_path: str | None = None

    def __str__(self) -> str:
        """Return ``file:line:column``, as far as it is known."""
        known = (self.file, *(str(part) for part in (self.line, self.column) if part is not None))
        return ":".join(known)


class GuardError(Exception):
    """Something that stops the tool from judging an input.

    The message is one sentence: lower case, no full stop, user input in backticks, causes after
    colons. Advice goes into ``help``.
    """

    def __init__(
        self, message: str, *, location: Location | None = None, help: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        self.help = help

    def __reduce__(self) -> tuple[object, ...]:
        """Keep place and help when the error crosses a process boundary."""
        return _rebuild, (type(self), self.message, self.location, self.help)


def _rebuild(
    kind: type[GuardError], message: str, location: Location | None, help: str | None
) -> GuardError:
    return kind(message, location=location, help=help)


class InputError(GuardError):
    """A file or folder cannot be read as what it should be."""


class TemplateError(GuardError):
    """A template was read but cannot be resolved."""


class SchemaError(GuardError):
    """SDL cannot be parsed. ``spot`` is the line and column, from 1, inside the SDL."""

    spot: tuple[int, int] | None = None


class RuleError(GuardError):
    """A rule folder is refused."""


class ConfigError(GuardError):
    """Options or a configuration file make no sense."""
