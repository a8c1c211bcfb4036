"""What comes of Cognito groups in directives → rows of group_checks.

AppSync looks at ``@aws_auth`` only where user pools are the only mode, and at the groups of
``@aws_cognito_user_pools`` only where they are not. Which directives counted, who gets in and who
does not is asked of the decision procedure; what is decided here is what that means for a directive
that did not count.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdk_appsync_guard.access.answers import field_refused
from cdk_appsync_guard.access.decide import TRIED, Caller, decide
from cdk_appsync_guard.appsync.modes import COGNITO, COGNITO_ONLY, RECORDS
from cdk_appsync_guard.facts.access_view import join, mode_directives, written
from cdk_appsync_guard.facts.schema_vocabulary import GROUP_CHECKS, GroupChecks
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.fixes.offers import check_groups, say
from cdk_appsync_guard.template.values.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cdk_appsync_guard.access.decide import Decision
    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.appsync.schema import Directive, Field, TypeDefinition
    from cdk_appsync_guard.facts.access_view import Gate
    from cdk_appsync_guard.facts.schema_vocabulary import GroupEffect
    from cdk_appsync_guard.report import Fix

__all__ = ["OPEN", "group_check_rows"]

_POOLS = "aws_cognito_user_pools"
_AUTH = "aws_auth"


@dataclass(frozen=True, slots=True)
class _Use:
    """A directive, the field or type that carries it, and the fields that it speaks for."""

    directive: Directive
    definition: TypeDefinition
    field: Field | None
    fields: tuple[Field, ...]

    @property
    def place(self) -> Field | TypeDefinition:
        return self.field or self.definition


def group_check_rows(api: Api, gate: Gate) -> Iterator[Row]:
    """Yield every use of a directive that asks for groups, and every ``@aws_auth``."""
    for definition in gate.objects:
        bare = tuple(one for one in definition.fields.values() if not _authorizes(one))
        for directive in filter(_asks, definition.directives):
            yield _row(api, gate, _Use(directive, definition, None, bare))
        for field in definition.fields.values():
            for directive in filter(_asks, field.directives):
                yield _row(api, gate, _Use(directive, definition, field, (field,)))


def _asks(directive: Directive) -> bool:
    if directive.groups == ():  # the directives table tells of those
        return False
    return directive.name == _AUTH or (directive.name == _POOLS and directive.groups is not None)


def _authorizes(field: Field) -> bool:
    is_checked = any(one.name == _AUTH for one in field.directives)
    return is_checked or bool(mode_directives(field.directives))


def _row(api: Api, gate: Gate, use: _Use) -> Row:
    directive, field, definition = use.directive, use.field, use.definition
    answers = _ask(gate, use)
    effect = _effect(gate, use, answers)
    names = {one.name for one in field.directives} if field else set()
    fixes = _fixes(gate, use) if effect in _MENDED else ()
    cells: GroupChecks = {
        "coordinate": field.coordinate if field else definition.name,
        "field": field.name if field else next(iter(definition.fields), ""),
        "type": definition.name,
        "directive": directive.name,
        "groups": directive.groups or (),
        "written": written((directive,)),
        "effect": effect,
        "lets_in": _name(answers),
        "why": _why_ignored(gate),
        "doubled": directive.name == _AUTH and _POOLS in names,
        "counts": _AUTH if gate.authorization.regime == COGNITO_ONLY else _POOLS,
        "fix": say(fixes),
    }
    asked = field or next(iter(definition.fields.values()), None)
    answer = field_refused(gate.schema, asked) if asked else None
    place = gate.schema.at(directive.offset)
    return GROUP_CHECKS.row(cells, place, {}, api.name, answer, fixes)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a caller gets of a field.

    ``is_meant`` tells that the directive, or another one beside it, names the caller; ``is_there``
    that the caller surely comes as far as the field.
    """

    caller: Caller
    decision: Decision
    is_meant: bool
    is_there: bool


def _ask(gate: Gate, use: _Use) -> list[_Answer]:
    """Return the answers to all callers who come to the type, on all fields in question."""
    name, members = use.definition.name, _members(use)
    answers = []
    for caller in dict.fromkeys((*gate.callers, members)):
        is_there = name in gate.roots or name in _reached(gate, caller)
        if not is_there and not any(name in gate.may_reach(one) for one in _parts(gate, caller)):
            continue
        is_member = caller.mode == COGNITO and (
            use.directive.groups is None or not caller.groups.isdisjoint(members.groups)
        )
        for field in use.fields:
            decision = decide(gate.authorization, gate.schema, caller, field)
            is_named = decision.reason == "directive" and caller.mode != COGNITO
            answers.append(_Answer(caller, decision, is_member or is_named, is_there))
    return answers


