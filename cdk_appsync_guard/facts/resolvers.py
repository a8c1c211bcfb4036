"""Resolvers, functions and data sources → rows that tell whether what they name exists.

In: an API and all stacks. Out: rows of ``resolvers``, ``functions``, ``data_sources`` and
``unresolved``.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-components.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.resolvers import Answer, Wiring
from cdk_appsync_guard.appsync.schema import Field, Schema
from cdk_appsync_guard.facts.apis import schema_unknown
from cdk_appsync_guard.facts.conversions import choice, text
from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.facts.waiting import waiting_rows
from cdk_appsync_guard.facts.wiring_vocabulary import (
    FUNCTIONS,
    RESOLVERS,
    UNRESOLVED,
    CoordinateCells,
    DataSourceCells,
    Functions,
    Resolvers,
    TargetCells,
    Unresolved,
)
from cdk_appsync_guard.spelling import closest
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, unknown_of

__all__ = ["rows_of_wiring"]

_PROPERTIES = {
    "target": "FieldName",
    "data_source_exists": "DataSourceName",
    "repeats": "FieldName",
    "function_count": "PipelineConfig",
    "bad_function": "PipelineConfig",
}
# Fields that are there because a type has to have one: `_empty`, `_`, `placeholder`.
_PLACEHOLDERS = frozenset({"empty", "placeholder", "dummy", "noop"})
_WITH_UNDERSCORE = _PLACEHOLDERS | {"", "unused", "ignore", "ignored", "blank", "stub", "null"}
_Names: TypeAlias = "tuple[Value, Value]"
_MOST_NAMES = 5


def rows_of_wiring(api: Api, stacks: tuple[Stack, ...]) -> Iterator[Row]:
    """Yield the rows about what is attached to the API."""
    wiring = Wiring(api, stacks)
    yield from _resolver_rows(wiring)
    yield from (_function_row(wiring, function) for function in api.functions)
    yield from _unresolved_rows(wiring)
    yield from waiting_rows(api)


_FINE: dict[str, Cell] = {
    "target": "field",
    "data_source_exists": True,
    "repeats": None,
    "bad_function": None,
}


def _resolver_rows(wiring: Wiring) -> Iterator[Row]:
    api = wiring.api
    earlier: dict[tuple[Value, Value], str] = {}
    floating: list[tuple[_Names, str]] = []
    for resolver in api.resolvers:
        names = resolver.get("TypeName"), resolver.get("FieldName")
        items = resolver.get("PipelineConfig", "Functions")
        cells: Resolvers = {
            "resolver": resolver.logical_id,
            **_coordinate(names),
            "kind": choice(resolver.get("Kind"), ("UNIT", "PIPELINE"), "UNIT"),
            **_target(api, names),
            **_data_source_cells(wiring.find_data_source(resolver), resolver),
            "lacks_data_source": _lacks_data_source(resolver),
            "repeats": _repeats(names, earlier, floating),
            "function_count": _count(items),
            "bad_function": _bad_function(wiring.read_pipeline(resolver)),
        }
        if all(isinstance(name, (str, Text)) for name in names):
            earlier.setdefault(names, resolver.logical_id)
        if any(unknown_of(name) is not None for name in names):
            floating.append((names, resolver.logical_id))
        yield RESOLVERS.row(cells, resolver.place(), _resolver_places(resolver, cells), api.name)


def _resolver_places(resolver: Resource, cells: Mapping[str, object]) -> dict[str, Place]:
    """Return the places of those cells that something may be said of: places cost time."""
    target = {"target": "TypeName"} if cells["target"] == "no-type" else {}
    return {
        column: resolver.place(name)
        for column, name in {**_PROPERTIES, **target}.items()
        if cells[column] != _FINE.get(column, 1) and resolver.get(name) is not None
    }


def _coordinate(names: _Names) -> CoordinateCells:
    type_name, field_name = (name if isinstance(name, (str, Text)) else "?" for name in names)
    return {
        "coordinate": f"{type_name}.{field_name}",
        "type": str(type_name),
        "field": str(field_name),
    }


def _target(api: Api, names: _Names) -> TargetCells:
    """Return whether the schema has the field, and what was probably meant."""
    type_name, field_name = names
    if api.schema is None:
        return {"target": "field", "advice": ""}
    why = schema_unknown(api) or _why_no_name(type_name) or _why_no_name(field_name)
    if why is not None or not isinstance(api.schema, Schema):
        why = why or Unknown("the schema is not known", "the API's SDL")
        could_be = ("field", "no-field", "no-type")
        return {"target": Unknown(why.reason, why.would_decide, could_be), "advice": ""}
    definition = api.schema.types.get(type_name) if isinstance(type_name, str) else None
    if definition is None:
        return {"target": "no-type", "advice": _advice(type_name, api.schema.types, "types")}
    if field_name in definition.fields:
        return {"target": "field", "advice": ""}
    elsewhere = (
        f"`{root}.{field_name}`"
        for root in api.schema.roots.values()
        if root in api.schema.types and field_name in api.schema.types[root].fields
    )
    advice = next(elsewhere, "")
    advice = f"{advice} exists" if advice else _advice(field_name, definition.fields, "fields")
    return {"target": "no-field", "advice": advice}


def _why_no_name(value: Value) -> Unknown | None:
    return (
        Unknown("a name is not a string") if isinstance(value, (dict, list)) else unknown_of(value)
    )


def _advice(name: Value, known: Iterable[str], what: str) -> str:
    names = list(known)
    wanted = str(name)
    same = [one for one in names if one.lower() == wanted.lower()]
    if same:
        return f"it is `{same[0]}`, and names are case-sensitive"
    near = closest(wanted, names)
    listed = ", ".join(f"`{one}`" for one in names[:_MOST_NAMES])
    return f"did you mean `{near}`" if near else f"its {what} are {listed or 'none'}"


def _data_source_cells(answer: Answer, user: Resource) -> DataSourceCells:
    return {
        "data_source": text(user.get("DataSourceName")),
        "data_source_exists": answer.right,
        "data_source_advice": answer.wrong,
    }


def _lacks_data_source(resolver: Resource) -> bool | Unknown:
    """Return whether the resolver is of one step and names no data source.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-appsync-resolver.html
    """
    if resolver.get("DataSourceName") not in (None, ""):
        return False
    kind = resolver.get("Kind")
    why = unknown_of(kind)
    if why is None:
        return kind in (None, "UNIT")
    could_be = why.could_be or ("UNIT", "PIPELINE")
    return Unknown(why.reason, why.would_decide) if "UNIT" in could_be else False


def _repeats(
    names: _Names, earlier: dict[_Names, str], floating: list[tuple[_Names, str]]
) -> str | Unknown | None:
    """Return the earlier resolver on the same field; *floating* are those whose field is open."""
    plain = all(isinstance(name, (str, Text)) for name in names)
    if plain and names in earlier:
        return earlier[names]
    is_open = any(unknown_of(name) is not None for name in names)
    others = ((one, logical_id) for one, logical_id in earlier.items()) if is_open else floating
    for other, logical_id in others:
        pairs = tuple(zip(names, other, strict=True))
        whys = [unknown_of(one) or unknown_of(another) for one, another in pairs]
        if all(why or one == another for (one, another), why in zip(pairs, whys, strict=True)):
            why = whys[0] or whys[1]
            reason = f"`{logical_id}` might be on the same field"
            reason += f": {why.reason}" if why else ""
            return Unknown(
                reason, why.would_decide if why else "the names themselves in the template"
            )
    return None


def _count(items: Value) -> int | Unknown:
    if isinstance(items, list):
        return len(items)
    return unknown_of(items) or 0


def _bad_function(answers: list[Answer]) -> str | Unknown | None:
    unknown: Unknown | None = None
    for answer in answers:
        if answer.right is False:
            return answer.wrong
        if isinstance(answer.right, Unknown):
            unknown = unknown or answer.right
    return unknown


def _function_row(wiring: Wiring, function: Resource) -> Row:
    cells: Functions = {
        "function": function.logical_id,
        **_data_source_cells(wiring.find_data_source(function), function),
    }
    places = {"data_source_exists": function.place("DataSourceName")}
    return FUNCTIONS.row(cells, function.place(), places, wiring.api.name)


def _unresolved_rows(wiring: Wiring) -> Iterator[Row]:
    """Yield Query and Mutation, if any resolver of the API is in the input."""
    api = wiring.api
    schema = api.schema
    if not isinstance(schema, Schema) or not api.resolvers:
        return
    attached = {(one.get("TypeName"), one.get("FieldName")) for one in _plain(api.resolvers)}
    floating = next((why for one in api.resolvers if (why := _floating(one))), None)
    for root in (schema.query, schema.mutation):
        fields = list(schema.types[root].fields.values()) if root in schema.types else []
        lacking = [
            one
            for one in fields
            if (one.type_name, one.name) not in attached and not _is_placeholder(one.name)
        ]
        placeholder = root == schema.query and len(fields) == 1
        if floating is not None:
            yield from _lacking_row(api, schema, lacking, floating, placeholder=placeholder)
            continue
        for why, some in wiring.share_out(lacking).items():
            yield from _lacking_row(api, schema, some, why, placeholder=placeholder)


def _lacking_row(
    api: Api, schema: Schema, lacking: list[Field], why: Unknown | None, *, placeholder: bool
) -> Iterator[Row]:
    """Yield the row of root fields without resolver, if there are any; *why* they may have one."""
    if not lacking:
        return
    shown = ", ".join(f"`{one.coordinate}`" for one in lacking[:_MOST_NAMES])
    more = len(lacking) - _MOST_NAMES
    cells: Unresolved = {
        "type": lacking[0].type_name,
        "lacking": Unknown(why.reason, why.would_decide) if why else len(lacking),
        "fields": f"{shown} and {more} more" if more > 0 else shown,
        "placeholder": placeholder,
        "effect": _effect(lacking),
    }
    yield UNRESOLVED.row(cells, schema.at(lacking[0].offset), {}, api.name)


def _is_placeholder(name: str) -> bool:
    words = _WITH_UNDERSCORE if name.startswith("_") else _PLACEHOLDERS
    return name.strip("_").lower().replace("_", "") in words


def _effect(lacking: list[Field]) -> str:
    required = next((one for one in lacking if one.non_null), None)
    if required is None:
        return "the answer is null, without an error"
    return f"the answer is null, and an error for `{required.name}`, which must not be null"


def _plain(resolvers: Iterable[Resource]) -> Iterator[Resource]:
    for resolver in resolvers:
        if all(isinstance(resolver.get(name), str) for name in ("TypeName", "FieldName")):
            yield resolver


def _floating(resolver: Resource) -> Unknown | None:
    """Return why the resolver may be attached to any field."""
    for name in ("TypeName", "FieldName"):
        why = unknown_of(resolver.get(name))
        if why is not None:
            reason = f"it is not known which field `{resolver.logical_id}` resolves: {why.reason}"
            return Unknown(reason, why.would_decide)
    return None
