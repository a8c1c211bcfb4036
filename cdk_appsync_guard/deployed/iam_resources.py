"""Principals and managed policies of an account → resources of the template.

In: Chosen, and the logical ids that were given. Out: resources in the Draft. A document that cannot
be a policy, or that holds what CloudFormation would compute, counts as not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdk_appsync_guard.deployed.client import Denied
from cdk_appsync_guard.deployed.draft import Draft
from cdk_appsync_guard.deployed.iam_details import document_of
from cdk_appsync_guard.deployed.principals import Chosen, Found, default_document

__all__ = ["TYPES", "write_principals", "write_unread_iam"]

TYPES = {"role": "AWS::IAM::Role", "user": "AWS::IAM::User", "group": "AWS::IAM::Group"}
"""The resource type of each kind of principal."""

_NAMES = {"role": "RoleName", "user": "UserName", "group": "GroupName"}
_UNREADABLE = Denied("iam:GetAccountAuthorizationDetails")


def write_principals(
    draft: Draft, chosen: Chosen, ids: Mapping[str, str], policy_ids: Mapping[str, str]
) -> None:
    """Declare the principals and their managed policies; *ids* and *policy_ids* go by ARN."""
    for arn, policy in chosen.policies.items():
        properties = {
            "ManagedPolicyName": policy.get("PolicyName"),
            "Path": policy.get("Path"),
            "PolicyDocument": _document(draft, default_document(policy)),
        }
        draft.add(policy_ids[arn], "AWS::IAM::ManagedPolicy", properties)
    groups = {one.name: ids[one.arn] for one in chosen.principals if one.kind == "group"}
    for found in chosen.principals:
        properties = _properties(draft, found)
        if found.kind == "user":
            known = [groups.get(name) for name in found.groups]
            properties["Groups"] = [{"Ref": one} for one in known if one] or None
        draft.add(ids[found.arn], TYPES[found.kind], properties)


def write_unread_iam(draft: Draft, denied: Denied) -> None:
    """Declare the policy that any role might have, since none could be read."""
    unknown = draft.need(denied)
    statement = {"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": unknown}
    properties = {
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "Roles": [unknown],
    }
    draft.add(draft.names.give("UnreadIam"), "AWS::IAM::ManagedPolicy", properties)


def _properties(draft: Draft, found: Found) -> dict[str, Any]:
    boundary = (found.details.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    attached = [
        draft.references.value(str(one["PolicyArn"]))
        for one in found.details.get("AttachedManagedPolicies") or ()
        if one.get("PolicyArn")
    ]
    trust = document_of(found.details.get("AssumeRolePolicyDocument"))
    return {
        _NAMES[found.kind]: found.name,
        "Path": found.details.get("Path"),
        "AssumeRolePolicyDocument": _document(draft, trust) if found.kind == "role" else None,
        "PermissionsBoundary": draft.references.value(boundary) if boundary else None,
        "ManagedPolicyArns": attached or None,
        "Policies": [_inline(draft, one) for one in found.inline] or None,
    }


def _inline(draft: Draft, policy: Mapping[str, Any]) -> dict[str, Any]:
    document = _document(draft, document_of(policy.get("PolicyDocument")))
    return {"PolicyName": policy.get("PolicyName"), "PolicyDocument": document}


def _document(draft: Draft, document: Any) -> Any:
    if not isinstance(document, dict):
        return draft.need(_UNREADABLE)
    try:
        return draft.references.value(document)
    except ValueError:
        return draft.need(_UNREADABLE)
