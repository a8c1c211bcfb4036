"""Directives of a type or a field → the directives that admit some callers more, or fewer.

In: an endpoint and callers. Out: changes; whether they may be made is for ``proof``. A field's
directives replace those of its type, and the first directive on anything replaces the default mode,
so both are repeated where their callers are to stay.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.appsync.modes import (
    COGNITO,
    COGNITO_ONLY,
    DIRECTIVE_OF_MODE,
    MODE_OF_DIRECTIVE,
)
from cdk_appsync_guard.appsync.schema import Directive, Field, TypeDefinition
from cdk_appsync_guard.facts.access_view import mode_directives
from cdk_appsync_guard.fixes.edits import AWS_AUTH, Change, authorizing

__all__ = [
    "Audience",
    "audience_of",
    "close_field",
    "effective",
    "is_among",
    "open_field",
    "open_type",
    "replace_directives",
    "set_groups",
]

Audience: TypeAlias = "Mapping[str, tuple[str, ...] | None]"
"""Modes, with the Cognito groups that are meant, or None for all callers of the mode."""

_POOLS = DIRECTIVE_OF_MODE[COGNITO]


def audience_of(callers: Iterable[Caller]) -> dict[str, tuple[str, ...] | None]:
    """Return the callers by mode: one without a group stands for all users of the pool."""
    found: dict[str, tuple[str, ...] | None] = {}
    for caller in callers:
        groups = found.get(caller.mode, ())
        if caller.mode != COGNITO or not caller.groups or groups is None:
            found[caller.mode] = None
        else:
            found[caller.mode] = tuple(dict.fromkeys((*groups, *sorted(caller.groups))))
    return found


def is_among(caller: Caller, audience: Audience) -> bool:
    """Return whether the caller is one of the audience."""
    if caller.mode not in audience:
        return False
    groups = audience[caller.mode]
    return groups is None or not caller.groups.isdisjoint(groups)


def effective(endpoint: Endpoint, field: Field) -> tuple[Directive, ...]:
    """Return the directives that decide about the field beside other modes, written or not."""
    caller = Caller(endpoint.authorization.default)
    decision = decide(endpoint.authorization, endpoint.schema, caller, field)
    return decision.counted or _default(endpoint)


def open_field(endpoint: Endpoint, field: Field, audience: Audience) -> Change:
    """Return the change that admits the audience to the field, and shuts no one out."""
    if endpoint.authorization.regime == COGNITO_ONLY:
        own = authorizing(field.directives)
        after = _add(own, AWS_AUTH, audience.get(COGNITO))
        return Change("directives", field.coordinate, own, after)
    return replace_directives(field, _admit(effective(endpoint, field), audience))


def open_type(endpoint: Endpoint, definition: TypeDefinition, audience: Audience) -> Change:
    """Return the change that admits the audience to the fields that have no directives."""
    counting = mode_directives(definition.directives) or _default(endpoint)
    return replace_directives(definition, _admit(counting, audience))


def close_field(endpoint: Endpoint, field: Field, audience: Audience) -> Change | None:
    """Return the change that shuts the audience out of the field, None if no one would be left."""
    left = tuple(
        kept for one in effective(endpoint, field) if (kept := _without(one, audience)) is not None
    )
    return replace_directives(field, left) if left else None


def set_groups(endpoint: Endpoint, field: Field, groups: tuple[str, ...]) -> Change:
    """Return the change by which, of the users of the pool, the field admits these groups only."""
    own = authorizing(field.directives)
    if endpoint.authorization.regime == COGNITO_ONLY:
        kept = tuple(one for one in own if one.name not in (AWS_AUTH, _POOLS))
        after = (*kept, Directive(AWS_AUTH, 0, groups))
        return Change("directives", field.coordinate, own, after)
    kept = tuple(one for one in effective(endpoint, field) if one.name != _POOLS)
    return replace_directives(field, (*kept, Directive(_POOLS, 0, groups)))


def replace_directives(place: Field | TypeDefinition, counting: tuple[Directive, ...]) -> Change:
    """Return the change that gives the place these mode directives; ``@aws_auth`` stays."""
    own = authorizing(place.directives)
    coordinate = place.coordinate if isinstance(place, Field) else place.name
    kept = tuple(one for one in own if one.name == AWS_AUTH)
    return Change("directives", coordinate, own, (*kept, *counting))


def _default(endpoint: Endpoint) -> tuple[Directive, ...]:
    name = DIRECTIVE_OF_MODE.get(endpoint.authorization.default)
    return (Directive(name, 0),) if name else ()


def _admit(present: tuple[Directive, ...], audience: Audience) -> tuple[Directive, ...]:
    for mode, groups in audience.items():
        present = _add(present, DIRECTIVE_OF_MODE[mode], groups)
    return present


def _add(
    present: tuple[Directive, ...], name: str, groups: tuple[str, ...] | None
) -> tuple[Directive, ...]:
    """Add to the directive of that name, which no place may carry twice."""
    same = [one for one in present if one.name == name]
    if not same:
        return (*present, Directive(name, 0, groups))
    if groups is None or any(one.groups is None for one in same):
        merged = None
    else:
        named = (group for one in same for group in one.groups or ())
        merged = tuple(dict.fromkeys((*named, *groups)))
    kept = [one for one in present if one.name != name or one is same[0]]
    return tuple(Directive(name, 0, merged) if one is same[0] else one for one in kept)


def _without(directive: Directive, audience: Audience) -> Directive | None:
    """Return what is left of the directive when it no longer admits the audience."""
    mode = MODE_OF_DIRECTIVE[directive.name]
    if mode not in audience:
        return directive
    groups = audience[mode]
    if groups is None or directive.groups is None:
        return None
    left = tuple(one for one in directive.groups if one not in groups)
    return Directive(directive.name, 0, left) if left else None
