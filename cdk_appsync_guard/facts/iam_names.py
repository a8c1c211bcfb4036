"""The type and field that a resource names → whether the schema has them, and what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cdk_appsync_guard.appsync.field_arns import Shape
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.facts.iam_targets import Target, Targets
from cdk_appsync_guard.facts.iam_vocabulary import MismatchKind
from cdk_appsync_guard.spelling import closest
from cdk_appsync_guard.template.values.value import Text, Unknown, unknown_of

__all__ = ["Mismatch", "find_mismatch", "nearest", "nearest_target"]

_INTROSPECTION = ("__schema", "__type", "__typename")  # every Query has them
_DEFAULT_ROOTS = ("Query", "Mutation", "Subscription")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """How the names differ from the schema.

    ``kind`` is type, field, case, or other-api; None if the schema has them, or if the resource
    names nothing exactly. ``likely`` is the type or coordinate that was probably meant.
    """

    kind: MismatchKind | Unknown | None
    likely: str | None = None
    other_api: str | Unknown | None = None


_NONE = Mismatch(None)


def find_mismatch(
    shape: Shape, pattern: str | Text, target: Target, targets: Targets | None = None
) -> Mismatch:
    """Return whether the schema has what the resource names, and what was probably meant.

    *targets* are the APIs that may have been meant instead.
    """
    type_name, field_name, schema = shape.type_name, shape.field_name, target.api.schema
    if not isinstance(schema, Schema) or shape.form not in ("type", "field"):
        return _NONE
    if any(mark in type_name + field_name for mark in "*?"):
        return _NONE
    if "${" in type_name + field_name:
        unknown = _unknown_name(pattern)
        return Mismatch(unknown, None, unknown) if unknown else _NONE
    if type_name not in schema.types:
        return _without_type(type_name, field_name, schema, target, targets)
    fields = schema.types[type_name].fields
    if not field_name or field_name in fields or field_name in _INTROSPECTION:
        return _NONE
    return _without_field(type_name, field_name, schema, target, targets)


def _without_type(
    type_name: str, field_name: str, schema: Schema, target: Target, targets: Targets | None
) -> Mismatch:
    if type_name in _DEFAULT_ROOTS and not field_name:
        return _NONE  # all three roots at once are boilerplate: there is nothing to call
    other_api = _elsewhere(type_name, field_name, target, targets) if field_name else None
    if other_api is not None:
        return Mismatch("other-api", None, other_api)
    roots = [name for name in schema.roots.values() if name in schema.types]
    likely = closest(type_name, roots, cutoff=0.6) or nearest(type_name, list(schema.types))
    if likely is None:
        return Mismatch("type")
    whole = f"{likely}.{field_name}" if field_name else likely
    return Mismatch("case" if likely.lower() == type_name.lower() else "type", whole)


def _without_field(
    type_name: str, field_name: str, schema: Schema, target: Target, targets: Targets | None
) -> Mismatch:
    other_api = _elsewhere(type_name, field_name, target, targets)
    if other_api is not None:
        return Mismatch("other-api", None, other_api)
    likely = nearest(field_name, list(schema.types[type_name].fields))
    if likely is not None:
        is_case = likely.lower() == field_name.lower()
        return Mismatch("case" if is_case else "field", f"{type_name}.{likely}")
    home = next((name for name in _homes(field_name, schema) if name != type_name), None)
    return Mismatch("field", f"{home}.{field_name}" if home else None)


def nearest_target(shape: Shape, targets: Targets) -> Sequence[Target]:
    """Return the API that is meant by a pattern that any API may match and none does."""
    if shape.form not in ("type", "field") or not isinstance(shape.api, str):
        return ()
    if shape.api.strip("*"):
        return ()
    likely = (one for one in targets if find_mismatch(shape, "", one).likely)
    return [next(likely, targets.all[0])] if targets else ()


def _elsewhere(
    type_name: str, field_name: str, target: Target, targets: Targets | None
) -> str | None:
    """Return the name of another API of the input that has the field."""
    having = targets.having(f"{type_name}.{field_name}") if targets is not None else []
    return next((other.api.name for other in having if other is not target), None)


def _unknown_name(pattern: str | Text) -> Unknown | None:
    """Return why the type or field, the last unknown part of the ARN, cannot be known."""
    if not isinstance(pattern, Text) or pattern.holes[-1].service == "AppSync":
        return None
    reason = unknown_of(Text((pattern.holes[-1],)))
    return Unknown(reason.reason, reason.would_decide) if reason else None


def nearest(wanted: str, names: list[str]) -> str | None:
    """Return the name that was probably meant: itself, one in another case, or a close one."""
    if wanted in names:
        return wanted
    same = [name for name in names if name.lower() == wanted.lower()]
    return same[0] if same else closest(wanted, names, cutoff=0.75)


def _homes(field_name: str, schema: Schema) -> Iterator[str]:
    """Yield the root types that have a field of this name."""
    for root in schema.roots.values():
        if root in schema.types and field_name in schema.types[root].fields:
            yield root
