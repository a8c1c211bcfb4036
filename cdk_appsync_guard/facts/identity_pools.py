"""Cognito identity pools beside APIs with IAM → rows of ``identity_pools`` and ``pool_roles``.

In: all APIs and stacks of a scenario. Out: rows, if any API accepts IAM callers or may do so: that
is what an identity pool's credentials are for.
https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from cdk_appsync_guard.access.grants import Neighbors, granted_to, ids_of
from cdk_appsync_guard.access.reach import HowMuch
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import AWS_IAM
from cdk_appsync_guard.appsync.unseen_attachments import find_outsider
from cdk_appsync_guard.facts.conversions import flag
from cdk_appsync_guard.facts.iam_targets import Target
from cdk_appsync_guard.facts.pool_refusals import Refusals
from cdk_appsync_guard.facts.resolver_code import ApiCode
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.facts.wiring_vocabulary import (
    IDENTITY_POOLS,
    POOL_ROLES,
    IdentityPools,
    PoolRoles,
    Users,
)
from cdk_appsync_guard.iam.principals import Principals
from cdk_appsync_guard.iam.trust import ROLE
from cdk_appsync_guard.iam.web_identity import PoolTrust, read_pool_trust
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, display, unknown_of

__all__ = ["identity_pool_rows"]

_POOL = "AWS::Cognito::IdentityPool"
_ATTACHMENT = "AWS::Cognito::IdentityPoolRoleAttachment"
_GROUP = "AWS::Cognito::UserPoolGroup"
_TAGS = "AWS::Cognito::IdentityPoolPrincipalTag"
_USERS: tuple[Users, ...] = ("authenticated", "unauthenticated")
_CALLERS = {
    "authenticated": "users who are signed in",
    "unauthenticated": "guests",
    "group": "members of a group",
}


def identity_pool_rows(
    apis: Sequence[Api],
    stacks: tuple[Stack, ...],
    principals: Principals,
    code_of: Callable[[Api], ApiCode],
) -> Iterator[Row]:
    """Yield the rows about identity pools and the roles that they hand out."""
    callable_ = [api for api in apis if api.accepts(AWS_IAM) is not False]
    attachments = [one for stack in stacks for one in stack.of_type(_ATTACHMENT)]
    pools = [one for stack in stacks for one in stack.of_type(_POOL)]
    if not callable_ or not (attachments or pools):
        return
    refusals = Refusals(stacks, principals, code_of)
    grants = _Grants(callable_, Neighbors(ids_of(apis)), principals, refusals)
    for pool in pools:
        yield _pool_row(pool, attachments, grants, stacks)
    handouts = [one for attachment in attachments for one in _handouts(attachment)]
    handouts += _group_handouts(attachments, stacks)
    unique: dict[tuple[str, int, object], _Handout] = {}
    for one in handouts:
        unique.setdefault((one.users, id(one.role), one.pool_id), one)
    mappings = [one for stack in stacks for one in stack.of_type(_TAGS)]
    yield from (_role_row(one, grants, mappings) for one in unique.values())


@dataclass(frozen=True, slots=True)
class _Handout:
    """A role that a pool gives to some of its users; ``pool`` is None if it may be any pool."""

    users: Users
    role: Resource
    pool: Resource | None
    pool_id: str | Text | None
    place: Place
    authenticated: Resource | None


class _Grants:
    """What roles may call, worked out when someone asks."""

    def __init__(
        self,
        apis: Sequence[Api],
        neighbors: Neighbors,
        principals: Principals,
        refusals: Refusals,
    ) -> None:
        self.refusals = refusals
        self._apis = apis
        self._neighbors = neighbors
        self._principals = principals

    @cached_property
    def _targets(self) -> list[Target]:
        return [Target(api, self._neighbors) for api in self._apis]

    @cached_property
    def is_unused(self) -> bool | Unknown:
        """Whether fields accept IAM callers, and no principal at all is granted one of them."""
        if not any(target.accepting for target in self._targets):
            return False
        why: Unknown | None = None
        for target in self._targets:
            for one in self._principals.all:
                verdict = granted_to(one, target.fields)
                if verdict.meant & target.accepting:
                    return False
                if verdict.undecided & target.accepting:
                    why = why or verdict.why
        return Unknown(why.reason, why.would_decide) if why else True

    def of(self, role: Resource) -> list[tuple[Target, int, int]]:
        """Return the fields of each API that the role may call, and those that it perhaps can."""
        principal = self._principals.of(role)
        if principal is None:
            return []
        found = []
        for target in self._targets:
            granted = granted_to(principal, target.fields)
            accepting = target.accepting
            found.append((target, granted.readable & accepting, granted.undecided & accepting))
        return found


def _pool_row(
    pool: Resource, attachments: Sequence[Resource], grants: _Grants, stacks: tuple[Stack, ...]
) -> Row:
    own = pool.attribute()
    mine = [one for one in attachments if one.get("IdentityPoolId") == own]
    roles = mine[0].get("Roles") if mine else None
    names = roles if isinstance(roles, dict) else {}
    guest = pool.stack.resource_of(names.get("unauthenticated"))
    guests = flag(pool.get("AllowUnauthenticatedIdentities"), absent=False)
    cells: IdentityPools = {
        "pool": pool.logical_id,
        "classic": flag(pool.get("AllowClassicFlow"), absent=False),
        "attached": bool(mine) or _attached_elsewhere(own, attachments, stacks),
        "allows_guests": guests,
        "guest_role_missing": bool(mine) and isinstance(roles, dict) and not names.get(_USERS[1]),
        "guest_role": guest[0].logical_id if guest else None,
        "guest_grants": _guest_grants(guest[0], grants) if guest and guests is not True else False,
        "guest_mutation": _guest_mutation(guest[0], grants) if guest else None,
        "wrong_key": _wrong_key(roles),
    }
    places = {"wrong_key": mine[0].place("Roles")} if mine else {}
    if pool.get("AllowUnauthenticatedIdentities") is not None:
        places["allows_guests"] = pool.place("AllowUnauthenticatedIdentities")
    return IDENTITY_POOLS.row(cells, pool.place(), places, None)


def _wrong_key(roles: Value) -> str | Unknown | None:
    if isinstance(roles, dict):
        return next((key for key in roles if key not in _USERS), None)
    why = unknown_of(roles)
    return why and Unknown(why.reason, why.would_decide)


def _attached_elsewhere(
    own: Value, attachments: Sequence[Resource], stacks: tuple[Stack, ...]
) -> bool | Unknown:
    for attachment in attachments:
        named = attachment.get("IdentityPoolId")
        why = unknown_of(named)
        if why is not None and attachment.stack.resource_of(named) is None:
            reason = f"`{attachment.logical_id}` might attach roles to it: {why.reason}"
            return Unknown(reason, why.would_decide)
    return find_outsider(own, stacks) or False


def _guest_grants(role: Resource, grants: _Grants) -> bool | Unknown:
    found = grants.of(role)
    if any(granted for _, granted, _ in found):
        return True
    if any(perhaps for _, _, perhaps in found):
        return Unknown(_GUESTS_POLICY, _PLAINLY)
    return False


def _guest_mutation(role: Resource, grants: _Grants) -> str | Unknown | None:
    """Return the first mutation that the role may call, and that lets it in."""
    perhaps = False
    for target, granted, undecided in grants.of(role):
        mutation = target.mutations
        for name in target.fields.named(granted & mutation):
            if not grants.refusals.refuses(target.api, name, role):
                return name
        perhaps = perhaps or bool(undecided & mutation)
    if not perhaps:
        return None
    return Unknown(_GUESTS_POLICY, _PLAINLY)


def _handouts(attachment: Resource) -> Iterator[_Handout]:
    """Yield the roles that one attachment names itself."""
    stack = attachment.stack
    pool_id = attachment.get("IdentityPoolId")
    pool = stack.resource_of(pool_id)
    named = {users: _role(attachment.get("Roles", users), stack) for users in _USERS}
    places: list[tuple[Users, Resource | None, tuple[str | int, ...]]] = [
        (users, role, ("Roles", users)) for users, role in named.items()
    ]
    mappings = attachment.get("RoleMappings")
    for key, mapping in mappings.items() if isinstance(mappings, dict) else ():
        path = ("RoleMappings", key, "RulesConfiguration", "Rules")
        rules = attachment.get(*path) if isinstance(mapping, dict) else None
        for position, rule in enumerate(rules if isinstance(rules, list) else ()):
            arn = rule.get("RoleARN") if isinstance(rule, dict) else None
            places.append(("group", _role(arn, stack), (*path, position, "RoleARN")))
    for users, role, at in places:
        if role is not None:
            yield _Handout(
                users,
                role,
                pool[0] if pool else None,
                pool_id if isinstance(pool_id, (str, Text)) else None,
                attachment.place(*at),
                named["authenticated"],
            )


def _group_handouts(
    attachments: Sequence[Resource], stacks: tuple[Stack, ...]
) -> Iterator[_Handout]:
    """Yield the roles of user pool groups, which a pool hands out if it maps roles by token."""
    mapping = [one for one in attachments if _maps_by_token(one.get("RoleMappings"))]
    if not mapping:
        return
    only = mapping[0] if len(mapping) == 1 else None
    pool_id = only.get("IdentityPoolId") if only else None
    pool = only.stack.resource_of(pool_id) if only else None
    authenticated = _role(only.get("Roles", "authenticated"), only.stack) if only else None
    for stack in stacks:
        for group in stack.of_type(_GROUP):
            role = _role(group.get("RoleArn"), stack)
            if role is not None:
                yield _Handout(
                    "group",
                    role,
                    pool[0] if pool else None,
                    pool_id if isinstance(pool_id, (str, Text)) else None,
                    group.place("RoleArn"),
                    authenticated,
                )


def _maps_by_token(mappings: Value) -> bool:
    if not isinstance(mappings, dict):
        return False
    return any(isinstance(one, dict) and one.get("Type") == "Token" for one in mappings.values())


def _role(arn: Value, stack: Stack) -> Resource | None:
    target = stack.resource_of(arn)
    return target[0] if target is not None and target[0].type == ROLE else None


def _role_row(handout: _Handout, grants: _Grants, mappings: Sequence[Resource]) -> Row:
    guests = handout.users == "unauthenticated"
    trust = read_pool_trust(handout.role, handout.pool_id, guests=guests)
    granted, example = _group_grants(handout, trust, grants)
    cells: PoolRoles = {
        "role": handout.role.logical_id,
        "pool": handout.pool.logical_id if handout.pool else display(handout.pool_id or "any"),
        "users": handout.users,
        "caller": _CALLERS[handout.users],
        "trust": trust.word,
        "detail": trust.detail,
        "lacks": trust.lacks,
        "tags": False if guests else _tags(handout.pool_id, mappings),
        "may_tag": trust.tags,
        "iam_unused": grants.is_unused,
        "group_grants": granted,
        "example": example,
        "authenticated_role": handout.authenticated.logical_id if handout.authenticated else None,
    }
    written = handout.role.place("AssumeRolePolicyDocument")
    places = dict.fromkeys(("trust", "tags", "may_tag"), written)
    return POOL_ROLES.row(cells, handout.place, places, None)


def _tags(pool_id: str | Text | None, mappings: Sequence[Resource]) -> bool | Unknown:
    """Return whether the pool makes session tags of the users' attributes.

    https://docs.aws.amazon.com/cognito/latest/developerguide/attributes-for-access-control.html
    """
    unknown: Unknown | None = None
    for mapping in mappings:
        named, tags = mapping.get("IdentityPoolId"), mapping.get("PrincipalTags")
        has_some = True if tags and not isinstance(tags, Unknown) else unknown_of(tags) or False
        defaults = flag(mapping.get("UseDefaults"), absent=False)
        if isinstance(named, (str, Text)) and named == pool_id:
            if True in (has_some, defaults):
                return True
            why = next((one for one in (has_some, defaults) if isinstance(one, Unknown)), None)
        elif mapping.stack.resource_of(named) is None:
            why = unknown_of(named)
        else:
            why = None
        unknown = unknown or why
    return Unknown(unknown.reason, unknown.would_decide) if unknown else False


def _group_grants(
    handout: _Handout, trust: PoolTrust, grants: _Grants
) -> tuple[HowMuch | Unknown, str | None]:
    """Return how much of what users may call outside of the group its members still may call."""
    other = handout.authenticated
    if handout.users != "group" or other is None or trust.word == "elsewhere":
        return "all", None
    if other is handout.role:
        return "all", None
    usual = {id(target): (target, granted) for target, granted, _ in grants.of(other) if granted}
    own = {id(target): (granted, perhaps) for target, granted, perhaps in grants.of(handout.role)}
    lost: list[str] = []
    unsure: list[str] = []
    kept = False
    for key, (target, fields) in usual.items():
        granted, perhaps = own.get(key, (0, 0))
        kept = kept or bool(granted & fields)
        lost += target.fields.named(fields & ~(granted | perhaps))[:1]
        unsure += target.fields.named(fields & perhaps & ~granted)[:1]
    if not lost and not unsure:
        return "all", None
    if kept and lost:
        return "some", lost[0]
    if unsure:
        why = "a policy of the group's role has a condition or a part that is not known"
        could_be = ("all",) * (not lost) + ("some",) + ("none",) * (not kept)
        return Unknown(why, _PLAINLY, could_be), (lost or unsure)[0]
    return "none", lost[0]


_PLAINLY = "the policy without conditions and unknown parts"
_GUESTS_POLICY = "a policy of the guests' role has a condition or a part that is not known"
