"""The callers that fields allow → rows of fields, root_types and directive_modes.

In: an Api and a Gate, which knows its modes. Out: rows. Does not look below a field.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cdk_appsync_guard.access.answers import field_refused
from cdk_appsync_guard.access.decide import TRIED, Caller, decide
from cdk_appsync_guard.appsync.modes import (
    COGNITO,
    MODE_OF_DIRECTIVE,
    MODES,
)
from cdk_appsync_guard.facts.access_view import mode_directives, written
from cdk_appsync_guard.facts.conversions import and_more, counted
from cdk_appsync_guard.facts.schema_vocabulary import (
    DIRECTIVE_MODES,
    FIELDS,
    ROOT_TYPES,
    AdmissionCells,
    DirectiveModes,
    Fields,
    RootTypes,
)
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.template.values.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.appsync.merging import FurtherModes
    from cdk_appsync_guard.appsync.schema import Directive, Field, TypeDefinition
    from cdk_appsync_guard.facts.access_view import Gate
    from cdk_appsync_guard.facts.schema_vocabulary import RootEffect
    from cdk_appsync_guard.template.source.read import Place

__all__ = ["field_rows", "mode_rows", "root_rows"]

MOST_LISTED = 5


def field_rows(api: Api, gate: Gate, places: dict[str, Place]) -> Iterator[Row]:
    """Yield every field of every object type. *places* are those of the fields, by coordinate."""
    for definition in gate.objects:
        operation = gate.roots.get(definition.name)
        alike: dict[object, AdmissionCells] = {}
        for field in definition.fields.values():
            # Fields of a type that carry the same directives admit the same callers.
            key = tuple([(one.name, one.groups) for one in field.directives])
            shared = alike.get(key)
            if shared is None:
                shared = alike[key] = _admission(gate, field, operation)
            coordinate = f"{field.type_name}.{field.name}"
            cells: Fields = {
                "coordinate": coordinate,
                "field": field.name,
                "type": field.type_name,
                "operation": operation,
                "returns": field.signature,
                **shared,
            }
            answer = field_refused(gate.schema, field) if cells["denied_by_default"] else None
            yield FIELDS.row(cells, places[coordinate], {}, api.name, answer)


def root_rows(api: Api, gate: Gate) -> Iterator[Row]:
    """Yield Query, Mutation and Subscription, as far as they exist."""
    for name, operation in gate.roots.items():
        definition = gate.schema.types.get(name)
        if definition is None or not definition.fields:
            continue
        fields = definition.fields.values()
        untagged = [one for one in fields if not mode_directives(one.directives)]
        cells: RootTypes = {
            "coordinate": name,
            "operation": operation,
            "directives": written(mode_directives(definition.directives)),
            "effect": _effect(gate, definition),
            "tagged": len(fields) - len(untagged),
            "untagged": len(untagged),
            "untagged_words": counted(len(untagged), "fields"),
            "affected": _listed([one.name for one in untagged]),
        }
        place = gate.schema.at(definition.offset)
        yield ROOT_TYPES.row(cells, place, {}, api.name)


def mode_rows(api: Api, gate: Gate, further: FurtherModes) -> Iterator[Row]:
    """Yield every mode that the directives of object types and their fields name.

    *further* are the modes in which merged APIs lead to the fields.
    """
    uses: dict[str, list[tuple[str, Directive]]] = {}
    for coordinate, directive in _uses(gate):
        mode = MODE_OF_DIRECTIVE.get(directive.name)
        if mode is not None:
            uses.setdefault(mode, []).append((coordinate, directive))
    modes = {*gate.modes, *further.modes}
    why = further.unknown
    closed = [] if modes.issuperset(uses) else _closed_fields(gate, modes)
    for mode in MODES:
        if mode not in uses:
            continue
        coordinate, first = uses[mode][0]
        shut = [one for one, named in closed if mode in named]
        lacking = mode not in modes
        cells: DirectiveModes = {
            "mode": mode,
            "configured": (why if lacking and why else not lacking),
            "directive": first.name,
            "coordinate": coordinate,
            "uses": len(uses[mode]),
            "closed": (why if shut and why else len(shut)),
            "elsewhere": _elsewhere(len(uses[mode]) - 1),
            "more_closed": and_more(len(shut), "fields"),
            "first_closed": shut[0].coordinate if shut else None,
            "closed_field": shut[0].name if shut else None,
            "closed_type": shut[0].type_name if shut else None,
        }
        answer = field_refused(gate.schema, shut[0]) if shut else None
        yield DIRECTIVE_MODES.row(cells, gate.schema.at(first.offset), {}, api.name, answer)


def _admission(gate: Gate, field: Field, operation: str | None) -> AdmissionCells:
    modes, groups = _admitted(gate, field)
    denied = (
        operation is not None
        and gate.authorization.default_action == "DENY"
        and gate.decide(Caller(COGNITO), field).reason == "default-action"
    )
    return {
        "modes": modes,
        "groups": groups,
        "denied_by_default": denied,
        "directives": written(_as_written(gate, field)),
    }


def _as_written(gate: Gate, field: Field) -> tuple[Directive, ...]:
    own = mode_directives(field.directives) if field.directives else ()
    return own or mode_directives(gate.schema.types[field.type_name].directives)


def _admitted(
    gate: Gate, field: Field
) -> tuple[tuple[str, ...] | Unknown, tuple[str, ...] | Unknown]:
    """Return the modes that may select the field, and the groups that Cognito users need."""
    decisions = (gate.decide(caller, field) for caller in gate.callers)
    open_ = next((one for one in decisions if one.outcome == "undecided"), None)
    if open_ is not None:
        unknown = Unknown(open_.question, TRIED)
        return unknown, unknown
    admitted = [caller for caller in gate.callers if gate.admits(caller, field)]
    modes = tuple(dict.fromkeys(caller.mode for caller in admitted))
    if Caller(COGNITO) in admitted:
        return modes, ()
    return modes, tuple(group for caller in admitted for group in caller.groups)


def _effect(gate: Gate, definition: TypeDefinition) -> RootEffect:
    """Return what the directives of a type do to its fields that have none."""
    sample = replace(next(iter(definition.fields.values())), directives=())
    types = {**gate.schema.types, definition.name: replace(definition, directives=())}
    without = replace(gate.schema, types=types)
    modes = gate.authorization
    pairs = {
        (
            decide(modes, without, caller, sample).outcome,
            decide(modes, gate.schema, caller, sample).outcome,
        )
        for caller in gate.callers
    }
    opens, closes = ("denied", "allowed") in pairs, ("allowed", "denied") in pairs
    if opens and closes:
        return "replaces"
    return "opens" if opens else "closes" if closes else "nothing"


def _uses(gate: Gate) -> Iterator[tuple[str, Directive]]:
    for definition in gate.objects:
        for directive in definition.directives:
            yield definition.name, directive
        for field in definition.fields.values():
            for directive in field.directives:
                yield field.coordinate, directive


def _closed_fields(gate: Gate, modes: set[str]) -> list[tuple[Field, set[str]]]:
    """Return the fields whose directives name none of the modes, and the modes that they name.

    What such a directive does where the API has only one mode, AWS does not say.
    """
    closed = []
    for definition in gate.objects:
        for field in definition.fields.values():
            reasons = {gate.decide(caller, field).reason for caller in gate.callers}
            named = {MODE_OF_DIRECTIVE.get(one.name, "") for one in gate.counted(field)}
            if reasons == {"mode-not-listed"} and named.isdisjoint(modes):
                closed.append((field, named))
    return closed


def _elsewhere(uses: int) -> str:
    return f", and in {counted(uses, 'more places')}," if uses else ""


def _listed(names: list[str]) -> str | None:
    if not names:
        return None
    more = len(names) - MOST_LISTED
    return ", ".join(names[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "")
