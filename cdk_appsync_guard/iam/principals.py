"""Stacks → the IAM principals of the assembly, each with every policy that speaks for it.

In: the stacks of one scenario. Out: Principal. A policy that names a principal only by a parameter
makes a principal of its own. Does not judge; ``policies.evaluate`` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cdk_appsync_guard.iam.policies import Statement, statements_of
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, display, unknown_of

__all__ = ["Document", "Principal", "find_principals"]

_KINDS = {"AWS::IAM::Role": "role", "AWS::IAM::User": "user", "AWS::IAM::Group": "group"}
_NAME_PROPERTY = {"role": "RoleName", "user": "UserName", "group": "GroupName"}
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

# Of the AWS managed policies these are all that say something about appsync:GraphQL; the others
# neither grant nor deny it.
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
_ALL: dict[str, object] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_APPSYNC: dict[str, object] = {"Effect": "Allow", "Action": "appsync:*", "Resource": "*"}
_GRAPHQL: dict[str, object] = {"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": "*"}
_AWS_MANAGED: dict[str, dict[str, object]] = {
    "AdministratorAccess": _ALL,
    "PowerUserAccess": _ALL,
    "AdministratorAccess-Amplify": _APPSYNC,
    "AWSAppSyncAdministrator": _APPSYNC,
    "AWSAppSyncInvokeFullAccess": _GRAPHQL,
    "AWSAppSyncSchemaAuthor": _GRAPHQL,
    "AWSDenyAll": {**_ALL, "Effect": "Deny"},
}


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document and where it stands. ``statements`` is None if it cannot be known.

    ``malformed`` is True if it is known and is no policy.
    """

    name: str
    statements: tuple[Statement, ...] | None
    resource: Resource | None = None
    path: tuple[str | int, ...] = ()
    malformed: bool = False
    unknown: Unknown | None = None

    def place(self, statement: Statement, key: str, index: int) -> Place | None:
        """Return where an item of a statement's element is written; None for AWS's own policies."""
        if self.resource is None:
            return None
        path: tuple[str | int, ...] = (*self.path, "Statement")
        for written, step in ((None, statement.index), (key, index)):
            if written is not None:
                path = (*path, written)
            if isinstance(self.resource.get(*path), list):
                path = (*path, step)
        return self.resource.place(*path)


@dataclass(frozen=True, slots=True)
class Principal:
    """A role, user or group. ``resource`` is None if it is known only by a name.

    ``boundary`` is None if there is no permission boundary.
    """

    kind: str
    name: str
    resource: Resource | None
    documents: tuple[Document, ...]
    boundary: Document | None = None

    @property
    def trust(self) -> tuple[Statement, ...] | None:
        """The trust policy's statements; None if there is none to read."""
        if self.resource is None or self.kind != "role":
            return None
        return statements_of(self.resource.get("AssumeRolePolicyDocument"))


@dataclass(slots=True)
class _Draft:
    kind: str
    name: str
    resource: Resource | None
    documents: list[Document] = field(default_factory=list)


def find_principals(stacks: tuple[Stack, ...]) -> tuple[Principal, ...]:
    """Return the principals of all the stacks, each with its documents, in template order."""
    directory = _Directory(stacks)
    for stack in stacks:
        for resource in stack.of_type(*_ATTACHED):
            document = _document(resource, ("PolicyDocument",), resource.logical_id)
            for property_name in _ATTACHED[resource.type]:
                for name in _items(resource.get(property_name)):
                    directory.draft(_KIND_OF_PROPERTY[property_name], name, stack).documents.append(
                        document
                    )
    members = directory.memberships(stacks)
    return tuple(
        Principal(
            draft.kind,
            draft.name,
            draft.resource,
            _unique((*draft.documents, *_inherited(draft, members))),
            _boundary(draft.resource),
        )
        for draft in directory.drafts.values()
    )


