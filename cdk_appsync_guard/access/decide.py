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
``empty-groups``           undecided which callers does an empty list of groups admit?
``string-groups``          undecided is a string taken for a list of one group?
========================== ========= ==============================================================
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from cdk_appsync_guard.appsync.modes import (
    COGNITO,
    COGNITO_ONLY,
    MODE_OF_DIRECTIVE,
    SINGLE_OTHER,
    Authorization,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdk_appsync_guard.appsync.schema import Directive, Field, Schema

__all__ = ["ALLOWED", "TRIED", "Caller", "Decision", "Outcome", "decide"]

Outcome: TypeAlias = Literal["allowed", "denied", "undecided"]

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
    ``counted`` are the directives that AppSync looked at: all that it would look at for any caller.
    Others on the field or its type have no effect.
    """

    outcome: Outcome
    reason: str = ""
    question: str = ""
    counted: tuple[Directive, ...] = field(default=(), compare=False)


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
    "AWS does not say what a directive does if its mode is not configured on an API with one mode",
)
SECOND_PROVIDER = Decision(
    "undecided",
    "second-provider",
    "AWS does not say whether a field without a directive accepts a second provider",
)
EMPTY_GROUPS = Decision(
    "undecided",
    "empty-groups",
    "AWS does not say which callers an empty `cognito_groups` list allows",
)
STRING_GROUPS = Decision(
    "undecided",
    "string-groups",
    "AWS does not say which callers `cognito_groups` allows if it is a string instead of a list",
)


def decide(authorization: Authorization, schema: Schema, caller: Caller, field: Field) -> Decision:
    """Return whether the caller may select the field."""
    if field.name.startswith("__"):
        return INTROSPECTION
    if caller.mode not in authorization.modes:
        return Decision("denied", "mode-not-configured")
    own = schema.types[field.type_name].directives if field.type_name in schema.types else ()
    named = _of_modes(field.directives) or _of_modes(own)
    regime = authorization.regime
    if regime == COGNITO_ONLY:
        return _decide_by_pool(authorization, schema, caller, (field, named))
    if not named:
        return _decide_by_default(authorization, caller)
    mine = tuple([one for one in named if MODE_OF_DIRECTIVE[one.name] == caller.mode])
    if regime == SINGLE_OTHER:
        return _counting(mine, ADMITTED) if mine else UNCONFIGURED
    return _counting(named, _decide_by_directives(caller, mine))


def _counting(counted: tuple[Directive, ...], made: Decision) -> Decision:
    return Decision(made.outcome, made.reason, made.question, counted)


def _of_modes(directives: tuple[Directive, ...]) -> tuple[Directive, ...]:
    return tuple([one for one in directives if one.name in MODE_OF_DIRECTIVE])


def _decide_by_pool(
    authorization: Authorization,
    schema: Schema,
    caller: Caller,
    subject: tuple[Field, tuple[Directive, ...]],
) -> Decision:
    """Decide a field of an API whose only mode is Cognito user pools: ``@aws_auth`` on root fields.

    The subject is the field with the directives of modes on it or on its type.
    """
    field, named = subject
    uses = tuple([one for one in field.directives if one.name == "aws_auth"])
    is_root = field.type_name in (schema.query, schema.mutation, schema.subscription)
    if is_root and uses:
        return _counting(uses, _decide_by_directives(caller, uses))
    if authorization.default_action == "DENY":
        return Decision("denied", "default-action") if is_root else NESTED_DENY
    if is_root and any(MODE_OF_DIRECTIVE[one.name] != COGNITO for one in named):
        return UNCONFIGURED
    return NOT_ENFORCED if named or uses else ALLOWED


def _decide_by_default(authorization: Authorization, caller: Caller) -> Decision:
    if caller.mode == authorization.default:
        is_second = caller.provider and authorization.regime != SINGLE_OTHER
        return SECOND_PROVIDER if is_second else ALLOWED
    return Decision("denied", "default-mode")


def _decide_by_directives(caller: Caller, listed: Sequence[Directive]) -> Decision:
    """Decide by the directives that name the caller's mode: one that admits is enough."""
    if not listed:
        return Decision("denied", "mode-not-listed")
    read = [one for one in listed if "cognito_groups" not in one.single_arguments]
    for one in read:
        if one.groups is None or caller.mode != COGNITO or not caller.groups.isdisjoint(one.groups):
            return ADMITTED
    if len(read) < len(listed):
        return STRING_GROUPS
    return EMPTY_GROUPS if any(one.groups == () for one in listed) else Decision("denied", "group")
