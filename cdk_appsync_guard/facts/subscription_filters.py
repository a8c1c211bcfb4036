"""How the subscriptions beside one decide who receives an event, and whether that one does not.

In: an API and the fields of its Subscription type. Out: Filtered. A sibling is filtered by an
argument that says who subscribes, or by a resolver that sets a filter or denies.
https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-enhanced-filtering.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdk_appsync_guard.access.surveys import codes_of
from cdk_appsync_guard.appsync.resolver_code import read_pipeline
from cdk_appsync_guard.template.values.value import Unknown, unknown_of

if TYPE_CHECKING:
    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.appsync.schema import Field

__all__ = ["Filtered", "has_no_resolver", "read_filters"]

_RESOLVER = "AWS::AppSync::Resolver"
# Arguments by which subscribers say who they are, not what they are interested in.
_IDENTITY = re.compile(
    r"(?i)^(owner|user|username|sub|author|creator|member|recipient|email|identity|group|team|tenant"
    r"|org|organi[sz]ation|account|customer|company)(s|_?ids?|_?names?)?$"
)
_DECIDES = ("setSubscriptionFilter", "nauthorized")
# With fewer siblings that filter, the one that does not is not an exception to anything.
FEWEST_FILTERS = 2


@dataclass(frozen=True, slots=True)
class Filtered:
    """``is_missing`` is whether only this one is not filtered; ``words`` say what others do."""

    is_missing: bool | Unknown = False
    sibling: str | None = None
    words: str = ""


def read_filters(api: Api, subscribed: Field, siblings: dict[str, Field]) -> Filtered:
    """Return whether all others of the type are filtered, and this one is not."""
    others = [
        one
        for one in siblings.values()
        if one.returns == subscribed.returns and one is not subscribed
    ]
    if subscribed.arguments or len(others) < FEWEST_FILTERS:
        return Filtered()
    bare = has_no_resolver(api, subscribed)
    if bare is False:
        return Filtered()
    asked = [{name for name, _, _ in one.arguments if _IDENTITY.match(name)} for one in others]
    common = sorted(set.intersection(*asked))
    if common:
        return Filtered(bare, others[0].coordinate, f"ask for `{common[0]}`")
    deciding: list[bool | Unknown] = []
    for names, one in zip(asked, others, strict=True):
        decides = bool(names) or _decides(api, one)
        if decides is False:  # the rest need not be looked at: there may be hundreds
            return Filtered()
        deciding.append(decides)
    unknown = next((one for one in deciding if isinstance(one, Unknown)), None)
    named = next(one for names, one in zip(asked, others, strict=True) if not names or any(asked))
    words = "ask who subscribes or filter in a resolver" if any(asked) else "filter in a resolver"
    return Filtered(unknown or bare, named.coordinate, words)


def _decides(api: Api, subscribed: Field) -> bool | Unknown:
    """Return whether a resolver of the field sets a filter, or denies some subscribers."""
    names = (subscribed.type_name, subscribed.name)
    for resolver in api.resolvers:
        if (resolver.get("TypeName"), resolver.get("FieldName")) == names:
            pipeline = read_pipeline(api, resolver)
            if any(word in code.text for code in codes_of(pipeline) for word in _DECIDES):
                return True
            codes = [pipeline.before, pipeline.after]
            codes += [code for step in pipeline.steps for code in (step.request, step.response)]
            missing = next((code.missing for code in codes if code and code.missing), "")
            ask = "the folder that holds the template and its code"
            return Unknown(missing, ask) if missing else False
    return False


def has_no_resolver(api: Api, subscribed: Field) -> bool | Unknown:
    """Return whether nothing is attached to the field that could filter."""
    unsure: Unknown | None = None
    for resolver in (*api.resolvers, *api.unplaced_of(_RESOLVER)):
        names = resolver.get("TypeName"), resolver.get("FieldName")
        if names == (subscribed.type_name, subscribed.name):
            if resolver in api.resolvers:
                return False
            reason = f"the resolver `{resolver.logical_id}` might belong to another API"
            unsure = Unknown(reason, "the template of its API")
        elif all(
            unknown_of(name) is not None or name == wanted
            for name, wanted in zip(names, (subscribed.type_name, subscribed.name), strict=True)
        ):
            unsure = unknown_of(names[0]) or unknown_of(names[1])
    return unsure or True
