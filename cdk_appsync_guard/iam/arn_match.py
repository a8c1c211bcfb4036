"""IAM's wildcard matching on strings whose parts may be unknown.

In: a pattern (``*``, ``?`` and policy variables) and a target, each a str or a Text with holes.
Out: True, False or None, where None means that it depends on what the holes will be.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cdk_appsync_guard.template.values.value import Hole, Text, Unknown, concatenate

__all__ = ["Prepared", "has_value", "matches", "prepare", "split_arn"]

# An ARN has at most 2048 characters; what is larger is not tried, so that it cannot take long.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_LONGEST = 2048
_MOST_WILDCARDS = 100

_ANY = "any"  # `*`
_ONE = "one"  # `?`
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_PLAIN = re.compile(r"[^*?$]*")
_WILDCARDS = re.compile(r"[*?]{2,}")
_ESCAPES = {"*": "*", "?": "?", "$": "$"}
_CHARACTERS = {
    "AWS::Region": "[a-z0-9-]",
    "AWS::AccountId": "[0-9]",
    "AWS::Partition": "[a-z-]",
}
_API_ID = "[a-z0-9]"


@dataclass(frozen=True, slots=True)
class _Literal:
    character: str


# A pattern or a target, one token a character: wildcards and holes are single tokens.
_Token = str | _Literal | Hole


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is left of a pattern after the common beginning of many targets was consumed."""

    certain: re.Pattern[str] | None
    possible: re.Pattern[str] | None
    exact: str | None = None
    """The only rest that can match, if nothing of the pattern is a wildcard or a hole."""

    def matches(self, rest: str) -> bool | None:
        """Return whether the pattern matches the beginning followed by *rest*."""
        if self.exact is not None:
            return rest == self.exact
        if self.certain is not None and self.certain.fullmatch(rest):
            return True
        if self.possible is not None and self.possible.fullmatch(rest):
            return None
        return False


def matches(
    pattern: str | Text, target: str | Text, variables: Mapping[str, str] | None = None
) -> bool | None:
    """Return whether *pattern* matches *target*; None if that depends on unknown parts.

    *variables* gives the values of policy variables. If it is given, a variable that it lacks
    matches nothing, as IAM has it; if it is None, any variable is unknown.
    """
    return prepare(pattern, target, variables).matches("")


def has_value(pattern: str | Text, variables: Mapping[str, str]) -> bool:
    """Return whether every policy variable of the pattern has a value."""
    return _pattern_tokens(pattern, variables) is not None


def split_arn(value: str | Text) -> list[str | Text]:
    """Return the pieces between colons; what is in a hole is one piece."""
    pieces: list[list[str | Hole]] = [[]]
    for part in (value,) if isinstance(value, str) else value.parts:
        if isinstance(part, Hole):
            pieces[-1].append(part)
            continue
        first, *others = part.split(":")
        pieces[-1].append(first)
        pieces += [[one] for one in others]
    texts = (
        concatenate(Text((one,)) if isinstance(one, Hole) else one for one in each)
        for each in pieces
    )
    return [text for text in texts if not isinstance(text, Unknown)]


def prepare(
    pattern: str | Text, beginning: str | Text, variables: Mapping[str, str] | None = None
) -> Prepared:
    """Return what is left of *pattern* for targets that start with *beginning*.

    A scan asks the same ARN pattern about every field of an API: this walks the common part once.
    """
    pattern, beginning = _without_common_start(pattern, beginning)
    if isinstance(pattern, str) and isinstance(beginning, str) and _is_plain(pattern):
        is_ahead = pattern.startswith(beginning)
        return Prepared(None, None, pattern[len(beginning) :] if is_ahead else None)
    tokens = _pattern_tokens(pattern, variables)
    if tokens is None:
        return Prepared(None, None)
    if len(tokens) > _LONGEST or tokens.count(_ANY) > _MOST_WILDCARDS:
        return Prepared(None, re.compile(".*", re.DOTALL))
    targets = list(_target_tokens(beginning))
    certain = _walk(tokens, targets, guess=False)
    if any(isinstance(token, Hole) for token in (*tokens, *targets)):
        possible = _walk(tokens, targets, guess=True)
    else:
        possible = set()
    exact = _exact(tokens, certain | possible) if possible <= certain else None
    if exact is not None:
        return Prepared(None, None, exact)
    return Prepared(_rest(tokens, certain, guess=False), _rest(tokens, possible, guess=True))


