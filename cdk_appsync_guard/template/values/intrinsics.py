"""Ref, Fn::GetAtt, Fn::Sub, ...: raw template data → resolved values.

In: plain data and a Scope, which knows what names mean. Out: a value in which no intrinsic function
is left. A malformed function is Unknown, never an error: CloudFormation, not this tool, refuses it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from cdk_appsync_guard.template.values.strings import mark_dynamic, placeholders, split, to_json
from cdk_appsync_guard.template.values.value import (
    Text,
    Unknown,
    Value,
    concatenate,
    display,
    either,
    unknown_of,
)

__all__ = ["Scope", "function_of", "name_attribute", "resolve", "step_into"]


# A mapping by region has about forty; more are not worth the time when the key is open.
_MOST_KEYS = 200


class Scope(Protocol):
    """What the names in one stack mean. ``depth`` is how deep the caller is nested."""

    def refer(self, name: str, depth: int) -> Value:
        """Return what ``Ref`` gives."""

    def attribute(self, logical_id: str, name: str, depth: int) -> Value:
        """Return what ``Fn::GetAtt`` gives."""

    def imported(self, name: str | Text, depth: int) -> Value:
        """Return what ``Fn::ImportValue`` gives."""

    def mapping(self, name: str) -> Mapping[str, Any] | None:
        """Return a mapping of the template."""

    def choose(self, condition: str, depth: int) -> bool | Unknown:
        """Return whether ``Fn::If`` takes its first arm."""

    def tried(self, value: Value, options: Iterable[str]) -> None:
        """Hear among which strings a value is looked up."""

    def fail_at_depth(self, depth: int) -> None:
        """Raise TemplateError if this is deeper than a template may be nested."""


def resolve(raw: Any, scope: Scope, depth: int = 0) -> Value:
    """Return the value of raw data: absent (None) for ``AWS::NoValue``, also within containers."""
    if isinstance(raw, str):
        return mark_dynamic(raw) if "{{resolve:" in raw else raw
    if not isinstance(raw, (dict, list)):
        return raw
    scope.fail_at_depth(depth)
    if isinstance(raw, list):
        items = [resolve(item, scope, depth + 1) for item in raw]
        return [item for item in items if item is not None]
    name = function_of(raw)
    if name is None:
        pairs = [(key, resolve(item, scope, depth + 1)) for key, item in raw.items()]
        return {key: value for key, value in pairs if value is not None}
    if len(raw) > 1:
        return Unknown(f"`{name}` has other keys next to it")
    apply = _FUNCTIONS.get(name) or _unsupported(name)
    return apply(raw[name], scope, depth + 1)


def function_of(raw: Any) -> str | None:
    """Return the name of the intrinsic function that a dict is, None if it is plain data."""
    if not isinstance(raw, dict):
        return None
    for key in raw:
        if key[:4] == "Fn::" or (key == "Ref" and len(raw) == 1):
            return str(key)
    return None


def step_into(value: Value, *path: str | int) -> Value:
    """Return what stands at *path* inside a resolved value."""
    for at, step in enumerate(path):
        if isinstance(value, Unknown):
            if value.could_be is None:
                return Unknown(value.reason, value.would_decide)
            options = [step_into(option, *path[at:]) for option in value.could_be]
            return options[0] if _all_equal(options) else either(options, value)
        if isinstance(value, Text):
            why = unknown_of(value)
            return why and Unknown(why.reason, why.would_decide)
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def name_attribute(raw: Any, scope: Scope, depth: int) -> tuple[str, str] | Unknown:
    """Return the logical id and the attribute that the argument of ``Fn::GetAtt`` names."""
    if isinstance(raw, str):
        logical_id, _, name = raw.partition(".")
    elif isinstance(raw, list) and len(raw) > 1:
        parts = [resolve(part, scope, depth) for part in raw]
        if not all(isinstance(part, str) for part in parts):
            return _first_unknown(parts) or _malformed("Fn::GetAtt", "names")
        logical_id, name = parts[0], ".".join(parts[1:])
    else:
        return _malformed("Fn::GetAtt", "a logical id and an attribute")
    return (logical_id, name) if name else _malformed("Fn::GetAtt", "an attribute")


def _ref(raw: Any, scope: Scope, depth: int) -> Value:
    return scope.refer(raw, depth) if isinstance(raw, str) else _malformed("Ref", "a name")


def _get_att(raw: Any, scope: Scope, depth: int) -> Value:
    named = name_attribute(raw, scope, depth)
    return named if isinstance(named, Unknown) else scope.attribute(*named, depth)


def _sub(raw: Any, scope: Scope, depth: int) -> Value:
    text, variables = raw, {}
    if isinstance(raw, list) and len(raw) == 2:  # noqa: PLR2004 - the text and its map
        text, variables = raw
    if not isinstance(text, str) or not isinstance(variables, dict):
        return _malformed("Fn::Sub", "a string, or a string and a map")
    values: dict[str, Value] = {}
    pieces: list[Value] = []
    for piece, is_name in placeholders(text):
        if not is_name:
            pieces.append(piece)
            continue
        if piece not in values:
            values[piece] = _substitute(piece, variables, scope, depth)
        pieces.append(values[piece])
    return mark_dynamic(concatenate(pieces))


def _substitute(name: str, variables: dict[str, Any], scope: Scope, depth: int) -> Value:
    if name in variables:
        return resolve(variables[name], scope, depth)
    logical_id, dot, attribute = name.partition(".")
    return scope.attribute(logical_id, attribute, depth) if dot else scope.refer(name, depth)


def _join(raw: Any, scope: Scope, depth: int) -> Value:
    if not isinstance(raw, list) or len(raw) != 2:  # noqa: PLR2004 - delimiter and list
        return _malformed("Fn::Join", "a delimiter and a list")
    delimiter, items = resolve(raw[0], scope, depth), resolve(raw[1], scope, depth)
    if not isinstance(delimiter, (str, Text)) or not isinstance(items, list):
        return _first_unknown([delimiter, items]) or _malformed("Fn::Join", "a list")
    pieces = [piece for item in items for piece in (delimiter, item)][1:]
    return mark_dynamic(concatenate(pieces))


def _select(raw: Any, scope: Scope, depth: int) -> Value:
    if not isinstance(raw, list) or len(raw) != 2:  # noqa: PLR2004 - index and list
        return _malformed("Fn::Select", "an index and a list")
    index = resolve(raw[0], scope, depth)
    items, why = _items(raw[1], scope, depth)
    if isinstance(index, str) and index.isdecimal() and len(index) < len("1000000"):
        index = int(index)
    if isinstance(index, bool) or not isinstance(index, int):
        unknown = unknown_of(index) or _malformed("Fn::Select", "a number")
        return either(items, unknown) if why is None else why
    if 0 <= index < len(items):
        return items[index]
    return why or Unknown("`Fn::Select` asks for more items than there are", "a valid template")


def _split(raw: Any, scope: Scope, depth: int) -> Value:
    items, why = _split_items(raw, scope, depth)
    return why or items


def _items(raw: Any, scope: Scope, depth: int) -> tuple[list[Value], Unknown | None]:
    """Return as much of a list as is known, and why the rest is not, if there is a rest."""
    if function_of(raw) == "Fn::Split" and len(raw) == 1:
        return _split_items(raw["Fn::Split"], scope, depth)
    items = resolve(raw, scope, depth)
    if isinstance(items, list):
        return items, None
    return [], _first_unknown([items]) or _malformed("the function", "a list")


def _split_items(raw: Any, scope: Scope, depth: int) -> tuple[list[Value], Unknown | None]:
    if not isinstance(raw, list) or len(raw) != 2:  # noqa: PLR2004 - delimiter and string
        return [], _malformed("Fn::Split", "a delimiter and a string")
    delimiter, text = resolve(raw[0], scope, depth), resolve(raw[1], scope, depth)
    if not isinstance(delimiter, str) or not delimiter or not isinstance(text, (str, Text)):
        return [], _first_unknown([delimiter, text]) or _malformed("Fn::Split", "a string")
    items, complete = split(text, delimiter)
    return list(items), None if complete else _first_unknown([text])


def _find_in_map(raw: Any, scope: Scope, depth: int) -> Value:
    if not isinstance(raw, list) or len(raw) not in (3, 4):
        return _malformed("Fn::FindInMap", "a map and two keys")
    name, first, second = (resolve(part, scope, depth) for part in raw[:3])
    options = raw[3] if len(raw) > 3 else None  # noqa: PLR2004 - the default comes last
    default = (
        resolve(options.get("DefaultValue"), scope, depth) if isinstance(options, dict) else None
    )
    mapping = scope.mapping(name) if isinstance(name, str) else None
    why = _first_unknown([name, first, second])
    if why is not None and mapping is not None and len(mapping) > _MOST_KEYS:
        return why
    found = [
        resolve(entry[key], scope, depth) if key in entry else default
        for entry in _entries(mapping, first, scope)
        for key in _keys(entry, second, scope)
    ]
    if why is not None or not found:
        found.append(default)
    found = [value for value in found if value is not None]
    if not found:
        return why or Unknown("the mapping does not have this entry")
    return found[0] if _all_equal(found) else either(found, why or Unknown("the key is not known"))


def _entries(
    mapping: Mapping[str, Any] | None, key: Value, scope: Scope
) -> list[Mapping[str, Any]]:
    if mapping is None:
        return []
    entries = [mapping.get(name) for name in _keys(mapping, key, scope)]
    return [entry for entry in entries if isinstance(entry, dict)]


def _keys(mapping: Mapping[str, Any], key: Value, scope: Scope) -> tuple[str, ...]:
    """Return the keys that a value may be: all of them if nothing is known about it."""
    why = unknown_of(key)
    if why is None:
        return (display(key),)
    scope.tried(key, mapping)
    return tuple(map(display, why.could_be)) if why.could_be is not None else tuple(mapping)


def _if(raw: Any, scope: Scope, depth: int) -> Value:
    if not isinstance(raw, list) or len(raw) != 3 or not isinstance(raw[0], str):  # noqa: PLR2004
        return _malformed("Fn::If", "a condition and two values")
    truth = scope.choose(raw[0], depth)
    if isinstance(truth, bool):
        return resolve(raw[1 if truth else 2], scope, depth)
    return either([resolve(arm, scope, depth) for arm in raw[1:]], truth)


def _import(raw: Any, scope: Scope, depth: int) -> Value:
    name = resolve(raw, scope, depth)
    if isinstance(name, (str, Text)):
        return scope.imported(name, depth)
    return _first_unknown([name]) or _malformed("Fn::ImportValue", "a name")


def _base64(raw: Any, scope: Scope, depth: int) -> Value:
    text = resolve(raw, scope, depth)
    if isinstance(text, str):
        return base64.b64encode(text.encode(errors="replace")).decode()
    return _first_unknown([text]) or _malformed("Fn::Base64", "a string")


def _length(raw: Any, scope: Scope, depth: int) -> Value:
    items, why = _items(raw, scope, depth)
    return len(items) if why is None else why


def _to_json_string(raw: Any, scope: Scope, depth: int) -> Value:
    return to_json(resolve(raw, scope, depth))


def _known_after_apply(raw: Any, scope: Scope, depth: int) -> Value:
    """Return what a plan of Terraform leaves open; ``inputs.terraform`` writes it."""
    if not isinstance(raw, list) or len(raw) != 3 or not isinstance(raw[2], list):  # noqa: PLR2004 - the reason, what would decide, and what the value is made of
        return _malformed("Fn::KnownAfterApply", "a reason")
    reason, would_decide, parts = raw
    made_of = tuple(resolve(part, scope, depth) for part in parts)
    return Unknown(str(reason), str(would_decide), made_of=made_of)


def _unsupported(name: str) -> Callable[[Any, Scope, int], Value]:
    return lambda _raw, _scope, _depth: Unknown(
        f"`{name}` runs only at deployment", "nothing before deployment"
    )


def _malformed(name: str, expected: str) -> Unknown:
    return Unknown(f"`{name}` does not have {expected}", "a valid template")


def _first_unknown(values: list[Value]) -> Unknown | None:
    found = next((why for why in map(unknown_of, values) if why is not None), None)
    return found and Unknown(found.reason, found.would_decide)


def _all_equal(values: list[Value]) -> bool:
    return not isinstance(values[0], Unknown) and all(value == values[0] for value in values)


_FUNCTIONS: dict[str, Callable[[Any, Scope, int], Value]] = {
    "Ref": _ref,
    "Fn::Base64": _base64,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _import,
    "Fn::Join": _join,
    "Fn::KnownAfterApply": _known_after_apply,
    "Fn::Length": _length,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": _to_json_string,
}
