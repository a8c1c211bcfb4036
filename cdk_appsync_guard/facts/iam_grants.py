"""IAM statements × APIs → rows: what each resource of a statement grants, and what it does not.

In: the APIs and principals of one scenario. Out: rows of ``grants`` and ``iam_actions``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cdk_appsync_guard.access.decide import TRIED
from cdk_appsync_guard.access.grants import (
    GRAPHQL,
    PARTLY_KNOWN,
    Granted,
    granted_to,
    statement_fields,
)
from cdk_appsync_guard.access.reach import HowMuch
from cdk_appsync_guard.appsync.event_apis import event_api_of
from cdk_appsync_guard.appsync.field_arns import read_shape
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.facts.conversions import hint
from cdk_appsync_guard.facts.iam_bearings import Bearing
from cdk_appsync_guard.facts.iam_names import find_mismatch, nearest_target
from cdk_appsync_guard.facts.iam_resources import (
    VARIABLE,
    GrantResource,
    coordinate_of,
    form_cells,
    resources_of,
    written_cells,
)
from cdk_appsync_guard.facts.iam_targets import Target, Targets
from cdk_appsync_guard.facts.iam_vocabulary import (
    GRANTS,
    AboutCells,
    BearerCells,
    FormCells,
    Grants,
    VerdictCells,
)
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.policies import Statement, action_matches
from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.template.values.value import Text, Unknown, unknown_of

__all__ = ["About", "about_resource", "find_targets", "rows_of_grants"]


def rows_of_grants(bearing: Bearing, targets: Targets) -> Iterator[Row]:
    """Yield a row for each resource of the document's statements that is about appsync:GraphQL.

    Where the principals of a document differ in what they can call, each has a row of its own.
    """
    for statement in bearing.document.statements or ():
        if action_matches(statement, GRAPHQL) is False:
            continue
        if statement.negated_resources and statement.effect == "Allow":
            continue  # it names what it does not grant
        for resource in resources_of(bearing.document, statement):
            yield from _rows_of_resource(bearing, resource, targets)


def _rows_of_resource(bearing: Bearing, resource: GrantResource, targets: Targets) -> Iterator[Row]:
    owner = resource.document.resource
    of_events = owner is not None and event_api_of(resource.pattern, owner.stack) is not None
    if resource.shape.form == "other-service" or of_events:
        return
    written = written_cells(bearing, resource, targets)
    about = find_targets(resource, targets)
    alike: dict[object, list[Grants]] = {}
    everywhere = resource.is_everywhere
    for target in about:
        key = _likeness(bearing, target, targets) if everywhere else target
        if key not in alike:
            judged = _judge_bearers(bearing, resource, target, targets)
            alike[key] = [{**written, **names, **cells} for names, cells in judged]
        for whole in alike[key]:
            yield GRANTS.row(whole, resource.place, {}, target.api.name)
    if not about and (resource.is_specific or resource.shape.is_appsync):
        cells = _of_no_api(bearing, resource, targets)
        yield GRANTS.row({**written, **cells}, resource.place, {}, None)


def _likeness(bearing: Bearing, target: Target, targets: Targets) -> object:
    """Return what is equal for APIs of which a statement that names none says the same."""
    verdicts = [granted_to(bearer, target.fields) for bearer in bearing.bearers]
    return targets.kind_of(target), *verdicts


def find_targets(resource: GrantResource, targets: Targets) -> Sequence[Target]:
    """Return the APIs that the resource mentions: the one that it names, or those it matches."""
    shape = resource.shape
    if shape.form == "everything" or resource.statement.negated_resources:
        return targets.all
    named = targets.named(shape.api) or targets.built_into(resource.pattern)
    if named is not None:
        return (named,)
    wide = resource.pattern if shape.api is None else shape.api
    if isinstance(wide, str) and ("*" in wide or "?" in wide):
        found = [target for target in targets if target.fields.matched(resource.pattern)[1]]
        return found or nearest_target(shape, targets)
    return ()


class _Judged(FormCells, AboutCells, VerdictCells):
    """What a row says of an API. The form is as written, unless the matcher knows better."""


@dataclass(frozen=True, slots=True)
class About:
    """What holds of a resource and an API, no matter who has the policy.

    ``likely`` is what was probably meant by names that the schema does not have.
    """

    cells: AboutCells
    form: FormCells
    likely: str | Unknown | None


def _unknown_about(unknown: Unknown) -> tuple[AboutCells, VerdictCells]:
    """Return the cells about an API of which nothing is known."""
    about: AboutCells = {
        "api_known": unknown,
        "api_has_iam": unknown,
        "mismatch": unknown,
        "hint": unknown,
        "other_api": unknown,
        "accepts_iam": unknown,
        "matches": unknown,
        "root_fields": unknown,
        "nested": unknown,
        "reads": unknown,
        "blocked": unknown,
    }
    verdict: VerdictCells = {
        "near": unknown,
        "granted": unknown,
        "takes_away": unknown,
        "withheld": unknown,
    }
    return about, verdict


def _of_no_api(bearing: Bearing, resource: GrantResource, targets: Targets) -> _Judged:
    """Return the cells of a resource whose API is not among those of the input, or not known."""
    reason = unknown_of(resource.shape.api) or unknown_of(resource.pattern)
    api = resource.shape.api
    if not isinstance(api, Text) and api is not None:
        reason = Unknown(f"the API `{api}` is not in the input", "the template of the API")
    unknown = reason or Unknown("the statement names no API of the input", "the template")
    about, verdict = _unknown_about(Unknown(unknown.reason, unknown.would_decide))
    if resource.shape.form == "malformed" and resource.statement.effect == "Allow":
        about["matches"] = 0
        verdict["granted"] = _granted_by_form(bearing, "", unknown)
    return {**form_cells(resource, targets), **about, **verdict}


def _judge_bearers(
    bearing: Bearing, resource: GrantResource, target: Target, targets: Targets
) -> Iterator[tuple[BearerCells, _Judged]]:
    """Yield the cells about an API, once for all principals for which they are the same."""
    if not isinstance(target.api.schema, Schema):
        yield bearing.named, _without_schema(bearing, resource, target, targets)
        return
    about = about_resource(resource, target, targets)
    judged: dict[Granted, list[Principal]] = {}
    found: dict[tuple[object, ...], tuple[VerdictCells, list[Principal]]] = {}
    for bearer in bearing.bearers:
        verdict = granted_to(bearer, target.fields)
        alike = judged.get(verdict)
        if alike is None:
            cells = _judge_bearer(resource, target, verdict, about.likely)
            alike = found.setdefault(tuple(cells.values()), (cells, []))[1]
            judged[verdict] = alike
        alike.append(bearer)
    for cells, bearers in found.values():
        named = Bearing(bearing.document, tuple(bearers)).named
        yield named, {**about.form, **about.cells, **cells}


def _without_schema(
    bearing: Bearing, resource: GrantResource, target: Target, targets: Targets
) -> _Judged:
    schema = target.api.schema
    known = schema if isinstance(schema, Unknown) else Unknown("the API has no schema", "--schema")
    unknown = Unknown(known.reason, known.would_decide)
    about, verdict = _unknown_about(unknown)
    about["api_known"] = True
    about["api_has_iam"] = target.has_iam
    if resource.shape.form in ("malformed", "bare-api"):
        about["matches"] = 0
        verdict["granted"] = _granted_by_form(bearing, target.id, unknown)
    return {**form_cells(resource, targets), **about, **verdict}


def _granted_by_form(
    bearing: Bearing, api: str | Text | None, unknown: Unknown
) -> Literal["none"] | Unknown:
    """Return none if no statement of the principals has a form that any field could have."""
    shapes = [
        read_shape(pattern)
        for bearer in bearing.bearers
        for document in bearer.documents
        for statement in document.statements or ()
        if statement.effect == "Allow" and action_matches(statement, GRAPHQL) is not False
        for pattern in statement.resources or ("*",)
    ]
    useless = ("bare-api", "malformed", "other-service")
    others = [shape for shape in shapes if shape.api in (None, api) or not api]
    return "none" if all(shape.form in useless for shape in others) else unknown


def about_resource(resource: GrantResource, target: Target, targets: Targets) -> About:
    """Return what holds of the resource and the API, no matter who has the policy."""
    certain, possible = statement_fields(resource.unconditional, target.fields)
    accepted = certain & target.accepting
    mismatch = find_mismatch(resource.shape, resource.pattern, target, targets)
    cells: AboutCells = {
        "api_known": True,
        "api_has_iam": target.has_iam,
        "matches": _count(resource, certain, possible, target),
        "root_fields": len(target.fields.coordinates),
        "accepts_iam": _accepts(certain, possible, resource, target),
        "nested": _is_nested(certain, possible, resource, target),
        "reads": None,
        "blocked": None,
        "mismatch": mismatch.kind,
        "other_api": mismatch.other_api,
        "hint": hint(mismatch.likely),
    }
    unknown = mismatch.kind if isinstance(mismatch.kind, Unknown) else None
    if resource.shape.form == "field" and accepted:
        cells["reads"], cells["blocked"] = target.reads(str(coordinate_of(resource.shape)))
    form = form_cells(resource, targets)
    _correct_form(form, resource, certain, possible, target)
    return About(cells, form, unknown or mismatch.likely)


def _count(resource: GrantResource, certain: int, possible: int, target: Target) -> int | Unknown:
    if certain == possible:
        return certain.bit_count()
    return _why_open(resource, target)


def _why_open(resource: GrantResource, target: Target) -> Unknown:
    """Return why it is not known what the resource matches: a variable of IAM's, or a hole."""
    pattern = resource.pattern
    apart = target.why_apart(pattern)
    if apart is not None:
        return apart
    parts = pattern.parts if isinstance(pattern, Text) else (pattern,)
    literal = "".join(part for part in parts if isinstance(part, str))
    variable = VARIABLE.search(literal.replace("${$}", ""))
    holes = pattern.holes if isinstance(pattern, Text) else ()
    for hole in (one for one in holes if one.service != "AppSync"):
        reason = unknown_of(Text((hole,)))
        if reason is not None and hole.kind != "pseudo":
            return Unknown(reason.reason, reason.would_decide)
    if variable is not None:
        return Unknown(f"`{variable[0]}` differs from caller to caller", "the caller")
    return unknown_of(pattern) or Unknown("the statement's actions are not known")


