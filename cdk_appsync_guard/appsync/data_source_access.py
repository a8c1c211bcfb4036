"""What a data source's role must be allowed, whichever resolver uses it, and whether it is.

In: a data source, its role, and all stacks. Out: Access. No resolver is read: what is asked is
whether the role can do anything at all with what the data source stands for. What one operation
needs, ``Principal.may`` tells.
https://docs.aws.amazon.com/appsync/latest/devguide/tutorials.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from cdk_appsync_guard.appsync.authorizer import read_authorizer
from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import (
    Text,
    Unknown,
    Value,
    concatenate,
    unknown_of,
)

__all__ = ["Access", "Need", "needs_of", "operation_need", "read_access"]

_READS_AND_WRITES = tuple(
    f"dynamodb:{name}"
    for name in (
        *("GetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem"),
        *("BatchGetItem", "BatchWriteItem", "ConditionCheckItem"),
    )
)
_SEARCHES = tuple(f"es:ESHttp{method}" for method in ("Get", "Post", "Put", "Delete", "Head"))
_RUNS_SQL = ("rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement")
_TABLES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
_DOMAINS = ("AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain")
_ATTACHMENT = "AWS::SecretsManager::SecretTargetAttachment"
# Services that have one and the same name in signatures and in the actions of policies.
_SIGNED_AS_NAMED = frozenset(
    (
        *("bedrock", "comprehend", "dynamodb", "events", "execute-api", "kms", "lambda", "polly"),
        *("rekognition", "s3", "scheduler", "secretsmanager", "sns", "sqs", "ssm", "states"),
        *("textract", "translate"),
    )
)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a role must be allowed: any of the actions on any of the resources.

    Each resource is a tuple of ways to write its ARN. ``service`` is set instead if any action of a
    service may be what is needed. ``elsewhere`` says what else may allow it.
    """

    what: str
    actions: tuple[str, ...] = ()
    resources: tuple[tuple[str | Text, ...], ...] = ()
    service: str = ""
    elsewhere: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """``word`` is yes, no, or elsewhere; ``lacks`` is what is not allowed, in words."""

    word: Literal["yes", "no", "elsewhere"] | Unknown
    lacks: str | None = None


def read_access(role: Principal, needs: Iterable[Need]) -> Access:
    """Return whether the role is allowed what the data source needs."""
    open_: Unknown | None = None
    found = False
    for need in needs:
        found = True
        outcome = _ask(role, need)
        unknown = need.elsewhere if outcome == "denied" else None
        if outcome == "denied" and unknown is None:
            return Access("no", need.what)
        if outcome == "undecided":
            reasons = (document.why_open for document in (*role.documents, *role.perhaps))
            unknown = next((one for one in reasons if one is not None), _PARTLY)
        open_ = open_ or unknown
    return Access(open_ or ("yes" if found else "elsewhere"))


def needs_of(source: Resource, stacks: tuple[Stack, ...]) -> tuple[Need, ...]:
    """Return what the role of the data source must be allowed, as far as the templates tell."""
    reader = _READERS.get(str(source.get("Type")))
    return tuple(reader(source, stacks)) if reader is not None else ()


def operation_need(source: Resource, operation: str, index: str) -> Need | None:
    """Return what the role must be allowed for one operation on the table, or on its index.

    https://docs.aws.amazon.com/appsync/latest/devguide/tutorial-dynamodb-resolvers-js.html
    """
    action = _ACTIONS.get(operation)
    whole = next(_needs_table(source, ()), None)
    if action is None or whole is None:
        return None
    ways = whole.resources[0]
    on = whole.what.partition(" the ")[2]
    if index:
        ways = _texts(concatenate((way, "/index/", index)) for way in ways)
        on = f"index `{index}` of the {on}"
    what = f"`dynamodb:{action}` on the {on}"
    return Need(what, (f"dynamodb:{action}",), (ways,), elsewhere=whole.elsewhere)


