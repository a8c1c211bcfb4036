"""What else leads to an API, domains and EventBridge → ``domains`` and ``event_targets``.

In: all APIs and stacks of a scenario. Out: rows. Only what names an API of the inputs gives one.
https://docs.aws.amazon.com/appsync/latest/devguide/custom-domain-name.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/target-appsync.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.execution_role import find_api
from cdk_appsync_guard.appsync.modes import AWS_IAM
from cdk_appsync_guard.facts.api_vocabulary import VISIBILITIES, Visibility
from cdk_appsync_guard.facts.conversions import choice, text
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.facts.wiring_vocabulary import DOMAINS, EVENT_TARGETS, Domains, EventTargets
from cdk_appsync_guard.iam.service_trust import read_trust
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, unknown_of

__all__ = ["api_of_target", "domain_rows", "event_target_rows"]

_DOMAIN = "AWS::AppSync::DomainNameApiAssociation"
_RULE = "AWS::Events::Rule"


def domain_rows(apis: Sequence[Api], stacks: tuple[Stack, ...]) -> Iterator[Row]:
    """Yield a row for each custom domain that is tied to an API."""
    for stack in stacks:
        for domain in stack.of_type(_DOMAIN):
            api = find_api(domain.get("ApiId"), apis)
            if api is not None:
                cells: Domains = {
                    "domain": text(domain.get("DomainName")),
                    "visibility": _visibility(api),
                }
                places = {"visibility": domain.place("ApiId")}
                yield DOMAINS.row(cells, domain.place(), places, api.name)


def event_target_rows(apis: Sequence[Api], stacks: tuple[Stack, ...]) -> Iterator[Row]:
    """Yield a row for each target of an EventBridge rule that is an API."""
    for stack in stacks:
        for rule in stack.of_type(_RULE):
            targets = rule.get("Targets")
            for position, target in enumerate(targets if isinstance(targets, list) else ()):
                if isinstance(target, dict):
                    api, is_endpoint = _target_api(target.get("Arn"), stack, apis)
                    if api is not None:
                        yield _target_row(rule, position, target, api, is_endpoint=is_endpoint)


def api_of_target(arn: Value, stack: Stack, apis: Sequence[Api]) -> Api | None:
    """Return the API that a target's ARN names."""
    return _target_api(arn, stack, apis)[0]


def _target_api(arn: Value, stack: Stack, apis: Sequence[Api]) -> tuple[Api | None, bool | Unknown]:
    target = stack.resource_of(arn)
    if target is not None:
        api = next((one for one in apis if one.resource is target[0]), None)
        return api, target[1] == "GraphQLEndpointArn"
    api = find_api(arn, apis)
    return api, _is_endpoint(arn)


def _is_endpoint(arn: Value) -> bool | Unknown:
    if ":endpoints/graphql-api/" in str(arn):
        return True
    given = [one for one in arn.holes if one.kind in _GIVEN] if isinstance(arn, Text) else []
    return (unknown_of(Text((given[0],))) or False) if given else False


_GIVEN = ("parameter", "import", "dynamic")


def _target_row(
    rule: Resource,
    position: int,
    target: dict[str, Value],
    api: Api,
    *,
    is_endpoint: bool | Unknown,
) -> Row:
    role = target.get("RoleArn")
    trust = read_trust(role, rule.stack, "events") if role is not None else None
    cells: EventTargets = {
        "rule": rule.logical_id,
        "target": text(target.get("Id")),
        "names_endpoint": is_endpoint,
        "api_has_iam": api.accepts(AWS_IAM),
        "visibility": _visibility(api),
        "has_role": _has_role(role),
        "role": trust.resource.logical_id if trust and trust.resource else text(role),
        "principal": f"role {trust.resource.logical_id}" if trust and trust.resource else None,
        "role_trust": trust.word if trust else None,
        "role_service": trust.service if trust else None,
    }
    at = rule.place("Targets", position, "Arn")
    places = {
        **dict.fromkeys(("names_endpoint", "api_has_iam", "visibility"), at),
        "role_trust": rule.place("Targets", position, "RoleArn"),
    }
    return EVENT_TARGETS.row(cells, rule.place("Targets", position), places, api.name)


def _has_role(role: Value) -> bool | Unknown:
    if isinstance(role, Unknown) and None in (role.could_be or ()):
        return Unknown(role.reason, role.would_decide)
    return role is not None


def _visibility(api: Api) -> Visibility | Unknown:
    return choice(api.resource.get("Visibility"), VISIBILITIES, "GLOBAL")
