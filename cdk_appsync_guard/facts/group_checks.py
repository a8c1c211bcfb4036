"""What comes of Cognito groups in directives → rows of group_checks.

AppSync looks at ``@aws_auth`` only where user pools are the only mode, and at the groups of
``@aws_cognito_user_pools`` only where they are not:
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk_appsync_guard.access.answers import field_refused
from cdk_appsync_guard.access.decide import TRIED
from cdk_appsync_guard.appsync.modes import (
    API_KEY,
    AWS_IAM,
    COGNITO,
    COGNITO_ONLY,
    LAMBDA,
    MODE_OF_DIRECTIVE,
    OIDC,
    SINGLE_OTHER,
)
from cdk_appsync_guard.facts.access_view import mode_directives, written
from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.template.values.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.appsync.schema import Directive, Field, TypeDefinition
    from cdk_appsync_guard.facts.access_view import Gate

__all__ = ["group_check_rows"]

_POOLS = "aws_cognito_user_pools"
_WHO = {
    API_KEY: "anybody with the API key",
    AWS_IAM: "every IAM principal whose policy allows it",
    COGNITO: "every user of the user pool",
    OIDC: "every user of the OpenID Connect issuer",
    LAMBDA: "everybody whom the Lambda authorizer lets in",
}
_OPEN = ("aws-auth-ignored", "aws-auth-below-root", "groups-ignored", "void-beside-bare")
_NESTED_DENY = Unknown(
    "AWS does not say whether a default action of DENY reaches fields below the root types",
    TRIED,
)


def group_check_rows(api: Api, gate: Gate) -> Iterator[Row]:
    """Yield every use of a directive that asks for groups, and every ``@aws_auth``."""
    for definition in gate.objects:
        for directive in definition.directives:
            if _asks(directive):
                yield _row(api, gate, definition, None, directive)
        for field in definition.fields.values():
            for directive in field.directives:
                if _asks(directive):
                    yield _row(api, gate, definition, field, directive)


def _asks(directive: Directive) -> bool:
    if directive.groups == ():  # the directives table tells of those
        return False
    return directive.name == "aws_auth" or (
        directive.name == _POOLS and directive.groups is not None
    )


def _row(
    api: Api, gate: Gate, definition: TypeDefinition, field: Field | None, directive: Directive
) -> Row:
    effect, lets_in = _judge(gate, definition, field, directive)
    if effect in _OPEN:
        effect = _check_open(gate, definition, field, directive, str(effect))
    names = {one.name for one in field.directives} if field else set()
    cells: dict[str, Cell] = {
        "coordinate": field.coordinate if field else definition.name,
        "field": field.name if field else next(iter(definition.fields), ""),
        "type": definition.name,
        "directive": directive.name,
        "groups": directive.groups or (),
        "written": written((directive,)),
        "effect": effect,
        "lets_in": lets_in,
        "why": _why_ignored(gate),
        "doubled": directive.name == "aws_auth" and _POOLS in names,
        "counts": "aws_auth" if gate.authorization.regime == COGNITO_ONLY else _POOLS,
    }
    asked = field or next(iter(definition.fields.values()), None)
    answer = field_refused(gate.schema, asked) if asked else None
    return Row("group_checks", cells, gate.schema.at(directive.offset), {}, api.name, answer)


def _check_open(
    gate: Gate,
    definition: TypeDefinition,
    field: Field | None,
    directive: Directive,
    effect: str,
) -> str | Unknown:
    """Return the effect, if a caller whom the directive leaves out really gets at a field.

    The decision procedure says who can select a field, and its reach who comes to the type. Only
    callers of the mode that the row speaks of count: that of the default provider where nothing
    else decides, else user pools.
    """
    fields = [field] if field else list(definition.fields.values())
    rules = gate.rules(field) if field else mode_directives(definition.directives)
    mode = COGNITO if rules else gate.authorization.default
    question = ""
    for reach in gate.reaches:
        caller = reach.caller
        if caller.mode != mode:
            continue
        if caller.groups and not caller.groups.isdisjoint(directive.groups or ()):
            continue
        if definition.name not in reach.reached and definition.name not in gate.roots:
            continue
        for one in fields:
            decision = gate.decide(caller, one)
            if decision.outcome == "allowed":
                return effect
            question = question or (decision.question if decision.outcome == "undecided" else "")
    return Unknown(question, TRIED) if question else "harmless"


def _judge(
    gate: Gate, definition: TypeDefinition, field: Field | None, directive: Directive
) -> tuple[str | Unknown, str]:
    """Return the effect of the directive and, in words, who gets in."""
    regime = gate.authorization.regime
    rules = gate.rules(field) if field else mode_directives(definition.directives)
    if regime == SINGLE_OTHER and rules:
        return "unconfigured", "AWS does not say who"
    if regime == COGNITO_ONLY:
        if directive.name == "aws_auth" and field and _is_void(directive, field.directives):
            return "void-beside-bare", _WHO[COGNITO]
        return _judge_pool_only(gate, definition, field, directive), _WHO[COGNITO]
    if directive.name == _POOLS and _is_void(directive, rules):
        return "void-beside-bare", _WHO[COGNITO]
    if directive.name == _POOLS:
        return "enforced", "members of these groups"
    return _judge_ignored(gate, rules, directive)


def _is_void(directive: Directive, beside: tuple[Directive, ...]) -> bool:
    """Return whether the same directive stands beside it without groups: one that admits counts."""
    if directive.groups is None:
        return False
    return any(one.name == directive.name and one.groups is None for one in beside)


def _why_ignored(gate: Gate) -> str:
    """Return why ``@aws_auth`` does not count beside other providers."""
    if COGNITO not in gate.modes:
        return "user pools are not an authorization mode of the API"
    if set(gate.modes) == {COGNITO}:
        return "the API has more than one provider"
    return "user pools are not the only authorization mode of the API"


def _judge_pool_only(
    gate: Gate, definition: TypeDefinition, field: Field | None, directive: Directive
) -> str | Unknown:
    root = definition.name in gate.roots
    by_auth = field is not None and any(one.name == "aws_auth" for one in field.directives)
    if directive.name == "aws_auth":
        if root and field:
            return "enforced"
        if directive.groups is None:
            return "harmless"
        if gate.authorization.default_action == "DENY":
            return "harmless" if root else _NESTED_DENY
        return "aws-auth-below-root"
    if root and by_auth:
        return "harmless"
    if gate.authorization.default_action == "DENY":
        return "members-shut-out" if root else _NESTED_DENY
    return "groups-ignored"


def _judge_ignored(
    gate: Gate, rules: tuple[Directive, ...], directive: Directive
) -> tuple[str, str]:
    """Judge an ``@aws_auth`` that does not count, by what AppSync does without it."""
    default = gate.authorization.default
    if not rules:
        protects = directive.groups is not None or default != COGNITO
        return "aws-auth-ignored" if protects else "harmless", _WHO.get(default, "")
    admitted = [one.groups for one in rules if one.name == _POOLS]
    if not admitted:
        modes = dict.fromkeys(MODE_OF_DIRECTIVE[one.name] for one in rules)
        return "members-shut-out", " and ".join(_WHO[mode] for mode in modes)
    if directive.groups is None:
        return "harmless", ""
    if None in admitted:
        return "aws-auth-ignored", _WHO[COGNITO]
    others = {group for groups in admitted for group in groups or ()} - set(directive.groups)
    if not others:
        return "harmless", ""
    return "aws-auth-ignored", "members of " + ", ".join(f"`{one}`" for one in sorted(others))
