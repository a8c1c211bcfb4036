"""Policies of VPC endpoints for private APIs → rows: what they leave of each API's fields.

In: targets and stacks. Out: rows of ``endpoint_policies``. Such a policy holds for the requests
that come over its endpoint, and those are requests to private APIs. A template may lack other
endpoints, so that no one is denied for certain.
https://docs.aws.amazon.com/appsync/latest/devguide/using-private-apis.html
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cdk_appsync_guard.access.grants import GRAPHQL, granted_to
from cdk_appsync_guard.access.reach import HowMuch
from cdk_appsync_guard.facts.iam_targets import Target
from cdk_appsync_guard.facts.iam_vocabulary import ENDPOINT_POLICIES, EndpointPolicies
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.documents import Document, items, read_document
from cdk_appsync_guard.iam.policies import Statement
from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, display

__all__ = ["VPC_ENDPOINT", "rows_of_endpoint_policies"]

VPC_ENDPOINT = "AWS::EC2::VPCEndpoint"
_SERVICE = ".appsync-api"
_FOR_SOME = Unknown("the Deny names principals")
_PARTLY = Unknown(
    "the policy of the endpoint has a condition, names principals, or has a part that is not known",
    "the caller",
)
_EVERYBODY = ("*", {"AWS": "*"}, {"AWS": ["*"]}, ["*"])


def rows_of_endpoint_policies(targets: Sequence[Target], stacks: Sequence[Stack]) -> Iterator[Row]:
    """Yield a row for each endpoint with a policy, and each private API of the templates."""
    for stack in stacks:
        for endpoint in stack.of_type(VPC_ENDPOINT):
            if endpoint.get("PolicyDocument") is None or not _is_of_apis(endpoint):
                continue
            for target in targets:
                visibility = target.api.resource.get("Visibility")
                if visibility == "PRIVATE" and target.fields.coordinates:
                    yield _row(endpoint, target)


def _is_of_apis(endpoint: Resource) -> bool:
    service = endpoint.get("ServiceName")
    return isinstance(service, (str, Text)) and display(service).endswith(_SERVICE)


def _row(endpoint: Resource, target: Target) -> Row:
    cells: EndpointPolicies = {
        "endpoint": endpoint.logical_id,
        "leaves": _leaves(_read(endpoint), target),
    }
    return ENDPOINT_POLICIES.row(cells, endpoint.place("PolicyDocument"), {}, target.api.name)


def _read(endpoint: Resource) -> Document:
    """Return the policy; a Deny for some principals only may deny, or not."""
    document = read_document(endpoint, ("PolicyDocument",), endpoint.logical_id)
    if document.statements is None:
        return document
    return replace(
        document, statements=tuple(_for_anybody(one, endpoint) for one in document.statements)
    )


def _for_anybody(statement: Statement, endpoint: Resource) -> Statement:
    written = items(endpoint.get("PolicyDocument", "Statement"))
    raw = written[statement.index] if statement.index < len(written) else None
    principal = raw.get("Principal") if isinstance(raw, dict) else None
    if statement.effect == "Allow" or principal in _EVERYBODY:
        return statement
    return replace(statement, condition=_FOR_SOME)


def _leaves(document: Document, target: Target) -> HowMuch | Unknown:
    """Return how much the policy allows to someone; the API itself counts as all of it."""
    anybody = Principal("endpoint", document.name, None, (document,))
    granted = granted_to(anybody, target.fields)
    if granted.granted:
        return "all" if granted.granted == target.fields.all else "some"
    arn = target.api.resource.attribute("Arn")
    whole = anybody.may(GRAPHQL, arn) if isinstance(arn, (str, Text)) else None
    if granted.undecided or (whole is not None and whole.outcome == "undecided"):
        reason = document.unknown or _PARTLY
        return Unknown(reason.reason, reason.would_decide)
    return "all" if whole is not None and whole.outcome == "allowed" else "none"
