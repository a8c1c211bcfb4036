"""The tail of a request template, run one way for all: see ``tail``.

In: a machine, and what runs. Out: nothing; what the tail may have changed is unknown after it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cdk_appsync_guard.runtime.crossings import Told
from cdk_appsync_guard.runtime.machine import Machine
from cdk_appsync_guard.runtime.model import Data
from cdk_appsync_guard.runtime.state import print_value

__all__ = ["fill_in"]


def fill_in(machine: Machine, tail: Callable[[], None], context: dict[str, Data]) -> None:
    """Run the tail of a request one way: what it asks decides nothing, and is forgotten."""
    told, crossings, script = machine.told, machine.crossings, machine.script
    overlays = {name: dict(own) for name, own in machine.overlays.items()}
    changes = dict(machine.changes)
    kept = {part: _shown(context[part]) for part in ("args", "stash")}
    machine.told, machine.crossings = Told(dict(told.answers), dict(told.constants)), None
    machine.script = ()
    try:
        tail()
    finally:
        machine.guessed = bool(machine.told.asked)
        relied = (*machine.told.relied, *machine.told.looked_up)
        machine.told, machine.crossings, machine.script = told, crossings, script
        told.relied.update({one: len(told.asked) for one in relied if one in told.answers})
        told.looked_up.update({one: len(told.asked) for one in relied})
    machine.forget(overlays, changes)
    for part, shown in kept.items():
        _forget_members(machine, context[part], shown, f"ctx.{part}")


def _shown(holder: Data) -> dict[str, str]:
    if not isinstance(holder, dict):
        return {}
    return {name: print_value(value) for name, value in holder.items()}


def _forget_members(machine: Machine, holder: Data, before: dict[str, str], name: str) -> None:
    """Take the members that have changed for unknown."""
    after = _shown(holder)
    for key in dict.fromkeys((*before, *after)):
        if after.get(key) != before.get(key):
            changed = machine.fresh(f"{name}.{key} after the request")
            holder[key] = replace(changed, nullable=True)
