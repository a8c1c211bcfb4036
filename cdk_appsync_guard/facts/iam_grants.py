"""IAM statements × APIs → rows: what each resource of a statement grants, and what it does not.

In: the APIs and principals of one scenario. Out: rows of ``grants`` and ``iam_actions``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cdk_appsync_guard.access.grants import GRAPHQL, granted_to, statement_fields
from cdk_appsync_guard.appsync.field_arns import Shape, read_shape
from cdk_appsync_guard.appsync.modes import AWS_IAM
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.facts.iam_names import names_in_schema
from cdk_appsync_guard.facts.iam_targets import Target
from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.iam.policies import Statement, action_matches
from cdk_appsync_guard.iam.principals import Document, Principal
from cdk_appsync_guard.template.values.value import Text, Unknown, display, unknown_of

__all__ = ["Bearing", "bearings", "rows_of_grants"]


@dataclass(frozen=True, slots=True)
class Bearing:
    """A policy document and all the principals that it speaks for."""

    document: Document
    bearers: tuple[Principal, ...]

    @property
    def names(self) -> str:
        """The principals in words."""
        return ", ".join(self.each)

    @property
    def each(self) -> tuple[str, ...]:
        """The principals, one by one."""
        return tuple(f"{bearer.kind} {bearer.name}" for bearer in self.bearers)

    @property
    def named(self) -> dict[str, Cell]:
        """The cells that say which principals it is."""
        return {"principal": self.names, "bearers": self.each, "mode": AWS_IAM}


def bearings(principals: Iterable[Principal]) -> tuple[Bearing, ...]:
    """Return each document that is written in a template once, with its principals."""
    found: dict[object, tuple[Document, list[Principal]]] = {}
    for principal in principals:
        for document in principal.documents:
            if document.resource is not None:
                key = (id(document.resource), document.path)
                found.setdefault(key, (document, []))[1].append(principal)
    return tuple(Bearing(document, tuple(bearers)) for document, bearers in found.values())


def rows_of_grants(bearing: Bearing, targets: Sequence[Target]) -> Iterator[Row]:
    """Yield a row for each resource of the document's statements that is about appsync:GraphQL."""
    for statement in bearing.document.statements or ():
        if action_matches(statement, GRAPHQL) is False:
            continue
        if statement.negated_resources:
            yield from _rows_of_all_but(bearing, statement, targets)
            continue
        shapes = [read_shape(pattern) for pattern in statement.resources or ()]
        grants = any(shape.form not in _USELESS for shape in shapes)
        for index, shape in enumerate(shapes):
            if shape.form != "other-service":
                yield from _rows_of_resource(
                    bearing, statement, index, shape, targets, statement_grants=grants
                )


def _rows_of_all_but(
    bearing: Bearing, statement: Statement, targets: Sequence[Target]
) -> Iterator[Row]:
    """Yield a row for each API that a Deny with NotResource takes something away from."""
    place = bearing.document.place(statement, "NotResource", 0)
    if statement.effect != "Deny" or place is None:
        return
    written: dict[str, Cell] = {
        **_NEUTRAL,
        "policy": bearing.document.name,
        "effect": "Deny",
        "action": ", ".join(map(str, statement.actions or ())),
        "resource": "NotResource",
        "form": "everything",
        **dict.fromkeys(("mistake", "corrected", "coordinate", "type_name")),
        "statement_grants": True,
        "api_known": True,
    }
    for target in targets:
        for some in _alike(bearing, statement, target):
            known: dict[str, Cell] = {
                "api_has_iam": target.has_iam,
                "takes_away": _takes_away(some, statement, target),
            }
            yield Row("grants", {**written, **some.named, **known}, place, {}, target.api.name)


def _alike(bearing: Bearing, statement: Statement, target: Target) -> Iterator[Bearing]:
    """Yield the bearers for whom the statement means the same: their other policies differ."""
    groups: dict[tuple[str, str], list[Principal]] = {}
    for bearer in bearing.bearers:
        one = Bearing(bearing.document, (bearer,))
        taken = _takes_away(one, statement, target) if statement.effect == "Deny" else ""
        key = (str(_granted(one, target)), str(taken))
        groups.setdefault(key, []).append(bearer)
    for some in groups.values():
        yield Bearing(bearing.document, tuple(some))


def _rows_of_resource(
    bearing: Bearing,
    statement: Statement,
    index: int,
    shape: Shape,
    targets: Sequence[Target],
    *,
    statement_grants: bool,
) -> Iterator[Row]:
    document = bearing.document
    pattern = (statement.resources or ())[index]
    place = document.place(statement, "Resource", index)
    if place is None:
        return
    written: dict[str, Cell] = {
        **bearing.named,
        "policy": document.name,
        "effect": statement.effect,
        "action": ", ".join(map(str, statement.actions or ())),
        "resource": _shortened(str(pattern), targets),
        "form": _form(shape, pattern),
        "mistake": shape.mistake or None,
        "corrected": _shortened(shape.corrected, targets) or None,
        "coordinate": _coordinate(shape),
        "type_name": shape.type_name or None,
        "statement_grants": statement_grants,
    }
    about = [target for target in targets if _is_about(shape, target)]
    for target in about:
        differs = statement.effect == "Deny" or _is_nested(shape, target)
        for some in _alike(bearing, statement, target) if differs else (bearing,):
            cells = _judged(some, statement, pattern, shape, target, targets)
            yield Row("grants", {**written, **some.named, **cells}, place, {}, target.api.name)
    if not about:
        yield Row("grants", {**written, **_of_no_api(shape, targets)}, place, {}, None)


