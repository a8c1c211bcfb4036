"""One cell of a matrix: may a caller select a field.

In: nothing. Out: a plain type.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cdk_appsync_guard.runtime.model import CodePlace

__all__ = ["Cell"]


@dataclass(frozen=True, slots=True)
class Cell:
    """``verdict`` is allowed, partly, denied or undecided.

    ``reason`` is a code: those of ``decide`` and ``execution``, and also ``below`` (a field below
    is denied), ``nothing-below`` (none of what the field returns may be read), ``iam``,
    ``iam-deny`` (policies), ``resolver`` (its code) and ``alternatives`` (it depends on conditions
    or unknown values).
    ``blocked`` is the nearest denied field and ``path`` the way to it. ``decided_by`` is the line
    of the resolver that denies it, or that decides.
    """

    verdict: str
    reason: str = ""
    blocked: str = ""
    path: str = ""
    question: str = ""
    decided_by: CodePlace | None = field(default=None, compare=False, repr=False)
