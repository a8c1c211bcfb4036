"""Changes of a type's or a field's directives, of a field's type, or of the list of providers.

In: changes and an endpoint. Out: the endpoint as it would be after them, and their words. Decides
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.appsync.modes import MODE_OF_DIRECTIVE
from cdk_appsync_guard.appsync.providers import CONFIG_OF_MODE
from cdk_appsync_guard.facts.access_view import join, written
from cdk_appsync_guard.report import Edit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cdk_appsync_guard.appsync.schema import Directive, Schema, TypeDefinition

__all__ = [
    "Change",
    "apply",
    "authorizing",
    "list_coordinates",
    "merge",
    "phrase",
    "plain_edit",
]

AWS_AUTH = "aws_auth"


@dataclass(frozen=True, slots=True)
class Change:
    """An edit on the model.

    ``before`` and ``after`` are all authorization directives of the coordinate itself; a change of
    ``type`` has the field's new type in ``value``, and one of ``provider`` the added mode.
    """

    kind: str  # directives, type or provider
    coordinate: str = ""
    before: tuple[Directive, ...] = ()
    after: tuple[Directive, ...] = ()
    value: str = ""


def authorizing(directives: Iterable[Directive]) -> tuple[Directive, ...]:
    """Return the directives that say who may select something, whether they count or not."""
    return tuple(one for one in directives if one.name in MODE_OF_DIRECTIVE or one.name == AWS_AUTH)


def merge(changes: Iterable[Change]) -> list[Change]:
    """Return the changes with those of the same directives made one."""
    merged: dict[tuple[str, str, str], Change] = {}
    for change in changes:
        key = (change.kind, change.coordinate, change.value)
        first = merged.get(key, change)
        merged[key] = replace(change, before=first.before)
    return list(merged.values())


def apply(endpoint: Endpoint, changes: Iterable[Change]) -> Endpoint:
    """Return the endpoint after the changes."""
    authorization, schema = endpoint.authorization, endpoint.schema
    for change in changes:
        if change.kind == "provider":
            more = (*authorization.additional, change.value)
            authorization = replace(authorization, additional=more)
        else:
            schema = _edit(schema, change)
    return Endpoint(authorization, schema, endpoint.introspection)


def _edit(schema: Schema, change: Change) -> Schema:
    type_name, _, name = change.coordinate.partition(".")
    definition = schema.types[type_name]
    if name:
        edited = _edit_field(definition, name, change)
    else:
        edited = replace(definition, directives=_exchange(definition.directives, change))
    return replace(schema, types={**schema.types, type_name: edited})


def _edit_field(definition: TypeDefinition, name: str, change: Change) -> TypeDefinition:
    field = definition.fields[name]
    if change.kind == "type":
        field = replace(field, signature=change.value, non_null=False, items_non_null=False)
    else:
        field = replace(field, directives=_exchange(field.directives, change))
    return replace(definition, fields={**definition.fields, name: field})


def _exchange(directives: tuple[Directive, ...], change: Change) -> tuple[Directive, ...]:
    old = set(authorizing(directives))
    return (*(one for one in directives if one not in old), *change.after)


def plain_edit(change: Change, schema: Schema) -> Edit:
    """Return the edit as a report has it."""
    if change.kind == "provider":
        return Edit("provider", "", "", change.value)
    if change.kind == "type":
        type_name, _, name = change.coordinate.partition(".")
        old = schema.types[type_name].fields[name].signature
        return Edit("type", change.coordinate, old, change.value)
    before, after = written(change.before), written(change.after)
    return Edit("directives", change.coordinate, before, after)


def phrase(changes: Iterable[Change]) -> str:
    """Return what to do, as a clause that begins with a verb; alike changes are said once."""
    said: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        said.setdefault(_words(change), []).append(_place(change))
    return join([f"{what} {join(places)}{tail}" for (what, tail), places in said.items()], "and")


def list_coordinates(coordinates: Sequence[str], most: int = 4) -> str:
    """Return the coordinates as a message lists them."""
    shown = [f"`{one}`" for one in coordinates[:most]]
    more = len(coordinates) - most
    if more > 0:
        shown.append(f"{more} more field{'s' if more > 1 else ''}")
    return join(shown, "and")


def _words(change: Change) -> tuple[str, str]:
    """Return what stands before the place, and after it."""
    if change.kind == "provider":
        block = CONFIG_OF_MODE.get(change.value)
        return f"add `{change.value}`{f' with its `{block}`' if block else ''} to", ""
    if change.kind == "type":
        return "make", f" nullable (`{change.value}`)"
    before = {(one.name, one.groups) for one in change.before}
    after = {(one.name, one.groups) for one in change.after}
    removed = [one for one in change.before if (one.name, one.groups) not in after]
    added = [one for one in change.after if (one.name, one.groups) not in before]
    if len(removed) == len(added) == 1 and removed[0].name == added[0].name:
        words = _words_of_groups(removed[0], added[0])
        if words:
            return words
    if not removed:
        return f"add `{written(added)}` to", ""
    if not added:
        return f"remove `{written(removed)}` from", ""
    return f"replace `{written(removed)}` with `{written(added)}` on", ""


def _words_of_groups(old: Directive, new: Directive) -> tuple[str, str] | None:
    """Return the words for a list of groups that grows or shrinks."""
    if not old.groups or not new.groups:
        return None
    more = [one for one in new.groups if one not in old.groups]
    less = [one for one in old.groups if one not in new.groups]
    if more and not less:
        return f"add {_quote(more)} to the `cognito_groups` of", ""
    if less and not more:
        return f"remove {_quote(less)} from the `cognito_groups` of", ""
    return None


def _place(change: Change) -> str:
    if change.kind == "provider":
        return "`AdditionalAuthenticationProviders`"
    kind = "" if "." in change.coordinate else "type "
    return f"{kind}`{change.coordinate}`"


def _quote(groups: Iterable[str]) -> str:
    return ", ".join(f'`"{group}"`' for group in groups)
