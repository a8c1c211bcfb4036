"""The role that AppSync writes an API's logs with, who may assume it and whether it may write.

In: the role as ``LogConfig`` names it, and all stacks. Out: short words for facts, or Unknown. What
lies outside the input, such as a role given as a literal ARN, is ``elsewhere``: no option can
decide it.
https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cdk_appsync_guard.iam.trust import listed, read_trust
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

_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")
_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")
_PARTITION, _REGION, _ACCOUNT = (
    Text((Hole("pseudo", name),)) for name in ("AWS::Partition", "AWS::Region", "AWS::AccountId")
)

# Policies that AWS maintains and that let their bearer write any log.
_WRITES_LOGS = frozenset(
    {
        "AWSAppSyncPushToCloudWatchLogs",
        "AmazonAPIGatewayPushToCloudWatchLogs",
        "AdministratorAccess",
        "PowerUserAccess",
        "CloudWatchFullAccess",
        "CloudWatchFullAccessV2",
        "CloudWatchLogsFullAccess",
        "CloudWatchAgentServerPolicy",
        "AWSLambdaBasicExecutionRole",
        "AWSLambdaDynamoDBExecutionRole",
        "AWSLambdaKinesisExecutionRole",
        "AWSLambdaMSKExecutionRole",
        "AWSLambdaSQSQueueExecutionRole",
        "AWSLambdaVPCAccessExecutionRole",
    }
)
_WRITES_NOTHING = ("ReadOnlyAccess", "ReadOnlyAccessV2", "ViewOnlyAccess")


@dataclass(frozen=True, slots=True)
class LogRole:
    """What is known of the role.

    ``trust`` is appsync, another-service, nobody or elsewhere; ``writes`` is yes, no or elsewhere.
    ``service`` is the other service that may assume it. ``resource`` is the role, if it is here.
    """

    trust: str | Unknown
    writes: str | Unknown
    service: str | None = None
    resource: Resource | None = None


def log_group_name(api: Resource) -> Value:
    """Return the name that AppSync gives the log group of an API."""
    return concatenate(("/aws/appsync/apis/", api.attribute("ApiId")))


def read_log_role(role: Value, api: Resource, stacks: tuple[Stack, ...]) -> LogRole:
    """Return what the stacks tell of the role that ``CloudWatchLogsRoleArn`` names."""
    trust = read_trust(role, api.stack, "appsync")
    word = "appsync" if trust.word == "trusted" else trust.word
    if trust.resource is None:
        writes = word if isinstance(word, Unknown) else "elsewhere"
        return LogRole(word, writes, trust.service)
    writes = _read_writes(trust.resource, api, stacks)
    return LogRole(word, writes, trust.service, trust.resource)


def _read_writes(role: Resource, api: Resource, stacks: tuple[Stack, ...]) -> str | Unknown:
    documents: list[Value] = []
    outside = False
    for arn in listed(role.get("ManagedPolicyArns")):
        if arn is None:
            continue
        name = str(arn).rpartition("/")[2] if isinstance(arn, (str, Text)) else ""
        declared = role.stack.resource_of(arn)
        if name in _WRITES_LOGS:
            return "yes"
        if declared is not None:
            documents.append(declared[0].get("PolicyDocument"))
        elif unknown_of(arn) is not None and _would_decide(arn):
            documents.append(unknown_of(arn))
        else:
            outside = outside or not name.endswith(_WRITES_NOTHING)
    attached, perhaps = _attached(role, stacks)
    documents += (*_inline(role), *attached)
    return _judge(documents, _log_group(api), outside=outside or perhaps)


def _log_group(api: Resource) -> Value:
    prefix = ("arn:", _PARTITION, ":logs:", _REGION, ":", _ACCOUNT, ":log-group:")
    return concatenate((*prefix, log_group_name(api)))


def _would_decide(arn: Value) -> bool:
    """Return whether the stack that exports the policy could be given."""
    return isinstance(arn, Text) and arn.hole is not None and arn.hole.kind == "import"


def _inline(role: Resource) -> Iterator[Value]:
    for policy in listed(role.get("Policies")):
        if policy is not None:
            known = isinstance(policy, dict)
            yield policy.get("PolicyDocument") if known else unknown_of(policy)


def _attached(role: Resource, stacks: tuple[Stack, ...]) -> tuple[list[Value], bool]:
    """Return the documents of policies for the role, and whether there may be more of them."""
    names = [role.attribute(), role.get("RoleName")]
    documents: list[Value] = []
    perhaps = False
    for stack in stacks:
        for policy in stack.of_type(*_POLICIES):
            bearers = [*listed(policy.get("Roles")), policy.get("RoleName")]
            texts = [bearer for bearer in bearers if isinstance(bearer, (str, Text))]
            if any(text in names for text in texts):
                documents.append(policy.get("PolicyDocument"))
            elif len(texts) < sum(bearer is not None for bearer in bearers):
                perhaps = True
            else:
                perhaps = perhaps or any(map(_is_given_name, texts))
    return documents, perhaps


def _is_given_name(name: str | Text) -> bool:
    return isinstance(name, Text) and any(hole.kind != "attribute" for hole in name.holes)


def _judge(documents: list[Value], group: Value, *, outside: bool) -> str | Unknown:
    """Return whether the documents together allow both actions on the API's log group."""
    if isinstance(group, Unknown):
        return "elsewhere"
    if _may_write(documents, concatenate((group, ":log-stream:*"))) == {"allowed"}:
        return "yes"
    unknown = next((reason for each in documents if (reason := _first_unknown(each))), None)
    if unknown is not None:
        return unknown
    # The group without `:*`, or one in another region: not worth a false alarm.
    return "elsewhere" if outside or "denied" not in _may_write(documents, group) else "no"


def _may_write(documents: Sequence[Value], resource: Value) -> set[str]:
    from cdk_appsync_guard.iam.policies import (  # noqa: PLC0415 - few logs need it to start
        evaluate,
        statements_of,
    )

    policies = [statements_of(document) for document in documents]
    return {evaluate(policies, action, resource).outcome for action in _ACTIONS}


def _first_unknown(document: Value) -> Unknown | None:
    """Return why a policy's effects or actions cannot be known, None if they can."""
    if not isinstance(document, dict):
        return unknown_of(document)
    for statement in listed(document.get("Statement")):
        if not isinstance(statement, dict):
            return unknown_of(statement)
        for key in ("Effect", "Action", "NotAction"):
            for value in listed(statement.get(key)):
                reason = unknown_of(value)
                if reason is not None:
                    return reason
    return None
