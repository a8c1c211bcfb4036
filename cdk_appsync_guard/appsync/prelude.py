"""The names that AppSync brings to every schema → their definitions as SDL.

In: the names and arguments of definitions.py, the scalars of limits.py. Out: SDL for tools that
know GraphQL but not AppSync. It is never part of a schema that is deployed: AppSync refuses
definitions of its own names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cdk_appsync_guard.appsync.definitions import OWN_DIRECTIVES, Directive
from cdk_appsync_guard.appsync.limits import SCALARS
from cdk_appsync_guard.appsync.modes import MODE_OF_DIRECTIVE, RECORDS

__all__ = ["prelude"]

_HEAD = """\
# AppSync's own directives and scalars, for editors and linters: `cdk-appsync-guard prelude`.
# Do not deploy this file. AppSync refuses a schema that defines its names.
# https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
# https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html
"""
_TYPES = ("OBJECT", "FIELD_DEFINITION")
_FIELDS = ("FIELD_DEFINITION",)
# The types and fields of source APIs, of whatever kind.
# https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html
_MERGED = (*_TYPES, "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT", "INPUT_FIELD_DEFINITION")


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the definition of a directive says beside its name."""

    meaning: str
    places: tuple[str, ...]
    arguments: tuple[str, ...] = ()


_MERGE_CONTROL = {
    "canonical": _Shape("Wins where source APIs of a merged API define the same thing.", _MERGED),
    "hidden": _Shape("Leaves this out of the merged API.", _MERGED),
    "renamed": _Shape("Gives this another name in the merged API.", _MERGED, ("to: String!",)),
}
_MEANINGS = {
    "aws_auth": "Allows these groups, if the Cognito user pool is the only mode of the API.",
    "aws_subscribe": "Names the mutations that publish to this subscription.",
    "aws_publish": "Deprecated: use `@aws_subscribe` on the subscription.",
}


def prelude() -> str:
    """Return the SDL of AppSync's directives and scalars, in the order of their names' owner.

    A list of groups or mutations is ``[String]``, as the service's introspection has it.
    """
    scalars = sorted(name for name in SCALARS if name.startswith("AWS"))
    parts = [_HEAD, *(_definition(name) for name in OWN_DIRECTIVES)]
    return "\n".join([*parts, *(f"scalar {name}" for name in scalars)]) + "\n"


def _definition(name: str) -> str:
    shape = _MERGE_CONTROL.get(name) or _shape(name)
    arguments = f"({', '.join(shape.arguments)})" if shape.arguments else ""
    places = " | ".join(shape.places)
    return f'"""{shape.meaning}"""\ndirective @{name}{arguments} on {places}\n'


def _shape(name: str) -> _Shape:
    mode = MODE_OF_DIRECTIVE.get(name)
    return _Shape(
        meaning=f"Allows {RECORDS[mode].callers}." if mode else _MEANINGS[name],
        places=_TYPES if mode else _FIELDS,
        arguments=tuple(_lists(name)),
    )


def _lists(name: str) -> Iterator[str]:
    for argument in Directive(name, 0).arguments:
        yield f"{argument}: [String]"
