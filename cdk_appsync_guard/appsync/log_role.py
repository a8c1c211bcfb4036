"""The role that AppSync writes an API's logs with, who may assume it and whether it may write.

In: the role as ``LogConfig`` names it, and all stacks. Out: short words for facts, or Unknown. What
lies outside the input, such as a role given as a literal ARN, is ``elsewhere``: no option can
decide it.
https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from cdk_appsync_guard.iam.arn_match import matches
from cdk_appsync_guard.iam.principals import Document, Principal, Principals
from cdk_appsync_guard.iam.service_trust import read_trust
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import (
    Hole,
    Text,
    Unknown,
    Value,
    concatenate,
    unknown_of,
)

__all__ = ["LogRole", "log_group_name", "read_log_role"]

_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")
_CREATES_GROUP = "logs:CreateLogGroup"
_PARTITION, _REGION, _ACCOUNT = (
    Text((Hole("pseudo", name),)) for name in ("AWS::Partition", "AWS::Region", "AWS::AccountId")
)


LogTrust: TypeAlias = Literal["appsync", "another-service", "nobody", "elsewhere"]
LogWrites: TypeAlias = Literal["yes", "no", "elsewhere"]


@dataclass(frozen=True, slots=True)
class LogRole:
    """What is known of the role.

    ``trust`` is appsync, another-service, ``nobody``, or elsewhere; ``writes`` is yes, no, or
    elsewhere.
    ``service`` is the other service that may assume it. ``resource`` is the role, if it is here.
    ``lacks`` are the actions that are certainly not allowed. ``misnamed`` is the ARN of a managed
    policy that does not exist, and ``meant`` the one that does.
    """

    trust: LogTrust | Unknown | None
    writes: LogWrites | Unknown | None
    service: str | None = None
    resource: Resource | None = None
    lacks: tuple[str, ...] = ()
    misnamed: str | None = None
    meant: str | None = None


def log_group_name(api: Resource) -> Value:
    """Return the name that AppSync gives the log group of an API."""
    return concatenate(("/aws/appsync/apis/", api.attribute("ApiId")))


def read_log_role(
    role: Value, api: Resource, stacks: tuple[Stack, ...], principals: Principals
) -> LogRole:
    """Return what the stacks tell of the role that ``CloudWatchLogsRoleArn`` names."""
    trust = read_trust(role, api.stack, "appsync")
    word = "appsync" if trust.word == "trusted" else trust.word
    writer = principals.of(trust.resource) if trust.resource is not None else None
    if writer is None:
        return LogRole(word, word if isinstance(word, Unknown) else "elsewhere", trust.service)
    found = LogRole(word, "elsewhere", trust.service, trust.resource)
    misnamed = next((one for one in writer.documents if one.meant is not None), None)
    if misnamed is not None:
        return replace(found, misnamed=misnamed.name, meant=misnamed.meant)
    is_created = _is_created(api, stacks)
    actions = _ACTIONS if is_created is True else (*_ACTIONS, _CREATES_GROUP)
    writes, lacks = _read_writes(writer, actions, _log_group(api))
    if writes == "no" and isinstance(is_created, Unknown) and lacks == (_CREATES_GROUP,):
        return replace(found, writes=is_created)
    return replace(found, writes=writes, lacks=lacks)


def _read_writes(
    writer: Principal, actions: Sequence[str], group: Value
) -> tuple[LogWrites | Unknown, tuple[str, ...]]:
    """Return whether the role is allowed the actions on the API's log group, and what it lacks."""
    streams = concatenate((group, ":log-stream:*"))
    if isinstance(group, Unknown) or isinstance(streams, Unknown):
        return "elsewhere", ()
    within = {action: writer.may(action, streams).outcome for action in actions}
    if set(within.values()) == {"allowed"}:
        return "yes", ()
    limits = () if writer.boundary is None else (writer.boundary,)
    read = (*writer.documents, *limits, *writer.perhaps)
    reasons = (one.why_open for one in read if _can_be_given(one))
    unknown = next((reason for reason in reasons if reason is not None), None)
    if unknown is not None:
        return unknown, ()
    # The group without `:*`, or one in another region: not worth a false alarm.
    wide = {action: writer.may(action, group).outcome for action in actions}
    lacks = tuple(
        action for action in actions if within[action] == "denied" and wide[action] == "denied"
    )
    return ("no" if lacks else "elsewhere"), lacks


def _can_be_given(document: Document) -> bool:
    """Return whether what is not known of a policy could be given: parameters, or a stack."""
    ask = document.unknown.would_decide if document.unknown is not None else ""
    return document.resource is not None or ask.startswith("the stack")


def _is_created(api: Resource, stacks: tuple[Stack, ...]) -> bool | Unknown:
    """Return whether a template creates the log group of the API."""
    name = log_group_name(api)
    perhaps: Unknown | None = None
    for stack in stacks:
        for group in stack.of_type("AWS::Logs::LogGroup", "Custom::LogRetention"):
            named = group.get("LogGroupName")
            answer = _is_same(named, name, stack)
            if answer:
                return True
            if answer is None and perhaps is None:
                why = unknown_of(named) or Unknown("its name is not known")
                reason = f"`{group.logical_id}` might be the log group of the API: {why.reason}"
                perhaps = Unknown(reason, why.would_decide)
    return perhaps or False


def _is_same(named: Value, name: Value, stack: Stack) -> bool | None:
    """Return whether a log group's name is the one wanted; None if that depends on its holes."""
    if not isinstance(named, (str, Text)) or not isinstance(name, Text):
        return None if isinstance(named, Unknown) else False
    if named == name:
        return True
    holes = named.holes if isinstance(named, Text) else ()
    own = [stack.resource_of(Text((hole,))) for hole in holes]
    if any(target is not None and target[0].type == _API for target in own):
        return False  # the id of another API
    return None if matches(named, name) is None else False


def _log_group(api: Resource) -> Value:
    prefix = ("arn:", _PARTITION, ":logs:", _REGION, ":", _ACCOUNT, ":log-group:")
    return concatenate((*prefix, log_group_name(api)))


_API = "AWS::AppSync::GraphQLApi"
