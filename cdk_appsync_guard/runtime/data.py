"""JSON-like values with unknown ones among them: compared, written, read.

Every walk is counted and bounded in depth: code can build values that share parts, or hold
themselves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from zlib import crc32

from cdk_appsync_guard.runtime.machine import Machine, Stopped, named
from cdk_appsync_guard.runtime.model import HOLE, Data, FieldError, UnknownData, show_holes

__all__ = [
    "copy_data",
    "describe",
    "dump",
    "equal",
    "find_unknown",
    "is_open",
    "is_scalar",
    "member_in",
    "parse",
    "put_in",
    "read_output",
]

DEEPEST = 60
_MARK = "\ue000"
_LAST = "\ue002"
_SHOWN = 120
_DEEPEST_SHOWN = 4


def is_scalar(value: Data) -> bool:
    """Return whether the value is a known one without parts."""
    return value is None or isinstance(value, (bool, int, float, str))


def find_unknown(machine: Machine, value: Data, depth: int = 0) -> UnknownData | None:
    """Return the first unknown value inside, None if everything is known."""
    machine.step()
    if isinstance(value, UnknownData):
        return value
    _check_depth(machine, depth)
    if isinstance(value, (list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            found = find_unknown(machine, part, depth + 1)
            if found is not None:
                return found
    return None


_ROLE_SESSION = ":assumed-role/"


def member_in(machine: Machine, value: dict[str, Data], name: str, missing: Data) -> Data:
    """Return a member of a map that the code has made; *missing* if it has none."""
    machine.note_member(value, name)
    mixed = machine.mixed.get(id(value))
    if mixed is not None and name not in mixed.certain:
        return named(machine, f"{mixed.names[-1]}.{name}")
    return value.get(name, missing)


def put_in(machine: Machine, value: dict[str, Data], name: str, new: Data) -> None:
    """Set a member of a map that the code has made."""
    machine.grow(value)
    value[name] = new
    if id(value) in machine.mixed:
        machine.mixed[id(value)].certain.add(name)


def equal(machine: Machine, left: Data, right: Data, depth: int = 0) -> bool:
    """Return whether two values are equal, asking about what is not known. Types count."""
    machine.step()
    _check_depth(machine, depth)
    if isinstance(left, UnknownData) or isinstance(right, UnknownData):
        return _equal_unknown(machine, left, right)
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(
            equal(machine, a, b, depth + 1) for a, b in zip(left, right, strict=True)
        )
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            equal(machine, left[key], right[key], depth + 1) for key in left
        )
    return _equal_texts(machine, left, right)


def _equal_texts(machine: Machine, left: Data, right: Data) -> bool:
    if not (isinstance(left, str) and isinstance(right, str)) or left == right:
        return isinstance(left, str) and isinstance(right, str)
    if HOLE not in left and HOLE not in right:
        return False
    machine.step(1 + (len(left) + len(right)) // 100)
    if _are_two_roles(left, right):
        return False
    if not (_agree(left, right) and _agree(left[::-1], right[::-1], _LAST)):
        return False
    first, second = sorted((left, right))
    return machine.choose(f"`{show_holes(first)}` == {describe(second)}")


def _are_two_roles(left: str, right: str) -> bool:
    """Return whether two ARNs are those of sessions of two roles of the template."""
    first, second = left.partition(_ROLE_SESSION), right.partition(_ROLE_SESSION)
    if not first[1] or first[0] != second[0]:
        return False
    roles = [text.partition("/")[0] for _, _, text in (first, second)]
    return roles[0] != roles[1] and all(
        role.startswith(HOLE) and role.count(HOLE) == 1 and "::" not in role for role in roles
    )


def _agree(left: str, right: str, mark: str = HOLE) -> bool:
    """Return whether two texts are the same up to the first hole of either."""
    length = min(len(text.partition(mark)[0]) for text in (left, right))
    return left[:length] == right[:length]


def _equal_unknown(machine: Machine, left: Data, right: Data) -> bool:
    if not isinstance(left, UnknownData):
        left, right = right, left
    if isinstance(right, UnknownData):
        return _equal_both(machine, left, right)
    if right is None:
        return machine.is_null(left)
    if is_scalar(right):
        return machine.equals_constant(left, right, describe(right))
    if machine.is_null(left):
        return False
    machine.step(len(right))
    return machine.choose(f"`{left.name}` == {describe(right)}")


def _equal_both(machine: Machine, left: UnknownData, right: UnknownData) -> bool:
    if left.name == right.name:
        return True
    for one, other in ((left, right), (right, left)):
        fixed = machine.fixed(one.name)
        if fixed is not None:
            return equal(machine, other, fixed[0])
    if left.kind and right.kind and left.kind != right.kind:
        return machine.is_null(left) and machine.is_null(right)
    first, second = sorted((left.name, right.name))
    return machine.choose(f"`{first}` == `{second}`")


def describe(value: Data, depth: int = 0) -> str:
    """Return how a question shows a value. Different values are shown differently."""
    if isinstance(value, UnknownData):
        return value.name
    if is_scalar(value):
        text = json.dumps(value, ensure_ascii=False)
        return _shortened(show_holes(text) if HOLE in text else text)
    if depth == _DEEPEST_SHOWN or not isinstance(value, (dict, list)):
        shown = repr(value)
        return shown if shown == "undefined" else f"(a value, {id(value)})"
    if isinstance(value, list):
        return _shortened(f"[{', '.join(describe(item, depth + 1) for item in value)}]")
    members = (f"{key}: {describe(item, depth + 1)}" for key, item in value.items())
    return _shortened(f"{{{', '.join(members)}}}")


def _shortened(text: str) -> str:
    if len(text) <= _SHOWN:
        return text
    return f"{text[:_SHOWN]}... ({crc32(text.encode(errors='replace')):08x})"


def dump(machine: Machine, value: Data) -> str | UnknownData:
    """Return the value as JSON; an unknown text that holds it if a part is not known."""
    unknown = find_unknown(machine, value)
    if unknown is None:
        return machine.write("".join(_pieces(machine, value, None, 0)))
    return UnknownData(f"util.toJson({_short(value)})", nullable=False, kind="string", holds=value)


def _short(value: Data) -> str:
    return value.name if isinstance(value, UnknownData) else "..."


def _pieces(machine: Machine, value: Data, marks: list[UnknownData] | None, depth: int) -> Any:
    machine.step()
    _check_depth(machine, depth)
    if isinstance(value, dict):
        yield "{"
        for number, (key, member) in enumerate(value.items()):
            yield f"{',' if number else ''}{json.dumps(str(key), ensure_ascii=False)}:"
            yield from _pieces(machine, member, marks, depth + 1)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for number, member in enumerate(value):
            if number:
                yield ","
            yield from _pieces(machine, member, marks, depth + 1)
        yield "]"
    elif isinstance(value, UnknownData) and marks is not None:
        yield f'"{mark(value, marks)}"'
    elif is_scalar(value):
        yield json.dumps(value, ensure_ascii=False)
    else:
        raise machine.lacks("a value that is not JSON in `toJson`")


def mark(value: UnknownData, marks: list[UnknownData]) -> str:
    """Return the sign that stands for an unknown value in a text."""
    marks.append(value)
    return f"{_MARK}{len(marks) - 1}{_MARK}"


def read_output(machine: Machine, pieces: list[str | UnknownData]) -> Data:
    """Return the JSON value that the output of a template is; unknown parts stay unknown."""
    marks: list[UnknownData] = []
    texts: list[str] = []
    quoted = False
    for piece in pieces:
        if isinstance(piece, str):
            texts.append(piece.replace(_MARK, ""))
            quoted = is_open(piece, quoted=quoted)
        elif piece.holds is not None and not quoted:
            texts.extend(_pieces(machine, piece.holds, marks, 0))
        elif quoted:
            texts.append(mark(piece, marks))
        else:
            texts.append(f'"{mark(piece, marks)}"')
    value = parse(machine, "".join(texts).strip())
    return _unmark(machine, value, marks) if marks else value


def is_open(text: str, *, quoted: bool) -> bool:
    """Return whether a JSON string is open behind a piece of JSON."""
    if '"' not in text:
        return quoted
    escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = quoted
        elif character == '"':
            quoted = not quoted
    return quoted


def _unmark(machine: Machine, value: Data, marks: list[UnknownData]) -> Data:
    if isinstance(value, dict):
        return {
            _unmark_text(key, marks): _unmark(machine, member, marks)
            for key, member in value.items()
        }
    if isinstance(value, list):
        return [_unmark(machine, member, marks) for member in value]
    if not isinstance(value, str) or _MARK not in value:
        return value
    parts = value.split(_MARK)
    if len(parts) == len(("before", "mark", "after")) and not parts[0] and not parts[2]:
        return marks[int(parts[1])]
    return UnknownData(_unmark_text(value, marks)[:200], nullable=False, kind="string")


def _unmark_text(text: str, marks: list[UnknownData]) -> str:
    parts = text.split(_MARK)
    return "".join(
        f"${{{marks[int(part)].name}}}" if number % 2 else part for number, part in enumerate(parts)
    )


def parse(machine: Machine, text: str) -> Data:
    """Return the JSON value of a text; what is not JSON ends the field as AppSync does.

    https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-overview.html
    """
    machine.step(1 + len(text) // 100)
    if not text:
        return None
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        message = "Unable to convert the template's output to Object."
        if isinstance(error, _DuplicateError):
            message = (
                f"Duplicate field '{error.key}' detected on Object."
                " Duplicate JSON keys are not allowed."
            )
        elif "Extra data" in str(error):
            message = "Trailing characters at the end of the JSON string are not allowed."
        reason = f"what {machine.where} puts out is not JSON"
        raise machine.throw("failed", FieldError(message, "MappingTemplate"), reason) from None


class _DuplicateError(ValueError):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _DuplicateError(key)
        found[key] = value
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _check_depth(machine: Machine, depth: int) -> None:
    if depth > DEEPEST:
        raise Stopped(f"{machine.where} makes values that are more than {DEEPEST} levels deep")


def copy_data(value: Data, depth: int = 0) -> Data:
    """Return a copy that code may change, of plain lists and maps."""
    if depth > 2 * DEEPEST:
        raise Stopped("the request holds values that are nested too deeply")
    if isinstance(value, Mapping):
        return {str(key): copy_data(member, depth + 1) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [copy_data(member, depth + 1) for member in value]
    return value
