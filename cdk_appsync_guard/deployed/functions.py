"""Lambda functions that have to do with APIs: authorizers, and those that hold an address.

In: an Account and its APIs. Out: the policies of authorizers, and of all functions those whose
environment names an API; nothing else of an environment is kept, and no code is read.
https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cdk_appsync_guard.deployed.client import Account, Denied, Missing
from cdk_appsync_guard.deployed.draft import Draft
from cdk_appsync_guard.deployed.iam_details import document_of
from cdk_appsync_guard.deployed.reading import DeployedApi, Items

__all__ = ["addresses_of", "authorizers_of", "read_holders", "read_permissions", "write_functions"]

_PERMISSION = "AWS::Lambda::Permission"
_FUNCTION = "AWS::Lambda::Function"
_ARN_PARTS = 7
_LONGEST = 200  # of a parameter's name, with room below CloudFormation's 255
_CONDITIONS = {
    "aws:sourcearn": "SourceArn",
    "aws:sourceaccount": "SourceAccount",
    "aws:principalorgid": "PrincipalOrgID",
}


def authorizers_of(apis: Sequence[DeployedApi]) -> tuple[str, ...]:
    """Return the ARNs of the functions that authorize the APIs' callers."""
    found: dict[str, None] = {}
    for api in apis:
        more = api.configuration.get("additionalAuthenticationProviders") or ()
        for provider in (api.configuration, *more):
            uri = (provider.get("lambdaAuthorizerConfig") or {}).get("authorizerUri")
            found.update({uri: None} if isinstance(uri, str) else {})
    return tuple(found)


def read_permissions(account: Account, apis: Sequence[DeployedApi]) -> dict[str, Items]:
    """Return the statements of each authorizer's policy. Those of other accounts are not asked."""
    homes = {tuple(api.arn.split(":")[3:5]) for api in apis}
    return {
        arn: _statements(account, arn)
        for arn in authorizers_of(apis)
        if tuple(arn.split(":")[3:5]) in homes
    }


def read_holders(account: Account, apis: Sequence[DeployedApi]) -> Items:
    """Return the functions whose environment names an API, each with these variables alone."""
    listed = account.all("lambda:ListFunctions")
    if isinstance(listed, Denied):
        return listed
    known = addresses_of(apis)
    found = []
    for function in () if isinstance(listed, Missing) else listed:
        environment = (function.get("Environment") or {}).get("Variables") or {}
        kept = {key: value for key, value in environment.items() if value in known}
        if kept:
            found.append({**{key: function.get(key) for key in _KEPT}, "Variables": kept})
    return tuple(found)


def addresses_of(apis: Sequence[DeployedApi]) -> dict[str, tuple[str, str]]:
    """Return what APIs are called by: their ids, ARNs, and URLs, with id and attribute."""
    found: dict[str, tuple[str, str]] = {}
    for api in apis:
        uris = api.configuration.get("uris") or {}
        named = {"ApiId": api.id, "Arn": api.arn, "RealtimeUrl": uris.get("REALTIME")}
        found.update({text: (api.id, key) for key, text in named.items() if text})
        if uris.get("GRAPHQL"):
            found[uris["GRAPHQL"]] = (api.id, "GraphQLUrl")
    return found


def write_functions(
    draft: Draft,
    permissions: Mapping[str, Items],
    holders: Items,
    ids: Mapping[str, str],
) -> None:
    """Declare the functions, and what each authorizer's policy permits."""
    by_name = {str(one.get("FunctionName")): one for one in _listed(holders)}
    authorizers = {_name(arn): arn for arn, items in permissions.items() if _is_read(items)}
    for name in sorted({*by_name, *authorizers}):
        function = by_name.get(name, {})
        properties = {
            "FunctionName": name,
            "Role": draft.references.value(function.get("Role")),
            "Environment": _environment(draft, function),
        }
        draft.add(ids[name], _FUNCTION, properties)
    for arn, statements in sorted(permissions.items()):
        _write_permissions(draft, arn, statements)


