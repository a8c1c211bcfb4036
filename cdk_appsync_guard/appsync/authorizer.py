"""The Lambda function that authorizes an API's callers, and whether AppSync may invoke it.

In: the ``AuthorizerUri`` and all stacks. Out: the function, its account, and what its permissions
say. A function that is not in the input may have permissions there: that stays Unknown.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from cdk_appsync_guard.iam.arn_match import matches, split_arn
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import (
    Hole,
    Text,
    Unknown,
    Value,
    concatenate,
    unknown_of,
)

__all__ = ["Authorizer", "Permission", "read_authorizer", "read_permission"]

_FUNCTION = "AWS::Lambda::Function"
_ALIAS = "AWS::Lambda::Alias"
_VERSION = "AWS::Lambda::Version"
_PERMISSION = "AWS::Lambda::Permission"
_INVOKES = ("lambda:invokefunction", "lambda:*", "*")
_PASSES_VALUES_ON = ("AWS::CloudFormation::", "AWS::Serverless::", "Custom::")
_ARN_PARTS = 7  # arn:partition:lambda:region:account:function:name, and perhaps a qualifier


@dataclass(frozen=True, slots=True)
class Authorizer:
    """What an ARN or a name means.

    ``function`` is the resource if it is in the input, else the name as written; ``qualifier``
    the version or alias, None for the function itself. ``problem`` says why a URI is none.
    """

    function: Resource | str | Text | Unknown
    qualifier: Value = None
    account: Value = None
    problem: str = ""

    @property
    def name(self) -> str:
        """How a message calls it."""
        if isinstance(self.function, Unknown):
            return "(unknown)"
        named = self.function
        base = named.logical_id if isinstance(named, Resource) else str(named)
        return f"{base}:{self.qualifier}" if isinstance(self.qualifier, (str, Text)) else base


_Miss: TypeAlias = Literal["other-api", "other-qualifier", "other-account"]
_NEAR_MISSES: tuple[_Miss, ...] = ("other-qualifier", "other-api", "other-account")


@dataclass(frozen=True, slots=True)
class Permission:
    """``word`` is granted, missing, other-api, other-qualifier or other-account.

    ``instead`` says what is permitted, if that is not what is needed.
    """

    word: Literal["granted", "missing"] | _Miss | Unknown
    instead: str | None = None


def read_authorizer(uri: Value, stack: Stack, stacks: tuple[Stack, ...]) -> Authorizer:
    """Return the function that an ``AuthorizerUri`` names."""
    target = stack.resource_of(uri)
    if target is not None and target[0].type == _FUNCTION and target[1] == "":
        name = target[0].logical_id
        return Authorizer(target[0], problem=f"that is the name of `{name}`, not its ARN")
    found = _read(uri, stack, stacks)
    literal = uri.parts[0] if isinstance(uri, Text) else uri
    if isinstance(literal, str) and not found.problem and not literal.startswith("arn:"):
        return replace(found, problem="it is not an ARN")
    return found


def read_permission(wanted: Authorizer, api: Resource, stacks: tuple[Stack, ...]) -> Permission:
    """Return what the permissions of all stacks let AppSync invoke for the API."""
    unsure: Unknown | None = None
    missed: dict[str, str] = {}
    for stack in stacks:
        for resource in stack.of_type(_PERMISSION):
            word, detail = _judge(resource, wanted, api, stacks)
            if word == "granted":
                return Permission("granted")
            if isinstance(word, Unknown):
                unsure = unsure or word
            elif word:
                missed.setdefault(word, detail)
    if unsure is not None:
        return Permission(Unknown(unsure.reason, unsure.would_decide))
    if isinstance(wanted.function, Resource):
        nearest = next((miss for miss in _NEAR_MISSES if miss in missed), None)
        return Permission(nearest or "missing", missed.get(nearest or "other-principal"))
    reason = f"neither the function `{wanted.name}` nor its permissions are in the input"
    if isinstance(wanted.function, Unknown):
        reason = wanted.function.reason
    return Permission(Unknown(reason, "the stack that declares it", ("granted", "missing")))


def _read(
    value: Value, stack: Stack, stacks: tuple[Stack, ...], *, follow: bool = True
) -> Authorizer:
    """Return what a function's ARN or name, with or without a qualifier, means."""
    if not isinstance(value, (str, Text)):
        return Authorizer(unknown_of(value) or Unknown("it is not a string"))
    target = stack.resource_of(value)
    if target is not None:
        return _read_resource(*target, value, stacks, follow=follow)
    parts = split_arn(value)
    if parts[0] == "arn":
        return _read_arn(parts, stack, stacks, follow=follow)
    if len(parts) > 1:
        qualifier = concatenate(parts[1:]) if len(parts) == 2 else Unknown("its form is unusual")  # noqa: PLR2004
        base = _read(parts[0], stack, stacks, follow=follow)
        return replace(base, qualifier=_qualifier(qualifier))
    return Authorizer(_by_name(value, stacks))


def _read_resource(
    resource: Resource,
    attribute: str,
    value: str | Text,
    stacks: tuple[Stack, ...],
    *,
    follow: bool,
) -> Authorizer:
    if resource.type == _FUNCTION and attribute in ("", "Arn"):
        return Authorizer(resource, account=resource.stack.account)
    if resource.type in (_ALIAS, _VERSION) and follow:  # an alias of an alias there is not
        base = _read(resource.get("FunctionName"), resource.stack, stacks, follow=False)
        if resource.type == _ALIAS and attribute in ("", "AliasArn"):
            return replace(base, qualifier=resource.get("Name"))
        if attribute in ("", "FunctionArn"):
            return replace(base, qualifier=resource.attribute("Version"))
    passes_on = resource.type.startswith(_PASSES_VALUES_ON)
    problem = "" if passes_on else f"it names a different resource, an {resource.type}"
    if resource.type in (_FUNCTION, _ALIAS, _VERSION):
        problem = f"it is the `{attribute}` of `{resource.logical_id}`"
    return Authorizer(value, problem=problem)


