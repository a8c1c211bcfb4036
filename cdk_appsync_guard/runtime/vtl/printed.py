"""What a template has put out so far, as far as it tells two runs apart."""

from __future__ import annotations

from collections.abc import Mapping

from cdk_appsync_guard.runtime.data import is_open
from cdk_appsync_guard.runtime.model import Data, UnknownData
from cdk_appsync_guard.runtime.vtl.java_values import Pieces

__all__ = ["Printed", "countable", "is_countable"]


class Printed:
    """What a template has put out so far, but for white space between JSON values."""

    def __init__(self) -> None:
        self._pieces: Pieces = []
        self._read = 0
        self._quoted = False

    def of(self, out: Pieces) -> Pieces:
        """Return the pieces that count; what was read before is not read again."""
        for piece in out[self._read :]:
            if isinstance(piece, UnknownData) or self._quoted or not piece.isspace():
                self._pieces.append(piece)
            if isinstance(piece, str):
                self._quoted = is_open(piece, quoted=self._quoted)
        self._read = len(out)
        return self._pieces


def is_countable(value: Data) -> bool:
    """Return whether a loop may count in such a value, or write together."""
    return isinstance(value, (int, float, str)) and not isinstance(value, bool)


def countable(variables: Mapping[str, Data]) -> dict[str, Data]:
    """Return the variables that a loop may count in."""
    return {name: value for name, value in variables.items() if is_countable(value)}