def _members(use: _Use) -> Caller:
    """Return a caller that the directive names: a member of all its groups, or any user."""
    return Caller(COGNITO, frozenset(use.directive.groups or ()))


def _parts(gate: Gate, caller: Caller) -> list[Caller]:
    """Return the callers of the gate that make a member of several groups."""
    parts = (Caller(caller.mode), *(Caller(COGNITO, frozenset({one})) for one in caller.groups))
    return [one for one in parts if one in gate.callers]


def _reached(gate: Gate, caller: Caller) -> frozenset[str]:
    parts = _parts(gate, caller)
    return frozenset().union(*(one.reached for one in gate.reaches if one.caller in parts))


def _effect(gate: Gate, use: _Use, answers: list[_Answer]) -> GroupEffect | Unknown:
    """Return the effect of the directive, told by who gets in and who does not."""
    if _counts(gate, use):
        return "void-beside-bare" if _lets_in_all(answers, use) else "enforced"
    if _intruders(answers):
        return _how_open(gate, use)
    question = _question(answers)
    if question:
        has_pools = COGNITO in gate.authorization.modes
        return Unknown(question, TRIED) if has_pools else "unconfigured"
    members = [one for one in answers if one.caller == _members(use)]
    reasons = {one.decision.reason for one in members if one.decision.outcome == "denied"}
    is_shut = bool(members) and all(one.decision.outcome == "denied" for one in members)
    return "members-shut-out" if is_shut and reasons != {"mode-not-configured"} else "harmless"


def _counts(gate: Gate, use: _Use) -> bool:
    """Return whether AppSync looks at the directive, for any caller on any of the fields."""
    decisions = (
        decide(gate.authorization, gate.schema, Caller(mode), field)
        for mode in gate.modes
        for field in use.fields
    )
    return any(use.directive in one.counted for one in decisions)


def _lets_in_all(answers: Iterable[_Answer], use: _Use) -> bool:
    """Return whether users without a group get in: by the same directive without groups."""
    return use.directive.groups is not None and Caller(COGNITO) in _intruders(answers)


def _why_ignored(gate: Gate) -> str:
    """Return why ``@aws_auth`` does not count beside other providers."""
    if COGNITO not in gate.modes:
        return "user pools are not an authorization mode of the API"
    if set(gate.modes) == {COGNITO}:
        return "the API has more than one provider"
    return "user pools are not the only authorization mode of the API"


def _intruders(answers: Iterable[_Answer]) -> list[Caller]:
    """Return the callers who get in although no directive names them."""
    found = (
        one.caller
        for one in answers
        if one.is_there and not one.is_meant and one.decision.outcome == "allowed"
    )
    return list(dict.fromkeys(found))


def _question(answers: Iterable[_Answer]) -> str:
    """Return what would have to be known to tell whether others get in, or members do not."""
    for one in answers:
        if one.decision.outcome == "undecided":
            return one.decision.question
        if one.decision.outcome == "allowed" and not one.is_meant:
            return "whether these callers come to the type depends on what AWS does not say"
    return ""


def _how_open(gate: Gate, use: _Use) -> GroupEffect:
    """Return the effect of a directive that keeps no one out, by why it does not count."""
    if use.directive.name == _POOLS:
        return "groups-ignored"
    is_only = gate.authorization.regime == COGNITO_ONLY
    return "aws-auth-below-root" if is_only else "aws-auth-ignored"


def _name(answers: Iterable[_Answer]) -> str:
    """Return who gets in, those first that no directive names, in words."""
    answers = list(answers)
    allowed = (one.caller for one in answers if one.decision.outcome == "allowed")
    callers = _intruders(answers) or list(dict.fromkeys(allowed))
    modes = dict.fromkeys(one.mode for one in callers if not one.groups)
    groups = {group for one in callers for group in one.groups} if COGNITO not in modes else ()
    said = [RECORDS[mode].callers for mode in modes]
    members = [f"members of {join([f'`{one}`' for one in sorted(groups)])}"] if groups else []
    return join([*said, *members])


def _fixes(gate: Gate, use: _Use) -> tuple[Fix, ...]:
    """Return how the groups can be made to count; a directive without groups has none."""
    groups = use.directive.groups
    return check_groups(gate, use.place, groups) if groups else ()


OPEN: tuple[GroupEffect, ...] = ("aws-auth-ignored", "aws-auth-below-root", "groups-ignored")
_MENDED: tuple[GroupEffect, ...] = (*OPEN, "void-beside-bare", "members-shut-out")