def _correct_form(
    cells: FormCells, resource: GrantResource, certain: int, possible: int, target: Target
) -> None:
    """Correct the form by what the matcher says: it has the last word on what matches."""
    shape = resource.shape
    if resource.statement.negated_resources:
        return
    well = shape.form == "api" or (shape.form in ("type", "field") and target.has(shape))
    if shape.form in ("malformed", "bare-api") and possible:
        cells["form"], cells["mistake"], cells["corrected"] = "pattern", None, None
        if certain != possible:
            why = _why_open(resource, target)
            cells["form"] = Unknown(why.reason, why.would_decide, ("malformed", "pattern"))
    elif not possible and "${$}{" in str(resource.pattern):
        cells["form"], cells["mistake"], cells["corrected"] = "malformed", _OLD_VERSION, None
    elif well and not possible and target.fields.coordinates:
        cells["form"], cells["mistake"] = "malformed", target.difference(resource.pattern)


def _is_nested(
    certain: int, possible: int, resource: GrantResource, target: Target
) -> bool | Unknown:
    """Return whether the resource matches nested fields, and no root field."""
    sure, maybe = target.nested.matched(resource.pattern)
    if certain or not maybe or resource.statement.negated_resources:
        return False
    return bool(sure) if not possible and sure == maybe else _why_open(resource, target)


