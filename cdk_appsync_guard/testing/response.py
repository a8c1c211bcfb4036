"""A plain function for tests: a request gets what is expected, or an error tells why not.

In: what ``explain`` takes, and an expectation. Out: the Explanation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from cdk_appsync_guard.explanation.entry import explain
from cdk_appsync_guard.explanation.model import Explanation

__all__ = ["assert_response"]

_OUTCOMES = ("allowed", "denied", "undecided")


def assert_response(
    path: str | Sequence[str],
    *,
    as_: str,
    query: str,
    expect: int | str | Mapping[str, Any],
    **more: Any,
) -> Explanation:
    """Raise AssertionError unless AppSync answers as expected.

    *expect* is a status; or allowed, denied or undecided; or a part of the answer: ``status``,
    ``data`` and ``errors``, of which members that are left out may be anything. An error may be
    given as its message. What the answer leaves open is never as expected, unless that is
    ``undecided``. *more* is what ``explain`` takes.

        assert_response("cdk.out", as_="api-key", query="{ secret }", expect="denied")
    """
    __tracebackhide__ = True
    found = explain(path, as_=as_, query=query, **more)
    wrong = _difference(found, expect)
    if wrong:
        raise AssertionError("\n".join((wrong, *_describe(found))))
    return found


def _difference(found: Explanation, expect: int | str | Mapping[str, Any]) -> str:
    if isinstance(expect, str):
        if expect not in _OUTCOMES:
            raise ValueError(f"expect one of {', '.join(_OUTCOMES)}, not {expect!r}")
        right = found.outcome == expect
        return "" if right else f"the request is {found.outcome}, not {expect}"
    if found.questions and found.outcome == "undecided":
        return "the answer is undecided"
    if isinstance(expect, int):
        return "" if found.status == expect else f"the status is {found.status}, not {expect}"
    actual: dict[str, Any] = {"status": found.status, **(found.body or {})}
    for name, wanted in expect.items():
        if not _agrees(actual.get(name, [] if name == "errors" else None), wanted):
            return f"`{name}` is {_shown(actual.get(name))}, not {_shown(wanted)}"
    return ""


def _agrees(actual: Any, wanted: Any) -> bool:
    if isinstance(wanted, str) and isinstance(actual, dict) and "message" in actual:
        return bool(actual["message"] == wanted)
    if isinstance(wanted, Mapping):
        return isinstance(actual, dict) and all(
            name in actual and _agrees(actual[name], one) for name, one in wanted.items()
        )
    if isinstance(wanted, (list, tuple)):
        return (
            isinstance(actual, list)
            and len(actual) == len(wanted)
            and all(map(_agrees, actual, wanted))
        )
    return bool(actual == wanted)


def _describe(found: Explanation) -> list[str]:
    lines = [f"  the answer is {found.status}: {_shown(found.body)}"]
    lines += [
        f"  {'.'.join(map(str, one.path))}: {one.outcome}: {one.reason}" for one in found.fields
    ]
    lines += [f"  open: {one}" for one in found.questions]
    return [*lines, f"  fix: {found.fix}"] if found.fix else lines


def _shown(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()
