"""Directives that admit some callers more → an edit, if it admits them and changes nothing else.

In: a Gate, the coordinates of types or fields, and the callers to admit. Out: the edit in words, or
None. A field's directives replace those of its type, and the first directive on anything replaces
the default mode, so both are repeated. An edit is offered only if the decision procedure says of
every kind of caller that nobody loses access and nobody gains any but those it is for.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.appsync.modes import COGNITO, COGNITO_ONLY, DIRECTIVE_OF_MODE
from cdk_appsync_guard.appsync.schema import Directive, Schema
from cdk_appsync_guard.facts.access_view import Gate, mode_directives, written

__all__ = ["Audience", "admit"]

Audience: TypeAlias = "Mapping[str, tuple[str, ...]]"
"""Modes, with the Cognito groups that are meant; no groups stand for all callers of the mode."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """The mode directives of a type or a field before and after."""

    coordinate: str
    before: tuple[Directive, ...]
    after: tuple[Directive, ...]


def admit(gate: Gate, coordinates: Sequence[str], audience: Audience) -> str | None:
    """Return what to write so that the audience can select the fields, None if nothing is safe.

    A coordinate is a type or a ``Type.field``.
    """
    if gate.authorization.regime == COGNITO_ONLY or not coordinates:
        return None
    edits = [_open(gate, coordinate, audience) for coordinate in coordinates]
    schema = gate.schema
    for edit in edits:
        schema = _apply(schema, edit)
    if not _is_safe(gate, schema, coordinates, audience):
        return None
    return ", and ".join(dict.fromkeys(map(_say, _together(edits))))


def _open(gate: Gate, coordinate: str, audience: Audience) -> _Edit:
    type_name, _, name = coordinate.partition(".")
    definition = gate.schema.types[type_name]
    own = definition.fields[name].directives if name else definition.directives
    before = mode_directives(own)
    inherited = mode_directives(definition.directives) if name else ()
    default = DIRECTIVE_OF_MODE.get(gate.authorization.default)
    start = before or inherited or ((Directive(default, 0),) if default else ())
    for mode, groups in audience.items():
        start = _add(start, DIRECTIVE_OF_MODE[mode], groups)
    return _Edit(coordinate, before, start)


def _add(
    present: tuple[Directive, ...], name: str, groups: tuple[str, ...]
) -> tuple[Directive, ...]:
    """Add a directive, or its groups to the one that is there: no place may carry it twice."""
    same = [one for one in present if one.name == name]
    if not same:
        return (*present, Directive(name, 0, groups or None))
    if not groups or any(one.groups is None for one in same):
        merged = None
    else:
        named = (group for one in same for group in one.groups or ())
        merged = tuple(dict.fromkeys((*named, *groups)))
    return (*(one for one in present if one.name != name), Directive(name, 0, merged))


def _apply(schema: Schema, edit: _Edit) -> Schema:
    type_name, _, name = edit.coordinate.partition(".")
    definition = schema.types[type_name]
    if name:
        field = definition.fields[name]
        others = tuple(one for one in field.directives if one not in edit.before)
        changed = replace(field, directives=(*others, *edit.after))
        definition = replace(definition, fields={**definition.fields, name: changed})
    else:
        others = tuple(one for one in definition.directives if one not in edit.before)
        definition = replace(definition, directives=(*others, *edit.after))
    return replace(schema, types={**schema.types, type_name: definition})


def _is_safe(gate: Gate, after: Schema, coordinates: Iterable[str], audience: Audience) -> bool:
    """Return whether the audience gains, and nobody else gains or loses, as far as AWS says."""
    gained: set[str] = set()
    for type_name in dict.fromkeys(one.partition(".")[0] for one in coordinates):
        for name, field in gate.schema.types[type_name].fields.items():
            changed = after.types[type_name].fields[name]
            for caller in gate.callers:
                was = gate.decide(caller, field).outcome
                becomes = decide(gate.authorization, after, caller, changed).outcome
                if was == becomes:
                    continue
                if becomes != "allowed" or not _is_meant(caller, audience):
                    return False
                gained.add(caller.mode)
    return gained == set(audience)


def _is_meant(caller: Caller, audience: Audience) -> bool:
    if caller.mode not in audience:
        return False
    groups = audience[caller.mode]
    return caller.mode != COGNITO or not groups or not caller.groups.isdisjoint(groups)


def _together(edits: Sequence[_Edit]) -> list[_Edit]:
    """Join the edits that write the same on several coordinates."""
    joined: dict[object, _Edit] = {}
    for edit in edits:
        key = (edit.before, edit.after)
        known = joined.get(key)
        named = f"{known.coordinate}` and `{edit.coordinate}" if known else edit.coordinate
        joined[key] = replace(edit, coordinate=named)
    return list(joined.values())


def _say(edit: _Edit) -> str:
    kind = "" if "." in edit.coordinate else "type "
    place = f"{kind}`{edit.coordinate}`"
    old = {one.name: one.groups for one in edit.before}
    wider = [one for one in edit.after if one.name in old and old[one.name] != one.groups]
    added = [one for one in edit.after if one.name not in old]
    if len(wider) == 1 and not added and wider[0].groups is not None:
        more = [group for group in wider[0].groups if group not in (old[wider[0].name] or ())]
        quoted = ", ".join(f'`"{group}"`' for group in more)
        return f"add {quoted} to the `cognito_groups` of {place}"
    if wider:
        return f"write `{written(edit.after)}` on {place}"
    return f"add `{written(added)}` to {place}"
