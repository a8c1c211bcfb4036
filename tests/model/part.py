"""Part of an enumeration, by a seed, or all of it: what the suite compares, and what CI does once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import TypeVar

import pytest

_One = TypeVar("_One")
_SEED = 1


@dataclass(frozen=True)
class Part:
    """`share` is the part that is taken: 1 for all."""

    share: float

    def of(self, every: Iterable[_One]) -> Iterator[_One]:
        draw = Random(_SEED)  # noqa: S311 - the same sample every time
        return (one for one in every if draw.random() < self.share)

    def is_right(self, compared: int, total: int) -> bool:
        """Return whether so many of the total were compared as should be."""
        if self.share == 1:
            return compared == total
        return 0.8 * self.share < compared / total < 1.2 * self.share


sampled = pytest.mark.parametrize(
    "part",
    [Part(0.08), pytest.param(Part(1), marks=pytest.mark.whole)],
    ids=["sample", "whole"],
)
