"""Data sources → rows: which role AppSync uses for each, and whether it is of any use.

In: an API, all stacks, and their principals. Out: rows of ``data_sources``. A role that lacks
something refuses no request: AppSync authorizes it, and then the resolver fails.
https://docs.aws.amazon.com/appsync/latest/devguide/data-source-components.html
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.data_source_access import Access, needs_of, read_access
from cdk_appsync_guard.facts.conversions import choice, text
from cdk_appsync_guard.facts.tables import Flag, Row
from cdk_appsync_guard.facts.wiring_vocabulary import DATA_SOURCE_TYPES, DATA_SOURCES, DataSources
from cdk_appsync_guard.iam.principals import Principals
from cdk_appsync_guard.iam.service_trust import read_trust
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, unknown_of

__all__ = ["data_source_rows"]

_NEED_NO_ROLE = ("HTTP", "NONE")


def data_source_rows(api: Api, stacks: tuple[Stack, ...], principals: Principals) -> Iterator[Row]:
    """Yield a row for each data source of the API."""
    for source in api.data_sources:
        yield _row(api, source, stacks, principals)


def _row(api: Api, source: Resource, stacks: tuple[Stack, ...], principals: Principals) -> Row:
    kind = choice(source.get("Type"), DATA_SOURCE_TYPES)
    role = source.get("ServiceRoleArn")
    signs = source.get("HttpConfig", "AuthorizationConfig", "AwsIamConfig")
    trust = read_trust(role, source.stack, "appsync") if role is not None else None
    needs: Flag
    if isinstance(kind, Unknown):
        needs = Unknown(kind.reason, kind.would_decide)
    else:
        needs = kind is not None and kind not in _NEED_NO_ROLE
    signing = unknown_of(signs)
    access = _access(source, stacks, principals)
    cells: DataSources = {
        "data_source": source.logical_id,
        "type": kind,
        "needs_role": needs,
        "wrong_service": _wrong_service(source),
        "signs": Unknown(signing.reason, signing.would_decide) if signing else signs is not None,
        "has_role": role is not None,
        "role": trust.resource.logical_id if trust and trust.resource else text(role),
        "role_trust": trust.word if trust else None,
        "role_service": trust.service if trust else None,
        "role_access": access.word,
        "role_lacks": access.lacks,
    }
    role_at = source.place("ServiceRoleArn")
    places = {
        **dict.fromkeys(("role_trust", "role_access"), role_at),
        "signs": source.place("HttpConfig"),
    }
    if role is None:
        places = {"needs_role": source.place("Type"), "signs": source.place("HttpConfig")}
    return DATA_SOURCES.row(cells, source.place(), places, api.name)


def _wrong_service(source: Resource) -> str | Unknown | None:
    """Return the service that requests to another AppSync API are signed for, if it is not AppSync.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-appsync-datasource-awsiamconfig.html
    """
    endpoint = source.get("HttpConfig", "Endpoint")
    holes = endpoint.holes if isinstance(endpoint, Text) else ()
    if not any(hole.service == "AppSync" for hole in holes):
        return None
    config = ("HttpConfig", "AuthorizationConfig", "AwsIamConfig")
    service = source.get(*config, "SigningServiceName")
    if service is None or service == "appsync":
        return None
    why = unknown_of(service)
    return Unknown(why.reason, why.would_decide) if why else str(service)


def _access(source: Resource, stacks: tuple[Stack, ...], principals: Principals) -> Access:
    """Return whether the role is allowed what the data source stands for."""
    role = principals.named(source.get("ServiceRoleArn"), source.stack)
    if role is None:
        return Access("elsewhere")
    return read_access(role, needs_of(source, stacks))
