"""Merged APIs and their sources → rows of ``merged_apis`` and ``sources``.

In: a merged API, all APIs and stacks. Out: its row, and one for each of its associations: what its
execution role may do. Their modes are compared elsewhere.
https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Literal

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.execution_role import SourceGrants, find_api, read_grants
from cdk_appsync_guard.facts.api_vocabulary import API_TYPES, ApiType
from cdk_appsync_guard.facts.conversions import choice, text
from cdk_appsync_guard.facts.tables import Row, Words
from cdk_appsync_guard.facts.wiring_vocabulary import (
    MERGED_APIS,
    SOURCES,
    MergedApis,
    SourceGrantCells,
    SourceLimitCells,
    Sources,
)
from cdk_appsync_guard.iam.principals import Principal, Principals
from cdk_appsync_guard.iam.service_trust import Trust, read_trust
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, display, unknown_of

__all__ = ["merged_api_rows"]

_ASSOCIATION = "AWS::AppSync::SourceApiAssociation"
_ROLE = "MergedApiExecutionRoleArn"
_ELSEWHERE: SourceGrantCells = {
    "source_grant": "elsewhere",
    "lacking": "",
    "may_merge": "elsewhere",
}


def merged_api_rows(
    api: Api, apis: Sequence[Api], stacks: tuple[Stack, ...], principals: Principals
) -> Iterator[Row]:
    """Yield the row of a merged API and one for each of its sources."""
    kind = choice(api.resource.get("ApiType"), API_TYPES, "GRAPHQL")
    trust = _trust(api)
    # No one gives a role to an API that is not merged.
    if kind == "GRAPHQL" or (isinstance(kind, Unknown) and trust is not None):
        return
    perhaps = Unknown(kind.reason, kind.would_decide) if isinstance(kind, Unknown) else False
    cells: MergedApis = {
        "name": api.name,
        "has_role": perhaps if trust is None else True,
        "source_count": _source_count(api),
        "own_schema": _own_schema(api, kind),
        "role": _shown(api, trust),
        "role_trust": trust.word if trust else None,
        "role_service": trust.service if trust else None,
    }
    places = {"role_trust": api.resource.place(_ROLE)} if trust else {}
    yield MERGED_APIS.row(cells, api.resource.place(), places, api.name)
    own = trust.resource if trust and api.sources else None
    role = principals.of(own) if own is not None else None
    for association in api.sources:
        source = find_api(association.get("SourceApiIdentifier"), apis)
        yield _row(association, api, source, role, stacks, _limit_cells(association, source, apis))


def _row(
    association: Resource,
    merged: Api,
    source: Api | None,
    role: Principal | None,
    stacks: tuple[Stack, ...],
    limit: SourceLimitCells,
) -> Row:
    named = association.get("SourceApiIdentifier")
    merge_type = association.get("SourceApiAssociationConfig", "MergeType")
    cells: Sources = {
        "association": association.logical_id,
        "source": source.name if source else display(named),
        "merged": merged.name,
        **limit,
        "merge_type": choice(merge_type, ("MANUAL_MERGE", "AUTO_MERGE"), "MANUAL_MERGE"),
        "role": _shown(merged, _trust(merged)),
        **(
            _grant_cells(read_grants(role, association, source, stacks), role)
            if role
            else _ELSEWHERE
        ),
    }
    return SOURCES.row(cells, association.place(), {}, merged.name)


def _source_count(api: Api) -> int | Unknown:
    known = len(api.sources)
    perhaps = [one for one in api.unplaced if one.type == _ASSOCIATION]
    if not perhaps:
        return known
    why = unknown_of(perhaps[0].get("MergedApiIdentifier"))
    reason = f"`{perhaps[0].logical_id}` might belong to this API or another"
    ask = why.would_decide if why else "the template of the merged API"
    return Unknown(reason, ask, (known, known + len(perhaps)))


def _own_schema(api: Api, kind: ApiType | Unknown) -> str | Unknown | None:
    first = next(iter(api.schemas), None)
    if first is None:
        return None
    why = Unknown(kind.reason, kind.would_decide) if isinstance(kind, Unknown) else None
    return why or first.logical_id


def _limit_cells(
    association: Resource, source: Api | None, apis: Sequence[Api]
) -> SourceLimitCells:
    """Return which limit of merged APIs the association oversteps.

    https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html
    """
    kind: ApiType | Unknown = "GRAPHQL"
    if source is not None:
        kind = choice(source.resource.get("ApiType"), API_TYPES, "GRAPHQL")
    nested = "which is a merged API itself"
    if kind == "MERGED":
        return {"limit": "merged", "limit_detail": nested}
    mine = _merged_by(association, apis)
    earlier = _earlier(association, source, apis)
    again = next((one for one in earlier if _merged_by(one, apis) == mine), None)
    if again is not None:
        detail = f"which `{again.logical_id}` makes a source of it already"
        return {"limit": "repeated", "limit_detail": detail}
    if earlier:
        detail = (
            f"which `{earlier[0].logical_id}` makes a source of `{_merged_by(earlier[0], apis)}`"
        )
        return {"limit": "shared", "limit_detail": detail}
    if isinstance(kind, Unknown):
        perhaps = Unknown(kind.reason, kind.would_decide, ("merged", None))
        return {"limit": perhaps, "limit_detail": nested}
    return {"limit": None, "limit_detail": ""}


def _earlier(association: Resource, source: Api | None, apis: Sequence[Api]) -> list[Resource]:
    """Return the associations before this one that name the same source."""
    if source is not None:
        same = list(source.merged_by)
    else:
        named = association.get("SourceApiIdentifier")
        known = isinstance(named, (str, Text))
        every = (one for api in apis for one in api.sources) if known else ()
        same = [one for one in every if one.get("SourceApiIdentifier") == named]
    return list(takewhile(lambda one: one is not association, same))


def _merged_by(association: Resource, apis: Sequence[Api]) -> str:
    named = association.get("MergedApiIdentifier")
    merged = find_api(named, apis)
    return merged.name if merged else display(named)


def _trust(merged: Api) -> Trust | None:
    role = merged.resource.get(_ROLE)
    return None if role is None else read_trust(role, merged.stack, "appsync")


def _shown(merged: Api, trust: Trust | None) -> Words | None:
    if trust is not None and trust.resource is not None:
        return trust.resource.logical_id
    return text(merged.resource.get(_ROLE))


def _grant_cells(grants: SourceGrants, role: Principal) -> SourceGrantCells:
    unknown = next((one.unknown for one in role.documents if one.unknown is not None), None)
    reason = unknown.reason if unknown else "a policy has a condition or a part that is not known"
    why = Unknown(reason, unknown.would_decide if unknown else "the policy without conditions")
    grant: Literal["both", "fields-only", "api-only", "none"] | Unknown
    if "undecided" in (grants.api, grants.fields):
        grant = why
    elif grants.api == grants.fields:
        grant = "both" if grants.api == "allowed" else "none"
    else:
        grant = "api-only" if grants.api == "allowed" else "fields-only"
    lacking = [
        end
        for end, outcome in (("apis/ID", grants.api), ("apis/ID/*", grants.fields))
        if outcome == "denied"
    ]
    merge: dict[str, Literal["yes", "no"] | Unknown] = {
        "allowed": "yes",
        "denied": "no",
        "undecided": why,
    }
    return {
        "source_grant": grant,
        "lacking": " and ".join(f"`{end}`" for end in lacking),
        "may_merge": merge[grants.merge],
    }
