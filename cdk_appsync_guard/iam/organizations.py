"""Service control policies of the templates → what they deny the principals of an account.

In: a stack with principals. Out: Documents, of which only the Denies are kept: what a service
control policy allows matters only if the others of the account, FullAWSAccess as a rule, do not
allow it. A Deny is certain where the policy is attached to the account of the stack by its id; a
root or an organizational unit may hold the account. The management account, which the policies are
declared in, is not limited by them, unless a delegated administrator declares them.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cdk_appsync_guard.iam.documents import Document, items, read_document
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Unknown, Value, unknown_of

__all__ = ["OrganizationLimits", "control_policies"]

_POLICY = "AWS::Organizations::Policy"
_SERVICE_CONTROL = "SERVICE_CONTROL_POLICY"


def control_policies(stacks: Sequence[Stack]) -> Iterator[tuple[Resource, Document]]:
    """Yield the service control policies, each with its document."""
    for stack in stacks:
        for policy in stack.of_type(_POLICY):
            if policy.get("Type") == _SERVICE_CONTROL:
                yield policy, read_document(policy, ("Content",), policy.logical_id)


class OrganizationLimits:
    """The Denies of service control policies, by the stacks whose principals they reach."""

    def __init__(self, stacks: Sequence[Stack]) -> None:
        self._policies = [
            (policy, denies)
            for policy, document in control_policies(stacks)
            if (denies := _only_denies(document)) is not None
        ]
        self._found: dict[str, tuple[tuple[Document, ...], tuple[Document, ...]]] = {}

    def of(self, stack: Stack) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
        """Return the policies that limit the stack's principals, and those that perhaps do."""
        if stack.id not in self._found:
            certain: list[Document] = []
            possible: list[Document] = []
            for policy, document in self._policies:
                reaches = _reaches(policy, stack)
                if reaches is True:
                    certain.append(document)
                elif isinstance(reaches, Unknown):
                    possible.append(replace(document, unknown=reaches))
            self._found[stack.id] = tuple(certain), tuple(possible)
        return self._found[stack.id]


def _only_denies(document: Document) -> Document | None:
    if document.statements is None:
        return None if document.malformed else document
    denies = tuple(one for one in document.statements if one.effect == "Deny")
    return replace(document, statements=denies) if denies else None


def _reaches(policy: Resource, stack: Stack) -> bool | Unknown:
    """Return whether the policy is attached to the account of the stack."""
    reason = f"the service control policy `{policy.logical_id}` may apply to the account"
    ids = policy.get("TargetIds")
    why = unknown_of(ids)
    if why is not None:
        return Unknown(f"{reason}: {why.reason}", why.would_decide)
    answers = [_is_account(one, stack) for one in items(ids)]
    if True in answers and policy.stack.id != stack.id:
        return True
    if not answers or not any(one is None or one for one in answers):
        return False
    return Unknown(reason, "--account" if stack.account is None else "the organization")


def _is_account(target: Value, stack: Stack) -> bool | None:
    """Return whether a target is the account of the stack; None for units, roots and parameters."""
    if not isinstance(target, str) or not target.isdecimal() or stack.account is None:
        return None
    return target == stack.account
