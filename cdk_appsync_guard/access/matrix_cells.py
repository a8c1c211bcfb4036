"""One cell of a matrix: may a caller select a field.

In: nothing. Out: a plain type.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Cell"]


@dataclass(frozen=True, slots=True)
class Cell:
    """``verdict`` is allowed, partly, denied or undecided.

    ``reason`` is a code: those of ``decide`` and ``execution``, and also ``below`` (a field below
    is denied), ``nothing-below`` (none of what the field returns may be read), ``iam``,
    ``iam-deny`` (policies), ``resolver`` (its code) and ``alternatives`` (it depends on conditions
    or unknown values).
    ``blocked`` is the nearest denied field and ``path`` the way to it.
    """

    verdict: str
    reason: str = ""
    blocked: str = ""
    path: str = ""
    question: str = ""
