"""A file with an IAM policy → a principal that has this policy and no other.

In: the file and the API it is held against. Out: Principal, and what was taken for granted. The
intrinsics of the file mean what they mean in the API's template. The only API id that the policy
spells out is taken to mean this API's: no one knows it before the deployment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.errors import ConfigError, InputError
from cdk_appsync_guard.iam.policies import Statement, statements_of
from cdk_appsync_guard.iam.principals import Document, Principal
from cdk_appsync_guard.settings.files import read_file
from cdk_appsync_guard.template.source.read import read_data
from cdk_appsync_guard.template.values.intrinsics import resolve
from cdk_appsync_guard.template.values.value import Text, concatenate

__all__ = ["read_policy_file"]

_ARN = re.compile(
    r"arn:[^:/*?]+:appsync:(?P<region>[^:/*?]*):(?P<account>[^:/*?]*):apis/(?P<id>[^/*?:]+)"
    r"(?P<rest>(?:/.*)?)",
    re.DOTALL,
)


def read_policy_file(file: str, api: Api) -> tuple[Principal, str]:
    """Return the principal, and a note if an API id was taken for the API's."""
    text = read_file(file, "the policy")
    try:
        data = read_data(file, text.encode()).data
    except InputError as error:
        raise ConfigError(error.message, location=error.location, help=error.help) from error
    if isinstance(data, dict) and isinstance(data.get("PolicyDocument"), dict):
        data = data["PolicyDocument"]
    statements = statements_of(resolve(data, api.stack.scope))
    if statements is None:
        raise ConfigError(
            f"`{file}` is not an IAM policy", help='write {"Statement": [{"Effect": "Allow", ...}]}'
        )
    named = {found["id"] for found in map(_read, _resources(statements)) if found}
    note = ""
    if len(named) == 1:
        statements = tuple(_of_this_api(one, api) for one in statements)
        note = f"`apis/{next(iter(named))}` in the policy is taken to mean this API"
    return Principal("policy", Path(file).name, None, (Document(file, statements),)), note


def _resources(statements: Iterable[Statement]) -> list[str | Text]:
    return [pattern for one in statements for pattern in one.resources or ()]


def _read(pattern: str | Text) -> re.Match[str] | None:
    return _ARN.fullmatch(pattern) if isinstance(pattern, str) else None


def _of_this_api(statement: Statement, api: Api) -> Statement:
    if statement.resources is None:
        return statement
    return replace(statement, resources=tuple(_named(one, api) for one in statement.resources))


def _named(pattern: str | Text, api: Api) -> str | Text:
    """Return an ARN that spells out an API as one of this API, unless it is of another place."""
    found, arn = _read(pattern), api.resource.attribute("Arn")
    if found is None or not isinstance(arn, (str, Text)):
        return pattern
    places = {"region": api.stack.region, "account": api.stack.account}
    if any(known is not None and found[name] != known for name, known in places.items()):
        return pattern
    own = concatenate((arn, found["rest"]))
    return own if isinstance(own, (str, Text)) else pattern