class _Directory:
    """The principals found so far, by every name that a policy may call them."""

    def __init__(self, stacks: tuple[Stack, ...]) -> None:
        self.drafts: dict[object, _Draft] = {}
        self._by_name: dict[tuple[str, object], _Draft] = {}
        for stack in stacks:
            for resource in stack.of_type(*_KINDS):
                self._declare(resource)

    def _declare(self, resource: Resource) -> None:
        kind = _KINDS[resource.type]
        draft = _Draft(kind, resource.logical_id, resource, list(_own_documents(resource)))
        self.drafts[(resource.stack.id, resource.logical_id)] = draft
        name = resource.get(_NAME_PROPERTY[kind])
        if isinstance(name, (str, Text)):
            self._by_name[(kind, name)] = draft

    def draft(self, kind: str, name: Value, stack: Stack) -> _Draft:
        """Return the principal that *name* (a Ref, a literal, a parameter) means."""
        target = stack.resource_of(name)
        if target is not None:
            known = self.drafts.get((target[0].stack.id, target[0].logical_id))
            if known is not None:
                return known
        key = (kind, name if isinstance(name, (str, Text)) else id(name))
        if key not in self._by_name:
            draft = _Draft(kind, display(name), None)
            self._by_name[key] = self.drafts[key] = draft
        return self._by_name[key]

    def memberships(self, stacks: tuple[Stack, ...]) -> dict[int, list[_Draft]]:
        """Return the groups of each user, by the identity of the user's draft."""
        groups: dict[int, list[_Draft]] = {}
        for draft in list(self.drafts.values()):
            if draft.kind == "user" and draft.resource is not None:
                for name in _items(draft.resource.get("Groups")):
                    group = self.draft("group", name, draft.resource.stack)
                    groups.setdefault(id(draft), []).append(group)
        for stack in stacks:
            for addition in stack.of_type("AWS::IAM::UserToGroupAddition"):
                group = self.draft("group", addition.get("GroupName"), stack)
                for name in _items(addition.get("Users")):
                    groups.setdefault(id(self.draft("user", name, stack)), []).append(group)
        return groups


def _inherited(draft: _Draft, members: dict[int, list[_Draft]]) -> Iterator[Document]:
    for group in members.get(id(draft), ()):
        yield from group.documents


def _own_documents(resource: Resource) -> Iterator[Document]:
    """Yield what a role, user or group carries itself: inline policies and managed ones."""
    for index, policy in enumerate(_items(resource.get("Policies"))):
        name = policy.get("PolicyName") if isinstance(policy, dict) else None
        path = ("Policies", index, "PolicyDocument")
        yield _document(resource, path, name if isinstance(name, str) else "inline policy")
    for arn in _items(resource.get("ManagedPolicyArns")):
        yield _managed(arn, resource.stack)


def _managed(arn: Value, stack: Stack) -> Document:
    target = stack.resource_of(arn)
    if target is not None and target[0].type == "AWS::IAM::ManagedPolicy":
        return _document(target[0], ("PolicyDocument",), target[0].logical_id)
    written = display(arn)
    _, is_aws, name = written.rpartition(":iam::aws:policy/")
    if is_aws:
        name = name.rpartition("/")[2]
        known = _AWS_MANAGED.get(name)
        statements = statements_of({"Statement": known}) if known else ()
        return Document(name, statements)
    reason = unknown_of(arn) or Unknown(f"the managed policy `{written}` is not in the templates")
    return Document(written, None, unknown=reason)


def _boundary(resource: Resource | None) -> Document | None:
    arn = resource.get("PermissionsBoundary") if resource is not None else None
    return None if resource is None or arn is None else _managed(arn, resource.stack)


def _document(resource: Resource, path: tuple[str | int, ...], name: str) -> Document:
    value = resource.get(*path)
    statements = statements_of(value)
    unknown = unknown_of(value)
    malformed = statements is None and unknown is None and not _hides_something(value)
    return Document(name, statements, resource, path, malformed, unknown)


def _hides_something(value: Value) -> bool:
    """Return whether some part of the document is unknown, so that it may be a policy after all."""
    if unknown_of(value) is not None:
        return True
    if isinstance(value, dict):
        return any(_hides_something(item) for item in value.values())
    return isinstance(value, list) and any(_hides_something(item) for item in value)


def _items(value: Value) -> list[Value]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _unique(documents: Iterable[Document]) -> tuple[Document, ...]:
    """Drop a policy that reaches the principal both ways: by its own list and by the policy's."""
    seen: dict[object, Document] = {}
    for document in documents:
        key = (id(document.resource), document.path) if document.resource else document.name
        seen.setdefault(key, document)
    return tuple(seen.values())
