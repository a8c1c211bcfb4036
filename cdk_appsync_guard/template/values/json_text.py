"""JSON that a template writes as text, with holes for what only a deployment knows → its data.

In: a string of a template. Out: the data, each hole at its place in a string; None if it is not
JSON, or if a hole stands outside of strings.
"""

from __future__ import annotations

import re

import orjson

from cdk_appsync_guard.template.values.value import Hole, Text, Value, concatenate

__all__ = ["read_json_text"]

_BEGIN, _END = "\ue000", "\ue001"  # of private use: no text of a template has a meaning for them
_MARK = re.compile(f"{_BEGIN}([0-9]{{1,6}}){_END}")


def read_json_text(text: str | Text) -> Value:
    """Return the data of a text, None if it is not JSON."""
    holes: list[Hole] = []
    written = ""
    for part in (text,) if isinstance(text, str) else text.parts:
        if isinstance(part, Hole):
            written += f"{_BEGIN}{len(holes)}{_END}"
            holes.append(part)
        elif _BEGIN in part:
            return None
        else:
            written += part
    try:
        return _restore(orjson.loads(written), holes)
    except (ValueError, RecursionError):
        return None


def _restore(data: Value, holes: list[Hole]) -> Value:
    if isinstance(data, dict):
        return {key: _restore(one, holes) for key, one in data.items()}
    if isinstance(data, list):
        return [_restore(one, holes) for one in data]
    if not isinstance(data, str) or _BEGIN not in data:
        return data
    parts = _MARK.split(data)
    return concatenate(Text((holes[int(one)],)) if at % 2 else one for at, one in enumerate(parts))
