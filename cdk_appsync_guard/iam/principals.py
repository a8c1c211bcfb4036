"""Stacks → the IAM principals of the assembly, each with every policy that speaks for it.

In: the stacks of one scenario. Out: Principal. A policy that names a principal only by a parameter
makes a principal of its own. The one reader of roles: anyone who asks what a role is allowed to do
asks ``Principal.may``; ``trust`` reads who can assume it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from cdk_appsync_guard.iam.documents import (
    Document,
    items,
    own_documents,
    read_boundary,
    read_document,
    unique,
)
from cdk_appsync_guard.iam.doubts import NAME_PROPERTY, Doubts, Draft, as_possible
from cdk_appsync_guard.iam.named_resources import without_others
from cdk_appsync_guard.iam.organizations import control_policies
from cdk_appsync_guard.iam.policies import (
    Statement,
    Verdict,
    allows_service,
    evaluate,
    settle_conditions,
)
from cdk_appsync_guard.iam.policy_conditions import Context
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, display, unknown_of

__all__ = ["Document", "Principal", "Principals", "find_principals"]

_KINDS = {
    "AWS::IAM::Role": "role",
    "AWS::IAM::User": "user",
    "AWS::IAM::Group": "group",
    "AWS::SSO::PermissionSet": "permission set",
}
_ATTACHED = {
    "AWS::IAM::Policy": ("Roles", "Users", "Groups"),
    "AWS::IAM::ManagedPolicy": ("Roles", "Users", "Groups"),
    "AWS::IAM::RolePolicy": ("RoleName",),
    "AWS::IAM::UserPolicy": ("UserName",),
    "AWS::IAM::GroupPolicy": ("GroupName",),
}
_KIND_OF_PROPERTY = {
    "Roles": "role",
    "Users": "user",
    "Groups": "group",
    "RoleName": "role",
    "UserName": "user",
    "GroupName": "group",
}


@dataclass(frozen=True, slots=True)
class Principal:
    """A role, user, group or permission set. ``resource`` is None if it is known only by a name.

    ``boundary`` is None if there is no permission boundary. ``perhaps`` are policies that may speak
    for the principal as well: those that a principal of other templates may have, those whose
    principal is not known. ``named_by`` is the policy that names the principal, if no resource
    declares it. ``limits`` are the Denies of its organization.
    """

    kind: str
    name: str
    resource: Resource | None
    documents: tuple[Document, ...]
    boundary: Document | None = None
    named_by: Resource | None = None
    perhaps: tuple[Document, ...] = ()
    limits: tuple[Document, ...] = ()

    @property
    def unseen(self) -> Unknown | None:
        """Why some policy of the principal, or its boundary, cannot be read; None if all can."""
        limits = () if self.boundary is None else (self.boundary,)
        reasons = (one.unknown for one in (*self.documents, *limits, *self.perhaps))
        return next((reason for reason in reasons if reason is not None), None)

    def may(self, action: str, *ways: str | Text) -> Verdict:
        """Return whether the principal's own policies and its boundary allow an action.

        *ways* are the ways to write the ARN of the one resource that it is about: by attributes,
        by its name, or as a literal. What a policy of the resource itself grants is not in it.
        """
        verdicts = [self._may(action, resource) for resource in ways]
        explicit = Verdict("denied", "explicit")
        by_rank = (explicit, Verdict("allowed"), Verdict("denied", "implicit"))
        return next((one for one in by_rank if one in verdicts), verdicts[0])

    def speaks_of(self, service: str) -> bool | None:
        """Return whether any action of a service may be allowed; None if that is not known."""
        documents = (document.about(f"{service}:") for document in self.documents)
        answers = [allows_service(statements, service) for statements in documents]
        if True in answers:
            return True
        more = (document.about(f"{service}:") for document in self.perhaps)
        answers += [allows_service(statements, service) and None for statements in more]
        return None if None in answers else False

    def _may(self, action: str, resource: str | Text) -> Verdict:
        def read(document: Document) -> tuple[Statement, ...] | None:
            statements, owner = document.about(action), document.resource
            if statements is None or owner is None or not isinstance(resource, Text):
                return statements
            return without_others(statements, resource, owner.stack)

        limits = () if self.boundary is None else ([read(self.boundary)],)
        own = [read(one) for one in (*self.documents, *self.perhaps, *self.limits)]
        return evaluate(own, action, resource, None, *limits)


class Principals:
    """The principals of one scenario, read once, when they are asked for."""

    def __init__(self, stacks: tuple[Stack, ...], known: Sequence[Context] = ()) -> None:
        self._stacks = stacks
        self._known = known

    @cached_property
    def all(self) -> tuple[Principal, ...]:
        """Every principal, in template order."""
        return find_principals(self._stacks, self._known)

    def of(self, resource: Resource) -> Principal | None:
        """Return the principal that a resource declares."""
        return self._declared.get((resource.stack.id, resource.logical_id))

    def named(self, value: Value, stack: Stack) -> Principal | None:
        """Return the principal whose name or ARN a property of the stack holds."""
        target = stack.resource_of(value)
        return self.of(target[0]) if target is not None else None

    @cached_property
    def unattached(self) -> tuple[Document, ...]:
        """The policies that no principal of the templates has, and that are not a boundaries."""
        used = {
            id(document.resource)
            for one in self.all
            for document in (*one.documents, *((one.boundary,) if one.boundary else ()))
        }
        return tuple(
            read_document(policy, ("PolicyDocument",), policy.logical_id)
            for stack in self._stacks
            for policy in stack.of_type("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy")
            if id(policy) not in used
        )

    @property
    def limits(self) -> tuple[Document, ...]:
        """The service control policies: they limit principals of other templates as well."""
        return tuple(document for _, document in control_policies(self._stacks))

    @cached_property
    def _declared(self) -> dict[tuple[str, str], Principal]:
        return {
            (one.resource.stack.id, one.resource.logical_id): one
            for one in self.all
            if one.resource is not None
        }


def find_principals(
    stacks: tuple[Stack, ...], known: Sequence[Context] = ()
) -> tuple[Principal, ...]:
    """Return the principals of all the stacks, each with its documents, in template order.

    *known* is what the context of every request has, which decides some conditions.
    """
    directory = _Directory(stacks)
    settled = _Settled(known)
    for stack in stacks:
        for resource in stack.of_type(*_ATTACHED):
            document = read_document(resource, ("PolicyDocument",), resource.logical_id)
            for property_name in _ATTACHED[resource.type]:
                for name in items(resource.get(property_name)):
                    kind = _KIND_OF_PROPERTY[property_name]
                    directory.draft(kind, name, resource).documents.append(document)
    members = directory.memberships(stacks)
    doubts = Doubts(directory.drafts.values(), stacks)

    def read(draft: Draft) -> Principal:
        groups = members.get(id(draft), ())
        inherited = (document for group in groups for document in group.documents)
        might = (document for one in (draft, *groups) for document in doubts.of(one))
        more = chain(might, doubts.of_members(draft))
        return Principal(
            draft.kind,
            draft.name,
            draft.resource,
            tuple(map(settled.of, unique((*draft.documents, *inherited)))),
            settled.boundary(draft.resource),
            draft.named_by,
            tuple(settled.possible(one) for one in unique(more)),
            tuple(map(settled.of, doubts.limits(draft))),
        )

    return tuple(map(read, directory.drafts.values()))


class _Settled:
    """Documents whose conditions are decided as far as all requests agree, each once."""

    def __init__(self, known: Sequence[Context]) -> None:
        self._known = known
        self._found: dict[object, Document] = {}

    def of(self, document: Document) -> Document:
        """Return the document with its conditions decided."""
        if document.statements is None or document.resource is None:
            return document
        key = (id(document.resource), document.path)
        if key not in self._found:
            statements = settle_conditions(document.statements, self._known)
            same = statements is document.statements
            self._found[key] = document if same else replace(document, statements=statements)
        return self._found[key]

    def possible(self, document: Document) -> Document:
        """Return the document as one that may speak for a principal, and says why."""
        return as_possible(replace(self.of(document), unknown=document.unknown))

    def boundary(self, resource: Resource | None) -> Document | None:
        """Return the permissions boundary of a principal."""
        found = read_boundary(resource) if resource is not None else None
        return None if found is None else self.of(found)


class _Directory:
    """The principals found so far, by every name that a policy may call them."""

    def __init__(self, stacks: tuple[Stack, ...]) -> None:
        self.drafts: dict[object, Draft] = {}
        self._by_name: dict[tuple[str, object], Draft] = {}
        for stack in stacks:
            for resource in stack.of_type(*_KINDS):
                self._declare(resource)

    def _declare(self, resource: Resource) -> None:
        kind = _KINDS[resource.type]
        draft = Draft(kind, resource.logical_id, resource, list(own_documents(resource)))
        self.drafts[(resource.stack.id, resource.logical_id)] = draft
        name = resource.get(NAME_PROPERTY[kind])
        if isinstance(name, (str, Text)):
            self._by_name[(kind, name)] = draft

    def draft(self, kind: str, name: Value, by: Resource) -> Draft:
        """Return the principal that *name* (a Ref, a literal, a parameter) means."""
        target = by.stack.resource_of(name)
        if target is not None:
            known = self.drafts.get((target[0].stack.id, target[0].logical_id))
            if known is not None:
                return known
        key = (kind, name if isinstance(name, (str, Text)) else id(name))
        if key not in self._by_name:
            draft = Draft(kind, _shown(name, by), None, written=name)
            draft.named_by = by if unknown_of(name) is not None else None
            self._by_name[key] = self.drafts[key] = draft
        return self._by_name[key]

    def memberships(self, stacks: tuple[Stack, ...]) -> dict[int, list[Draft]]:
        """Return the groups of each user, by the identity of the user's draft."""
        groups: dict[int, list[Draft]] = {}
        for draft in list(self.drafts.values()):
            if draft.kind == "user" and draft.resource is not None:
                for name in items(draft.resource.get("Groups")):
                    group = self.draft("group", name, draft.resource)
                    groups.setdefault(id(draft), []).append(group)
        for stack in stacks:
            for addition in stack.of_type("AWS::IAM::UserToGroupAddition"):
                group = self.draft("group", addition.get("GroupName"), addition)
                for name in items(addition.get("Users")):
                    groups.setdefault(id(self.draft("user", name, addition)), []).append(group)
        return groups


def _shown(name: Value, by: Resource) -> str:
    """Return how messages call a principal: by what is written, or by the policy that names it."""
    return display(name) if isinstance(name, (str, Text)) else f"(named in {by.logical_id})"
