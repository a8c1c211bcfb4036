"""A reference in a property → whether it is of the kind that the property takes.

In: a resolved value and a kind, such as the ARN of a role. Out: what the value is instead, in
words; None if it is right, or if nothing tells; Unknown if only some of what it could be is wrong.
What a parameter without a value holds is asked once it has one.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cdk_appsync_guard.iam.arn_match import split_arn
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown, Value, display, unknown_of

__all__ = [
    "API_ID",
    "API_REFERENCE",
    "BUS_ARN",
    "CLUSTER_ARN",
    "ENDPOINT",
    "FUNCTION_ARN",
    "POOL_ID",
    "ROLE_ARN",
    "SECRET_ARN",
    "TABLE_NAME",
    "URL",
    "Kind",
    "find_mismatch",
]

_NOTHING = ("", "NONE")  # the default of Amplify's parameters, which its deployments fill in
_API = "AWS::AppSync::GraphQLApi"
_ROLE = "AWS::IAM::Role"
_TABLES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a property takes.

    ``right`` are the resource types and attributes that give it ("" for ``Ref``); other types give
    it by an attribute that ends like ``suffix``. ``forms`` are arn, plain and url, ``service`` is
    that in the ARN, ``pattern`` that of a literal. ``is_chosen`` says that people choose it, so
    that it can be the same as a logical id.
    """

    words: str
    right: tuple[tuple[str, str], ...]
    suffix: str | tuple[str, ...]
    forms: tuple[str, ...]
    service: str = ""
    pattern: re.Pattern[str] | None = None
    is_chosen: bool = False


API_ID = Kind(
    "the id of an API",
    ((_API, "ApiId"), ("AWS::AppSync::Api", "ApiId")),
    "ApiId",
    ("plain",),
)
API_REFERENCE = Kind(
    "the id or the ARN of an API",
    ((_API, "ApiId"), (_API, "Arn"), (_API, "")),
    "ApiId",
    ("plain", "arn"),
    "appsync",
)
ROLE_ARN = Kind("the ARN of a role", ((_ROLE, "Arn"),), "RoleArn", ("arn",), "iam")
FUNCTION_ARN = Kind(
    "the ARN of a function",
    (
        ("AWS::Lambda::Function", "Arn"),
        ("AWS::Lambda::Version", ""),
        ("AWS::Lambda::Version", "FunctionArn"),
        ("AWS::Lambda::Alias", ""),
        ("AWS::Lambda::Alias", "AliasArn"),
    ),
    "FunctionArn",
    ("arn",),
    "lambda",
)
BUS_ARN = Kind(
    "the ARN of an event bus", (("AWS::Events::EventBus", "Arn"),), "BusArn", ("arn",), "events"
)
POOL_ID = Kind(
    "the id of a user pool",
    (("AWS::Cognito::UserPool", ""), ("AWS::Cognito::UserPool", "UserPoolId")),
    "UserPoolId",
    ("plain",),
    pattern=re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d_[0-9A-Za-z]+"),
)
# DynamoDB takes the ARN of a table for its name.
TABLE_NAME = Kind(
    "the name of a table",
    tuple((type_, name) for type_ in _TABLES for name in ("", "Arn")),
    ("TableName", "Name"),
    ("plain", "arn"),
    "dynamodb",
    is_chosen=True,
)
CLUSTER_ARN = Kind(
    "the ARN of a database cluster",
    (("AWS::RDS::DBCluster", "DBClusterArn"),),
    "ClusterArn",
    ("arn",),
    "rds",
)
SECRET_ARN = Kind(
    "the ARN of a secret",
    (
        ("AWS::SecretsManager::Secret", ""),
        ("AWS::SecretsManager::Secret", "Id"),
        ("AWS::SecretsManager::SecretTargetAttachment", ""),
    ),
    ("SecretArn", "SecretFullArn"),
    ("arn",),
    "secretsmanager",
)
ENDPOINT = Kind(
    "an endpoint", (), ("Url", "URL", "Uri", "Endpoint", "EndpointV2"), ("url", "plain")
)
URL = Kind(
    "a URL with `https://` or `http://`",
    ((_API, "GraphQLUrl"), ("AWS::SQS::Queue", ""), ("AWS::SQS::Queue", "QueueUrl")),
    ("Url", "URL", "Uri", "Endpoint"),
    ("url",),
)


def find_mismatch(value: Value, kind: Kind, stack: Stack) -> str | Unknown | None:
    """Return what the value is, in words, if it is not of the kind."""
    open_ = unknown_of(value)
    if open_ is not None and open_.could_be is not None:
        return _find_in_possibilities(open_, kind, stack)
    if isinstance(value, str):
        return None if value in _NOTHING else _judge_literal(value, kind, stack)
    if not isinstance(value, Text):
        return None
    target = stack.resource_of(value)
    if target is None:
        return _judge_text(value, kind, stack)
    return _judge_resource(*target, value.holes[-1], kind)


def _find_in_possibilities(value: Unknown, kind: Kind, stack: Stack) -> str | Unknown | None:
    answers = [find_mismatch(one, kind, stack) for one in value.could_be or ()]
    wrong = [one for one in answers if isinstance(one, str)]
    if not wrong:
        return next((one for one in answers if isinstance(one, Unknown)), None)
    if len(wrong) == len(answers):
        return wrong[0]
    return Unknown(value.reason, value.would_decide)


