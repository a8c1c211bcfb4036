"""The layout of an organization's templates: ACCOUNT/REGION/STACK.json, as collectors write it.

In: the path of a file. Out: Whereabouts: where its stack is deployed, by the names of its folders.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

__all__ = ["Whereabouts", "whereabouts"]

_ACCOUNT = re.compile(r"[0-9]{12}")
# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
_REGION = re.compile(r"[a-z]{2,4}-[a-z]{2,12}(?:-[a-z]{2,12})?-[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a stack is deployed, and its name there."""

    account: str
    region: str
    stack: str


def whereabouts(path: str | PurePath) -> Whereabouts | None:
    """Return what the folders of a file say, None if they are not an account and a Region."""
    file = PurePath(path)
    region, account = file.parent.name, file.parent.parent.name
    if not _ACCOUNT.fullmatch(account) or not _REGION.fullmatch(region):
        return None
    return Whereabouts(account, region, file.name.partition(".")[0] or file.name)
