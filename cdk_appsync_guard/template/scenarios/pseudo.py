"""Values that CloudFormation itself provides: pseudo parameters and ids of resources.

In: a name and where the stack is deployed. Out: the value, with holes for what only a deployment
tells. ``look_up`` says what a scenario assumes about a hole.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from cdk_appsync_guard.template.inputs.assembly import SourceStack
from cdk_appsync_guard.template.scenarios.deployment import Layout
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown, Value, concatenate

__all__ = ["attribute_value", "pseudo_value"]

LookUp: TypeAlias = Callable[[Hole], Value]

_API = "AWS::AppSync::GraphQLApi"
_HOLD_ANYTHING = ("CloudFormation", "SSM", "Serverless")  # outputs, stored values, untranslated SAM

# https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
_SUFFIXES = {"cn-": "amazonaws.com.cn"}


def pseudo_value(name: str, layout: Layout, source: SourceStack, look_up: LookUp) -> Value:
    """Return the value of a pseudo parameter in a stack, None for ``AWS::NoValue``."""
    if name == "AWS::NoValue":
        return None
    if name == "AWS::Region":
        return layout.region(source) or look_up(Hole("pseudo", name))
    if name == "AWS::AccountId":
        return layout.account(source) or look_up(Hole("pseudo", name))
    if name in ("AWS::Partition", "AWS::URLSuffix"):
        region = pseudo_value("AWS::Region", layout, source, look_up)
        if not isinstance(region, str):
            return look_up(Hole("pseudo", name))
        if name == "AWS::Partition":
            return _by_region(_PARTITIONS, region, "aws")
        return _by_region(_SUFFIXES, region, "amazonaws.com")
    if name == "AWS::StackName" and source.stack_name:
        return source.stack_name
    if name in ("AWS::StackName", "AWS::StackId"):
        return look_up(Hole("pseudo", name, source.id))
    if name == "AWS::NotificationARNs":
        return Unknown(f"`{name}` is only known at deployment", "nothing before deployment")
    return Unknown(f"`{name}` is not a pseudo parameter", "a valid template")


def attribute_value(
    logical_id: str, name: str, type_: object, source: SourceStack, pseudo: Callable[[str], Value]
) -> Value:
    """Return what ``Ref`` (no name) or ``Fn::GetAtt`` on a resource of this type gives.

    ``Ref`` and ``Arn`` of a GraphQL API are its ARN.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-appsync-graphqlapi.html
    """
    if type_ != _API or name not in ("", "Arn"):
        whole = f"{logical_id}.{name}" if name else logical_id
        return Text((Hole("attribute", whole, source.id, service=_service(type_)),))
    api_id = Text((Hole("attribute", f"{logical_id}.ApiId", source.id, service="AppSync"),))
    partition, region, account = map(pseudo, ("AWS::Partition", "AWS::Region", "AWS::AccountId"))
    return concatenate(["arn:", partition, ":appsync:", region, ":", account, ":apis/", api_id])


def _service(type_: object) -> str:
    """Return the service that assigns a resource's attributes; empty if they may hold anything."""
    match str(type_).split("::"):
        case ["AWS", service, _] if service not in _HOLD_ANYTHING:
            return service
    return ""


def _by_region(table: dict[str, str], region: str, otherwise: str) -> str:
    found = (value for prefix, value in table.items() if region.startswith(prefix))
    return next(found, otherwise)