def _accepts(
    matched: int, possible: int, resource: GrantResource, target: Target
) -> HowMuch | Unknown | None:
    if not matched:
        return _why_open(resource, target) if possible else None
    if matched & target.doubtful:
        if isinstance(target.api.authorization, Unknown):
            reason = target.api.authorization
            return Unknown(reason.reason, reason.would_decide)
        return Unknown("AWS does not say what the directives do in an API with one mode", TRIED)
    return _share(matched & target.accepting, matched)


def _judge_bearer(
    resource: GrantResource, target: Target, verdict: Granted, likely: str | Unknown | None
) -> VerdictCells:
    """Return what holds for one principal, all of its policies taken together."""
    statement = resource.statement
    own = 0 if statement.condition else statement_fields(resource.unconditional, target.fields)[0]
    return {
        "granted": _granted(verdict, target),
        "near": _is_near(likely, statement.effect, verdict, target),
        "takes_away": _takes_away(*target.spoken_of(statement), verdict)
        if statement.effect == "Deny"
        else None,
        "withheld": _withheld(own, verdict, statement) if statement.effect == "Allow" else None,
    }


def _granted(verdict: Granted, target: Target) -> HowMuch | Unknown:
    """Return how much the principal is granted by all of its policies."""
    least = _share(verdict.readable, target.fields.all)
    most = _share(verdict.granted | verdict.undecided, target.fields.all)
    if least == most:
        return least
    words: tuple[HowMuch, ...] = ("none", "some", "all")
    could_be = words[words.index(least) : words.index(most) + 1]
    return Unknown(verdict.why.reason, verdict.why.would_decide, could_be)


def _is_near(
    likely: str | Unknown | None, effect: str, verdict: Granted, target: Target
) -> bool | Unknown:
    """Return whether it matters that the name is wrong: what was meant is lacking, or is open."""
    if isinstance(likely, Unknown):
        return likely
    meant = target.fields_like(likely) if isinstance(likely, str) else 0
    if effect == "Deny":
        certain, possible = meant & verdict.granted, meant & verdict.undecided
    else:
        certain = meant & ~(verdict.granted | verdict.undecided)
        possible = meant & verdict.undecided & ~verdict.allowed
    if certain or not possible:
        return bool(certain)
    return Unknown(verdict.why.reason, verdict.why.would_decide, (True, False))


def _share(part: int, whole: int) -> HowMuch:
    if part == whole and part:
        return "all"
    return "some" if part else "none"


def _takes_away(denied: int, perhaps: int, verdict: Granted) -> HowMuch | Unknown:
    """Return how much of what the principal is allowed otherwise the Deny overrides."""
    if denied != perhaps and verdict.allowed & perhaps:
        return Unknown(PARTLY_KNOWN.reason, PARTLY_KNOWN.would_decide)
    hit = denied & verdict.allowed
    return _share(hit, verdict.allowed) if hit else "none"


def _withheld(granted_here: int, verdict: Granted, statement: Statement) -> str | Unknown | None:
    """Return what overrides all that the resource grants, None if something is left of it."""
    if not granted_here or granted_here & verdict.readable:
        return None
    if granted_here & verdict.undecided:
        return Unknown(verdict.why.reason, verdict.why.would_decide)
    if statement.never:
        return "no request can meet its condition"
    if granted_here & ~verdict.refused_explicitly:
        return "the permissions boundary does not allow it"
    return "Deny statements take it away"


_OLD_VERSION = 'the policy lacks `Version: "2012-10-17"`, so IAM takes `${...}` as plain text'
