"""One field, one caller → the answer AppSync would give.

A transcription of what AWS documents; what it leaves open is undecided, with the question.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html

========================== ========= ==============================================================
reason                     outcome   meaning
========================== ========= ==============================================================
``introspection``          allowed   ``__typename`` and its kind are never held back
``no-directive``           allowed   nothing restricts the field for the API's default mode
``directive``              allowed   a directive of the field, or else its type, admits the caller
``not-enforced``           allowed   directives are there, but AppSync does not enforce them here
``mode-not-listed``        denied    the directives of the field, or else its type, omit the mode
``default-mode``           denied    no directive: only the default mode may select it
``group``                  denied    the caller is in none of the groups that the directives name
``default-action``         denied    the pool's default action is DENY, no ``@aws_auth`` lifts it
``mode-not-configured``    denied    the API does not have the caller's mode at all
``nested-deny``            undecided does a default action of DENY reach below the root types?
``unconfigured-directive`` undecided what does a directive of a mode that the API lacks do?
``second-provider``        undecided does a field without directive admit a second provider?
``empty-groups``           undecided whom does an empty list of groups admit?
========================== ========= ==============================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdk_appsync_guard.appsync.modes import (
    COGNITO,
    COGNITO_ONLY,
    MODE_OF_DIRECTIVE,
    SINGLE_OTHER,
    Authorization,
)

if TYPE_CHECKING:
    from cdk_appsync_guard.appsync.schema import Directive, Field, Schema

__all__ = ["ALLOWED", "TRIED", "Caller", "Decision", "decide"]

TRIED = "a request to the deployed API"
"""What decides a question that AWS does not answer."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a mode, for Cognito its groups, and which provider if one mode has several.

    ``provider`` is the provider's position (0 is the default one), None if it does not matter.
    """

    mode: str
    groups: frozenset[str] = frozenset()
    provider: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """``outcome`` is allowed, denied or undecided.

    ``reason`` is a code of the table above; ``question`` is what would have to be known, in words.
    """

    outcome: str
    reason: str = ""
    question: str = ""


ALLOWED = Decision("allowed", "no-directive")
INTROSPECTION = Decision("allowed", "introspection")
ADMITTED = Decision("allowed", "directive")
NOT_ENFORCED = Decision("allowed", "not-enforced")
NESTED_DENY = Decision(
    "undecided",
    "nested-deny",
    "AWS does not say whether a default action of DENY reaches fields below the root types",
)
UNCONFIGURED = Decision(
    "undecided",
    "unconfigured-directive",
    "AWS does not say what a directive does whose mode is not configured on an API of one mode",
)
SECOND_PROVIDER = Decision(
    "undecided",
    "second-provider",
    "AWS does not say whether a field without directive admits a second provider",
)
EMPTY_GROUPS = Decision(
    "undecided", "empty-groups", "AWS does not say whom an empty `cognito_groups` list admits"
)


def decide(authorization: Authorization, schema: Schema, caller: Caller, field: Field) -> Decision:
    """Return whether the caller may select the field."""
    if field.name.startswith("__"):
        return INTROSPECTION
    if caller.mode not in authorization.modes:
        return Decision("denied", "mode-not-configured")
    own = schema.types[field.type_name].directives if field.type_name in schema.types else ()
    rules = _rules(field.directives) or _rules(own)
    regime = authorization.regime
    if regime == COGNITO_ONLY:
        if field.type_name in (schema.query, schema.mutation, schema.subscription):
            return _decide_pool_root(authorization, caller, field, rules)
        if authorization.default_action == "DENY":
            return NESTED_DENY
        return NOT_ENFORCED if rules or _uses_of_aws_auth(field) else ALLOWED
    if regime == SINGLE_OTHER:
        if not rules:
            return ALLOWED
        return ADMITTED if any(mode == caller.mode for mode, _ in rules) else UNCONFIGURED
    if not rules:
        return _decide_by_default(authorization, caller)
    return _decide_by_rules(caller, [groups for mode, groups in rules if mode == caller.mode])


def _rules(directives: tuple[Directive, ...]) -> list[tuple[str, tuple[str, ...] | None]]:
    return [
        (MODE_OF_DIRECTIVE[one.name], one.groups)
        for one in directives
        if one.name in MODE_OF_DIRECTIVE
    ]


def _uses_of_aws_auth(field: Field) -> list[Directive]:
    return [one for one in field.directives if one.name == "aws_auth"]


def _decide_pool_root(
    authorization: Authorization,
    caller: Caller,
    field: Field,
    rules: list[tuple[str, tuple[str, ...] | None]],
) -> Decision:
    """Decide a root field of an API whose only mode is Cognito user pools."""
    uses = _uses_of_aws_auth(field)
    if uses:
        return _decide_by_rules(caller, [use.groups for use in uses])
    if authorization.default_action == "DENY":
        return Decision("denied", "default-action")
    if any(mode != COGNITO for mode, _ in rules):
        return UNCONFIGURED
    return NOT_ENFORCED if rules else ALLOWED


def _decide_by_default(authorization: Authorization, caller: Caller) -> Decision:
    if caller.mode != authorization.default:
        return Decision("denied", "default-mode")
    return SECOND_PROVIDER if caller.provider else ALLOWED


def _decide_by_rules(caller: Caller, listed: list[tuple[str, ...] | None]) -> Decision:
    """Decide by the directives that name the caller's mode: one that admits is enough."""
    if not listed:
        return Decision("denied", "mode-not-listed")
    for groups in listed:
        if groups is None or caller.mode != COGNITO or not caller.groups.isdisjoint(groups):
            return ADMITTED
    return EMPTY_GROUPS if () in listed else Decision("denied", "group")
