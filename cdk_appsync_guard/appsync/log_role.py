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
_CREATES_GROUP = "logs:CreateLogGroup"
_MISNAMED = ":iam::aws:policy/AWSAppSyncPushToCloudWatchLogs"  # its path is `service-role/`
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
_ALL_LOGS: Value = {"Statement": {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}}
_WRITES_NOTHING = ("ReadOnlyAccess", "ReadOnlyAccessV2", "ViewOnlyAccess")


@dataclass(frozen=True, slots=True)
class LogRole:
    """What is known of the role.

    ``trust`` is appsync, another-service, nobody or elsewhere; ``writes`` is yes, no or elsewhere.
    ``service`` is the other service that may assume it. ``resource`` is the role, if it is here.
    ``lacks`` are the actions that are certainly not allowed. ``misnamed`` is the ARN of a managed
    policy that does not exist.
    """

    trust: str | Unknown
    writes: str | Unknown
    service: str | None = None
    resource: Resource | None = None
    lacks: tuple[str, ...] = ()
    misnamed: str | None = None


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
    arns = [str(arn) for arn in listed(trust.resource.get("ManagedPolicyArns")) if arn is not None]
    misnamed = next((arn for arn in arns if arn.endswith(_MISNAMED)), None)
    if misnamed is not None:
        return LogRole(word, "elsewhere", trust.service, trust.resource, (), misnamed)
    writes, lacks = _read_writes(trust.resource, api, stacks)
    return LogRole(word, writes, trust.service, trust.resource, lacks)


def _read_writes(
    role: Resource, api: Resource, stacks: tuple[Stack, ...]
) -> tuple[str | Unknown, tuple[str, ...]]:
    documents: list[Value] = []
    limit, is_limited = _boundary(role)
    outside = False
    for arn in listed(role.get("ManagedPolicyArns")):
        if arn is None:
            continue
        name = str(arn).rpartition("/")[2] if isinstance(arn, (str, Text)) else ""
        declared = role.stack.resource_of(arn)
        if name in _WRITES_LOGS:
            documents.append(_ALL_LOGS)
            continue
        if declared is not None:
            documents.append(declared[0].get("PolicyDocument"))
        elif unknown_of(arn) is not None and _would_decide(arn):
            documents.append(unknown_of(arn))
        else:
            outside = outside or not name.endswith(_WRITES_NOTHING)
    attached, perhaps = _attached(role, stacks)
    documents += (*_inline(role), *attached)
    limits = (limit,) if is_limited else ()
    actions = _ACTIONS if _is_declared(api, stacks) else (*_ACTIONS, _CREATES_GROUP)
    return _judge(documents, limits, actions, _log_group(api), outside=outside or perhaps)


def _boundary(role: Resource) -> tuple[Value, bool]:
    """Return the document of the permissions boundary, and whether there is one that limits."""
    arn = role.get("PermissionsBoundary")
    declared = role.stack.resource_of(arn)
    if declared is not None:
        return declared[0].get("PolicyDocument"), True
    name = str(arn).rpartition("/")[2] if isinstance(arn, (str, Text)) else ""
    if arn is None or name in _WRITES_LOGS:
        return None, False
    return unknown_of(arn) or Unknown("the boundary is not among the inputs"), True


def _is_declared(api: Resource, stacks: tuple[Stack, ...]) -> bool:
    """Return whether a template creates the log group, or something that may be it."""
    name = log_group_name(api)
    return any(
        group.get("LogGroupName") == name or unknown_of(group.get("LogGroupName")) is not None
        for stack in stacks
        for group in stack.of_type("AWS::Logs::LogGroup", "Custom::LogRetention")
    )


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


def _judge(
    documents: list[Value],
    limits: tuple[Value, ...],
    actions: tuple[str, ...],
    group: Value,
    *,
    outside: bool,
) -> tuple[str | Unknown, tuple[str, ...]]:
    """Return whether the documents allow the actions on the API's log group, and what they lack."""
    if isinstance(group, Unknown):
        return "elsewhere", ()
    within = _outcomes(documents, limits, actions, concatenate((group, ":log-stream:*")))
    if set(within.values()) == {"allowed"}:
        return "yes", ()
    reasons = (_first_unknown(each) for each in (*documents, *limits))
    unknown = next((reason for reason in reasons if reason), None)
    if unknown is not None:
        return unknown, ()
    # The group without `:*`, or one in another region: not worth a false alarm.
    wide = _outcomes(documents, limits, actions, group)
    lacks = tuple(
        action for action in actions if within[action] == "denied" and wide[action] == "denied"
    )
    return ("elsewhere" if outside or not lacks else "no"), lacks


def _outcomes(
    documents: Sequence[Value], limits: Sequence[Value], actions: Sequence[str], resource: Value
) -> dict[str, str]:
    from cdk_appsync_guard.iam.policies import (  # noqa: PLC0415 - few logs need it to start
        evaluate,
        statements_of,
    )

    policies = [statements_of(document) for document in documents]
    bounds = [[statements_of(limit)] for limit in limits]
    return {
        action: evaluate(policies, action, resource, None, *bounds).outcome for action in actions
    }


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