_ACTIONS = {
    name: name for name in ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan")
}


def _ask(role: Principal, need: Need) -> str:
    if need.service:
        speaks = role.speaks_of(need.service)
        return "allowed" if speaks else "undecided" if speaks is None else "denied"
    verdicts = {
        role.may(action, *ways).outcome for ways in need.resources for action in need.actions
    }
    return next((one for one in ("allowed", "undecided") if one in verdicts), "denied")


_PARTLY = Unknown(
    "a policy of the role has a condition or a part that is not known",
    "the policy without conditions and unknown parts",
)


def _needs_table(source: Resource, _: tuple[Stack, ...]) -> Iterator[Need]:
    config = "DynamoDBConfig"
    if source.get(config, "UseCallerCredentials") not in (None, False, "false"):
        return
    name = source.get(config, "TableName")
    target = source.stack.resource_of(name)
    table = target[0] if target is not None and target[0].type in _TABLES else None
    names = [name] if table is None else [name, table.get("TableName")]
    region = source.get(config, "AwsRegion")
    named = (one for one in names if one is not None)
    ways = [_arn(source, "dynamodb", region, "table/", one) for one in named]
    if table is not None:
        ways.insert(0, table.attribute("Arn"))
    plain = _texts(ways)
    indexes = _texts(concatenate((way, "/index/*")) for way in plain)
    if plain:
        yield Need(
            f"any action that reads or writes the table `{table.logical_id if table else name}`",
            _READS_AND_WRITES,
            (plain, indexes),
            elsewhere=_has_policy(table, "ResourcePolicy"),
        )


def _needs_function(source: Resource, stacks: tuple[Stack, ...]) -> Iterator[Need]:
    written = source.get("LambdaConfig", "LambdaFunctionArn")
    read = read_authorizer(written, source.stack, stacks)
    if read.problem or isinstance(read.function, Unknown):
        return
    function = read.function if isinstance(read.function, Resource) else None
    bases = [_arn(source, "lambda", None, "function:", read.function)] if function is None else []
    if function is not None:
        bases = [function.attribute("Arn")]
        if function.get("FunctionName") is not None:
            bases.append(_arn(source, "lambda", None, "function:", function.get("FunctionName")))
    end = () if read.qualifier is None else (":", read.qualifier)
    ways = _texts((written, *(concatenate((base, *end)) for base in bases)))
    if ways:
        yield Need(
            f"`lambda:InvokeFunction` on the function `{read.name}`",
            ("lambda:InvokeFunction",),
            (ways,),
            elsewhere=_permits_roles(stacks),
        )


def _needs_domain(source: Resource, _: tuple[Stack, ...]) -> Iterator[Need]:
    is_old = source.get("Type") == "AMAZON_ELASTICSEARCH"
    endpoint = source.get(
        "ElasticsearchConfig" if is_old else "OpenSearchServiceConfig", "Endpoint"
    )
    last = Text((endpoint.holes[-1],)) if isinstance(endpoint, Text) else None
    target = source.stack.resource_of(last)
    if target is None or target[0].type not in _DOMAINS:
        return  # it may have an access policy of its own
    domain = target[0]
    arns = (domain.attribute(name) for name in ("Arn", "DomainArn"))
    yield Need(
        f"any request to the domain `{domain.logical_id}`",
        _SEARCHES,
        (_texts(concatenate((arn, "/*")) for arn in arns),),
        elsewhere=_has_policy(domain, "AccessPolicies"),
    )


