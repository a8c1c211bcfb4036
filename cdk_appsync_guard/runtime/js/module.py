"""A JavaScript module of a resolver or function: its handlers, called.

In: the text. Out: Module; what a handler returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.runtime.machine import Machine
from cdk_appsync_guard.runtime.model import Data

__all__ = ["Module", "call_handler", "read_module"]


@dataclass(frozen=True, slots=True)
class Module:
    """A module that was read."""

    text: str


def read_module(text: str) -> Module:
    """Return the module of a text."""
    return Module(text)


def call_handler(
    machine: Machine, module: Module, handler: str, context: dict[str, Any]
) -> tuple[Data, str]:
    """Return what the handler returns, and how far it skips if it returns early."""
    del module, context
    raise machine.lacks(f"JavaScript (`{handler}`)")
