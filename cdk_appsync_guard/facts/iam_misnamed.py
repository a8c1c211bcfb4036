"""Managed policies of AWS that are named by a wrong path → rows.

An ARN of a managed policy has its path, too. A policy that does not exist cannot be attached.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cdk_appsync_guard.facts.iam_vocabulary import MISNAMED_POLICIES, MisnamedPolicies
from cdk_appsync_guard.facts.tables import Row, Words
from cdk_appsync_guard.iam.documents import OF_AWS
from cdk_appsync_guard.iam.principals import Principal

__all__ = ["rows_of_misnamed"]


def rows_of_misnamed(principals: Iterable[Principal]) -> Iterator[Row]:
    """Yield a row for each managed policy of a principal that AWS has under another path only."""
    for principal in principals:
        limit = () if principal.boundary is None else (principal.boundary,)
        for document in (*principal.documents, *limit):
            meant: Words | None = document.meant
            if meant is None and OF_AWS in document.name:
                meant = document.unknown
            if meant is not None and principal.resource is not None:
                cells: MisnamedPolicies = {
                    "principal": f"{principal.kind} {principal.name}",
                    "role": principal.name,
                    "policy": document.name,
                    "meant": meant,
                }
                name = "PermissionsBoundary" if document in limit else "ManagedPolicyArns"
                yield MISNAMED_POLICIES.row(cells, principal.resource.place(name), {}, None)
