"""Principals → what resolvers see of them: the session's name, the identity pool they stand for.

In: the principals and stacks of a scenario. Out: Known. Lambda calls a session after its function,
an identity pool calls all of them the same.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdk_appsync_guard.access.identities import Known, text_in_code
from cdk_appsync_guard.appsync.api_clients import FUNCTION, role_of
from cdk_appsync_guard.appsync.modes import AWS_IAM
from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack

__all__ = ["USERS", "Signers"]

USERS = ("authenticated", "unauthenticated")
_ATTACHMENT = "AWS::Cognito::IdentityPoolRoleAttachment"


@dataclass(frozen=True, slots=True)
class Signers:
    """Who signs requests with which role."""

    principals: Sequence[Principal]
    stacks: Sequence[Stack]

    def known(self, principal: Principal, function: str = "") -> Known:
        """Return what resolvers see of the principal, or of a function that runs as it."""
        users, pool = self._handed_out(principal)
        return Known(
            AWS_IAM,
            principal=principal.resource,
            session="" if users else self._session(principal, function),
            users=users,
            pool=pool,
        )

    def roles_of(self, pool: Resource) -> dict[str, Principal]:
        """Return the roles that an identity pool hands out, by the kind of users."""
        return {
            users: role for users, role, of_pool in self._handouts() if of_pool == pool.attribute()
        }

    def _handed_out(self, principal: Principal) -> tuple[str, Resource | None]:
        found = [(users, of_pool) for users, role, of_pool in self._handouts() if role is principal]
        if len(found) != 1:
            return "", None
        users, of_pool = found[0]
        for stack in self.stacks:
            target = stack.resource_of(of_pool)
            if target is not None:
                return users, target[0]
        return users, None

    def _handouts(self) -> list[tuple[str, Principal, object]]:
        by_resource = {id(one.resource): one for one in self.principals if one.resource is not None}
        found = []
        for stack in self.stacks:
            for attachment in stack.of_type(_ATTACHMENT):
                for users in USERS:
                    target = stack.resource_of(attachment.get("Roles", users))
                    role = by_resource.get(id(target[0])) if target is not None else None
                    if role is not None:
                        found.append((users, role, attachment.get("IdentityPoolId")))
        return found

    def _session(self, principal: Principal, name: str) -> str:
        functions = [
            one
            for stack in self.stacks
            for one in stack.of_type(FUNCTION)
            if role_of(one, self.principals) is principal
        ]
        asked = [one for one in functions if one.logical_id == name] or functions
        if len(asked) != 1:
            return ""
        given = asked[0].get("FunctionName")
        called = text_in_code(asked[0].attribute() if given is None else given)
        return called if isinstance(called, str) else ""
