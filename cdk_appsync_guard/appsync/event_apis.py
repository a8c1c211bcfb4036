"""Event APIs: what little is read of them.

In: stacks, and what names an Event API. Out: the API's resource, its modes. Channels and handlers
are not read.
https://docs.aws.amazon.com/appsync/latest/eventapi/configure-event-api-auth.html
"""

from __future__ import annotations

from collections.abc import Sequence

from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, unknown_of

__all__ = ["accepts", "event_api_of", "event_apis"]

_API = "AWS::AppSync::Api"


def event_apis(stacks: Sequence[Stack]) -> list[Resource]:
    """Return the Event APIs in template order."""
    return [resource for stack in stacks for resource in stack.of_type(_API)]


def event_api_of(value: Value, stack: Stack) -> Resource | None:
    """Return the Event API that a value names, by an attribute somewhere in it."""
    for hole in value.holes if isinstance(value, Text) else ():
        target = stack.resource_of(Text((hole,)))
        if target is not None and target[0].type == _API:
            return target[0]
    return None


def accepts(api: Resource, mode: str) -> bool | Unknown:
    """Return whether a mode is among the API's providers."""
    providers = api.get("EventConfig", "AuthProviders")
    if not isinstance(providers, list):
        why = unknown_of(providers)
        return Unknown(why.reason, why.would_decide) if why else False
    modes = [one.get("AuthType") if isinstance(one, dict) else one for one in providers]
    if mode in modes:
        return True
    why = next((why for one in modes if (why := unknown_of(one))), None)
    return Unknown(why.reason, why.would_decide) if why else False
