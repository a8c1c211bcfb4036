"""Root fields that a principal's policies do not allow → the statement that allows them.

In: a principal, the API's fields, coordinates. Out: a Fix, if the statement allows these fields and
no others. A Deny or a boundary in the way is not mended by a statement.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-iam-authorization
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from cdk_appsync_guard.access.grants import GRAPHQL, Fields, granted_to
from cdk_appsync_guard.access.least_privilege import ApiReference, find_reference
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import AWS_IAM
from cdk_appsync_guard.fixes.edits import list_coordinates
from cdk_appsync_guard.iam.policies import Statement
from cdk_appsync_guard.iam.principals import Document, Principal
from cdk_appsync_guard.report import Access, Edit, Fix
from cdk_appsync_guard.template.values.value import Text, concatenate

__all__ = ["grant_fields"]


def grant_fields(
    api: Api, fields: Fields, principal: Principal, needed: Sequence[str]
) -> Fix | None:
    """Return the fix by which the principal may call what it needs, and nothing else."""
    if not needed or not _is_enough(api, fields, principal, needed):
        return None
    stack = principal.resource.stack if principal.resource is not None else api.stack
    reference = find_reference(api, stack)
    resources = [f"{reference.sub}{_tail(name)}" for name in needed]
    name = f"{principal.kind} `{principal.name}`"
    text = f"add a statement to {name} that allows `{GRAPHQL}` on {list_coordinates(resources)}"
    return Fix(
        "Grant what the operation calls",
        text + _declare(reference) + f", which opens {list_coordinates(needed)} to it",
        (Edit("statement", principal.name, "", _write(resources)),),
        (Access(AWS_IAM, None, tuple(needed), principal.name),),
    )


def _is_enough(api: Api, fields: Fields, principal: Principal, needed: Sequence[str]) -> bool:
    """Return whether the statement lets the principal call what it needs and no field more."""
    arn = api.resource.attribute("Arn")
    patterns = [concatenate([arn, _tail(name)]) for name in needed]
    resources = tuple(one for one in patterns if isinstance(one, (str, Text)))
    statement = Statement(0, "Allow", (GRAPHQL,), False, resources, False, None)
    document = Document("fix", (statement,))
    more = replace(principal, documents=(*principal.documents, document))
    before, after = granted_to(principal, fields), granted_to(more, fields)
    wanted = 0
    for name in needed:
        wanted |= fields.bit(name)
    return after.granted == before.granted | wanted


def _tail(coordinate: str) -> str:
    type_name, _, name = coordinate.partition(".")
    return f"/types/{type_name}/fields/{name}"


def _write(resources: Sequence[str]) -> str:
    subs = [{"Fn::Sub": one} for one in resources]
    resource = subs[0] if len(subs) == 1 else subs
    return json.dumps({"Effect": "Allow", "Action": GRAPHQL, "Resource": resource})


def _declare(reference: ApiReference) -> str:
    if not reference.parameter:
        return ""
    return f" (declare the parameter `{reference.parameter}`, and pass it the ARN of the API)"
