"""Permission boundaries → rows: what they leave of the fields that a principal's policies allow.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from cdk_appsync_guard.access.grants import granted_to
from cdk_appsync_guard.access.reach import HowMuch
from cdk_appsync_guard.facts.iam_targets import Target
from cdk_appsync_guard.facts.iam_vocabulary import BOUNDARIES, Boundaries
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["rows_of_boundaries"]


def rows_of_boundaries(principals: Iterable[Principal], targets: Iterable[Target]) -> Iterator[Row]:
    """Yield a row for each principal with a boundary, and API whose fields its policies allow."""
    for principal in principals:
        if principal.boundary is None or principal.resource is None:
            continue
        without = replace(principal, boundary=None)
        for target in targets:
            allowed = granted_to(without, target.fields).granted
            if allowed:
                named = f"{principal.kind} {principal.name}"
                cells: Boundaries = {
                    "principal": named,
                    "bearers": (named,),
                    "boundary": principal.boundary.name,
                    "leaves": _leaves(principal, allowed, target),
                    "example": target.fields.named(allowed)[0],
                }
                place = principal.resource.place("PermissionsBoundary")
                yield BOUNDARIES.row(cells, place, {}, target.api.name)


def _leaves(principal: Principal, allowed: int, target: Target) -> HowMuch | Unknown:
    within = granted_to(principal, target.fields)
    if within.granted & allowed:
        return "some" if allowed & ~within.granted else "all"
    if within.undecided & allowed:
        boundary = principal.boundary
        reason = boundary.unknown if boundary else None
        return reason or Unknown(
            "the boundary has a condition, or a part that is not known",
            "the boundary without conditions and unknown parts",
        )
    return "none"
