"""Principals as they are found → the policies that may speak for them besides those that do.

In: the drafts of one scenario's principals. Out: Documents. A principal that no template declares
has policies of its own, which are not in the input. A policy whose principal is a parameter may
be attached to any principal of the kind, except to one that CloudFormation names in the same stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from cdk_appsync_guard.iam.documents import Document
from cdk_appsync_guard.iam.organizations import OrganizationLimits
from cdk_appsync_guard.iam.policies import Statement
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, Value

__all__ = ["NAME_PROPERTY", "Doubts", "Draft", "as_possible"]

NAME_PROPERTY = {
    "role": "RoleName",
    "user": "UserName",
    "group": "GroupName",
    "permission set": "Name",
}
_CONNECTOR = "AWS::Serverless::Connector"
_MANY = 20  # so many principals of which nothing is known that all that is left is to say so


@dataclass(slots=True)
class Draft:
    """A principal while its policies are gathered; ``written`` is the name that policies use."""

    kind: str
    name: str
    resource: Resource | None
    documents: list[Document] = field(default_factory=list)
    named_by: Resource | None = None
    written: Value = None


class Doubts:
    """What may speak for each principal of one scenario as well."""

    def __init__(self, drafts: Iterable[Draft], stacks: Sequence[Stack]) -> None:
        self._undeclared = [one for one in drafts if one.resource is None]
        self._connectors = tuple(_connectors(stacks))
        self._organization = OrganizationLimits(stacks)

    def of(self, draft: Draft) -> Iterator[Document]:
        """Yield the policies that the principal may have besides its own."""
        if draft.resource is None:
            yield _unseen(draft)
            return
        yield from self._connectors
        yield from self._organization.of(draft.resource.stack)[1]
        others = (one for one in self._undeclared if one.kind == draft.kind)
        found = list(
            islice((one for one in others if _may_be(one, draft.resource, draft.kind)), _MANY)
        )
        if len(found) == _MANY:
            yield _unseen(found[0])
            return
        for other in found:
            yield from (_attached(one, draft) for one in other.documents)

    def of_members(self, draft: Draft) -> Iterator[Document]:
        """Yield the policies that the users of a group may have besides those of the group."""
        if draft.kind == "group":
            reason = f"users in the group `{draft.name}` might have other policies"
            unknown = Unknown(reason, "the template of the users")
            yield Document(f"policies of users in {draft.name}", None, unknown=unknown)

    def limits(self, draft: Draft) -> tuple[Document, ...]:
        """Return the policies that deny the principal something for certain, besides its own."""
        return self._organization.of(draft.resource.stack)[0] if draft.resource else ()


def as_possible(document: Document) -> Document:
    """Return a document whose statements may apply, none of them for certain."""
    if document.statements is None:
        return document
    doubt = Unknown("the policy may speak for another principal")
    statements = tuple(replace(one, condition=doubt) for one in document.statements)
    return replace(document, statements=statements)


def _unseen(draft: Draft) -> Document:
    words = f"{draft.kind} `{draft.name}`"
    reason = f"the {words} is not declared in the input, and other policies might apply to it"
    if draft.named_by is not None:
        policy = draft.named_by.logical_id
        reason = f"the {draft.kind} that `{policy}` names is not known, nor are its other policies"
    unknown = Unknown(reason, f"the template of the {draft.kind}")
    return Document(f"other policies of {words}", None, unknown=unknown)


def _attached(document: Document, draft: Draft) -> Document:
    reason = f"`{document.name}` may be attached to `{draft.name}` as well"
    would_decide = f"the name of the {draft.kind} in `{document.name}`"
    return replace(document, unknown=Unknown(reason, would_decide))


def _may_be(other: Draft, resource: Resource, kind: str) -> bool:
    """Return whether the name that a policy gives may be the name of the declared principal."""
    own = resource.get(NAME_PROPERTY[kind])
    policy = other.named_by
    if policy is not None:
        return own is not None or policy.stack.id != resource.stack.id
    # A literal name: that of a resource whose own name has parts that are not known, or none.
    if not isinstance(own, Text) or not isinstance(other.written, str):
        return False
    start, end = own.parts[0], own.parts[-1]
    begins = not isinstance(start, str) or other.written.startswith(start)
    return begins and (not isinstance(end, str) or other.written.endswith(end))


def _connectors(stacks: Sequence[Stack]) -> Iterator[Document]:
    """Yield what stands for the policies that SAM makes of connectors: they only allow.

    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/managing-permissions-connectors.html
    """
    for stack in stacks:
        for name, raw in stack.scope.section("Resources").items():
            if isinstance(raw, dict) and ("Connectors" in raw or raw.get("Type") == _CONNECTOR):
                reason = f"SAM makes policies of the connector `{name}`"
                unknown = Unknown(reason, "the template after its transform")
                anything = Statement(0, "Allow", None, False, None, False, None)
                yield Document(f"connector {name}", (anything,), unknown=unknown)
