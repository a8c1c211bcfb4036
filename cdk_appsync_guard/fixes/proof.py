"""Changes → a fix, if they do what they are for and nothing else.

In: a Gate, changes, and an Aim: who may gain or lose by them, and when it is reached. Out: a Fix
that names everyone who does, or None. Refused are: a decision that AWS then leaves open, a
directive that stands twice or names a mode that the API lacks, both group directives on one field
(schema creation may refuse them), a type that callers would newly reach with nothing to read, and
what an ``@aws_auth`` names groups for that no one checks: that is to be mended first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.appsync.modes import (
    COGNITO,
    COGNITO_ONLY,
    DIRECTIVE_OF_MODE,
    MODE_OF_DIRECTIVE,
)
from cdk_appsync_guard.appsync.schema import Field, TypeDefinition
from cdk_appsync_guard.facts.access_view import Gate, mode_directives
from cdk_appsync_guard.fixes.admission import (
    audience_of,
    effective,
    open_type,
    replace_directives,
)
from cdk_appsync_guard.fixes.edits import AWS_AUTH, Change, merge, phrase, plain_edit
from cdk_appsync_guard.fixes.effects import (
    Effect,
    accesses,
    compare,
    endpoint_of,
    phrase_effect,
)
from cdk_appsync_guard.report import Fix

__all__ = ["Aim", "allows", "extend", "is_tagged", "prove"]

# More places than that are not edited in one fix: no one could check what it does.
MOST_CHANGES = 8
MOST_TYPES = 200


def _nobody(_: Caller) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Aim:
    """What changes are for; ``more`` are callers that the schema does not tell apart."""

    purpose: str
    is_reached: Callable[[Endpoint], bool]
    gains: Callable[[Caller], bool] = _nobody
    loses: Callable[[Caller], bool] = _nobody
    more: tuple[Caller, ...] = ()


def prove(gate: Gate, changes: Sequence[Change], aim: Aim) -> Fix | None:
    """Return the fix if it reaches its aim, and no one gains or loses who is not meant to."""
    changes = [one for one in merge(changes) if one.before != one.after or one.value]
    if not 0 < len(changes) <= MOST_CHANGES:
        return None
    effect = compare(gate, changes, aim.more)
    if effect is None or not _is_accepted(effect.after, changes):
        return None
    if effect.is_open or not _is_meant(effect, aim) or not aim.is_reached(effect.after):
        return None
    if next(_closed_ways(gate, effect), None) or _empties(gate, effect):
        return None
    if _meets_void_groups(gate, effect) or _orphans(effect):
        return None
    return Fix(
        aim.purpose,
        phrase(changes) + phrase_effect(effect, tuple(one.coordinate for one in changes)),
        tuple(plain_edit(change, gate.schema) for change in changes),
        accesses(effect.gained),
        accesses(effect.lost),
    )


def allows(endpoint: Endpoint, caller: Caller, coordinate: str) -> bool:
    """Return whether the caller may select the field for certain."""
    type_name, _, name = coordinate.partition(".")
    field = endpoint.schema.types[type_name].fields[name]
    return decide(endpoint.authorization, endpoint.schema, caller, field).outcome == "allowed"


def _is_meant(effect: Effect, aim: Aim) -> bool:
    """Return whether only those gain or lose who are meant to.

    What becomes of a second provider's users, AWS leaves open before the change: the text says it.
    """
    gaining = (one for one in effect.gained if not one.provider)
    losing = (one for one in effect.lost if not one.provider)
    return all(map(aim.gains, gaining)) and all(map(aim.loses, losing))


def _is_accepted(after: Endpoint, changes: Iterable[Change]) -> bool:
    """Return whether schema creation takes the directives as they would stand."""
    modes = {name for name, mode in MODE_OF_DIRECTIVE.items() if mode in after.authorization.modes}
    authorization = after.authorization
    if authorization.default_action == "DENY" and authorization.additional:
        return False
    for change in changes:
        before = {one.name for one in change.before}
        names = [one.name for one in change.after]
        added = {name for name in names if name in MODE_OF_DIRECTIVE} - before
        both = {AWS_AUTH, DIRECTIVE_OF_MODE[COGNITO]}
        if len(names) != len(set(names)) or not added <= modes:
            return False
        if (both <= set(names) and not both <= before) or any(
            one.misplaced_arguments for one in (*change.before, *change.after)
        ):
            return False
    return True


def extend(gate: Gate, changes: Sequence[Change], more: Iterable[Caller] = ()) -> list[Change]:
    """Return the changes with what they ask for below newly opened fields.

    A type without any directive is opened too, as the one before it is. What has directives was
    closed on purpose: the field that leads there keeps those that it had.
    """
    extended = merge(changes)
    for _ in range(MOST_CHANGES):
        effect = compare(gate, extended, more)
        closed = None if effect is None else next(_closed_ways(gate, effect), None)
        if effect is None or closed is None:
            break
        lead, callers = closed
        step = _step(gate, extended, effect.after, lead, callers)
        if step is None:
            break
        extended = step
    return extended


def _step(
    gate: Gate, changes: list[Change], after: Endpoint, lead: Field, callers: Sequence[Caller]
) -> list[Change] | None:
    behind = gate.behind[lead.returns]
    edited = [one for one in changes if one.coordinate == lead.coordinate]
    if any(map(is_tagged, behind)) and not edited:
        before = gate.schema.types[lead.type_name].fields[lead.name]
        pinned = replace_directives(before, effective(endpoint_of(gate), before))
        return merge([*changes, pinned])
    if any(map(is_tagged, behind)) and len(changes) > len(edited):
        return [one for one in changes if one not in edited]
    if any(one.name in gate.roots for one in behind):
        return None
    types = (after.schema.types[one.name] for one in behind)
    return merge([*changes, *(open_type(after, one, audience_of(callers)) for one in types)])


def is_tagged(definition: TypeDefinition) -> bool:
    """Return whether the type or a field of it has directives that name modes."""
    own = (definition.directives, *(one.directives for one in definition.fields.values()))
    return any(map(mode_directives, own))


def _closed_ways(gate: Gate, effect: Effect) -> Iterator[tuple[Field, list[Caller]]]:
    """Yield fields by which callers would newly come to types of which they can read nothing."""
    found: dict[str, tuple[Field, list[Caller]]] = {}
    for caller, lead, readable in _newly_reached(gate, effect):
        behind = gate.behind[lead.returns]
        if any(one.fields for one in behind) and not any(readable.values()):
            found.setdefault(lead.coordinate, (lead, []))[1].append(caller)
    yield from found.values()


def _meets_void_groups(gate: Gate, effect: Effect) -> bool:
    """Return whether callers gain or lose what an ``@aws_auth`` is on that does not count."""
    if effect.after.authorization.regime == COGNITO_ONLY:
        return False
    types = effect.after.schema.types
    changed = (*effect.gained.values(), *effect.lost.values())
    touched = [one for fields in changed for one in fields]
    reached = {name for _, _, readable in _newly_reached(gate, effect) for name in readable}
    below = [one for name in reached for one in types[name].fields.values()]
    return any(
        use.name == AWS_AUTH
        for one in (*touched, *below)
        for use in (*one.directives, *types[one.type_name].directives)
    )


def _orphans(effect: Effect) -> bool:
    """Return whether a field would be closed to every caller."""
    fields = {one.coordinate for lost in effect.lost.values() for one in lost}
    return any(
        not any(allows(effect.after, caller, name) for caller in effect.callers) for name in fields
    )


def _newly_reached(
    gate: Gate, effect: Effect
) -> Iterator[tuple[Caller, Field, dict[str, list[Field]]]]:
    """Yield who would come by which newly opened field to what there is to read, by type."""
    known = {reach.caller: reach.reached for reach in gate.reaches}
    for caller, fields in effect.gained.items():
        if caller.provider:  # what AWS leaves open of them is not a closed type
            continue
        waiting = [one for one in fields if one.type_name != gate.schema.subscription]
        before = known.get(Caller(caller.mode, caller.groups), frozenset())
        seen: set[str] = set()
        while waiting and len(seen) <= MOST_TYPES:
            lead = waiting.pop()
            if lead.returns in seen or not gate.behind.get(lead.returns):
                continue
            seen.add(lead.returns)
            behind = [effect.after.schema.types[one.name] for one in gate.behind[lead.returns]]
            readable = {one.name: _readable(gate, effect.after, caller, one) for one in behind}
            yield caller, lead, readable
            for name, found in readable.items():
                waiting.extend(found if name not in before else ())


def _empties(gate: Gate, effect: Effect) -> bool:
    """Return whether callers who reach a type would no longer read anything of it."""
    for reach in gate.reaches:
        lost = effect.lost.get(reach.caller, ())
        names = dict.fromkeys(one.type_name for one in lost)
        for name in names:
            definition = effect.after.schema.types[name]
            is_reached = name in reach.reached and name not in gate.roots
            if is_reached and not _readable(gate, effect.after, reach.caller, definition):
                return True
    return False


def _readable(
    gate: Gate, after: Endpoint, caller: Caller, definition: TypeDefinition
) -> list[Field]:
    """Return the fields that are not denied for certain."""
    if not gate.spend(len(definition.fields)):
        return list(definition.fields.values())[:1]
    return [
        one
        for one in definition.fields.values()
        if decide(after.authorization, after.schema, caller, one).outcome != "denied"
    ]
