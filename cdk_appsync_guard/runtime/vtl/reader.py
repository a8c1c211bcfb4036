"""A cursor over the text of a template: small tokens, lines, depth.

Each method looks at the text from where the cursor stands and moves it past what it takes.
"""

from __future__ import annotations

import re

__all__ = ["Reader", "VtlSyntaxError"]

DEEPEST = 60

_SPACES = re.compile(r"\s+")
_LINE_END = re.compile(r"[ \t]*\n")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DIRECTIVE = re.compile(r"#(?:\{([a-z]+)\}|([a-zA-Z_][a-zA-Z0-9_]*))")
_BACKSLASHES = re.compile(r"\\+")
_DIRECTIVES = frozenset(
    {"set", "if", "elseif", "else", "end", "foreach", "break", "stop", "return"}
    | {"parse", "include", "macro", "define", "evaluate"}
)
_WITH_PARENTHESIS = frozenset(
    {"set", "if", "elseif", "foreach", "parse", "include", "macro", "define", "evaluate"}
)


class VtlSyntaxError(Exception):
    """The template does not parse; ``line`` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class Reader:
    """A text and a place in it."""

    def __init__(self, text: str, first_line: int = 1, depth: int = 0) -> None:
        self.text = text
        self.at = 0
        self.depth = depth
        self._line = first_line
        self._counted = 0

    @property
    def line(self) -> int:
        """The line that the cursor stands in."""
        if self.at >= self._counted:
            self._line += self.text.count("\n", self._counted, self.at)
        else:
            self._line -= self.text.count("\n", self.at, self._counted)
        self._counted = self.at
        return self._line

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.text)

    def peek(self, ahead: int = 0) -> str:
        """Return the next character, "" at the end."""
        return self.text[self.at + ahead : self.at + ahead + 1]

    def take(self) -> str:
        """Take one character."""
        self.at += 1
        return self.text[self.at - 1]

    def match(self, pattern: re.Pattern[str]) -> str | None:
        """Take what the pattern matches here."""
        match = pattern.match(self.text, self.at)
        if match is None or match.end() == self.at:
            return None
        self.at = match.end()
        return match.group()

    def look(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return what the pattern matches here, without taking it."""
        return pattern.match(self.text, self.at)

    def error(self, message: str) -> VtlSyntaxError:
        """Return the error that the template has here."""
        return VtlSyntaxError(message, self.line)

    def descend(self) -> None:
        """Count one level of nesting; anyone who calls this calls ``ascend`` after it."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(f"the template is nested more than {DEEPEST} levels deep")

    def ascend(self) -> None:
        """Leave one level of nesting."""
        self.depth -= 1

    def skip_spaces(self) -> None:
        """Pass over white space."""
        match = _SPACES.match(self.text, self.at)
        if match is not None:
            self.at = match.end()

    def skip_line_end(self) -> None:
        """Pass over the rest of the line if it is empty: a directive's own line prints nothing."""
        match = _LINE_END.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def follows(self, sign: str) -> bool:
        """Return whether the sign comes next, after white space; do not take it."""
        self.skip_spaces()
        return self.text.startswith(sign, self.at)

    def take_sign(self, *signs: str) -> str | None:
        """Take one of the signs after white space; a word counts only as a whole."""
        self.skip_spaces()
        for sign in signs:
            if not self.text.startswith(sign, self.at):
                continue
            after = self.peek(len(sign))
            if sign[0].isalpha() and (after.isalnum() or after == "_"):
                continue
            self.at += len(sign)
            return sign
        return None

    def expect(self, sign: str) -> None:
        """Take the sign, or fail."""
        if self.take_sign(sign) is None:
            found = self.peek()
            shown = f"`{found}`" if found.strip() else "the end"
            raise self.error(f"`{sign}` is expected, and {shown} is found")

    def identifier(self) -> str | None:
        """Take a name."""
        return self.match(_IDENTIFIER)

    def take_escape(self) -> str:
        r"""Take backslashes, and the `$` or `#` that they make text: ``\$x`` prints ``$x``."""
        slashes = self.match(_BACKSLASHES) or ""
        if self.peek() not in ("$", "#") or not self.peek():
            return slashes
        half = "\\" * (len(slashes) // 2)
        return half + self.take() if len(slashes) % 2 else half

    def skip_comment(self) -> bool:
        """Pass over ``## line`` or ``#* block *#``; return whether there was one."""
        if self.text.startswith("##", self.at):
            end = self.text.find("\n", self.at)
            self.at = len(self.text) if end < 0 else end + 1
            return True
        if self.text.startswith("#*", self.at):
            end = self.text.find("*#", self.at + 2)
            self.at = len(self.text) if end < 0 else end + 2
            return True
        return False

    def take_raw(self) -> str | None:
        """Take ``#[[text]]#``."""
        if not self.text.startswith("#[[", self.at):
            return None
        end = self.text.find("]]#", self.at + 3)
        if end < 0:
            raise self.error("`#[[` without its `]]#`")
        raw = self.text[self.at + 3 : end]
        self.at = end + 3
        return raw

    def take_directive_name(self) -> str | None:
        """Take the `#name` of a directive; anything else after a `#` is text."""
        match = _DIRECTIVE.match(self.text, self.at)
        name = (match.group(1) or match.group(2)) if match else None
        if match is None or name not in _DIRECTIVES:
            return None
        if name in _WITH_PARENTHESIS and self._after_spaces(match.end()) != "(":
            return None
        self.at = match.end()
        return name

    def _after_spaces(self, at: int) -> str:
        spaces = _SPACES.match(self.text, at)
        at = spaces.end() if spaces else at
        return self.text[at : at + 1]
