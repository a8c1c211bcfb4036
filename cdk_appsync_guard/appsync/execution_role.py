"""The role that a merged API reads its source APIs with, and what it is granted on them.

In: the merged API, one association, all stacks. Out: short words for facts, or Unknown.
https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.iam.policies import Statement, action_matches, evaluate
from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Hole, Text, Value, concatenate

__all__ = ["SourceGrants", "find_api", "read_grants"]

_READ = "appsync:SourceGraphQL"
_MERGE = "appsync:StartSchemaMerge"
_API = "AWS::AppSync::GraphQLApi"
_ASSOCIATION = "AWS::AppSync::SourceApiAssociation"
_PSEUDO = {name: Text((Hole("pseudo", f"AWS::{name}"),)) for name in ("Partition", "Region")}
_ACCOUNT = Text((Hole("pseudo", "AWS::AccountId"),))


@dataclass(frozen=True, slots=True)
class SourceGrants:
    """Verdicts, allowed, denied or undecided, on the three things that a merged API's role needs.

    ``api`` is the source's ARN itself, ``fields`` what lies below it, ``merge`` starting a merge.
    """

    api: str
    fields: str
    merge: str


def find_api(identifier: Value, apis: Iterable[Api]) -> Api | None:
    """Return the API whose id or ARN this is."""
    if not isinstance(identifier, Text):
        return None
    for api in apis:
        own = api.resource.attribute("ApiId")
        if any(Text((hole,)) == own for hole in identifier.holes):
            return api
    return None


def read_grants(
    role: Principal, association: Resource, source: Api | None, stacks: tuple[Stack, ...]
) -> SourceGrants:
    """Return what the role's policies grant on the source API of an association."""
    documents = [
        None if document.statements is None else _named(document.statements, source, stacks)
        for document in (*role.documents, *role.perhaps, *role.limits)
    ]
    limits = ([role.boundary.statements],) if role.boundary is not None else ()

    def ask(end: str) -> str:
        targets = (concatenate((arn, end)) for arn in _arns(association, source))
        outcomes = {
            evaluate(documents, _READ, target, None, *limits).outcome
            for target in targets
            if isinstance(target, (str, Text))
        }
        return next((word for word in ("allowed", "undecided") if word in outcomes), "denied")

    fields = ask("/types/Query/fields/x")
    if fields == "denied" and any(_names_fields(one) for one in documents if one is not None):
        fields = "undecided"
    merges = {None if one is None else _may_merge(one) for one in documents}
    merge = "allowed" if True in merges else "undecided" if None in merges else "denied"
    return SourceGrants(ask(""), fields, merge)


def _names_fields(statements: Iterable[Statement]) -> bool:
    """Return whether single types or fields are granted: perhaps all that the API is asked for."""
    return any(
        "/types/" in str(resource)
        for one in statements
        if one.effect == "Allow" and action_matches(one, _READ) is not False
        for resource in one.resources or ()
    )


def _arns(association: Resource, source: Api | None) -> Iterator[Value]:
    """Yield the source's ARN in every way that a policy may write it."""
    if source is not None:
        yield source.resource.attribute("Arn")
        return
    identifier = association.get("SourceApiIdentifier")
    yield association.attribute("SourceApiArn")
    if isinstance(identifier, (str, Text)):
        yield identifier
        start = ("arn:", _PSEUDO["Partition"], ":appsync:", _PSEUDO["Region"], ":", _ACCOUNT)
        yield concatenate((*start, ":apis/", identifier))


def _named(
    statements: Sequence[Statement], source: Api | None, stacks: tuple[Stack, ...]
) -> list[Statement]:
    """Return the statements with APIs named by their own ARNs, and without those on other APIs."""
    return [
        replace(
            one,
            resources=one.resources
            and tuple(
                written
                for each in one.resources
                if not _is_other_api(written := _rewrite(each, stacks), source, stacks)
            ),
        )
        for one in statements
    ]


def _is_other_api(pattern: str | Text, source: Api | None, stacks: tuple[Stack, ...]) -> bool:
    if not isinstance(pattern, Text):
        return False
    targets = [stacks[0].resource_of(Text((hole,))) for hole in pattern.holes]
    named = [target[0] for target in targets if target is not None and target[0].type == _API]
    return bool(named) and all(source is None or one is not source.resource for one in named)


def _rewrite(pattern: str | Text, stacks: tuple[Stack, ...]) -> str | Text:
    if not isinstance(pattern, Text):
        return pattern
    parts = [
        _source_arn(part, stacks) if isinstance(part, Hole) else part for part in pattern.parts
    ]
    written = concatenate(parts)
    return written if isinstance(written, (str, Text)) else pattern


def _source_arn(hole: Hole, stacks: tuple[Stack, ...]) -> Value:
    named = Text((hole,))
    target = stacks[0].resource_of(named)
    if target is None or target[0].type != _ASSOCIATION or target[1] != "SourceApiArn":
        return named
    identifier = target[0].get("SourceApiIdentifier")
    api = target[0].stack.resource_of(identifier)
    if api is None or api[0].type != _API:
        return named
    return api[0].attribute("Arn")


def _may_merge(statements: Iterable[Statement]) -> bool | None:
    answers = [action_matches(one, _MERGE) for one in statements if one.effect == "Allow"]
    return True if True in answers else None if None in answers else False
