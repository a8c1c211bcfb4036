"""Who is meant to call an API with IAM, and whether they are allowed to.

In: targets, principals and the stacks. Out: rows of ``principals``. Who is given the URL of an API
is meant to call it, and so is an EventBridge rule that targets it; ids and ARNs are not evidence. A
role that is not in the input leaves open what it is granted, not whether it gets there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cdk_appsync_guard.access.grants import Granted, granted_to
from cdk_appsync_guard.access.reach import HowMuch
from cdk_appsync_guard.appsync.address_holders import Holder, find_holders
from cdk_appsync_guard.appsync.api_clients import domains_of
from cdk_appsync_guard.facts.iam_targets import Target
from cdk_appsync_guard.facts.iam_vocabulary import PRINCIPALS, PrincipalCells
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.facts.visibility import is_out_of_reach
from cdk_appsync_guard.iam.policies import action_matches
from cdk_appsync_guard.iam.principals import Principal, Principals
from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, unknown_of

__all__ = ["FoundCaller", "find_callers", "rows_of_callers"]


@dataclass(frozen=True, slots=True)
class FoundCaller:
    """A caller and the API. ``principal`` is None if its role is not in the input."""

    caller: Holder
    principal: Principal | None
    target: Target


def find_callers(
    targets: Iterable[Target], principals: Principals, stacks: Sequence[Stack]
) -> list[FoundCaller]:
    """Return each caller of an API, once."""
    found: dict[tuple[str, str, str], FoundCaller] = {}
    owners = [
        (target, target.id.hole, domains_of(stacks, target.id.hole))
        for target in targets
        if target.id is not None and target.id.hole is not None
    ]
    for stack in stacks:
        for caller in find_holders(stack):
            # That something which signs lacks a role, other tables tell.
            for target, own, domains in (
                owners if caller.role is not None or not caller.signs else ()
            ):
                key = (stack.id, caller.resource.logical_id, target.api.name)
                if key not in found and caller.is_given(own, domains):
                    role = principals.named(caller.role, stack)
                    found[key] = FoundCaller(caller, role, target)
    return list(found.values())


def rows_of_callers(callers: Iterable[FoundCaller]) -> Iterator[Row]:
    """Yield a row for each caller of an API."""
    for one in callers:
        yield _row(one.caller, one.principal, one.target)


def _row(caller: Holder, principal: Principal | None, target: Target) -> Row:
    modes = target.api.authorization
    of = f"the role of {caller.kind} `{caller.resource.logical_id}`"
    cells: PrincipalCells = {
        "principal": f"{principal.kind} {principal.name}" if principal else of,
        "via": caller.via,
        "api_has_iam": target.has_iam,
        "only_iam": modes if isinstance(modes, Unknown) else len(modes.modes) == 1,
        "signs": caller.signs,
        "outside_vpc": is_out_of_reach(target.api, inside_vpc=caller.inside_vpc),
        "granted": _granted(principal, granted_to(principal, target.fields), target)
        if principal
        else _why_no_role(caller, of),
    }
    own = principal.resource if principal else None
    return PRINCIPALS.row(cells, (own or caller.resource).place(), {}, target.api.name)


def _why_no_role(caller: Holder, of: str) -> Unknown:
    """Return why it is not known what a caller is granted."""
    if caller.role is None:
        return Unknown(f"{caller.kind} `{caller.resource.logical_id}` has no role", "its role")
    why = unknown_of(caller.role)
    if why is not None:
        return Unknown(why.reason, why.would_decide)
    return Unknown(f"{of} is not in the input", "the template of the role")


def _granted(principal: Principal, granted: Granted, target: Target) -> HowMuch | Unknown:
    if not target.fields.coordinates:
        schema = target.api.schema
        return schema if isinstance(schema, Unknown) else "all"
    if granted.readable:
        return "all" if granted.readable == target.fields.all else "some"
    if granted.undecided:
        return Unknown(granted.why.reason, granted.why.would_decide)
    if _assumes_others(principal):
        return Unknown("the role is allowed to assume other roles", "the role that it assumes")
    return "none"


def _assumes_others(principal: Principal) -> bool:
    return any(
        statement.effect == "Allow"
        and action_matches(statement, "sts:AssumeRole") is not False
        and any(map(_may_be_role, statement.resources or ("*",)))
        for document in principal.documents
        for statement in document.statements or ()
    )


def _may_be_role(resource: str | Text) -> bool:
    holes = resource.holes if isinstance(resource, Text) else ()
    return (
        ":role/" in str(resource) or resource == "*" or any(one.service == "IAM" for one in holes)
    )
