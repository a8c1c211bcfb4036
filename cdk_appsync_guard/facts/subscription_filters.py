"""How the subscriptions beside one decide who receives an event, and whether that one does not.

In: an API and the fields of its Subscription type. Out: Filtered. A sibling is filtered by an
argument that says who subscribes, or by a resolver that sets a filter or denies.
https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-enhanced-filtering.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from cdk_appsync_guard.access.surveys import codes_of
from cdk_appsync_guard.appsync.resolver_code import read_pipeline
from cdk_appsync_guard.template.values.value import Unknown, unknown_of

if TYPE_CHECKING:
    from cdk_appsync_guard.appsync.api import Api
    from cdk_appsync_guard.appsync.schema import Field
    from cdk_appsync_guard.template.scenarios.stack import Resource
    from cdk_appsync_guard.template.values.value import Value

__all__ = ["Filtered", "SubscriptionFilters"]

_RESOLVER = "AWS::AppSync::Resolver"
# Arguments by which subscribers say who they are, not what they are interested in.
_IDENTITY = re.compile(
    r"(?i)^(owner|user|username|sub|author|creator|member|recipient|email|identity|group|team|tenant"
    r"|org|organi[sz]ation|account|customer|company)(s|_?ids?|_?names?)?$"
)
_DECIDES = ("setSubscriptionFilter", "nauthorized")
# With fewer siblings that filter, the one that does not is not an exception to anything.
FEWEST_FILTERS = 2
_MOST_UNSURE = 20  # resolvers whose field is not known: one is enough to leave a question open


@dataclass(frozen=True, slots=True)
class Filtered:
    """``is_missing`` is whether only this one is not filtered; ``words`` say what others do."""

    is_missing: bool | Unknown = False
    sibling: str | None = None
    words: str = ""


class SubscriptionFilters:
    """What filters the fields of one Subscription type; each field is looked at once."""

    def __init__(self, api: Api, fields: Iterable[Field]) -> None:
        self._api = api
        self._attached = _Attached(api)
        self._of_type: dict[str, list[Field]] = {}
        for field in fields:
            self._of_type.setdefault(field.returns, []).append(field)
        self._weak: dict[str, list[Field]] = {}
        self._decided: dict[str, bool | Unknown] = {}

    def of(self, subscribed: Field) -> Filtered:
        """Return whether all others of the type are filtered, and this one is not."""
        group = self._of_type[subscribed.returns]
        if subscribed.arguments or len(group) <= FEWEST_FILTERS:
            return Filtered()
        bare = self.has_no_resolver(subscribed)
        if bare is False or self._unfiltered(subscribed.returns) != [subscribed]:
            return Filtered()
        others = [one for one in group if one is not subscribed]
        asked = [_asked(one) for one in others]
        common = sorted(set.intersection(*asked))
        if common:
            return Filtered(bare, others[0].coordinate, f"ask for `{common[0]}`")
        decided = [
            self._decides(one) for one, names in zip(others, asked, strict=True) if not names
        ]
        unknown = next((one for one in decided if isinstance(one, Unknown)), None)
        some = any(asked)
        named = next(one for one, names in zip(others, asked, strict=True) if not names or some)
        words = "ask who subscribes or filter in a resolver" if some else "filter in a resolver"
        return Filtered(unknown or bare, named.coordinate, words)

    def has_no_resolver(self, subscribed: Field) -> bool | Unknown:
        """Return whether nothing is attached to the field that could filter."""
        return self._attached.has_none(subscribed)

    def _unfiltered(self, type_name: str) -> list[Field]:
        """Return the fields of the type that nothing filters, those that might be left out."""
        if type_name not in self._weak:
            group = self._of_type[type_name]
            weak = (one for one in group if not _asked(one) and self._decides(one) is False)
            self._weak[type_name] = list(islice(weak, FEWEST_FILTERS))
        return self._weak[type_name]

    def _decides(self, subscribed: Field) -> bool | Unknown:
        """Return whether a resolver of the field sets a filter, or denies some subscribers."""
        key = subscribed.coordinate
        if key not in self._decided:
            self._decided[key] = _reads(self._api, self._attached.to(subscribed))
        return self._decided[key]


class _Attached:
    """The resolvers of an API by the field that they are attached to."""

    def __init__(self, api: Api) -> None:
        self._placed: dict[tuple[Value, Value], Resource] = {}
        self._others: dict[tuple[Value, Value], Resource] = {}
        self._unsure: list[tuple[Value, Value]] = []
        for resolver in api.resolvers:
            self._add(resolver, self._placed)
        for resolver in api.unplaced_of(_RESOLVER):
            self._add(resolver, self._others)

    def to(self, field: Field) -> Resource | None:
        """Return the resolver of a field."""
        return self._placed.get((field.type_name, field.name))

    def has_none(self, field: Field) -> bool | Unknown:
        """Return whether no resolver is attached to a field; Unknown if one might be."""
        names = (field.type_name, field.name)
        if names in self._placed:
            return False
        other = self._others.get(names)
        if other is not None:
            reason = f"the resolver `{other.logical_id}` might belong to another API"
            return Unknown(reason, "the template of its API")
        for found in self._unsure:
            unknown = [unknown_of(name) for name in found]
            if all(
                why is not None or name == wanted
                for why, name, wanted in zip(unknown, found, names, strict=True)
            ):
                return unknown[0] or unknown[1] or True
        return True

    def _add(self, resolver: Resource, known: dict[tuple[Value, Value], Resource]) -> None:
        names = (resolver.get("TypeName"), resolver.get("FieldName"))
        if any(unknown_of(name) is not None for name in names):
            self._unsure = [*self._unsure, names][:_MOST_UNSURE]
        elif all(isinstance(name, str) for name in names):
            known.setdefault(names, resolver)


def _asked(field: Field) -> set[str]:
    """Return the arguments by which subscribers say who they are."""
    return {name for name, _, _ in field.arguments if _IDENTITY.match(name)}


def _reads(api: Api, resolver: Resource | None) -> bool | Unknown:
    """Return whether the code of a resolver filters or denies, as far as it can be read."""
    if resolver is None:
        return False
    pipeline = read_pipeline(api, resolver)
    if any(word in code.text for code in codes_of(pipeline) for word in _DECIDES):
        return True
    codes = [pipeline.before, pipeline.after]
    codes += [code for step in pipeline.steps for code in (step.request, step.response)]
    missing = next((code.missing for code in codes if code and code.missing), "")
    ask = "the folder that holds the template and its code"
    return Unknown(missing, ask) if missing else False
