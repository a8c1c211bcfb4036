"""A regular expression that AppSync matches client ids with → why it is none.

In: the expression. Out: words, or None. AppSync's expressions are not Python's, so only errors of
every dialect count, and nothing is ever matched: no expression can take long.
"""

from __future__ import annotations

__all__ = ["find_syntax_error"]


def find_syntax_error(expression: str) -> str | None:
    """Return what is wrong with the expression, None if nothing surely is."""
    open_groups = 0
    before = "("  # what the character before is, as far as a repetition cares
    position = 0
    while position < len(expression):
        character = expression[position]
        if expression.startswith("\\Q", position):  # Java quotes up to \E
            return None
        if character in "*+" and before in "(|":
            return f"there is nothing that `{character}` could repeat"
        open_groups += (character == "(") - (character == ")")
        if open_groups < 0:
            return "a `)` closes nothing"
        end = _end_of_token(expression, position)
        if end is None:
            return "a `[` is never closed" if character == "[" else "it ends with a lone `\\`"
        before = character
        position = end + 1
    return "a `(` is never closed" if open_groups else None


def _end_of_token(expression: str, start: int) -> int | None:
    """Return where an escape, a class or a single character ends; None if it does not."""
    if expression[start] == "\\":
        return start + 1 if start + 1 < len(expression) else None
    return _end_of_class(expression, start) if expression[start] == "[" else start


def _end_of_class(expression: str, start: int) -> int | None:
    """Return where the ``]`` is that closes a class. Java nests them, other dialects do not."""
    position = start + 1
    # A `]` that comes first may stand for itself.
    if expression.startswith("^", position):
        position += 1
    if expression.startswith("]", position):
        position += 1
    while position < len(expression):
        if expression[position] == "\\":
            position += 1
        elif expression[position] == "]":
            return position
        position += 1
    return None
