"""The operations of AWS that are called, and the permission that each one needs.

One table, which the calls and the policy are both made of. Everything in it reads; what would give
a secret (an API's environment variables, a function's code) is not in it.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsappsync.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["CALLS", "Call", "policy"]


@dataclass(frozen=True, slots=True)
class Call:
    """One operation. ``items`` is what its pages list, empty if the answer has no pages.

    ``resource`` is what the permission is given on, ``{}`` standing for the partition; AppSync's
    lists know no narrower one than everything.
    """

    service: str
    operation: str
    items: tuple[str, ...] = ()
    resource: str = "*"

    @property
    def action(self) -> str:
        """The IAM action that allows the call."""
        return f"{self.service}:{self.operation}"


_APIS = "arn:{}:appsync:*:*:apis/*"
_STACKS = "arn:{}:cloudformation:*:*:stack/*"
_TABLE = (
    Call("appsync", "GetApiAssociation", resource="arn:{}:appsync:*:*:domainnames/*"),
    Call("appsync", "GetGraphqlApi", resource=_APIS),
    Call("appsync", "GetIntrospectionSchema"),
    Call("appsync", "GetSourceApiAssociation", resource=_APIS),
    Call("appsync", "ListApiKeys", ("apiKeys",)),
    Call("appsync", "ListDataSources", ("dataSources",)),
    Call("appsync", "ListDomainNames", ("domainNameConfigs",)),
    Call("appsync", "ListFunctions", ("functions",)),
    Call("appsync", "ListGraphqlApis", ("graphqlApis",)),
    Call("appsync", "ListResolvers", ("resolvers",)),
    Call("appsync", "ListSourceApiAssociations", ("sourceApiAssociationSummaries",)),
    Call("appsync", "ListTypes", ("types",)),
    Call("cloudformation", "ListStackResources", ("StackResourceSummaries",), _STACKS),
    Call(
        "iam",
        "GetAccountAuthorizationDetails",
        ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"),
    ),
    Call("lambda", "GetPolicy", resource="arn:{}:lambda:*:*:function:*"),
    Call("lambda", "ListFunctions", ("Functions",)),
    Call("logs", "DescribeLogGroups", ("logGroups",)),
)
CALLS = {f"{call.service}:{call.operation}": call for call in _TABLE}
"""Every call, by its service and operation."""


def policy(partition: str = "aws", *, iam_from_file: bool = False) -> dict[str, Any]:
    """Return the least privilege that ``pull`` needs, as a policy document."""
    wanted = [call for call in _TABLE if not (iam_from_file and call.service == "iam")]
    resources = dict.fromkeys(call.resource for call in wanted)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": _actions(wanted, resource),
                "Resource": resource.format(partition),
            }
            for resource in resources
        ],
    }


def _actions(calls: Sequence[Call], resource: str) -> list[str]:
    return sorted(call.action for call in calls if call.resource == resource)
