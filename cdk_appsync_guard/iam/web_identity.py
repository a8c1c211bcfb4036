"""Trust policies of roles that Cognito identity pools hand out.

In: a role, the pool's id, and whom the role is for. Out: trusted, or the nearest thing that is
wrong. Roles whose trust is denied for now are templates of Amplify, which fills it in later.
https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cdk_appsync_guard.iam.arn_match import matches
from cdk_appsync_guard.iam.trust import listed, trusting_statements
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, display, unknown_of

__all__ = ["PoolTrust", "read_pool_trust"]

_WEB = "sts:assumerolewithwebidentity"
_PROVIDER = re.compile(r"cognito-identity[a-z0-9.-]*\.amazonaws\.com(\.cn)?", re.IGNORECASE)
_POOL = "AWS::Cognito::IdentityPool"
# From what is nearly right to what has nothing to do with it.
_RANKS = ("other-pool", "other-users", "misspelt-key", "wrong-action", "no-principal")
_LACKS = (None, "aud", "condition")
_POSITIVE = ("stringequals", "stringlike", "stringequalsignorecase")


@dataclass(frozen=True, slots=True)
class PoolTrust:
    """``word`` is trusted, elsewhere, or one of the mistakes; ``detail`` shows the mistake."""

    word: str | Unknown
    detail: str | None = None
    lacks: str | Unknown | None = None
    """What a trust policy that is right otherwise leaves open: condition, or aud."""


def read_pool_trust(role: Resource, pool: Value, *, guests: bool) -> PoolTrust:
    """Return whether the pool may hand out the role; *pool* is None if any pool may be meant."""
    judged = []
    denied = False
    for statement in trusting_statements(role):
        if not isinstance(statement, dict):
            why = unknown_of(statement)
            judged.append(PoolTrust(why) if why else PoolTrust("no-principal"))
        elif statement.get("Effect") == "Deny":
            denied = True
        elif statement.get("Effect") == "Allow":
            judged.append(_judge(statement, role.stack, pool, guests=guests))
        elif unknown_of(statement.get("Effect")) is not None:
            judged.append(PoolTrust(unknown_of(statement.get("Effect")) or "elsewhere"))
    trusted = [one for one in judged if one.word == "trusted"]
    if trusted:
        return max(trusted, key=lambda one: _LACKS.index(one.lacks))  # one open way is enough
    if denied:
        return PoolTrust("elsewhere")
    unknown = next((one for one in judged if isinstance(one.word, Unknown)), None)
    if unknown is not None:
        return unknown
    known = [one for one in judged if isinstance(one.word, str)]
    return min(
        known, key=lambda one: _RANKS.index(str(one.word)), default=PoolTrust("no-principal")
    )


def _judge(statement: dict[str, Value], stack: Stack, pool: Value, *, guests: bool) -> PoolTrust:
    provider, principal = _provider(statement)
    if provider is None:
        return principal
    actions = listed(statement.get("Action"))
    if not any(_covers(action) for action in actions):
        why = next((why for action in actions if (why := unknown_of(action))), None)
        shown = ", ".join(f"`{display(action)}`" for action in actions)
        return _perhaps(why, "wrong-action") if why else PoolTrust("wrong-action", shown)
    condition = statement.get("Condition")
    if condition is not None and not isinstance(condition, dict):
        why = unknown_of(condition) or Unknown("the condition is not a condition")
        return PoolTrust(why, lacks=Unknown(why.reason, why.would_decide))
    faults = list(_faults(condition or {}, provider, stack, pool, guests=guests))
    known = [fault for fault in faults if isinstance(fault.word, str)]
    return (known or faults or [PoolTrust("trusted", lacks=_lacks(condition))])[0]


def _lacks(condition: dict[str, Value] | None) -> str | None:
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


def _provider(statement: dict[str, Value]) -> tuple[str | None, PoolTrust]:
    """Return the provider that the statement lets in, or else why it is not Cognito's pools."""
    principal = statement.get("Principal")
    if principal == "*":
        return "cognito-identity.amazonaws.com", PoolTrust("trusted")
    if not isinstance(principal, dict):
        why = unknown_of(principal)
        return None, PoolTrust(why) if why else PoolTrust("no-principal")
    federated = [one for one in listed(principal.get("Federated")) if one is not None]
    for one in federated:
        written = str(one) if isinstance(one, (str, Text)) else ""
        end = written.replace("${AWS::URLSuffix}", "amazonaws.com")
        if _PROVIDER.fullmatch(end) or "*" in federated:
            return end.lower(), PoolTrust("trusted")
    why = next((why for one in federated if (why := unknown_of(one))), None)
    if why is not None:
        return None, PoolTrust(why)
    shown = ", ".join(
        f"`{kind}: {display(one)}`" for kind, named in principal.items() for one in listed(named)
    )
    return None, PoolTrust("no-principal", shown)


def _covers(action: Value) -> bool:
    return isinstance(action, str) and matches(action.lower(), _WEB) is True


def _faults(
    condition: dict[str, Value], provider: str, stack: Stack, pool: Value, *, guests: bool
) -> Iterator[PoolTrust]:
    for operator, keys in condition.items():
        name = operator.lower().rpartition(":")[2]
        if name not in _POSITIVE or not isinstance(keys, dict):
            continue  # a negation, or one that holds where the key is absent
        for key, wanted in keys.items():
            domain, _, end = key.lower().rpartition(":")
            if end not in ("aud", "amr", "sub"):
                continue
            if domain != provider and _PROVIDER.fullmatch(domain):
                yield _perhaps(Unknown(f"`{key}` is another partition's key"), "misspelt-key")
            elif domain != provider:
                yield PoolTrust("misspelt-key", f"`{key}`")
            elif end == "aud":
                yield from _other_pool(listed(wanted), stack, pool)
            elif end == "amr":
                yield from _other_users(listed(wanted), guests=guests)


def _other_pool(wanted: list[Value], stack: Stack, pool: Value) -> Iterator[PoolTrust]:
    answers = [_is_pool(one, stack, pool) for one in wanted]
    if True in answers or pool is None:
        return
    if None in answers:
        one = wanted[answers.index(None)]
        why = unknown_of(one) or unknown_of(pool) or Unknown("the pool's id is not known")
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


def _perhaps(why: Unknown, mistake: str) -> PoolTrust:
    return PoolTrust(Unknown(why.reason, why.would_decide, ("trusted", mistake)))
