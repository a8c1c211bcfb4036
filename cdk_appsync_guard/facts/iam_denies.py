"""Deny statements × APIs → rows: whether a resource of the statement keeps anything closed.

A Deny that matches no root field leaves the operation as open as it was: nothing is refused, and
no one notices. What it was meant for is the field, type or form that is nearest to what is written.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cdk_appsync_guard.access.grants import GRAPHQL, granted_to
from cdk_appsync_guard.appsync.actions import exists
from cdk_appsync_guard.appsync.field_arns import Shape, read_shape
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.facts.iam_bearings import Bearing
from cdk_appsync_guard.facts.iam_names import nearest, nearest_target
from cdk_appsync_guard.facts.iam_targets import Target, Targets
from cdk_appsync_guard.facts.iam_vocabulary import DENIES, Denies, Misses
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.arn_match import matches
from cdk_appsync_guard.iam.policies import Statement, action_matches
from cdk_appsync_guard.iam.principals import Principal
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Text, Unknown, unknown_of

__all__ = ["rows_of_denies"]


@dataclass(frozen=True, slots=True)
class _Deny:
    """One resource of a Deny. ``action`` is the action that IAM does not know, if that is why."""

    pattern: str | Text
    shape: Shape
    action: str | None
    place: Place


def rows_of_denies(bearing: Bearing, targets: Targets) -> Iterator[Row]:
    """Yield a row for each resource of the document's Denies, and each API that it names."""
    for statement in bearing.document.statements or ():
        if statement.effect == "Deny" and not statement.negated_resources:
            for deny in _denies(bearing, statement):
                for target in _find_targets(deny, targets):
                    yield from _rows(bearing, deny, target)


def _find_targets(deny: _Deny, targets: Targets) -> Sequence[Target]:
    if deny.shape.form == "everything":
        return targets.all
    named = targets.named(deny.shape.api)
    if named is not None:
        return (named,)
    if any(one.fields.matched(deny.pattern)[1] for one in targets):
        return ()
    return nearest_target(deny.shape, targets)


def _denies(bearing: Bearing, statement: Statement) -> Iterator[_Deny]:
    action = _unknown_action(statement)
    if action is None and action_matches(statement, GRAPHQL) is False:
        return
    for index, pattern in enumerate(statement.resources or ()):
        place = bearing.document.place(statement, "Resource", index)
        if place is not None:
            yield _Deny(pattern, read_shape(pattern), action, place)


def _unknown_action(statement: Statement) -> str | None:
    """Return an AppSync action that there is not, if the statement has no other of AppSync's."""
    if statement.negated_actions or action_matches(statement, GRAPHQL) is not False:
        return None
    written = [str(action) for action in statement.actions or ()]
    own = [action for action in written if action.lower().startswith("appsync:")]
    known = [action for action in own if exists(action.partition(":")[2])]
    return own[0] if own and not known else None


def _rows(bearing: Bearing, deny: _Deny, target: Target) -> Iterator[Row]:
    schema = target.api.schema
    meant = 0
    misses: Misses | Unknown
    if isinstance(schema, Schema):
        misses, meant = _miss(deny, target, schema)
    elif isinstance(schema, Unknown) and deny.shape.form in ("type", "field", "malformed"):
        misses = Unknown(schema.reason, schema.would_decide, ("no", "nothing"))
    else:
        return
    verdicts = [(one, _open(one, meant, target)) for one in bearing.bearers if meant]
    near = tuple(one for one, verdict in verdicts if verdict is True)
    if misses == "nothing" and verdicts:
        unsure = next((one for _, one in verdicts if isinstance(one, Unknown)), None)
        harmless = all(_refused(one, meant, target) for one in bearing.bearers)
        misses = "near" if near else unsure or ("no" if harmless else "nothing")
    names = ", ".join(f"{one.kind} {one.name}" for one in near or bearing.bearers)
    cells: Denies = {
        "principal": names,
        "policy": bearing.document.name,
        "resource": target.shortened(str(deny.pattern)),
        "coordinate": _coordinate(deny.shape),
        "misses": misses,
        "why": _why(deny, target),
        "meant": _named(meant, target),
    }
    yield DENIES.row(cells, deny.place, {}, target.api.name)


def _miss(deny: _Deny, target: Target, schema: Schema) -> tuple[Misses | Unknown, int]:
    certain, possible = target.fields.matched(deny.pattern)
    if deny.action is not None:
        return "nothing", possible
    if certain:
        return "no", 0
    if possible:
        apart = target.why_apart(deny.pattern)
        reason = apart or unknown_of(deny.pattern) or Unknown("the resource has a policy variable")
        return Unknown(reason.reason, reason.would_decide, ("no", "nested")), 0
    if target.nested.matched(deny.pattern)[0]:
        return "nested", 0
    return "nothing", _meant(deny.shape, target, schema)


def _meant(shape: Shape, target: Target, schema: Schema) -> int:
    """Return the root fields that the resource was probably written for."""
    if shape.form == "bare-api":
        return target.fields.all
    type_name, field_name = _names(shape)
    roots = [name for name in schema.roots.values() if name in schema.types]
    root = nearest(type_name, roots)
    homes = [root] if root else roots
    if not field_name or field_name == "*":
        names = schema.types[root].fields if root else ()
        return sum(target.fields.bit(f"{root}.{name}") for name in names)
    for home in (*homes, *roots):
        fields = schema.types[home].fields
        if "*" in field_name or "?" in field_name:
            found = [one for one in fields if matches(field_name.lower(), one.lower())]
        else:
            likely = nearest(field_name, list(fields))
            found = [likely] if likely else []
        if found:
            return sum(target.fields.bit(f"{home}.{name}") for name in found)
    return 0


def _names(shape: Shape) -> tuple[str, str]:
    """Return the type and field that a resource names, or would if it was written well."""
    if shape.type_name:
        return shape.type_name, shape.field_name
    path = shape.corrected.partition("/types/")[2]
    type_name, _, end = path.partition("/")
    return type_name, end.removeprefix("fields/")


def _open(bearer: Principal, meant: int, target: Target) -> bool | Unknown:
    """Return whether the principal may call a field that the Deny was meant for."""
    granted = granted_to(bearer, target.fields)
    if granted.granted & meant:
        return True
    if granted.undecided & meant:
        return Unknown(granted.why.reason, granted.why.would_decide, ("near", "nothing"))
    return False


def _refused(bearer: Principal, meant: int, target: Target) -> bool:
    return not meant & ~granted_to(bearer, target.fields).refused_explicitly


def _why(deny: _Deny, target: Target) -> str:
    if deny.action is not None:
        return f"there is no action `{deny.action}`"
    if deny.shape.mistake:
        return deny.shape.mistake
    if deny.shape.form == "bare-api":
        return "it is the API itself, and AppSync asks IAM about fields"
    coordinate = _coordinate(deny.shape)
    where = f"the schema of `{target.api.name}` has no root field `{coordinate}`"
    return where if coordinate else "it matches no root field of the API"


def _coordinate(shape: Shape) -> str | None:
    if not shape.type_name:
        return None
    return f"{shape.type_name}.{shape.field_name or '*'}"


def _named(meant: int, target: Target) -> str | None:
    names = target.fields.named(meant)
    if not names:
        return None
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