def _is_plain(pattern: str) -> bool:
    return len(pattern) <= _LONGEST and _PLAIN.fullmatch(pattern) is not None


def _exact(pattern: list[_Token], positions: set[int]) -> str | None:
    if len(positions) != 1:
        return None
    rest = pattern[min(positions) :]
    if not all(isinstance(token, _Literal) for token in rest):
        return None
    return "".join(token.character for token in rest if isinstance(token, _Literal))


def _without_common_start(
    pattern: str | Text, beginning: str | Text
) -> tuple[str | Text, str | Text]:
    """Leave out the whole parts that both begin with, so that only the rest has to be walked.

    Equal holes are equal strings, so the two match if and only if what follows does.
    """
    if isinstance(pattern, str) or isinstance(beginning, str):
        return pattern, beginning
    count = 0
    for own, other in zip(pattern.parts, beginning.parts, strict=False):
        if own != other or (isinstance(own, str) and not _PLAIN.fullmatch(own)):
            break
        count += 1
    return _rest_of(pattern, count), _rest_of(beginning, count)


def _rest_of(text: Text, count: int) -> str | Text:
    rest = text.parts[count:]
    if not rest:
        return ""
    return rest[0] if len(rest) == 1 and isinstance(rest[0], str) else Text(rest)


def _pattern_tokens(
    pattern: str | Text, variables: Mapping[str, str] | None
) -> list[_Token] | None:
    tokens: list[_Token] = []
    for part in (pattern,) if isinstance(pattern, str) else pattern.parts:
        if isinstance(part, Hole):
            tokens.append(part)
            continue
        end = 0
        for variable in _VARIABLE.finditer(part, 0, part.rfind("}") + 1):
            tokens += _wildcards(part[end : variable.start()])
            end = variable.end()
            value = _variable(variable[1], variables)
            if value is None:
                return None
            tokens += value
        tokens += _wildcards(part[end:])
    return tokens


def _variable(text: str, variables: Mapping[str, str] | None) -> list[_Token] | None:
    """Return the tokens of ``${text}``; None if it is a variable without a value."""
    if text in _ESCAPES:
        return [_Literal(_ESCAPES[text])]
    if variables is None:
        return [Hole("variable", text)]
    name, _, default = text.partition(",")
    value = variables.get(name.strip().lower())
    if value is None and default:
        value = default.strip().strip("'")
    return None if value is None else [_Literal(character) for character in value]


def _wildcards(text: str) -> list[_Token]:
    kinds: dict[str, _Token] = {"*": _ANY, "?": _ONE}
    # `*?*` wants what `?*` wants, and there is only one way to match that.
    text = _WILDCARDS.sub(lambda run: "?" * run[0].count("?") + "*" * ("*" in run[0]), text)
    return [kinds.get(character) or _Literal(character) for character in text]


def _target_tokens(target: str | Text) -> Iterator[_Token]:
    for part in (target,) if isinstance(target, str) else target.parts:
        if isinstance(part, Hole):
            yield part
        else:
            yield from map(_Literal, part)


def _walk(pattern: list[_Token], targets: list[_Token], *, guess: bool) -> set[int]:
    """Return the positions in *pattern* that consuming *targets* may lead to.

    With *guess* a hole may be any string of its kind; without, it equals only itself.
    """
    positions = _skip(pattern, {0}, guess=guess)
    for target in targets:
        if not positions:
            break
        if isinstance(target, Hole):
            positions = _over_hole(pattern, positions, target, guess=guess)
        else:
            assert isinstance(target, _Literal)  # noqa: S101 - targets hold no wildcards
            positions = _over_character(pattern, positions, target, guess=guess)
    return positions


