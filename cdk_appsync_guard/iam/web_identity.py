"""Trust policies of roles that Cognito identity pools hand out.

In: a role, the pool's id, and who the role is for. Out: trusted, or the nearest thing that is
wrong. Roles whose trust is denied for now are templates of Amplify, which fills it in later.
https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from cdk_appsync_guard.iam.arn_match import matches
from cdk_appsync_guard.iam.trust import TrustStatement, listed, trust_statements
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, display, unknown_of

__all__ = ["PoolTrust", "read_pool_trust"]

_WEB = "sts:AssumeRoleWithWebIdentity"
_TAG = "sts:TagSession"
_PROVIDER = re.compile(r"cognito-identity[a-z0-9.-]*\.amazonaws\.com(\.cn)?", re.IGNORECASE)
_POOL = "AWS::Cognito::IdentityPool"
# From what is nearly right to what has nothing to do with it.
_RANKS = ("other-pool", "other-users", "misspelt-key", "wrong-action", "no-principal")
_LACKS = (None, "aud", "condition")
_POSITIVE = ("stringequals", "stringlike", "stringequalsignorecase")
_NEGATIVE = ("stringnotequals", "stringnotlike", "stringnotequalsignorecase")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose role it is: where it stands, the id of the pool, and whether guests get it."""

    stack: Stack
    pool: Value
    guests: bool


_Mistake: TypeAlias = Literal[
    "no-principal", "wrong-action", "misspelt-key", "other-pool", "other-users", "denied"
]


@dataclass(frozen=True, slots=True)
class PoolTrust:
    """``word`` is trusted, denied, elsewhere, or one of the mistakes; ``detail`` shows the mistake.

    ``tags`` tells whether the pool is allowed to tag the sessions.
    """

    word: Literal["trusted", "elsewhere"] | _Mistake | Unknown
    detail: str | None = None
    lacks: Literal["condition", "aud"] | Unknown | None = None
    """What a trust policy that is right otherwise leaves open: condition, or aud."""
    tags: bool | Unknown = False


def read_pool_trust(role: Resource, pool: Value, *, guests: bool) -> PoolTrust:
    """Return whether the pool may hand out the role; *pool* is None if any pool may be meant."""
    asked = _Asked(role.stack, pool, guests)
    statements = trust_statements(role)
    tags = _may_tag([one for one in statements if isinstance(one, TrustStatement)], asked)
    return replace(_read(statements, asked), tags=tags)


def _read(statements: list[TrustStatement | Unknown | None], asked: _Asked) -> PoolTrust:
    read = [one for one in statements if isinstance(one, TrustStatement)]
    judged = [
        PoolTrust(one) if one else PoolTrust("no-principal")
        for one in statements
        if not isinstance(one, TrustStatement)
    ]
    judged += [_judge(one, asked) for one in read if one.effect == "Allow"]
    judged += [PoolTrust(one.effect) for one in read if isinstance(one.effect, Unknown)]
    denies = [one for one in read if one.effect == "Deny"]
    trusted = [one for one in judged if one.word == "trusted"]
    if trusted:
        widest = max(trusted, key=lambda one: _LACKS.index(one.lacks))  # one open way is enough
        return _unless_denied(widest, [_denies(one, asked) for one in denies])
    if denies and not judged:
        return PoolTrust("elsewhere")  # Amplify's templates deny until its own code fills them in
    unknown = next((one for one in judged if isinstance(one.word, Unknown)), None)
    return unknown or min(
        judged, key=lambda one: _RANKS.index(str(one.word)), default=PoolTrust("no-principal")
    )


def _may_tag(read: list[TrustStatement], asked: _Asked) -> bool | Unknown:
    """Return whether the pool is allowed to tag the sessions, by any statement."""
    found = False
    unknown: Unknown | None = None
    for statement in read:
        provider, _ = _provider(statement)
        covers = statement.covers(_TAG) if provider is not None else False
        if covers is False or provider is None:
            continue
        met = not isinstance(statement.condition, dict) or not any(
            isinstance(one.word, str) for one in _faults(statement.condition, provider, asked)
        )
        if statement.effect == "Deny" and covers and statement.condition is None:
            return False
        if statement.effect == "Allow" and met:
            found = found or covers is True
            unknown = unknown or statement.why_action
    return found or unknown or False


def _unless_denied(trusted: PoolTrust, denies: list[bool | None]) -> PoolTrust:
    if True in denies:
        return PoolTrust("denied")
    if None not in denies:
        return trusted
    why = Unknown(
        "a Deny of the trust policy has a condition, or a part that is not known", "a sign-in"
    )
    return _perhaps(why, "denied")


def _denies(statement: TrustStatement, asked: _Asked) -> bool | None:
    """Return whether a Deny keeps the pool out; None if that is not known."""
    provider, principal = _provider(statement)
    if provider is None:
        return None if isinstance(principal.word, Unknown) else False
    answers = (statement.covers(_WEB), _is_met(statement.condition, provider, asked))
    return False if False in answers else None if None in answers else True


def _is_met(condition: Value, provider: str, asked: _Asked) -> bool | None:
    """Return whether the pool's users meet the condition of a Deny; None if that is not known."""
    if condition is None or condition == {}:
        return True
    if not isinstance(condition, dict):
        return None
    answers = [
        _holds(operator.lower(), key.lower(), listed(wanted), provider, asked)
        for operator, keys in condition.items()
        for key, wanted in (keys.items() if isinstance(keys, dict) else ((operator, None),))
    ]
    return False if False in answers else None if None in answers else True