def _shortened(arn: str, targets: Sequence[Target]) -> str:
    """Return the ARN as a person would write it in a template: with ``${Api.Arn}``."""
    for target in targets:
        resource = target.api.resource
        whole = display(resource.attribute("Arn"))
        if arn.startswith(whole):
            return f"${{{resource.logical_id}.Arn}}{arn[len(whole) :]}"
    return arn


def _form(shape: Shape, pattern: str | Text) -> str | Unknown:
    """Return the form; Unknown where a parameter holds all, or the end, of the ARN."""
    reason = unknown_of(pattern)
    if shape.form != "unknown" or reason is None:
        return shape.form
    alone = pattern.hole if isinstance(pattern, Text) else None
    if alone is not None and alone.kind == "attribute":
        return shape.form
    could_be = ("bare-api", "field", "everything") if alone else ("malformed", "field")
    return Unknown(reason.reason, reason.would_decide, could_be)


def _coordinate(shape: Shape) -> str | None:
    if not shape.type_name:
        return None
    return f"{shape.type_name}.{shape.field_name}" if shape.field_name else shape.type_name


def _is_about(shape: Shape, target: Target) -> bool:
    return shape.form == "everything" or (shape.api is not None and shape.api == target.id)


def _is_nested(shape: Shape, target: Target) -> bool:
    schema = target.api.schema
    if not isinstance(schema, Schema) or shape.type_name not in schema.types:
        return False
    return shape.type_name not in schema.roots.values()


_USELESS = ("bare-api", "malformed", "other-service", "unknown")
_NEUTRAL: dict[str, Cell] = {
    "api_known": False,
    "api_has_iam": True,
    "type_exists": True,
    "root": True,
    "field_exists": True,
    "hint": "",
    "only_case": False,
    "other_api": None,
    "accepts_iam": "all",
    "matches": 0,
    "root_fields": 0,
    "reads": "all",
    "blocked": None,
    "granted": "some",
    "takes_away": "none",
}


def _of_no_api(shape: Shape, targets: Sequence[Target]) -> dict[str, Cell]:
    """Return the cells of a resource whose API is not among those of the input, or not known."""
    reason = unknown_of(shape.api)
    if reason is None or not targets or shape.form not in ("field", "type"):
        return _NEUTRAL
    # One rule is enough to say that nobody knows: the one about fields that are not there.
    return {**_NEUTRAL, "api_known": reason, "field_exists": reason}


def _judged(
    bearing: Bearing,
    statement: Statement,
    pattern: str | Text,
    shape: Shape,
    target: Target,
    targets: Sequence[Target],
) -> dict[str, Cell]:
    schema = target.api.schema
    unknown = schema if isinstance(schema, Unknown) else None
    known: dict[str, Cell] = {**_NEUTRAL, "api_known": True, "api_has_iam": target.has_iam}
    if not isinstance(schema, Schema):
        if unknown is not None and shape.form in ("field", "type"):
            known |= {"field_exists": unknown}
        return known
    matched, _ = target.fields.matched(pattern)
    accepted = matched & target.accepting
    known |= {
        "matches": matched.bit_count(),
        "root_fields": len(target.fields.coordinates),
        "accepts_iam": _accepts(matched, target),
    }
    known |= names_in_schema(shape, pattern, schema, target, targets)
    if shape.form == "field" and accepted:
        known["reads"], known["blocked"] = target.reads(f"{shape.type_name}.{shape.field_name}")
    known["granted"] = _granted(bearing, target)
    if statement.effect == "Deny":
        known["takes_away"] = _takes_away(bearing, statement, target)
    return known


def _accepts(matched: int, target: Target) -> str | Unknown:
    if isinstance(target.has_iam, Unknown):
        return target.has_iam
    if matched & target.doubtful:
        return Unknown("AWS does not say what the directives do in an API with one mode")
    return _share(matched & target.accepting, matched)


def _granted(bearing: Bearing, target: Target) -> str | Unknown:
    """Return how much the principals are granted by all of their policies."""
    granted = undecided = 0
    for bearer in bearing.bearers:
        verdict = granted_to(bearer, target.fields)
        granted, undecided = granted | verdict.granted, undecided | verdict.undecided
    if undecided and not granted:
        return Unknown("a statement has a condition, or a part that cannot be known")
    return _share(granted, target.fields.all)


def _share(part: int, whole: int) -> str:
    if part == whole:
        return "all"
    return "some" if part else "none"


def _takes_away(bearing: Bearing, statement: Statement, target: Target) -> str | Unknown:
    """Return how much of what the principals are allowed otherwise the Deny takes away."""
    denied, perhaps = statement_fields(statement, target.fields)
    allowed = 0
    for bearer in bearing.bearers:
        allowed |= granted_to(bearer, target.fields).allowed
    if denied != perhaps and allowed & perhaps:
        reason = "the statement has a condition, or a part that cannot be known"
        return Unknown(reason, "the statement without its condition")
    hit = denied & allowed
    return _share(hit, allowed) if hit else "none"
