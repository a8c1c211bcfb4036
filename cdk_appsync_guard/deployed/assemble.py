"""What was read of an account → the template, and the files beside it.

In: Deployed. Out: a Draft. Logical ids are those of CloudFormation wherever it says them (the tags
of a resource, the resources of an API's stack), so that callers are called as in the template that
was deployed; elsewhere they are made of the names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdk_appsync_guard.deployed.api_resources import (
    write_api,
    write_domains,
    write_log_groups,
    write_sources,
)
from cdk_appsync_guard.deployed.client import Denied
from cdk_appsync_guard.deployed.draft import Draft
from cdk_appsync_guard.deployed.functions import addresses_of, authorizers_of, write_functions
from cdk_appsync_guard.deployed.iam_resources import write_principals, write_unread_iam
from cdk_appsync_guard.deployed.names import Names
from cdk_appsync_guard.deployed.principals import Chosen, Found, choose
from cdk_appsync_guard.deployed.reading import Deployed, DeployedApi
from cdk_appsync_guard.deployed.references import References

__all__ = ["assemble"]

_LOGICAL_ID = "aws:cloudformation:logical-id"
_STACK_NAME = "aws:cloudformation:stack-name"


def assemble(deployed: Deployed) -> Draft:
    """Return the template of what is deployed."""
    names = Names()
    api_ids = {api.id: names.give(*_wanted_of_api(api)) for api in deployed.apis}
    draft = Draft(_references(deployed, api_ids), names)
    chosen = _chosen(deployed)
    ids = _principal_ids(deployed, chosen, names)
    policy_ids = {arn: names.give(f"Policy{arn.rpartition('/')[2]}") for arn in chosen.policies}
    function_ids = _function_ids(deployed, names)
    _refer(draft.references, ids, policy_ids)
    for api in deployed.apis:
        write_api(draft, api, api_ids[api.id])
    for api in deployed.apis:
        write_sources(draft, api, api_ids[api.id])
    write_domains(draft, deployed.domains)
    write_log_groups(draft, deployed.log_groups, api_ids)
    write_functions(draft, deployed.permissions, deployed.holders, function_ids)
    write_principals(draft, chosen, ids, policy_ids)
    if isinstance(deployed.iam, Denied):
        write_unread_iam(draft, deployed.iam)
    return draft


def _references(deployed: Deployed, api_ids: Mapping[str, str]) -> References:
    arn = deployed.apis[0].arn if deployed.apis else ""
    _, partition, _, region, account, *_ = (*arn.split(":"), *[""] * 5)
    whole: dict[str, Any] = {
        text: {"Fn::GetAtt": [api_ids[api_id], attribute]}
        for text, (api_id, attribute) in addresses_of(deployed.apis).items()
    }
    return References(partition, region, account, api_ids, whole)


def _refer(references: References, ids: Mapping[str, str], policy_ids: Mapping[str, str]) -> None:
    references.whole.update({arn: {"Fn::GetAtt": [one, "Arn"]} for arn, one in ids.items() if arn})
    references.whole.update({arn: {"Ref": one} for arn, one in policy_ids.items()})


def _wanted_of_api(api: DeployedApi) -> tuple[str, ...]:
    tags = api.configuration.get("tags") or {}
    return (str(tags.get(_LOGICAL_ID, "")), api.name, f"{api.name}{api.id[:6]}")


def _chosen(deployed: Deployed) -> Chosen:
    if isinstance(deployed.iam, Denied):
        return Chosen((), {})
    return choose(deployed.iam, set(_used_roles(deployed)))


def _used_roles(deployed: Deployed) -> list[str]:
    """Return the ARNs of the roles that the APIs and their callers work with."""
    found: list[Any] = []
    for api in deployed.apis:
        log = api.configuration.get("logConfig") or {}
        found += [log.get("cloudWatchLogsRoleArn")]
        found += [api.configuration.get("mergedApiExecutionRoleArn")]
        sources = () if isinstance(api.data_sources, Denied) else api.data_sources
        found += [source.get("serviceRoleArn") for source in sources]
    holders = () if isinstance(deployed.holders, Denied) else deployed.holders
    found += [holder.get("Role") for holder in holders]
    return [arn for arn in found if isinstance(arn, str)]


def _principal_ids(deployed: Deployed, chosen: Chosen, names: Names) -> dict[str, str]:
    """Return a logical id for each principal by ARN; those of the APIs' own stacks choose first."""
    known = deployed.logical_ids
    first = sorted(chosen.principals, key=lambda one: one.name not in known)
    return {one.arn: names.give(*_wanted(one, known)) for one in first}


def _wanted(found: Found, known: Mapping[str, str]) -> tuple[str, ...]:
    if found.name in known:
        return (known[found.name], f"{known[found.name]}{found.name}")
    tags = {
        str(tag.get("Key")): str(tag.get("Value", "")) for tag in found.details.get("Tags") or ()
    }
    logical_id = tags.get(_LOGICAL_ID, "")
    if not logical_id:
        return (found.name, f"{found.kind}{found.name}")
    return (logical_id, f"{tags.get(_STACK_NAME, '')}{logical_id}", found.name)


def _function_ids(deployed: Deployed, names: Names) -> dict[str, str]:
    holders = () if isinstance(deployed.holders, Denied) else deployed.holders
    wanted = {str(one.get("FunctionName")) for one in holders}
    wanted |= {arn.split(":")[6] for arn in authorizers_of(deployed.apis) if arn.count(":") > 5}  # noqa: PLR2004 - an ARN has its name there
    return {
        name: names.give(deployed.logical_ids.get(name, ""), f"Function{name}")
        for name in sorted(wanted)
    }
