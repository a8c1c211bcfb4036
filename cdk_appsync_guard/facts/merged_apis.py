"""Merged APIs and their sources → rows of ``merged_apis`` and ``sources``.

In: a merged API, all APIs and stacks. Out: its row, and one for each of its associations: what its
execution role may do. Their modes are compared elsewhere.
https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.execution_role import SourceGrants, find_api, read_grants
from cdk_appsync_guard.facts.conversions import choice, text
from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.iam.principals import Principal, Principals
from cdk_appsync_guard.iam.service_trust import Trust, read_trust
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Unknown, display

__all__ = ["merged_api_rows"]

_ROLE = "MergedApiExecutionRoleArn"
_ELSEWHERE: dict[str, Cell] = {"source_grant": "elsewhere", "lacking": "", "may_merge": "elsewhere"}


def merged_api_rows(
    api: Api, apis: Sequence[Api], stacks: tuple[Stack, ...], principals: Principals
) -> Iterator[Row]:
    """Yield the row of a merged API and one for each of its sources."""
    kind = choice(api.resource.get("ApiType"), ("GRAPHQL", "MERGED"), "GRAPHQL")
    trust = _trust(api)
    # Nobody gives a role to an API that is not merged.
    if kind == "GRAPHQL" or (isinstance(kind, Unknown) and trust is not None):
        return
    perhaps = Unknown(kind.reason, kind.would_decide) if isinstance(kind, Unknown) else False
    cells: dict[str, Cell] = {
        "name": api.name,
        "has_role": perhaps if trust is None else True,
        "role": _shown(api, trust),
        "role_trust": trust.word if trust else None,
        "role_service": trust.service if trust else None,
    }
    places = {"role_trust": api.resource.place(_ROLE)} if trust else {}
    yield Row("merged_apis", cells, api.resource.place(), places, api.name)
    own = trust.resource if trust and api.sources else None
    role = principals.of(own) if own is not None else None
    for association in api.sources:
        source = find_api(association.get("SourceApiIdentifier"), apis)
        yield _row(association, api, source, role, stacks)


def _row(
    association: Resource,
    merged: Api,
    source: Api | None,
    role: Principal | None,
    stacks: tuple[Stack, ...],
) -> Row:
    named = association.get("SourceApiIdentifier")
    merge_type = association.get("SourceApiAssociationConfig", "MergeType")
    cells: dict[str, Cell] = {
        "association": association.logical_id,
        "source": source.name if source else display(named),
        "merge_type": choice(merge_type, ("MANUAL_MERGE", "AUTO_MERGE"), "MANUAL_MERGE"),
        "role": _shown(merged, _trust(merged)),
        **(
            _grant_cells(read_grants(role, association, source, stacks), role)
            if role
            else _ELSEWHERE
        ),
    }
    return Row("sources", cells, association.place(), {}, merged.name)


def _trust(merged: Api) -> Trust | None:
    role = merged.resource.get(_ROLE)
    return None if role is None else read_trust(role, merged.stack, "appsync")


def _shown(merged: Api, trust: Trust | None) -> Cell:
    if trust is not None and trust.resource is not None:
        return trust.resource.logical_id
    return text(merged.resource.get(_ROLE))


def _grant_cells(grants: SourceGrants, role: Principal) -> dict[str, Cell]:
    unknown = next((one.unknown for one in role.documents if one.unknown is not None), None)
    reason = unknown.reason if unknown else "a policy has a condition or a part that is not known"
    why = Unknown(reason, unknown.would_decide if unknown else "the policy without conditions")
    grant: Cell
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
    merge: dict[str, Cell] = {"allowed": "yes", "denied": "no", "undecided": why}
    return {
        "source_grant": grant,
        "lacking": " and ".join(f"`{end}`" for end in lacking),
        "may_merge": merge[grants.merge],
    }
