"""Principals whose policies speak of an API's fields → rows: whether they can call any of them.

What is wrong with single statements, other tables tell. A row here asks about the principal: all
of its policies and its boundary taken together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from cdk_appsync_guard.access.grants import GRAPHQL, granted_to, statement_fields
from cdk_appsync_guard.access.reach import HowMuch
from cdk_appsync_guard.appsync.actions import exists
from cdk_appsync_guard.facts.iam_bearings import Bearing
from cdk_appsync_guard.facts.iam_resources import GrantResource, resources_of, shortened
from cdk_appsync_guard.facts.iam_targets import Target
from cdk_appsync_guard.facts.iam_vocabulary import GRANTEES, Grantees
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.policies import Statement, action_matches
from cdk_appsync_guard.iam.principals import Document, Principal, Principals
from cdk_appsync_guard.template.values.value import Text, Unknown

__all__ = ["rows_of_grantees"]

_ON_FIELDS = ("api", "type", "field", "malformed")


@dataclass(frozen=True, slots=True)
class _Intention:
    """The first resource that a principal is allowed something on, and for what."""

    resource: GrantResource
    wants: Literal["fields", "management"]


def rows_of_grantees(
    targets: Sequence[Target], principals: Principals, addressed: Collection[tuple[int, str]]
) -> Iterator[Row]:
    """Yield a row for each principal of the templates and each API that its policies speak of.

    *addressed* are the principals, by identity, that are given the address of an API.
    """
    by_id = {target.id: target for target in targets}
    for principal in principals.all:
        resources = list(_resources(principal)) if principal.resource is not None else []
        speaking: dict[int, list[GrantResource]] = {}
        for resource in resources:
            for target in _may_speak_of(resource, targets, by_id):
                speaking.setdefault(id(target), []).append(resource)
        for target in targets if speaking else ():
            mine = speaking.get(id(target), ())
            is_called = (id(principal), target.api.name) in addressed
            intention = _intention(mine, target, is_called=is_called)
            if intention is not None and not _is_conditional(mine, principal, target):
                yield _row(principal, intention, target)


def _may_speak_of(
    resource: GrantResource, targets: Sequence[Target], by_id: Mapping[Text | None, Target]
) -> Sequence[Target]:
    """Return the one API that the resource names, or all if it names none or many."""
    named = resource.shape.api
    return (by_id[named],) if isinstance(named, Text) and named in by_id else targets


def _is_conditional(
    resources: Sequence[GrantResource], principal: Principal, target: Target
) -> bool:
    """Return whether requests that meet a condition are granted fields: those that do not, are not.

    An API without root fields, or whose schema is not known, has nothing to grant.
    """
    if not target.fields.coordinates:
        return True
    undecided = granted_to(principal, target.fields).undecided
    return any(
        statement_fields(resource.unconditional, target.fields)[resource.has_variable] & undecided
        for resource in resources
        if undecided and (resource.statement.condition is not None or resource.has_variable)
    )


def _resources(principal: Principal) -> Iterator[GrantResource]:
    for document in principal.documents:
        for statement in _allows(document):
            yield from resources_of(Bearing(document, (principal,)), statement)


def _allows(document: Document) -> Iterator[Statement]:
    for statement in document.statements or ():
        names = [str(action).lower() for action in statement.actions or ()]
        if (
            statement.effect == "Allow"
            and not (statement.negated_actions or statement.negated_resources)
            and any(name.startswith(("appsync:", "*")) for name in names)
        ):
            yield statement


def _intention(
    resources: Sequence[GrantResource], target: Target, *, is_called: bool
) -> _Intention | None:
    management: _Intention | None = None
    for resource in resources:
        if action_matches(resource.statement, GRAPHQL) is not False:
            if _is_about(resource, target):
                return _Intention(resource, "fields")
        elif management is None and _manages_fields(resource, target, is_called=is_called):
            management = _Intention(resource, "management")
    return management


def _is_about(resource: GrantResource, target: Target) -> bool:
    """Return whether the resource was written for fields of the API."""
    shape = resource.shape
    if resource.is_specific and target.fields.matched(resource.pattern)[1]:
        return True
    names_api = shape.api == target.id or (shape.api is None and shape.form == "malformed")
    forms = (*_ON_FIELDS, "bare-api") if resource.is_specific else _ON_FIELDS
    return names_api and shape.form in forms


def _manages_fields(resource: GrantResource, target: Target, *, is_called: bool) -> bool:
    """Return whether the statement allows other actions of AppSync on what are fields.

    On all below an API that may be meant for what is managed there, unless the principal is given
    the address as well.
    """
    shape = resource.shape
    forms = ("api", "type", "field") if is_called else ("type", "field")
    return shape.api == target.id and shape.form in forms and _manages(resource.statement)


def _manages(statement: Statement) -> bool:
    names = [str(action).partition(":") for action in statement.actions or ()]
    own = [name for service, _, name in names if service.lower() == "appsync"]
    return any(map(exists, own)) and "SourceGraphQL" not in own


def _row(principal: Principal, intention: _Intention, target: Target) -> Row:
    named = f"{principal.kind} {principal.name}"
    resource = intention.resource
    cells: Grantees = {
        "principal": named,
        "bearers": (named,),
        "wants": intention.wants,
        "action": ", ".join(map(str, resource.statement.actions or ())),
        "resource": shortened(str(resource.pattern), [target]),
        "api_has_iam": target.has_iam,
        "granted": _granted(principal, target),
    }
    return GRANTEES.row(cells, resource.place, {}, target.api.name)


def _granted(principal: Principal, target: Target) -> HowMuch | Unknown:
    verdict = granted_to(principal, target.fields)
    if verdict.readable:
        return "all" if verdict.readable == target.fields.all else "some"
    if verdict.undecided:
        return Unknown(verdict.why.reason, verdict.why.would_decide)
    return "none"