def _needs_database(source: Resource, stacks: tuple[Stack, ...]) -> Iterator[Need]:
    config = ("RelationalDatabaseConfig", "RdsHttpEndpointConfig")
    cluster = source.get(*config, "DbClusterIdentifier")
    secret = source.get(*config, "AwsSecretStoreArn")
    if _is_arn(cluster):
        yield Need(f"any statement on the cluster `{cluster}`", _RUNS_SQL, ((cluster,),))
    if _is_arn(secret):
        target = source.stack.resource_of(secret)
        behind = target[0].get("SecretId") if target and target[0].type == _ATTACHMENT else None
        yield Need(
            f"`secretsmanager:GetSecretValue` on the secret `{secret}`",
            ("secretsmanager:GetSecretValue",),
            (_texts((secret, behind)),),
            elsewhere=_declared(stacks, "AWS::SecretsManager::ResourcePolicy"),
        )


def _needs_bus(source: Resource, stacks: tuple[Stack, ...]) -> Iterator[Need]:
    bus = source.get("EventBridgeConfig", "EventBusArn")
    if _is_arn(bus):
        yield Need(
            f"`events:PutEvents` on the event bus `{bus}`",
            ("events:PutEvents",),
            ((bus,),),
            elsewhere=_declared(stacks, "AWS::Events::EventBusPolicy"),
        )


def _needs_service(source: Resource, _: tuple[Stack, ...]) -> Iterator[Need]:
    config = ("HttpConfig", "AuthorizationConfig", "AwsIamConfig", "SigningServiceName")
    service = source.get(*config)
    if isinstance(service, str) and service in _SIGNED_AS_NAMED:
        yield Need(f"any action of `{service}`, which requests are signed for", service=service)


def _needs_model(_: Resource, __: tuple[Stack, ...]) -> Iterator[Need]:
    yield Need("any action of `bedrock`", service="bedrock")


_READERS = {
    "AMAZON_DYNAMODB": _needs_table,
    "AWS_LAMBDA": _needs_function,
    "AMAZON_OPENSEARCH_SERVICE": _needs_domain,
    "AMAZON_ELASTICSEARCH": _needs_domain,
    "RELATIONAL_DATABASE": _needs_database,
    "AMAZON_EVENTBRIDGE": _needs_bus,
    "HTTP": _needs_service,
    "AMAZON_BEDROCK_RUNTIME": _needs_model,
}


def _arn(source: Resource, service: str, region: Value, kind: str, name: Value) -> Value:
    partition, own_region, account = (
        source.stack.scope.refer(f"AWS::{one}", 0) for one in ("Partition", "Region", "AccountId")
    )
    place = region if isinstance(region, (str, Text)) else own_region
    return concatenate(("arn:", partition, f":{service}:", place, ":", account, ":", kind, name))


def _texts(values: Iterable[Value]) -> tuple[str | Text, ...]:
    return tuple(one for one in values if isinstance(one, (str, Text)))


def _is_arn(value: Value) -> bool:
    return isinstance(value, Text) or (isinstance(value, str) and value.startswith("arn:"))


def _has_policy(resource: Resource | None, name: str) -> Unknown | None:
    """Return why the resource itself may let the role in, None if it has no policy of its own."""
    if resource is None or resource.get(name) is None:
        return None
    reason = f"`{resource.logical_id}` has a policy of its own, `{name}`, which might allow it"
    return Unknown(reason, "a request")


def _declared(stacks: tuple[Stack, ...], kind: str) -> Unknown | None:
    policies = (one for stack in stacks for one in stack.of_type(kind))
    found = next(policies, None)
    if found is None:
        return None
    return Unknown(f"the policy `{found.logical_id}` might allow the role", "a request")


def _permits_roles(stacks: tuple[Stack, ...]) -> Unknown | None:
    """Return why a permission of a function may let a role in: most are for services."""
    for stack in stacks:
        for permission in stack.of_type("AWS::Lambda::Permission"):
            principal = permission.get("Principal")
            ends = (".amazonaws.com", ".${AWS::URLSuffix}")
            if not any(end in str(principal) for end in ends):
                why = unknown_of(principal)
                reason = f"`{permission.logical_id}` might allow the role"
                return Unknown(reason, why.would_decide if why else "a request")
    return None
