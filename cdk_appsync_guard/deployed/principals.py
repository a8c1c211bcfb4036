"""The principals of an account that have to do with AppSync, and the policies that they need.

In: an account's IAM, and the roles that APIs use. Out: Chosen, which is most often a small part. A
principal counts if any of its policies, or of its groups' policies, allows an action of AppSync,
or might: which field that is about is for others to find out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.deployed.iam_details import Details, document_of
from cdk_appsync_guard.iam.aws_managed import read_aws_managed
from cdk_appsync_guard.iam.documents import OF_AWS
from cdk_appsync_guard.iam.policies import allows_service, statements_of

__all__ = ["Chosen", "Found", "choose", "default_document", "managed_arns"]

_KINDS = {
    "RoleDetailList": ("role", "RoleName", "RolePolicyList"),
    "UserDetailList": ("user", "UserName", "UserPolicyList"),
    "GroupDetailList": ("group", "GroupName", "GroupPolicyList"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A role, user or group as IAM describes it."""

    kind: str
    name: str
    details: Mapping[str, Any]
    inline: tuple[Mapping[str, Any], ...]

    @property
    def arn(self) -> str:
        """Its ARN."""
        return str(self.details.get("Arn", ""))

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of a user."""
        return tuple(map(str, self.details.get("GroupList") or ()))


@dataclass(frozen=True, slots=True)
class Chosen:
    """What goes into the template. ``policies`` are managed policies by their ARN."""

    principals: tuple[Found, ...]
    policies: Mapping[str, Mapping[str, Any]]


def choose(details: Details, used: Collection[str]) -> Chosen:
    """Return what matters of an account's IAM; *used* are the ARNs of roles that are needed."""
    policies = {str(one.get("Arn", "")): one for one in details.get("Policies", ())}
    found = [one for name in _KINDS for one in _read(name, details)]
    calling = {id(one) for one in found if one.arn in used or _may_call(one, policies)}
    groups = {one.name for one in found if one.kind == "group" and id(one) in calling}
    kept = [one for one in found if id(one) in calling or groups.intersection(one.groups)]
    # A group that allows nothing can still deny something to a user who is allowed it elsewhere.
    theirs = {name for one in kept for name in one.groups}
    wanted = {id(one) for one in kept}
    wanted |= {id(one) for one in found if one.kind == "group" and one.name in theirs}
    chosen = tuple(
        sorted(
            (one for one in found if id(one) in wanted),
            key=lambda one: (one.kind, one.name, one.arn),
        )
    )
    needed = dict.fromkeys(arn for one in chosen for arn in managed_arns(one.details))
    return Chosen(chosen, {arn: policies[arn] for arn in sorted(needed) if _is_own(arn, policies)})


def managed_arns(details: Mapping[str, Any]) -> list[str]:
    """Return the managed policies of a principal, its permissions boundary last."""
    attached = [one.get("PolicyArn") for one in details.get("AttachedManagedPolicies") or ()]
    boundary = (details.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    return [str(arn) for arn in (*attached, boundary) if arn]


def _read(name: str, details: Details) -> Iterator[Found]:
    kind, named, inline = _KINDS[name]
    for one in details.get(name, ()):
        policies = tuple(item for item in one.get(inline) or () if isinstance(item, dict))
        yield Found(kind, str(one.get(named, "")), one, policies)


def _is_own(arn: str, policies: Mapping[str, Any]) -> bool:
    return arn in policies and OF_AWS not in arn


def _may_call(found: Found, policies: Mapping[str, Mapping[str, Any]]) -> bool:
    documents = [document_of(one.get("PolicyDocument")) for one in found.inline]
    for one in found.details.get("AttachedManagedPolicies") or ():
        arn = str(one.get("PolicyArn", ""))
        if OF_AWS in arn:
            statements = read_aws_managed(arn.partition(OF_AWS)[2]).statements
            if allows_service(statements, "appsync") is not False:
                return True
        else:
            documents.append(default_document(policies.get(arn, {})))
    return any(allows_service(statements_of(one), "appsync") is not False for one in documents)


def default_document(policy: Mapping[str, Any]) -> Any:
    """Return the document of a managed policy that is in force."""
    for version in policy.get("PolicyVersionList") or ():
        if isinstance(version, dict) and version.get("IsDefaultVersion"):
            return document_of(version.get("Document"))
    return None