def _write_permissions(draft: Draft, arn: str, statements: Items) -> None:
    name = _name(arn)
    if isinstance(statements, Denied):
        _write_unclear(draft, name, draft.need(statements))
        return
    if not all(map(_can_be_said, statements)):
        why = f"The policy of the function {name} has statements that no template can express."
        parameter = "PolicyOf" + "".join(filter(str.isalnum, name))
        _write_unclear(draft, name, draft.unclear(parameter[:_LONGEST], why))
        return
    for statement in statements:
        for properties in _permissions(draft, arn, statement):
            draft.add(draft.names.give(f"Permission{name}"), _PERMISSION, properties)


def _write_unclear(draft: Draft, name: str, function: Mapping[str, str]) -> None:
    """Declare a permission of AppSync's that may be for the function, or for none."""
    properties = {
        "FunctionName": function,
        "Action": "lambda:InvokeFunction",
        "Principal": "appsync.amazonaws.com",
    }
    draft.add(draft.names.give(f"Permission{name}"), _PERMISSION, properties)


def _can_be_said(statement: Mapping[str, Any]) -> bool:
    """Return whether permissions of CloudFormation can be as the statement: they only allow."""
    return (
        statement.get("Effect") == "Allow" and _conditions(statement.get("Condition")) is not None
    )


def _permissions(draft: Draft, arn: str, statement: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a statement permits."""
    conditions = _conditions(statement.get("Condition")) or {}
    principal = statement.get("Principal")
    named = principal.values() if isinstance(principal, dict) else [principal]
    for one in _flat(named):
        for action in _flat([statement.get("Action")]):
            yield {
                "FunctionName": draft.references.value(arn),
                "Action": action,
                "Principal": draft.references.value(one),
                **{key: draft.references.value(value) for key, value in conditions.items()},
            }


def _conditions(written: Any) -> dict[str, str] | None:
    """Return the conditions as properties, None if there is one that has no property."""
    found: dict[str, str] = {}
    for operands in (written or {}).values() if isinstance(written or {}, dict) else ():
        for key, value in operands.items() if isinstance(operands, dict) else ():
            name = _CONDITIONS.get(str(key).lower())
            if name is None or not isinstance(value, str):
                return None
            found[name] = value
    return found


def _statements(account: Account, arn: str) -> Items:
    """Return the policy's statements; a function without a policy permits nothing."""
    qualifier = arn.split(":")[_ARN_PARTS:]
    asked = {"FunctionName": ":".join(arn.split(":")[:_ARN_PARTS])}
    asked.update({"Qualifier": qualifier[0]} if qualifier else {})
    answer = account.get("lambda:GetPolicy", **asked)
    if isinstance(answer, Denied):
        return answer
    document = {} if isinstance(answer, Missing) else document_of(answer.get("Policy"))
    written = document.get("Statement") if isinstance(document, dict) else None
    statements = written if isinstance(written, list) else [written]
    return tuple(one for one in statements if isinstance(one, dict))


def _environment(draft: Draft, function: Mapping[str, Any]) -> dict[str, Any] | None:
    kept = function.get("Variables") or {}
    variables = {key: draft.references.value(value) for key, value in kept.items()}
    return {"Variables": variables} if variables else None


def _name(arn: str) -> str:
    parts = arn.split(":")
    return parts[_ARN_PARTS - 1] if len(parts) >= _ARN_PARTS else arn


def _flat(values: Any) -> Iterator[str]:
    for value in values:
        yield from value if isinstance(value, list) else [value] if value else []


def _listed(items: Items) -> tuple[dict[str, Any], ...]:
    return () if isinstance(items, Denied) else items


def _is_read(items: Items) -> bool:
    return not isinstance(items, Denied)


_KEPT = ("FunctionName", "FunctionArn", "Role")
