"""A default value in SDL → why it does not fit its type.

In: graphql-core's nodes. Out: words. Scalars of AppSync take any literal here: what they accept is
checked by AppSync, and nothing says that it is when a schema is created.
https://spec.graphql.org/October2021/#sec-Values.Input-Coercion
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["DefaultValues"]

_LITERALS = {
    "Int": ("int_value",),
    "Float": ("int_value", "float_value"),
    "String": ("string_value",),
    "Boolean": ("boolean_value",),
    "ID": ("string_value", "int_value"),
}
_LARGEST_INT = 2**31 - 1
_LONGEST_INT = 11  # digits and sign of the smallest
_KINDS = ("input_object_type_definition", "enum_type_definition")


class DefaultValues:
    """Holds default values against the inputs and enums of one document."""

    def __init__(self, nodes: Iterable[Any]) -> None:
        self._definitions = {node.name.value: node for node in nodes if node.kind in _KINDS}
        self._values: dict[str, frozenset[str]] = {}  # of enums
        self._fields: dict[str, dict[str, Any]] = {}  # of inputs
        self._required: dict[str, list[str]] = {}

    def find_misfit(self, value: Any, written: Any) -> str:
        """Return why the value does not fit the type, "" if it does or if that is not known."""
        if written.kind == "non_null_type":
            if value.kind == "null_value":
                return "it is null, and the type is not nullable"
            written = written.type
        if value.kind in ("null_value", "variable"):
            return ""
        if written.kind == "list_type":
            items = value.values if value.kind == "list_value" else (value,)
            misfits = (self.find_misfit(item, written.type) for item in items)
            return next(filter(None, misfits), "")
        name = written.name.value
        if name in _LITERALS:
            return _check_scalar(value, name)
        definition = self._definitions.get(name)
        if definition is None:
            return ""
        if definition.kind == "enum_type_definition":
            return self._check_enum(value, definition)
        return self._check_input(value, definition)

    def _check_enum(self, value: Any, definition: Any) -> str:
        name = definition.name.value
        if value.kind != "enum_value":
            return f"a value of the enum `{name}` is expected, without quotes"
        if name not in self._values:
            self._values[name] = frozenset(one.name.value for one in definition.values or ())
        known = value.value in self._values[name]
        return "" if known else f"the enum `{name}` does not have the value `{value.value}`"

    def _check_input(self, value: Any, definition: Any) -> str:
        name = definition.name.value
        if value.kind != "object_value":
            return f"an object of the input type `{name}` is expected"
        if name not in self._fields:
            self._fields[name] = {one.name.value: one for one in definition.fields or ()}
            self._required[name] = [
                field for field, one in self._fields[name].items() if _is_required(one)
            ]
        given = {one.name.value: one.value for one in value.fields or ()}
        for field, part in given.items():
            known = self._fields[name].get(field)
            if known is None:
                return f"the input type `{name}` does not have a field `{field}`"
            misfit = self.find_misfit(part, known.type)
            if misfit:
                return misfit
        lacking = next((one for one in self._required[name] if one not in given), None)
        return f"it lacks the field `{lacking}` of `{name}`" if lacking else ""


def _is_required(field: Any) -> bool:
    return field.type.kind == "non_null_type" and field.default_value is None


def _check_scalar(value: Any, name: str) -> str:
    if value.kind not in _LITERALS[name]:
        return f"a value of the type `{name}` is expected"
    if name == "Int":
        digits = value.value
        if len(digits) > _LONGEST_INT or not -_LARGEST_INT - 1 <= int(digits) <= _LARGEST_INT:
            return "it is too large for `Int`"
    return ""
