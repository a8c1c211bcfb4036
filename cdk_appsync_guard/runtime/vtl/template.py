"""A mapping template that was read: its tree, and what is worked out about it once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from cdk_appsync_guard.runtime.vtl.liveness import Liveness
from cdk_appsync_guard.runtime.vtl.nodes import Body
from cdk_appsync_guard.runtime.vtl.tail import tail_of

__all__ = ["Template"]


@dataclass(frozen=True)
class Template:
    """``liveness`` remembers what it was asked about the tree."""

    body: Body
    liveness: Liveness = field(default_factory=Liveness, compare=False, repr=False)

    @cached_property
    def split(self) -> tuple[Body, Body]:
        """The nodes up to the tail, and the tail."""
        at = tail_of(self.body)
        return self.body[:at], self.body[at:]
