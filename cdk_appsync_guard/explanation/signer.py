"""Who signs a request → the IAM principal, and what its policies say of each root field.

In: what follows ``iam:``, a scene and its API. Out: Signer. A policy file stands for a principal
that has this policy and no other.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-iam-authorization
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial

from cdk_appsync_guard.access.decide import Decision
from cdk_appsync_guard.access.grants import Fields, fields_of, granted_to, statement_fields
from cdk_appsync_guard.access.identities import Known
from cdk_appsync_guard.access.signers import USERS, Signers
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.api_clients import FUNCTION
from cdk_appsync_guard.appsync.client_callers import ClientCaller
from cdk_appsync_guard.appsync.modes import AWS_IAM
from cdk_appsync_guard.engine.scenes import Scene
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.explanation.callers import Given, is_existing_file
from cdk_appsync_guard.explanation.policy_file import read_policy_file
from cdk_appsync_guard.facts.publishers import find_principal
from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.source.read import Place

__all__ = ["Signer", "find_signer"]

_POOL = "AWS::Cognito::IdentityPool"
_POLICY_FILES = (".json", ".yaml", ".yml")
_MANY = 12
_ALLOWED = Decision("allowed")
_UNKNOWN = Decision("undecided", "iam", "a signature does not show whose policies apply")


@dataclass(frozen=True, slots=True)
class Signer:
    """A principal, None if it is any that its policies let call everything (or, ``unknown``).

    ``known`` is what resolvers see of it.
    """

    fields: Fields
    principal: Principal | None = None
    unknown: bool = False
    known: Known = field(default_factory=partial(Known, AWS_IAM))
    note: str = ""

    def allows(self, coordinate: str) -> Decision:
        """Return what the principal's policies say of a root field."""
        if self.principal is None:
            return _UNKNOWN if self.unknown else _ALLOWED
        granted, bit = granted_to(self.principal, self.fields), self.fields.bit(coordinate)
        outcome = granted.outcome(bit)
        if outcome == "undecided":
            return Decision("undecided", "iam", granted.why.reason)
        if outcome == "allowed":
            return _ALLOWED
        return Decision("denied", "iam-deny" if granted.refused_explicitly & bit else "iam")

    def place(self, coordinate: str) -> Place | None:
        """Return the statement that denies the field, else where the principal is declared."""
        principal = self.principal
        if principal is None:
            return None
        bit = self.fields.bit(coordinate)
        for document in (*principal.documents, *filter(None, (principal.boundary,))):
            for statement in document.statements or ():
                if statement.effect == "Deny" and statement_fields(statement, self.fields)[0] & bit:
                    return document.place(statement, "Resource", 0)
        return principal.resource.place() if principal.resource is not None else None


def find_signer(given: Given, api: Api, scene: Scene) -> Signer:
    """Return who signs. Raise ConfigError if the input has no such principal."""
    fields = fields_of(api, scene.apis)
    if given.headers is not None:
        return Signer(fields, unknown=True)
    if not given.name:
        return Signer(fields, note="the caller's policies are assumed to allow every field")
    pool = next((one for one in _of_type(scene, _POOL) if one.logical_id == given.name), None)
    if pool is not None:
        return _of_pool(pool, given.users, fields, scene)
    asked = (
        ClientCaller("", function=given.name) if given.function else None,
        ClientCaller("", principal=given.name),
        ClientCaller("", function=given.name),
    )
    for one in filter(None, asked):
        principal = find_principal(one, scene.principals, scene.stacks)
        if principal is not None:
            signers = Signers(scene.principals, scene.stacks)
            return Signer(fields, principal, known=signers.known(principal, given.name))
    if given.name.lower().endswith(_POLICY_FILES) or is_existing_file(given.name):
        principal, note = read_policy_file(given.name, api)
        return Signer(fields, principal, note=note)
    names = [one.name for one in scene.principals]
    names += [one.logical_id for one in (*_of_type(scene, FUNCTION), *_of_type(scene, _POOL))]
    message = f"no role, user, function, or identity pool in the input is named `{given.name}`"
    raise ConfigError(message, help=_likely(given.name, sorted(set(names))))


def _of_type(scene: Scene, kind: str) -> list[Resource]:
    return [one for stack in scene.stacks for one in stack.of_type(kind)]


def _of_pool(pool: Resource, users: str, fields: Fields, scene: Scene) -> Signer:
    roles = Signers(scene.principals, scene.stacks).roles_of(pool)
    wanted = (users,) if users else USERS
    found = next((one for one in wanted if one in roles), None)
    if found is None:
        message = f"no role is attached to the identity pool `{pool.logical_id}`"
        raise ConfigError(f"{message} for {users} users" if users else message)
    note = ""
    if not users and len(roles) > 1:
        note = f"its users are signed in; for guests write iam:{pool.logical_id},guest"
    role = roles[found]
    known = Known(AWS_IAM, principal=role.resource, users=found, pool=pool)
    return Signer(fields, role, known=known, note=note)


def _likely(name: str, names: list[str]) -> str:
    near = get_close_matches(name, names, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    some = ", ".join(names[:_MANY]) + (" ..." if len(names) > _MANY else "")
    return f"there are: {some}" if names else "there are none"
