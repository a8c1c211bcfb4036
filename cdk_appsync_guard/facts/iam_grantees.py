"""Principals whose policies speak of an API's fields → rows: whether they can call any of them.

What is wrong with single statements, other tables tell. A row here asks about the principal: all
of its policies and its boundary taken together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cdk_appsync_guard.access.grants import GRAPHQL, granted_to, statement_fields
from cdk_appsync_guard.access.reach import HowMuch
from cdk_appsync_guard.appsync.actions import exists
from cdk_appsync_guard.facts.iam_resources import GrantResource, resources_of
from cdk_appsync_guard.facts.iam_targets import Target, Targets
from cdk_appsync_guard.facts.iam_vocabulary import GRANTEES, Grantees
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.policies import Statement, action_matches
from cdk_appsync_guard.iam.principals import Document, Principal, Principals
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["rows_of_grantees"]

_ON_FIELDS = ("api", "type", "field", "malformed")


@dataclass(frozen=True, slots=True)
class _Intention:
    """The first resource that a principal is allowed something on, and for what."""

    resource: GrantResource
    wants: Literal["fields", "management"]


def rows_of_grantees(
    targets: Targets, principals: Principals, addressed: Collection[tuple[int, str]]
) -> Iterator[Row]:
    """Yield a row for each principal of the templates and each API that its policies speak of.

    *addressed* are the principals, by identity, that are given the address of an API.
    """
    reader = _Reader(targets)
    for principal in principals.all:
        said = reader.read(principal)
        everywhere = said.is_everywhere
        alike: dict[object, Row | None] = {}
        for target in targets if said.open else [one for one in targets if one in said.naming]:
            is_called = (id(principal), target.api.name) in addressed
            like = _likeness(principal, said, target, targets) if everywhere else target
            key = like, is_called
            if key not in alike:
                about = said.about(target)
                alike[key] = _row_about(principal, about, target, is_called=is_called)
            row = alike[key]
            if row is not None:
                yield Row(row.table, row.cells, row.place, {}, target.api.name)


@dataclass(slots=True)
class _Said:
    """The resources that a principal is allowed something on, in order.

    ``naming`` has the positions of those that name an API; ``open`` those of the others, which may
    speak of any.
    """

    resources: list[GrantResource] = field(default_factory=list)
    naming: dict[Target, list[int]] = field(default_factory=dict)
    open: list[int] = field(default_factory=list)

    @property
    def is_everywhere(self) -> bool:
        """Whether the resources that may speak of any API name none."""
        return all(self.resources[position].is_everywhere for position in self.open)

    def about(self, target: Target) -> list[GrantResource]:
        """Return those that may speak of the API."""
        positions = sorted((*self.naming.get(target, ()), *self.open))
        return [self.resources[position] for position in positions]


class _Reader:
    """Reads what principals are allowed something on; policies that many have, once."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._known: dict[int, list[tuple[GrantResource, Target | None]]] = {}

    def read(self, principal: Principal) -> _Said:
        """Return what the principal's policies speak of, nothing if no template declares it."""
        said = _Said()
        for document in principal.documents if principal.resource is not None else ():
            for resource, target in self._resources(document):
                into = said.open if target is None else said.naming.setdefault(target, [])
                into.append(len(said.resources))
                said.resources.append(resource)
        return said

    def _resources(self, document: Document) -> list[tuple[GrantResource, Target | None]]:
        if id(document) not in self._known:
            self._known[id(document)] = [
                (resource, self._targets.named(resource.shape.api))
                for statement in _allows(document)
                for resource in resources_of(document, statement)
            ]
        return self._known[id(document)]


def _likeness(principal: Principal, said: _Said, target: Target, targets: Targets) -> object:
    """Return what is equal for APIs about which the principal's row is the same."""
    if target in said.naming:
        return target
    return targets.kind_of(target), granted_to(principal, target.fields)


def _row_about(
    principal: Principal,
    resources: Sequence[GrantResource],
    target: Target,
    *,
    is_called: bool,
) -> Row | None:
    intention = _intention(resources, target, is_called=is_called)
    if intention is None or _is_conditional(resources, principal, target):
        return None
    return _row(principal, intention, target)


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
        "resource": target.shortened(str(resource.pattern)),
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
