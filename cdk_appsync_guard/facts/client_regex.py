"""A pattern that AppSync matches client ids with → why it is not valid, and the clients it names.

In: the expression. Out: words, or None. AppSync's expressions are not Python's, so only errors of
every dialect count, and nothing is ever matched: no expression can take long.
"""

from __future__ import annotations

from cdk_appsync_guard.template.values.value import Hole, Text

__all__ = ["find_separator", "find_syntax_error", "references_in"]

_SEPARATORS = frozenset(",; \t\r\n")
_META = frozenset("\\.[]{}()*+?^$")
_AROUND = "^$()"


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


def find_separator(expression: str | Text) -> str | None:
    """Return an alternative that lists ids with a comma, a semicolon or a space between them.

    Only where it has nothing else that means something in a regular expression.
    """
    parts = expression.parts if isinstance(expression, Text) else (expression,)
    written = "".join(part if isinstance(part, str) else "${client}" for part in parts)
    plain = "".join(part if isinstance(part, str) else "id" for part in parts)
    pairs = zip(plain.split("|"), written.split("|"), strict=True)
    found = (
        shown
        for one, shown in pairs
        if not _SEPARATORS.isdisjoint(one) and _META.isdisjoint(one.strip(_AROUND))
    )
    return next(found, None)


def references_in(expression: Text) -> list[Hole | None]:
    """Return, for each alternative, the hole that it is; None for one that is anything else."""
    alternatives: list[list[str | Hole]] = [[]]
    for part in expression.parts:
        if isinstance(part, Hole):
            alternatives[-1].append(part)
            continue
        first, *others = part.split("|")
        for number, piece in enumerate((first, *others)):
            if number:
                alternatives.append([])
            stripped = piece.strip(_AROUND)
            if stripped:
                alternatives[-1].append(stripped)
    return [one[0] if len(one) == 1 and isinstance(one[0], Hole) else None for one in alternatives]
