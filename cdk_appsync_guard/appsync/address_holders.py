"""Who is given the address of an API: programs, and services that send requests to it.

In: the stacks of one scenario. Out: Holder, with the value that holds the address. Only the URL or
the domain of an API is evidence that it is called, and for EventBridge the API that a rule targets;
an id or an ARN is given to whatever manages an API as well. Whether the calls succeed is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cdk_appsync_guard.appsync.api_clients import FUNCTION, holds_address
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown, Value, unknown_of

__all__ = ["HOLDER_TYPES", "Holder", "find_holders"]

_SERVICE = "AWS::AppRunner::Service"
_DATA_SOURCE = "AWS::AppSync::DataSource"
_BUILD = "AWS::CodeBuild::Project"
_RULE = "AWS::Events::Rule"
_TOPIC_RULE = "AWS::IoT::TopicRule"
_PROGRAMS = {
    FUNCTION: ("function", ("Role",)),
    "AWS::ECS::TaskDefinition": ("task", ("TaskRoleArn",)),
    "AWS::Batch::JobDefinition": ("job", ("ContainerProperties", "JobRoleArn")),
    _BUILD: ("build project", ("ServiceRole",)),
    _SERVICE: ("App Runner service", ("InstanceConfiguration", "InstanceRoleArn")),
}
HOLDER_TYPES = frozenset((*_PROGRAMS, _DATA_SOURCE, _RULE, _TOPIC_RULE))
_IMAGE = ("SourceConfiguration", "ImageRepository", "ImageConfiguration")
_CODE = ("SourceConfiguration", "CodeRepository", "CodeConfiguration", "CodeConfigurationValues")


@dataclass(frozen=True, slots=True)
class Holder:
    """Something that holds an address, and the role that it runs as or signs with.

    ``signs`` means that it calls in no other way than with IAM. ``inside_vpc`` tells whether its
    requests come from a VPC.
    """

    resource: Resource
    kind: str
    address: Value
    role: Value
    via: str
    signs: bool
    inside_vpc: bool | Unknown

    def is_given(self, api_id: Hole, domains: Sequence[str | Text] = ()) -> bool:
        """Return whether the address is that of the API with this id, and these own domains."""
        if self.resource.type != _RULE:
            return holds_address(self.address, api_id, domains)
        logical_id = api_id.name.rpartition(".")[0]
        return isinstance(self.address, Text) and any(
            hole.kind == "attribute"
            and hole.stack == api_id.stack
            and hole.name in (logical_id, f"{logical_id}.{hole.name.rpartition('.')[2]}")
            for hole in self.address.holes
        )


def find_holders(stack: Stack) -> Iterator[Holder]:
    """Yield everything in the stack that is given an address of some kind."""
    yield from _programs(stack)
    yield from _event_targets(stack)
    yield from _data_sources(stack)
    yield from _topic_rules(stack)


def _programs(stack: Stack) -> Iterator[Holder]:
    """Yield what runs code with environment variables and a role of its own."""
    for type_, (kind, role) in _PROGRAMS.items():
        for resource in stack.of_type(type_):
            for name, value in _variables(resource):
                if isinstance(value, (str, Text)):
                    via = f"{kind} `{resource.logical_id}` has its address in `{name}`"
                    inside = _is_inside(resource)
                    signer = resource.get(*role)
                    yield Holder(resource, kind, value, signer, via, signs=False, inside_vpc=inside)


def _variables(resource: Resource) -> Iterator[tuple[str, Value]]:
    """Yield names and values of environment variables, in the form that the type has for them."""
    if resource.type == FUNCTION:
        variables = resource.get("Environment", "Variables")
        yield from variables.items() if isinstance(variables, dict) else ()
        return
    containers = resource.get("ContainerDefinitions")
    listed = [
        one.get("Environment")
        for one in (containers if isinstance(containers, list) else ())
        if isinstance(one, dict)
    ]
    listed.append(resource.get("ContainerProperties", "Environment"))
    listed.append(resource.get("Environment", "EnvironmentVariables"))
    listed += [resource.get(*path, "RuntimeEnvironmentVariables") for path in (_IMAGE, _CODE)]
    for variables in listed:
        for one in variables if isinstance(variables, list) else ():
            if isinstance(one, dict) and isinstance(one.get("Name"), str):
                yield one["Name"], one.get("Value")


def _is_inside(program: Resource) -> bool | Unknown:
    """Return whether a program has a network interface in a VPC; tasks and jobs always have.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html
    """
    if program.type == _SERVICE:
        egress = program.get("NetworkConfiguration", "EgressConfiguration", "EgressType")
        return _open(egress) or egress == "VPC"
    if program.type not in (FUNCTION, _BUILD):
        return True
    config = program.get("VpcConfig")
    if not isinstance(config, dict):
        return _open(config) or config is not None
    subnets = config.get("SubnetIds", config.get("Subnets"))
    return True if subnets else Unknown("its `VpcConfig` names no subnet", "the subnets")


def _event_targets(stack: Stack) -> Iterator[Holder]:
    for rule in stack.of_type(_RULE):
        listed = rule.get("Targets")
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, dict):
                via = f"EventBridge sends the events of rule `{rule.logical_id}` to it"
                address, role = item.get("Arn"), item.get("RoleArn")
                # That EventBridge does not reach a private API, the rule's targets tell.
                yield Holder(rule, "rule", address, role, via, signs=True, inside_vpc=True)


def _data_sources(stack: Stack) -> Iterator[Holder]:
    for source in stack.of_type(_DATA_SOURCE):
        if source.get("HttpConfig", "AuthorizationConfig", "AuthorizationType") == "AWS_IAM":
            via = f"data source `{source.logical_id}` signs requests to it"
            address, role = source.get("HttpConfig", "Endpoint"), source.get("ServiceRoleArn")
            yield Holder(source, "data source", address, role, via, signs=True, inside_vpc=False)


def _topic_rules(stack: Stack) -> Iterator[Holder]:
    """Yield the HTTP actions of IoT rules that sign requests.

    https://docs.aws.amazon.com/iot/latest/developerguide/https-rule-action.html
    """
    for rule in stack.of_type(_TOPIC_RULE):
        actions = rule.get("TopicRulePayload", "Actions")
        for action in actions if isinstance(actions, list) else ():
            http = action.get("Http") if isinstance(action, dict) else None
            auth = http.get("Auth") if isinstance(http, dict) else None
            signing = auth.get("Sigv4") if isinstance(auth, dict) else None
            if isinstance(http, dict) and isinstance(signing, dict):
                via = f"IoT rule `{rule.logical_id}` signs requests to it"
                address, role = http.get("Url"), signing.get("RoleArn")
                yield Holder(rule, "IoT rule", address, role, via, signs=True, inside_vpc=False)


def _open(value: Value) -> Unknown | None:
    why = unknown_of(value)
    return why and Unknown(why.reason, why.would_decide)
