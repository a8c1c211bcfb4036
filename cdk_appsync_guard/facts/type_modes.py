"""Modes that types were opened to, and whether any field leads callers there → type_modes rows.

In: an Api and a Gate. Out: rows for APIs with several modes; with one, every field leads on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk_appsync_guard.access.answers import field_refused
from cdk_appsync_guard.appsync.modes import MODE_OF_DIRECTIVE, MULTI
from cdk_appsync_guard.facts.access_view import mode_directives
from cdk_appsync_guard.facts.schema_vocabulary import TYPE_MODES, TypeModes
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.fixes.offers import fixes_of_tagged_type, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.appsync.schema import Field
    from cdk_appsync_guard.facts.access_view import Gate

__all__ = ["type_mode_rows"]


def type_mode_rows(api: Api, gate: Gate) -> Iterator[Row]:
    """Yield every type below the roots with each configured mode that its own directives name."""
    if gate.authorization.regime != MULTI:
        return
    tagged = [
        (definition, mode_directives(definition.directives))
        for definition in gate.objects
        if definition.directives and definition.name not in gate.roots
    ]
    for mode in gate.modes:
        named = [
            (definition, directive)
            for definition, directives in tagged
            for directive in directives
            if MODE_OF_DIRECTIVE[directive.name] == mode
        ]
        reached, closed = _explore(gate, mode) if named else (set(), {})
        for definition, directive in named:
            way = None if definition.name in reached else closed.get(definition.name)
            fixes = fixes_of_tagged_type(gate, definition, mode, way) if way else ()
            cells: TypeModes = {
                "coordinate": definition.name,
                "mode": mode,
                "reached": definition.name in reached,
                "closed_way": way.coordinate if way else None,
                "closed_field": way.name if way else None,
                "closed_type": way.type_name if way else None,
                "fix": say(fixes),
            }
            place = gate.schema.at(directive.offset)
            answer = field_refused(gate.schema, way) if way else None
            yield TYPE_MODES.row(cells, place, {}, api.name, answer, fixes)


def _explore(gate: Gate, mode: str) -> tuple[set[str], dict[str, Field]]:
    """Return the types that anyone of the mode reaches, and the untagged fields that lead on.

    A subscriber reaches what is delivered to him: anyone who tags a payload for him means well.
    """
    callers = [caller for caller in gate.callers if caller.mode == mode]
    entered = [name for name in reversed(gate.roots) if name in gate.ways]  # Query first
    reached = set(entered)
    closed: dict[str, Field] = {}
    while entered:
        for field, behind in gate.ways[entered.pop()]:
            if any(gate.admits(caller, field) for caller in callers):
                fresh = [one.name for one in behind if one.name not in reached]
                reached.update(fresh)
                entered.extend(fresh)
            elif not gate.counted(field) and field.type_name != gate.schema.subscription:
                for one in behind:
                    closed.setdefault(one.name, field)
    return reached, closed