def _over_character(
    pattern: list[_Token], positions: set[int], target: _Literal, *, guess: bool
) -> set[int]:
    after = set()
    for position in positions:
        if position == len(pattern):
            continue
        token = pattern[position]
        if token is _ANY or (guess and isinstance(token, Hole) and _admits(token, target)):
            after.add(position)
        elif token is _ONE or token == target:
            after.add(position + 1)
    return _skip(pattern, after, guess=guess)


def _over_hole(
    pattern: list[_Token], positions: set[int], target: Hole, *, guess: bool
) -> set[int]:
    after = set()
    for start in positions:
        if start < len(pattern) and (pattern[start] is _ANY):
            after.add(start)
        if start < len(pattern) and pattern[start] == target:
            after.add(start + 1)
        if target.name == "AWS::Partition" and _spells(pattern, start, "aws"):
            # The commercial partition is taken as meant wherever `aws` is written out; the names
            # of the others begin with it.
            after.add(start + 3)
        if guess:
            position = start
            while position < len(pattern) and _admits(target, pattern[position]):
                position += 1
                after.add(position)
            after.add(start)
    return _skip(pattern, after, guess=guess)


def _spells(pattern: list[_Token], start: int, word: str) -> bool:
    wanted = [_Literal(character) for character in word]
    end = start + len(word)
    return pattern[start:end] == wanted and (
        end == len(pattern) or pattern[end] in (_Literal(":"), _ANY)
    )


def _admits(hole: Hole, token: _Token) -> bool:
    """Return whether the hole's string may contain what the token stands for."""
    if not isinstance(token, _Literal):
        return True
    characters = _kind_of(hole)
    return not characters or re.match(characters, token.character) is not None


def _kind_of(hole: Hole) -> str:
    """Return the characters that the hole's string consists of, empty if it may be any."""
    return _API_ID if hole.name.endswith(".ApiId") else _CHARACTERS.get(hole.name, "")


def _skip(pattern: list[_Token], positions: Iterable[int], *, guess: bool) -> set[int]:
    """Add the positions behind tokens that may stand for nothing."""
    reached = set(positions)
    for position in sorted(reached):
        following = position
        while following < len(pattern) and (
            pattern[following] is _ANY or (guess and isinstance(pattern[following], Hole))
        ):
            following += 1
            reached.add(following)
    # Whatever matches from an earlier position matches from a `*` as well.
    anything = max((at for at in reached if at < len(pattern) and pattern[at] is _ANY), default=-1)
    return {at for at in reached if at >= anything}


def _rest(pattern: list[_Token], positions: set[int], *, guess: bool) -> re.Pattern[str] | None:
    """Return a regular expression for what the pattern still wants from any of the positions."""
    alternatives = []
    for position in sorted(positions):
        segments = _segments(pattern[position:], guess=guess)
        if segments is not None:
            alternatives.append(_expression(segments, f"p{position}s"))
    if not alternatives:
        return None
    return re.compile("|".join(dict.fromkeys(alternatives)), re.DOTALL)


def _segments(tokens: list[_Token], *, guess: bool) -> list[str] | None:
    """Return the expressions between the ``*``; None if a hole is in the way of a literal rest."""
    segments = [""]
    for token in tokens:
        if isinstance(token, _Literal):
            segments[-1] += re.escape(token.character)
        elif token is _ONE:
            segments[-1] += "."
        elif guess and isinstance(token, Hole) and len(segments) == 1 and _kind_of(token):
            # Only before the first `*`: behind it, segments are matched once, at one length.
            segments[0] += f"{_kind_of(token)}*"
        elif token is _ANY or guess:
            segments.append("")
        else:
            return None
    return segments


def _expression(segments: list[str], prefix: str) -> str:
    """Join the segments so that each is matched once, at its first place.

    That is enough for wildcards, and it keeps a hostile pattern from backtracking forever. The
    look-ahead with a back reference is an atomic group, which Python has only since 3.11.
    """
    first, *middle = segments
    if not middle:
        return first
    last = middle.pop()
    inner = (
        f"(?=(?P<{prefix}{number}>.*?{segment}))(?P={prefix}{number})"
        for number, segment in enumerate(middle)
        if segment
    )
    return "".join((first, *inner, ".*", last))
