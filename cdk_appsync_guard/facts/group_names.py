"""Cognito groups that directives name, held against those of the pool → rows of group_names.

In: an API and all stacks. Out: a row for each group that is not declared although one of almost the
same name is, or that the schema itself names in two ways: groups are compared letter by letter.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from posixpath import commonprefix

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import COGNITO
from cdk_appsync_guard.appsync.schema import Directive, Schema
from cdk_appsync_guard.facts.api_vocabulary import GROUP_NAMES, GroupNames
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.values.value import Text, Unknown, unknown_of

__all__ = ["declared_groups", "group_name_rows"]

_GROUP = "AWS::Cognito::UserPoolGroup"
_GROUPED = ("aws_cognito_user_pools", "aws_auth")
_MOST_COMPARED = 200
_SHORTEST = 4  # shorter names are alike by chance


def group_name_rows(api: Api, stacks: tuple[Stack, ...]) -> Iterator[Row]:
    """Yield the groups of the schema that are probably misspelled, each where it is first."""
    if not isinstance(api.schema, Schema):
        return
    declared, unknown = declared_groups(api, stacks)
    known = {_plain(name): name for name in declared}
    asked = False
    spellings: dict[str, str] = {}
    for group, (coordinate, directive) in _used(api.schema).items():
        first = spellings.setdefault(_plain(group), group)
        if group in declared:
            continue
        near: str | Unknown | None = _find_near(group, known)
        rival: str | Unknown | None = None
        if near is None:
            rival = (unknown or first) if first != group else None
            near, asked = (None, asked) if asked else (unknown, True)
        if near is None and rival is None:
            continue
        cells: GroupNames = {
            "group": group,
            "near": near,
            "first": first,
            "rival": rival,
            "coordinate": coordinate,
        }
        yield GROUP_NAMES.row(cells, api.schema.at(directive.offset), {}, api.name)


def declared_groups(api: Api, stacks: tuple[Stack, ...]) -> tuple[dict[str, None], Unknown | None]:
    """Return the names of the groups of the API's pools, and why there may be others."""
    pools = [one.get("UserPoolId") for one in api.providers if one.mode == COGNITO]
    names: dict[str, None] = {}
    unknown: Unknown | None = None
    for stack in stacks:
        for group in stack.of_type(_GROUP):
            pool, name = group.get("UserPoolId"), group.get("GroupName")
            if not isinstance(pool, (str, Text)) or pool not in pools:
                continue
            why = unknown_of(name)
            if isinstance(name, str):
                names[name] = None
            elif why is not None:
                reason = f"the name of the group `{group.logical_id}` is not known: {why.reason}"
                unknown = unknown or Unknown(reason, why.would_decide)
    return names, unknown


def _used(schema: Schema) -> dict[str, tuple[str, Directive]]:
    used: dict[str, tuple[str, Directive]] = {}
    for coordinate, directive in _uses(schema):
        for group in directive.groups or ():
            used.setdefault(group, (coordinate, directive))
    return used


def _uses(schema: Schema) -> Iterable[tuple[str, Directive]]:
    for definition in schema.types.values():
        if definition.kind == "object":
            places = [(definition.name, definition.directives)]
            places += [(one.coordinate, one.directives) for one in definition.fields.values()]
            for coordinate, directives in places:
                for directive in directives:
                    if directive.name in _GROUPED:
                        yield coordinate, directive


def _find_near(name: str, declared: Mapping[str, str]) -> str | None:
    """Return the declared name that differs by what is easily overlooked, or by one slip."""
    same = declared.get(_plain(name))
    others = islice(declared.values(), _MOST_COMPARED)
    return same or next((one for one in others if _is_slip(name, one)), None)


def _is_slip(name: str, declared: str) -> bool:
    """Return whether one letter is left out or added, or two are swapped."""
    short, long = sorted((name.casefold(), declared.casefold()), key=len)
    if len(short) < _SHORTEST or len(long) - len(short) > 1:
        return False
    start = len(commonprefix((short, long)))
    if len(short) == len(long):
        return short[:start] + short[start : start + 2][::-1] + short[start + 2 :] == long
    return short[start:] == long[start + 1 :] and not long[start].isdigit()


def _plain(name: str) -> str:
    letters = "".join(letter for letter in name.casefold() if letter.isalnum())
    return letters.removesuffix("s")
