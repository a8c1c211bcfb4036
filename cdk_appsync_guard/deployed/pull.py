"""An account → what is deployed there: everything that ``pull`` asks AWS, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdk_appsync_guard.deployed.client import Account, Denied
from cdk_appsync_guard.deployed.functions import read_holders, read_permissions
from cdk_appsync_guard.deployed.iam_details import Details, read_details
from cdk_appsync_guard.deployed.reading import (
    Deployed,
    read_apis,
    read_domains,
    read_log_groups,
    stack_resources,
)

__all__ = ["pull", "unread_of"]


def pull(session: Any, ids: Sequence[str], details: Details | None = None) -> Deployed:
    """Read the APIs of these ids, or all, as the session's credentials allow.

    *details* are the account's IAM if it was read before.
    """
    account = Account(session)
    apis = read_apis(account, ids)
    logical_ids, unread = stack_resources(account, apis)
    return Deployed(
        apis=apis,
        iam=read_details(account) if details is None else details,
        permissions=read_permissions(account, apis),
        holders=read_holders(account, apis),
        domains=read_domains(account, apis),
        log_groups=read_log_groups(account),
        logical_ids=logical_ids,
        unread=unread,
    )


def unread_of(deployed: Deployed) -> tuple[str, ...]:
    """Return the actions that the credentials did not allow, in alphabetical order."""
    parts: list[Any] = [deployed.iam, deployed.holders, deployed.domains, *deployed.unread]
    parts.append(deployed.log_groups)
    parts += deployed.permissions.values()
    for api in deployed.apis:
        parts += [api.schema, api.keys, api.resolvers, api.functions]
        parts += [api.data_sources, api.sources]
    return tuple(sorted({part.action for part in parts if isinstance(part, Denied)}))
