"""Template values → cells: what CloudFormation would make of a value in a column of its kind.

In: a resolved value. Out: a plain cell, or Unknown with the values that it could be. Strings count
as the numbers and booleans that they spell, as CloudFormation has it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar, overload

from cdk_appsync_guard.template.values.value import Text, Unknown, Value, display, unknown_of

__all__ = [
    "and_more",
    "choice",
    "counted",
    "flag",
    "hint",
    "invalid_choice",
    "number",
    "problem_of",
    "text",
]

_One = TypeVar("_One", bound=str)
_VALID = "a valid value"
_FLAGS = {"true": True, "false": False}


def flag(value: Value, *, absent: bool) -> bool | Unknown:
    """Return a boolean; *absent* is what leaving it out means."""
    if isinstance(value, bool):
        return value
    if value is None:
        return absent
    if isinstance(value, str) and value.lower() in _FLAGS:
        return _FLAGS[value.lower()]
    return _unknown(value, lambda each: flag(each, absent=absent))


def hint(likely: str | None) -> str:
    """Return what a message appends where something was probably meant."""
    return f" (likely meant: `{likely}`)" if likely else ""


def and_more(amount: int, what: str) -> str:
    """Return what a message appends to one thing where there are *amount* like it: a plural."""
    return "" if amount <= 1 else f" and {amount - 1} more {_singular(what, amount - 1)}"


def counted(amount: int, what: str) -> str:
    """Return ``1 field`` or ``2 fields``."""
    return f"{amount} {_singular(what, amount)}"


def _singular(what: str, amount: int) -> str:
    return what.removesuffix("s") if amount == 1 else what


def number(value: Value) -> int | Unknown | None:
    """Return a whole number, None if it is absent."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and len(value) < 20 and value.strip().lstrip("-").isdecimal():  # noqa: PLR2004 - more digits than any setting has
        return int(value)
    return _unknown(value, number)


@overload
def choice(value: Value, values: Collection[_One]) -> _One | Unknown | None: ...
@overload
def choice(value: Value, values: Collection[_One], absent: _One) -> _One | Unknown: ...
def choice(
    value: Value, values: Collection[_One], absent: _One | None = None
) -> _One | Unknown | None:
    """Return one of the values; *absent* if the value is left out.

    One that does not exist is Unknown: it is an error, and no one knows which one is meant.
    """
    return _chosen(value, values, absent)


def _chosen(value: Value, values: Collection[_One], absent: _One | None) -> _One | Unknown | None:
    if value is None:
        return absent
    if isinstance(value, str):
        known = next((one for one in values if one == value), None)
        if known is not None:
            return known
        return Unknown(f"`{_shorten(value)}` does not exist there", _VALID, tuple(values))
    unknown = _unknown(value, lambda each: _chosen(each, values, absent))
    if unknown.could_be is None and isinstance(value, Text):  # it is there, whatever it says
        return Unknown(unknown.reason, unknown.would_decide, tuple(values))
    return unknown


def invalid_choice(value: Value, values: Collection[str]) -> str | Unknown | None:
    """Return a value that does not exist among these, Unknown if it might be one of them."""
    why = unknown_of(value)
    if why is not None and why.could_be is None:
        return Unknown(why.reason, why.would_decide)
    return problem_of(
        value, lambda one: one if isinstance(one, str) and one not in values else None
    )


def problem_of(value: Value, find: Callable[[Value], str | None]) -> str | Unknown | None:
    """Return what *find* says of a value, Unknown if that depends on what the value will be.

    Of a Text it is asked as it is, unless it is one of a few values.
    """
    why = unknown_of(value)
    if why is None or (why.could_be is None and isinstance(value, Text)):
        return find(value)
    plain = Unknown(why.reason, why.would_decide)
    if why.could_be is None:
        return plain
    found = [find(one) for one in why.could_be]
    return plain if None in found and any(found) else found[0]


def text(value: Value) -> str | Text | Unknown | None:
    """Return a text as it is; numbers as they are written."""
    if value is None or isinstance(value, (str, Text, Unknown)):
        return value
    return display(value) if isinstance(value, (int, float)) else Unknown("it is not a string")


def _unknown(value: Value, convert: Callable[[Value], Value]) -> Unknown:
    """Return why the value is not known; what it could be is converted as it would be."""
    unknown = unknown_of(value) or Unknown(f"`{_shorten(value)}` is not what belongs there")
    if unknown.could_be is None:
        return unknown
    known = [convert(each) for each in unknown.could_be]
    could_be = None if any(isinstance(each, Unknown) for each in known) else tuple(known)
    return Unknown(unknown.reason, unknown.would_decide, could_be)


def _shorten(value: Value) -> str:
    shown = display(value) if isinstance(value, (str, int, float)) else type(value).__name__
    return shown[:40]
