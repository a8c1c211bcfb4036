"""Whether a resolver refuses what a role of an identity pool is granted, whatever it asks.

In: all stacks, their principals, and the code of each API. Out: yes only where it is certain: what
depends on data, or is not known, is not refused.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from cdk_appsync_guard.access.resolver_run import Request
from cdk_appsync_guard.access.signers import Signers
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.facts.resolver_code import ApiCode
from cdk_appsync_guard.iam.principals import Principals
from cdk_appsync_guard.runtime.model import Info, UnknownData
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack

__all__ = ["Refusals"]

MOST_RUNS = 200
_ARGUMENTS = UnknownData("ctx.args", nullable=False, kind="map")
_VARIABLES = UnknownData("ctx.info.variables", nullable=False, kind="map")


class Refusals:
    """What resolvers refuse to the roles that identity pools hand out."""

    def __init__(
        self,
        stacks: tuple[Stack, ...],
        principals: Principals,
        code_of: Callable[[Api], ApiCode],
    ) -> None:
        self._stacks = stacks
        self._principals = principals
        self._code_of = code_of
        self._left = MOST_RUNS

    @cached_property
    def _signers(self) -> Signers:
        return Signers(self._principals.all, self._stacks)

    def refuses(self, api: Api, coordinate: str, role: Resource) -> bool:
        """Return whether the resolver of a root field denies every request of the role."""
        principal = self._principals.of(role)
        code = self._code_of(api).runs
        if principal is None or coordinate not in code.attached or not code.may_deny(coordinate):
            return False
        self._left -= 1
        if self._left < 0:
            return False
        type_name, _, name = coordinate.partition(".")
        request = Request(Info(name, type_name, _VARIABLES), _ARGUMENTS)
        return code.refuses(coordinate, self._signers.known(principal), request) is not None
