"""What CloudFormation does to strings of which parts are known by name only.

In: strings and Texts. Out: the same kinds, or lists of them. Knows no template.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from cdk_appsync_guard.template.values.value import Hole, Text, Unknown, Value, concatenate, display

__all__ = ["mark_dynamic", "placeholders", "split", "to_json"]

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_DYNAMIC = "{{resolve:"

_LETTERS_DIGITS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_NAME_CHARACTERS = _LETTERS_DIGITS | frozenset("-_.")
_ALPHABETS = {
    "AWS::AccountId": frozenset("0123456789"),
    "AWS::Partition": _LETTERS_DIGITS | frozenset("-"),
    "AWS::Region": _LETTERS_DIGITS | frozenset("-"),
    "AWS::StackName": _LETTERS_DIGITS | frozenset("-"),
    "AWS::URLSuffix": _LETTERS_DIGITS | frozenset("-."),
}


def placeholders(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of what ``Fn::Sub`` is given: (literal, False) or (name, True).

    ``${!Literal}`` is the literal ``${Literal}``.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
    """
    end = 0
    # Behind the last brace there is none to find, and looking for one would take long.
    for match in _PLACEHOLDER.finditer(text, 0, text.rfind("}") + 1):
        yield text[end : match.start()], False
        name = match[1].strip()
        if name.startswith("!"):
            yield "${" + name[1:] + "}", False
        else:
            yield name, True
        end = match.end()
    yield text[end:], False


def mark_dynamic(value: Value) -> Value:
    """Return the string with each ``{{resolve:...}}`` in it turned into a hole.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
    """
    if isinstance(value, str):
        parts: tuple[str | Hole, ...] = (value,)
    elif isinstance(value, Text):
        parts = value.parts
    else:
        return value
    if not any(isinstance(part, str) and _DYNAMIC in part for part in parts):
        return value
    done: list[str | Hole] = []
    reference: list[str | Hole] | None = None
    for part in parts:
        if isinstance(part, Hole):
            (done if reference is None else reference).append(part)
            continue
        rest = part
        while rest:
            if reference is None:
                before, mark, rest = rest.partition(_DYNAMIC)
                done.append(before)
                reference = [mark] if mark else None
            else:
                inside, mark, rest = rest.partition("}}")
                reference += [inside, mark]
                if mark:
                    done.append(Hole("dynamic", "".join(map(str, reference))))
                    reference = None
    done += reference or []
    return concatenate(Text((part,)) if isinstance(part, Hole) else part for part in done)


def split(value: str | Text, delimiter: str) -> tuple[list[str | Text | Unknown], bool]:
    """Return the items of the string, and whether these are all.

    A hole that may contain the delimiter ends what is known: its own item is left out, too.
    """
    items: list[str | Text | Unknown] = []
    current: list[Value] = []
    for part in value.parts if isinstance(value, Text) else (value,):
        if isinstance(part, Hole):
            if _may_contain(part, delimiter):
                return items, False
            current.append(Text((part,)))
            continue
        first, *others = part.split(delimiter)
        current.append(first)
        for other in others:
            items.append(concatenate(current))
            current = [other]
    items.append(concatenate(current))
    return items, True


def _may_contain(hole: Hole, delimiter: str) -> bool:
    if hole.could_be is not None:
        return any(delimiter in value for value in hole.could_be)
    alphabet = _ALPHABETS.get(hole.name) if hole.kind == "pseudo" else None
    # An attribute that is called an id or a name is not an ARN; what Ref returns varies by type.
    if hole.kind == "attribute" and hole.name.partition(".")[2].endswith(("Id", "Name")):
        alphabet = _NAME_CHARACTERS
    return alphabet is None or alphabet.issuperset(delimiter)


def to_json(value: Value) -> str | Text | Unknown:
    """Return the value as ``Fn::ToJsonString`` writes it."""
    return concatenate(_json_pieces(value))


def _json_pieces(value: Value) -> Iterator[Value]:
    if isinstance(value, dict):
        yield "{"
        for at, (key, item) in enumerate(value.items()):
            yield ("," if at else "") + json.dumps(key) + ":"
            yield from _json_pieces(item)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for at, item in enumerate(value):
            yield "," if at else ""
            yield from _json_pieces(item)
        yield "]"
    elif isinstance(value, Text):
        yield '"'
        for part in value.parts:
            yield Text((part,)) if isinstance(part, Hole) else json.dumps(part)[1:-1]
        yield '"'
    elif isinstance(value, str):
        yield json.dumps(value)
    elif isinstance(value, Unknown):
        yield Unknown(value.reason, value.would_decide)
    else:
        yield "null" if value is None else display(value)