def _read_arn(
    parts: list[str | Text], stack: Stack, stacks: tuple[Stack, ...], *, follow: bool
) -> Authorizer:
    if len(parts) > 2 and isinstance(parts[2], str) and parts[2] != "lambda":  # noqa: PLR2004
        wrong = f"it is an ARN of the service `{parts[2]}`, not of a Lambda function"
        return Authorizer(_joined(parts), problem=wrong)
    if len(parts) < _ARN_PARTS:
        open_ = any(isinstance(part, Text) for part in parts)
        problem = "" if open_ else "it is not a complete ARN of a function"
        return Authorizer(_joined(parts), problem=problem)
    if isinstance(parts[5], str) and parts[5] != "function":
        return Authorizer(_joined(parts), problem=f"it is the ARN of a {parts[5]}")
    base = _read(parts[6], stack, stacks, follow=follow)
    qualifier = parts[7] if len(parts) > _ARN_PARTS else None
    return replace(base, qualifier=_qualifier(qualifier), account=parts[4])


def _joined(parts: list[str | Text]) -> str | Text | Unknown:
    return concatenate(piece for part in parts for piece in (":", part))


def _qualifier(value: Value) -> Value:
    return None if value == "$LATEST" else value


def _by_name(name: str | Text, stacks: tuple[Stack, ...]) -> Resource | str | Text:
    for stack in stacks:
        for function in stack.of_type(_FUNCTION):
            if function.get("FunctionName") == name:
                return function
    return name


def _judge(
    permission: Resource, wanted: Authorizer, api: Resource, stacks: tuple[Stack, ...]
) -> tuple[str | Unknown, str]:
    """Return what one permission is to the API: granted, a near miss, "" for nothing."""
    named = _read(permission.get("FunctionName"), permission.stack, stacks)
    same = _same_function(named, wanted)
    if same is False or _is_invocation(permission.get("Action")) is False:
        return "", ""
    principal = permission.get("Principal")
    if isinstance(principal, str) and principal != "*" and not principal.startswith("appsync."):
        words = f"`{principal}` can invoke it instead"
        return ("other-principal", words) if principal.count(".") else ("", "")
    qualified = _same_qualifier(named.qualifier, wanted.qualifier)
    if same and qualified is False:
        shown = f"`{named.name}`"
        return "other-qualifier", shown
    answers = {
        "other-api": _names_api(permission, api),
        "other-account": _names_account(permission.get("SourceAccount"), api.stack),
    }
    properties = {"other-api": "SourceArn", "other-account": "SourceAccount"}
    for word, answer in answers.items():
        if same and answer is False:
            return word, f"`{permission.get(properties[word])}`"
    if False in (qualified, *answers.values()):
        return "", ""
    known = isinstance(principal, (str, Text)) and str(principal).startswith(("appsync.", "*"))
    if same and known and qualified and all(answers.values()):
        return "granted", ""
    whys = (unknown_of(permission.get(name)) for name in ("Principal", "FunctionName", "SourceArn"))
    why = next((why for why in whys if why is not None), None)
    reason = f"`{permission.logical_id}` might permit it"
    return Unknown(
        f"{reason}: {why.reason}" if why else reason,
        why.would_decide if why else "the whole permission in the template",
    ), ""


def _is_invocation(action: Value) -> bool | None:
    return action.lower() in _INVOKES if isinstance(action, str) else None


def _same_function(named: Authorizer, wanted: Authorizer) -> bool | None:
    one, other = named.function, wanted.function
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return None
    if one is other or (not isinstance(one, Resource) and one == other):
        return True
    # A name that a deployment decides may be that of any function that is not in the input.
    return None if isinstance(one, Text) or isinstance(other, Text) else False


def _same_qualifier(one: Value, other: Value) -> bool | None:
    if one is None or other is None:
        return one is other
    if not isinstance(one, Unknown) and one == other:
        return True
    return False if isinstance(one, str) and isinstance(other, str) else None


def _names_api(permission: Resource, api: Resource) -> bool | None:
    """Return whether the permission's ``SourceArn`` is the API's, or leaves it open."""
    source = permission.get("SourceArn")
    if source is None:
        return True
    arn, own = api.attribute("Arn"), api.attribute("ApiId")
    if not isinstance(source, (str, Text)) or not isinstance(arn, Text):
        return None
    for hole in _holes(source):
        if Text((hole,)) == own:
            return matches(source, arn) is not False
        target = permission.stack.resource_of(Text((hole,)))
        if target is not None and not target[0].type.startswith(_PASSES_VALUES_ON):
            return False
    return matches(source, arn)


def _holes(value: str | Text) -> Iterator[Hole]:
    if isinstance(value, Text):
        yield from value.holes


def _names_account(account: Value, stack: Stack) -> bool | None:
    if account is None:
        return True
    if isinstance(account, str) and stack.account is not None:
        return account == stack.account
    is_own = isinstance(account, Text) and account.hole and account.hole.name == "AWS::AccountId"
    return True if is_own else None
