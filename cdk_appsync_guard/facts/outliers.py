"""Root fields that treat callers unlike their siblings do → rows of outliers.

In: an Api and a Gate. Out: rows. A field is an outlier if only few are like it, and if nothing on
the field itself says that it is meant: what someone wrote is what he meant.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cdk_appsync_guard.access.answers import field_refused
from cdk_appsync_guard.access.decide import Caller
from cdk_appsync_guard.appsync.modes import COGNITO, MODE_OF_DIRECTIVE, MULTI
from cdk_appsync_guard.facts.access_view import mode_directives
from cdk_appsync_guard.facts.schema_vocabulary import OUTLIERS, Outliers
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.fixes.offers import admit_to_field, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.appsync.schema import Field, TypeDefinition
    from cdk_appsync_guard.facts.access_view import Gate
    from cdk_appsync_guard.template.source.read import Place

__all__ = ["outlier_rows"]

# With fewer siblings, a field that differs is not an exception to anything.
_FEWEST_SIBLINGS = 4
# Where the type that the field returns speaks for it as well, two are enough.
_FEWEST_AGREEING = 2
_SIBLINGS_PER_OUTLIER = 4


def outlier_rows(api: Api, gate: Gate, places: dict[str, Place]) -> Iterator[Row]:
    """Yield the fields of Query, Mutation and Subscription that differ from the others."""
    for name, operation in gate.roots.items():
        definition = gate.schema.types.get(name)
        if definition is None:
            continue
        yield from _ungrouped_rows(api, gate, definition, places)
        if operation != "subscription":  # of those, the subscriptions table tells
            yield from _closed_rows(api, gate, definition, places)


def _ungrouped_rows(
    api: Api, gate: Gate, definition: TypeDefinition, places: dict[str, Place]
) -> Iterator[Row]:
    """Yield the fields that allow every user of a pool, if all others ask for a group."""
    if COGNITO not in gate.modes:
        return
    grouped: list[Field] = []
    odd: list[Field] = []
    groups: dict[str, None] = {}
    for field in definition.fields.values():
        if gate.admits(Caller(COGNITO), field):
            odd.append(field)
            continue
        asked = [
            group
            for caller in gate.callers
            if caller.mode == COGNITO and gate.admits(caller, field)
            for group in caller.groups
        ]
        if not asked:
            return
        grouped.append(field)
        groups.update(dict.fromkeys(asked))
    if len(grouped) < _FEWEST_SIBLINGS or len(odd) * _SIBLINGS_PER_OUTLIER > len(grouped):
        return
    for field in odd:
        cells = _cells(field, "group", (), len(grouped))
        cells["groups"] = tuple(groups)
        yield OUTLIERS.row(cells, places[field.coordinate], {}, api.name)


@dataclass(frozen=True, slots=True)
class _Closed:
    """A field that refuses the callers of some modes, with the siblings that name them."""

    field: Field
    modes: tuple[str, ...]
    agreeing: int


def _closed_rows(
    api: Api, gate: Gate, definition: TypeDefinition, places: dict[str, Place]
) -> Iterator[Row]:
    """Yield the fields without directive that refuse a mode which their siblings name."""
    if gate.authorization.regime != MULTI or mode_directives(definition.directives):
        return
    fields = tuple(definition.fields.values())
    found: dict[str, list[str]] = {}
    agreeing: dict[str, int] = {}
    for mode in dict.fromkeys(gate.modes[1:]):
        odd, siblings = _odd_of(gate, fields, mode)
        for field in odd:
            found.setdefault(field.coordinate, []).append(mode)
            agreeing[field.coordinate] = siblings
    for field in fields:
        if field.coordinate in found:
            closed = _Closed(field, tuple(found[field.coordinate]), agreeing[field.coordinate])
            yield _closed_row(api, gate, closed, places)


def _odd_of(gate: Gate, fields: Sequence[Field], mode: str) -> tuple[list[Field], int]:
    """Return the fields that were probably meant to admit a mode, and how many siblings do.

    Where one part of the fields is for one mode and another part for another, each as it is meant,
    none is odd: what counts are the fields that callers of the default mode can select as well.
    """
    default = gate.authorization.default
    untagged = [one for one in fields if not mode_directives(one.directives)]
    named = [one for one in fields if _names(one, mode)]
    both = [one for one in named if _names(one, default)]
    refusing = [
        one for one in fields if not _names(one, mode) and gate.admits(Caller(default), one)
    ]
    if mode == default or not untagged:
        return [], 0
    odd = [one for one in untagged if _returns_for(gate, one, mode)]
    if len(both) >= _FEWEST_AGREEING * len(refusing):
        if len(both) >= _FEWEST_SIBLINGS:
            odd += [one for one in untagged if not _is_object(gate, one)]
        return odd, len(both)
    alone = len(named) == len(fields) - 1 and len(named) >= _FEWEST_SIBLINGS
    return (odd, len(named)) if alone else ([], 0)


def _names(field: Field, mode: str) -> bool:
    return any(MODE_OF_DIRECTIVE[one.name] == mode for one in mode_directives(field.directives))


def _is_object(gate: Gate, field: Field) -> bool:
    return bool(gate.schema.possible_types(field.returns))


def _returns_for(gate: Gate, field: Field, mode: str) -> bool:
    """Return whether what the field returns names the mode, so that its callers were thought of."""
    behind = gate.schema.possible_types(field.returns)
    return bool(behind) and all(
        any(MODE_OF_DIRECTIVE.get(use.name) == mode for use in gate.counted(one))
        for definition in behind
        for one in definition.fields.values()
    )


def _closed_row(api: Api, gate: Gate, closed: _Closed, places: dict[str, Place]) -> Row:
    field = closed.field
    fixes = admit_to_field(gate, field, dict.fromkeys(closed.modes))
    cells = _cells(field, "mode", closed.modes, closed.agreeing)
    cells["fix"] = say(fixes)
    if _is_object(gate, field):
        cells["named_by"] = f"{cells['named_by']} and of `{field.returns}`"
    place = places[field.coordinate]
    return OUTLIERS.row(cells, place, {}, api.name, field_refused(gate.schema, field), fixes)


def _cells(
    field: Field, lacks: Literal["mode", "group"], modes: tuple[str, ...], siblings: int
) -> Outliers:
    return {
        "coordinate": field.coordinate,
        "type": field.type_name,
        "lacks": lacks,
        "modes": modes,
        "groups": (),
        "named_by": f"{siblings} other fields of `{field.type_name}`",
        "fix": "",
    }
