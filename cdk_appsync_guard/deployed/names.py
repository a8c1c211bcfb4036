"""Names of people's choice → logical ids: letters and digits, each once in the template.

In: what a resource is called. Out: its logical id. Two ids that differ only in the case of letters
are none here: files are named by them, and not every file system tells such names apart.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
"""

from __future__ import annotations

import re

__all__ = ["Names"]

_OTHER = re.compile(r"[^A-Za-z0-9]+")
_LONGEST = 200


class Names:
    """The logical ids of one template that are taken so far."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def give(self, *wanted: str) -> str:
        """Return the first wanted id that is free, or the last one with a number behind it."""
        ids = [_OTHER.sub("", one)[:_LONGEST] or "Unnamed" for one in wanted if one] or ["Unnamed"]
        for one in ids:
            if self._take(one):
                return one
        base = ids[-1]
        number = self._last.get(base.lower(), 1) + 1
        while not self._take(f"{base}{number}"):
            number += 1
        self._last[base.lower()] = number
        return f"{base}{number}"

    def _take(self, name: str) -> bool:
        if name.lower() in self._taken:
            return False
        self._taken.add(name.lower())
        return True
