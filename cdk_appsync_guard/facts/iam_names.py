"""The type and field that a resource names → whether the schema has them, and what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_appsync_guard.appsync.field_arns import Shape
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.facts.conversions import hint
from cdk_appsync_guard.facts.iam_targets import Target
from cdk_appsync_guard.facts.tables import Cell
from cdk_appsync_guard.spelling import closest
from cdk_appsync_guard.template.values.value import Text, Unknown, unknown_of

__all__ = ["names_in_schema"]

_INTROSPECTION = ("__schema", "__type", "__typename")  # every Query has them


def names_in_schema(
    shape: Shape,
    pattern: str | Text,
    schema: Schema,
    target: Target,
    targets: Sequence[Target],
) -> dict[str, Cell]:
    """Return whether the schema has what the resource names, and what was probably meant."""
    type_name, field_name = shape.type_name, shape.field_name
    if not type_name or any(mark in type_name + field_name for mark in "*?"):
        return {}
    reason = _unknown_name(pattern) if "${" in type_name + field_name else None
    if reason is not None:
        several = len(targets) > 1
        in_type = "${" in type_name
        return {
            "type_exists": reason if in_type else True,
            "root": reason if in_type else True,
            "field_exists": reason if field_name else True,
            "only_case": reason,
            "other_api": reason if several else None,
        }
    fields = schema.types[type_name].fields if type_name in schema.types else {}
    exists = not field_name or field_name in fields or field_name in _INTROSPECTION
    cells: dict[str, Cell] = {
        "type_exists": type_name in schema.types,
        "root": type_name in schema.roots.values(),
        "field_exists": exists,
    }
    if type_name not in schema.types:
        wanted, names = type_name, list(schema.types)
    elif not exists:
        wanted, names = field_name, list(fields)
    else:
        return cells
    likely = _likely(wanted, names)
    elsewhere = next((name for name in _homes(field_name, schema) if name != type_name), None)
    if likely is None and elsewhere is not None and not exists:
        likely = f"{elsewhere}.{field_name}"
    cells["hint"] = hint(likely)
    cells["only_case"] = likely is not None and likely.lower() == wanted.lower()
    cells["other_api"] = next(
        (
            other.api.name
            for other in targets
            if other is not target and other.fields.bit(f"{type_name}.{field_name}")
        ),
        None,
    )
    return cells


def _unknown_name(pattern: str | Text) -> Unknown | None:
    """Return why the type or field, the last unknown part of the ARN, cannot be known."""
    return unknown_of(Text((pattern.holes[-1],))) if isinstance(pattern, Text) else None


def _likely(wanted: str, names: list[str]) -> str | None:
    same = [name for name in names if name.lower() == wanted.lower()]
    return same[0] if same else closest(wanted, names, cutoff=0.75)


def _homes(field_name: str, schema: Schema) -> Iterator[str]:
    """Yield the root types that have a field of this name."""
    for root in schema.roots.values():
        if root in schema.types and field_name in schema.types[root].fields:
            yield root