def _holds(
    operator: str, key: str, wanted: list[Value], provider: str, asked: _Asked
) -> bool | None:
    if key != f"{provider}:aud" or operator not in (*_POSITIVE, *_NEGATIVE):
        return None
    answers = [_is_pool(one, asked.stack, asked.pool) for one in wanted]
    hit = True if True in answers else None if None in answers else False
    return hit if hit is None or operator in _POSITIVE else not hit


def _judge(statement: TrustStatement, asked: _Asked) -> PoolTrust:
    provider, principal = _provider(statement)
    if provider is None:
        return principal
    covers = statement.covers(_WEB)
    if not covers:
        why = statement.why_action if covers is None else None
        shown = ", ".join(f"`{display(action)}`" for action in statement.actions)
        return _perhaps(why, "wrong-action") if why else PoolTrust("wrong-action", shown)
    condition = statement.condition
    if condition is not None and not isinstance(condition, dict):
        why = unknown_of(condition) or Unknown("the condition is not a condition")
        return PoolTrust(why, lacks=Unknown(why.reason, why.would_decide))
    faults = list(_faults(condition or {}, provider, asked))
    known = [fault for fault in faults if isinstance(fault.word, str)]
    fine = PoolTrust("trusted", lacks=_lacks(condition))
    return (known or faults or [fine])[0]


def _lacks(condition: dict[str, Value] | None) -> Literal["condition", "aud"] | None:
    """Return what the condition does not ask for: anything at all, or the pool."""
    asked = [(name.lower().rpartition(":")[2], keys) for name, keys in (condition or {}).items()]
    if not any(keys for _, keys in asked):
        return "condition"
    named = (
        (key.lower(), listed(wanted))
        for operator, keys in asked
        if operator in _POSITIVE and isinstance(keys, dict)
        for key, wanted in keys.items()
    )
    is_asked = any(key.endswith((":aud", ":sub")) and "*" not in wanted for key, wanted in named)
    return None if is_asked else "aud"


def _provider(statement: TrustStatement) -> tuple[str | None, PoolTrust]:
    """Return the provider that the statement allows, or else why it is not Cognito's pools."""
    if statement.principals == (("", "*"),):
        return "cognito-identity.amazonaws.com", PoolTrust("trusted")
    federated = statement.named("Federated")
    if "*" in federated:
        return "cognito-identity.amazonaws.com", PoolTrust("trusted")
    for one in federated:
        written = str(one) if isinstance(one, (str, Text)) else ""
        end = written.replace("${AWS::URLSuffix}", "amazonaws.com")
        if _PROVIDER.fullmatch(end):
            return end.lower(), PoolTrust("trusted")
    why = next((why for one in federated if (why := unknown_of(one))), None)
    if why is not None:
        return None, PoolTrust(why)
    shown = ", ".join(
        f"`{kind}: {display(one)}`" if kind else f"`{display(one)}`"
        for kind, one in statement.principals
    )
    return None, PoolTrust("no-principal", shown or None)


def _faults(condition: dict[str, Value], provider: str, asked: _Asked) -> Iterator[PoolTrust]:
    for operator, keys in condition.items():
        name = operator.lower().rpartition(":")[2]
        if name not in _POSITIVE or not isinstance(keys, dict):
            continue  # a negation, or one that holds where the key is absent
        for key, wanted in keys.items():
            domain, _, end = key.lower().rpartition(":")
            if end not in ("aud", "amr", "sub"):
                continue
            if domain != provider and _PROVIDER.fullmatch(domain):
                yield _perhaps(
                    Unknown(f"`{key}` is another partition's key", "a sign-in"), "misspelt-key"
                )
            elif domain != provider:
                yield PoolTrust("misspelt-key", f"`{key}`")
            elif end == "aud":
                yield from _other_pool(listed(wanted), asked.stack, asked.pool)
            elif end == "amr":
                yield from _other_users(listed(wanted), guests=asked.guests)


def _other_pool(wanted: list[Value], stack: Stack, pool: Value) -> Iterator[PoolTrust]:
    answers = [_is_pool(one, stack, pool) for one in wanted]
    if True in answers or pool is None:
        return
    if None in answers:
        one = wanted[answers.index(None)]
        why = (
            unknown_of(one)
            or unknown_of(pool)
            or Unknown("the pool's id is not known", "the template of the pool")
        )
        yield _perhaps(why, "other-pool")
    else:
        yield PoolTrust("other-pool", ", ".join(f"`{display(one)}`" for one in wanted))


def _is_pool(one: Value, stack: Stack, pool: Value) -> bool | None:
    if isinstance(one, (str, Text)) and one == pool:
        return True
    if isinstance(one, str) and isinstance(pool, str):
        return matches(one, pool)
    target = stack.resource_of(one)
    if target is None:
        return None
    if target[0].type != _POOL:
        return None if target[0].type.startswith(("AWS::CloudFormation::", "Custom::")) else False
    return False if stack.resource_of(pool) is not None else None


def _other_users(wanted: list[Value], *, guests: bool) -> Iterator[PoolTrust]:
    mine = "unauthenticated" if guests else "authenticated"
    theirs = "authenticated" if guests else "unauthenticated"
    whys = [unknown_of(one) for one in wanted]
    plain = [one for one in wanted if isinstance(one, str)]
    # A user who is known has further marks: the names of the providers that vouch for him.
    if any(matches(one, mine) for one in plain) or any(one != theirs for one in plain):
        return
    why = next((one for one in whys if one is not None), None)
    yield _perhaps(why, "other-users") if why else PoolTrust("other-users", f"`{theirs}`")


def _perhaps(why: Unknown, mistake: _Mistake) -> PoolTrust:
    return PoolTrust(Unknown(why.reason, why.would_decide, ("trusted", mistake)))