def _judge_resource(resource: Resource, attribute: str, hole: Hole, kind: Kind) -> str | None:
    if not hole.service or (resource.type, attribute) in kind.right:
        return None
    own = any(type_ == resource.type for type_, _ in kind.right)
    if not own and attribute.endswith(kind.suffix):
        return None
    words = f"{_gives(resource, attribute)} the {_noun(resource)} `{resource.logical_id}`"
    if not own:
        return words
    right = next(name for type_, name in kind.right if type_ == resource.type)
    fix = f"`!GetAtt {resource.logical_id}.{right}`" if right else f"`!Ref {resource.logical_id}`"
    return f"{words} ({fix} gives the other)"


def _judge_text(value: Text, kind: Kind, stack: Stack) -> str | None:
    """Judge a string of several parts by how it begins, if that is written."""
    start = value.parts[0]
    if not isinstance(start, str):
        return None
    if _form(start) == "arn":
        parts = split_arn(value)
        service = parts[2] if len(parts) > len(("arn", "partition")) else None
        return _judge_arn(service, display(value), kind)
    if _form(start) == "url":
        return None if "url" in kind.forms else f"the URL `{display(value)}`"
    if "plain" in kind.forms or any(begin.startswith(start) for begin in _BEGIN):
        return None
    return _judge_literal(display(value), kind, stack)


def _judge_literal(value: str, kind: Kind, stack: Stack) -> str | None:
    form = _form(value)
    if form == "arn":
        parts = split_arn(value)
        return _judge_arn(parts[2] if len(parts) > len(("arn", "partition")) else "", value, kind)
    if form == "url":
        return None if "url" in kind.forms else f"the URL `{value}`"
    if form not in kind.forms:
        return f"`{value}`, which is not {'a URL' if 'url' in kind.forms else 'an ARN'}"
    if kind.pattern is not None:
        return None if kind.pattern.fullmatch(value) else f"`{value}`, which does not look like one"
    named = None if kind.is_chosen else stack.resource(value)
    if named is not None and any(named.type == type_ for type_, _ in kind.right):
        return f"`{value}`, which is a logical id"
    return None


def _judge_arn(service: Value, shown: str, kind: Kind) -> str | None:
    if "arn" not in kind.forms:
        return f"the ARN `{shown}`"
    if not isinstance(service, str) or service == kind.service:
        return None
    return f"the ARN `{shown}`, which belongs to `{service}`"


def _form(start: str) -> str:
    if start.startswith("arn:"):
        return "arn"
    return "url" if start.lower().startswith(_BEGIN[1:]) else "plain"


def _gives(resource: Resource, attribute: str) -> str:
    """Return what an attribute is, or what ``Ref`` gives, in words."""
    if not attribute:
        return _REF_GIVES.get(resource.type, "what `Ref` gives for")
    ending = next((end for end in _ENDINGS if attribute.endswith(end)), None)
    if ending == "Arn" and attribute not in ("Arn", f"{resource.type.rpartition('::')[2]}Arn"):
        ending = None  # of something that belongs to it, such as a stream
    return f"{_ENDINGS[ending]} of" if ending else f"the attribute `{attribute}` of"


def _noun(resource: Resource) -> str:
    return _NOUNS.get(resource.type) or resource.type


_BEGIN = ("arn:", "https://", "http://", "wss://")
_ENDINGS = {
    "Arn": "the ARN",
    "Id": "the id",
    "Name": "the name",
    "Url": "the URL",
    "URL": "the URL",
    "Dns": "the domain",
}
_NOUNS = {
    _API: "API",
    _ROLE: "role",
    "AWS::AppSync::Api": "Event API",
    "AWS::AppSync::DataSource": "data source",
    "AWS::AppSync::GraphQLSchema": "schema",
    "AWS::Cognito::IdentityPool": "identity pool",
    "AWS::Cognito::UserPool": "user pool",
    "AWS::Cognito::UserPoolClient": "app client",
    "AWS::DynamoDB::GlobalTable": "table",
    "AWS::DynamoDB::Table": "table",
    "AWS::Events::EventBus": "event bus",
    "AWS::Lambda::Alias": "alias",
    "AWS::Lambda::Function": "function",
    "AWS::Logs::LogGroup": "log group",
    "AWS::RDS::DBCluster": "database cluster",
    "AWS::SecretsManager::Secret": "secret",
}
_REF_GIVES = {
    _API: "the ARN of",
    _ROLE: "the name of",
    "AWS::AppSync::Api": "the ARN of",
    "AWS::AppSync::DataSource": "the ARN of",
    "AWS::Cognito::IdentityPool": "the id of",
    "AWS::Cognito::UserPool": "the id of",
    "AWS::Cognito::UserPoolClient": "the id of",
    "AWS::DynamoDB::GlobalTable": "the name of",
    "AWS::DynamoDB::Table": "the name of",
    "AWS::Events::EventBus": "the name of",
    "AWS::Lambda::Function": "the name of",
    "AWS::Logs::LogGroup": "the name of",
    "AWS::RDS::DBCluster": "the id of",
    "AWS::S3::Bucket": "the name of",
    "AWS::SecretsManager::Secret": "the ARN of",
}
