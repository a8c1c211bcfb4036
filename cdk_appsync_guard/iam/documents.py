"""Policy documents as resources carry them: inline, attached, managed by the account or by AWS.

In: resources and the ARNs of managed policies. Out: Document. Who a document speaks for is for
``principals`` to find out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from cdk_appsync_guard.iam.aws_managed import read_aws_managed
from cdk_appsync_guard.iam.policies import Statement, statements_of
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown, Value, display, unknown_of

__all__ = [
    "OF_AWS",
    "Document",
    "items",
    "own_documents",
    "read_boundary",
    "read_document",
    "read_managed",
    "unique",
]

_MANAGED = "AWS::IAM::ManagedPolicy"
_ITS_TEMPLATE = "the template of the policy"
OF_AWS = ":iam::aws:policy/"


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document and where it stands. ``statements`` is None if it cannot be known.

    ``malformed`` is True if it is known and is not a policy. ``services`` are those for which the
    statements are complete, None for all of them. ``meant`` is the ARN of the AWS managed policy
    that was meant, if there is none of the ARN that is written.
    """

    name: str
    statements: tuple[Statement, ...] | None
    resource: Resource | None = None
    path: tuple[str | int, ...] = ()
    malformed: bool = False
    unknown: Unknown | None = None
    services: tuple[str, ...] | None = None
    meant: str | None = None

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

    def about(self, action: str) -> tuple[Statement, ...] | None:
        """Return the statements that decide on an action, None if they cannot be known."""
        if self.malformed:
            return ()
        service = action.partition(":")[0].lower()
        return self.statements if self.services is None or service in self.services else None

    @property
    def why_open(self) -> Unknown | None:
        """Why what the document allows cannot be known, None if its actions are known."""
        if self.unknown is not None or self.resource is None:
            return self.unknown
        return _first_unknown(self.resource.get(*self.path))


def own_documents(resource: Resource) -> Iterator[Document]:
    """Yield what a role, user, group or permission set carries itself."""
    for index, policy in enumerate(items(resource.get("Policies"))):
        name = policy.get("PolicyName") if isinstance(policy, dict) else None
        path = ("Policies", index, "PolicyDocument")
        yield read_document(resource, path, name if isinstance(name, str) else "inline policy")
    if resource.get("InlinePolicy") is not None:
        yield read_document(resource, ("InlinePolicy",), "inline policy")
    for arn in (*items(resource.get("ManagedPolicyArns")), *items(resource.get("ManagedPolicies"))):
        yield read_managed(arn, resource.stack)
    for reference in items(resource.get("CustomerManagedPolicyReferences")):
        yield _read_reference(reference, resource.stack)


def read_boundary(resource: Resource) -> Document | None:
    """Return the permissions boundary of a principal, None if it has none."""
    written = resource.get("PermissionsBoundary")
    if isinstance(written, dict):  # of a permission set
        reference = written.get("CustomerManagedPolicyReference")
        if reference is not None:
            return _read_reference(reference, resource.stack)
        written = written.get("ManagedPolicyArn")
    return None if written is None else read_managed(written, resource.stack)


def read_managed(arn: Value, stack: Stack) -> Document:
    """Return the managed policy of an ARN: of the templates, or AWS's own."""
    target = stack.resource_of(arn)
    if target is not None and target[0].type == _MANAGED:
        return read_document(target[0], ("PolicyDocument",), target[0].logical_id)
    written = display(arn)
    start, is_aws, path = written.rpartition(OF_AWS)
    if is_aws and path.startswith("${"):
        return Document(written, None, unknown=unknown_of(Text((_last_hole(arn),))))
    if is_aws:
        found = read_aws_managed(path)
        meant = f"{start}{OF_AWS}{found.meant}" if found.meant else None
        name = written if meant else path.rpartition("/")[2]
        return Document(name, found.statements, services=found.services, meant=meant)
    _, is_policy, path = written.rpartition(":policy/")
    if not is_policy or "${" in path:
        reason = unknown_of(arn) or Unknown(_absent(written), _ITS_TEMPLATE)
        return Document(written, None, unknown=reason)
    return _read_named(arn, path, stack)


def _read_named(arn: Value, path: str, stack: Stack) -> Document:
    """Return a managed policy of a known name: one that the stack names so, in the same account."""
    account = arn.partition(":iam::")[2].partition(":")[0] if isinstance(arn, str) else None
    for policy in stack.of_type(_MANAGED) if account in (None, stack.account) else ():
        home = policy.get("Path")
        name = policy.get("ManagedPolicyName")
        if isinstance(name, str) and path == f"{home or '/'}{name}".removeprefix("/"):
            return read_document(policy, ("PolicyDocument",), policy.logical_id)
    unknown = Unknown(_absent(display(arn)), _ITS_TEMPLATE)
    return Document(display(arn), None, unknown=unknown)


def _absent(written: str) -> str:
    return f"the managed policy `{written}` is not in the templates"


def _last_hole(arn: Value) -> Hole:
    return arn.holes[-1] if isinstance(arn, Text) else Hole("parameter", "")


def _read_reference(reference: Value, stack: Stack) -> Document:
    """Return the managed policy that a permission set names, by its name in each account."""
    name = reference.get("Name") if isinstance(reference, dict) else reference
    for policy in stack.of_type(_MANAGED):
        if isinstance(name, str) and policy.get("ManagedPolicyName") == name:
            return read_document(policy, ("PolicyDocument",), policy.logical_id)
    written = display(name)
    reason = unknown_of(name) or Unknown(_absent(written), _ITS_TEMPLATE)
    return Document(written, None, unknown=reason)


def read_document(resource: Resource, path: tuple[str | int, ...], name: str) -> Document:
    """Return the document that stands at the path of a resource, one and the same each time."""
    return resource.once(("document", path), partial(_read, resource, path, name))


def _read(resource: Resource, path: tuple[str | int, ...], name: str) -> Document:
    value = resource.get(*path)
    statements = statements_of(value)
    unknown = unknown_of(value) if statements is None else None
    malformed = statements is None and unknown is None and not _hides_something(value)
    return Document(name, statements, resource, path, malformed, unknown)


def _hides_something(value: Value) -> bool:
    """Return whether some part of the document is unknown, so that it may be a policy after all."""
    if unknown_of(value) is not None:
        return True
    if isinstance(value, dict):
        return any(_hides_something(item) for item in value.values())
    return isinstance(value, list) and any(_hides_something(item) for item in value)


def _first_unknown(document: Value) -> Unknown | None:
    """Return why an effect or an action cannot be known, None if they can."""
    if not isinstance(document, dict):
        return unknown_of(document)
    for statement in items(document.get("Statement")):
        if not isinstance(statement, dict):
            return unknown_of(statement)
        for key in ("Effect", "Action", "NotAction"):
            for value in items(statement.get(key)):
                reason = unknown_of(value)
                if reason is not None:
                    return reason
    return None


def items(value: Value) -> list[Value]:
    """Return what a property lists: nothing, one value, or several."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def unique(documents: Iterable[Document]) -> tuple[Document, ...]:
    """Drop a policy that reaches the principal both ways: by its own list and by the policy's."""
    seen: dict[object, Document] = {}
    for document in documents:
        key = (id(document.resource), document.path) if document.resource else document.name
        seen.setdefault(key, document)
    return tuple(seen.values())
