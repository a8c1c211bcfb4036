"""Fn::ForEach and AWS::Include → the resources and properties that they stand for.

In: a template, parameters' values, and a way to read a file beside it. Out: a template without
them, whose positions still lead to the lines that were written, and notices of what is left out.
Resolves no other function.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.errors import Location, TemplateError
from cdk_appsync_guard.report import Notice
from cdk_appsync_guard.template.inputs.local_files import sketch
from cdk_appsync_guard.template.source.derived_template import DerivedTemplate, Origin, source_of
from cdk_appsync_guard.template.source.read import DataPath, Template
from cdk_appsync_guard.template.values.declarations import read_declaration
from cdk_appsync_guard.template.values.value import Value, display

__all__ = ["Expansion", "expand"]

MOST_VALUES = 50_000
"""How many values loops may make: about what a template of 1 MB, CloudFormation's limit after
expansion, can hold."""

_CHARACTERS_A_VALUE = 40
_LOOP = "Fn::ForEach::"
_NOT_FOUND = "the file that it includes was not found beside it"
_IDENTIFIER = re.compile(r"([$&])\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Expansion:
    """A template without loops and includes, and a notice for each that had to be left out."""

    template: Template
    notices: tuple[Notice, ...] = ()


def expand(
    template: Template, known: Mapping[str, Value], include: Callable[[str], Template | None]
) -> Expansion:
    """Return the template with its loops and includes written out.

    *known* are the parameters' values; *include* returns the snippet that a location means.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
    """
    work = _Work(template, known, include)
    data = work.mapping(template.data, _Spot((), ()), {})
    work.include_at_top(data)
    return Expansion(DerivedTemplate(template, data, work.origins), tuple(work.notices))


@dataclass(frozen=True, slots=True)
class _Spot:
    """A value's path in the result, and in the template as written.

    A loop's body is ``detached``: its members go into the mapping around the loop.
    """

    path: DataPath
    written: DataPath
    detached: bool = False

    def below(self, key: str | int, written: str | int) -> _Spot:
        return _Spot((*self.path, key), (*self.written, written))


class _Work:
    """One expansion: what was made from what, what was left out, and how much more may be made."""

    def __init__(
        self,
        template: Template,
        known: Mapping[str, Value],
        include: Callable[[str], Template | None],
    ) -> None:
        self.template = template
        self.known = known
        self.include = include
        self.origins: dict[DataPath, Origin] = {}
        self.notices: list[Notice] = []
        self.left = MOST_VALUES

    def value(self, value: Any, spot: _Spot, names: Mapping[str, str]) -> Any:
        if names:
            self.count(spot)
        if isinstance(value, dict):
            return self.mapping(value, spot, names)
        if isinstance(value, list):
            return [
                self.value(item, spot.below(index, index), names)
                for index, item in enumerate(value)
            ]
        return self.fill(value, spot, names) if isinstance(value, str) else value

    def fill(self, text: str, spot: _Spot, names: Mapping[str, str]) -> str:
        """Put a loop's variables in. Loops in loops can double a text at every level."""
        if not names:
            return text
        size = len(text) + text.count("{") * max(map(len, names.values()))
        self.count(spot, size // _CHARACTERS_A_VALUE)
        return _fill(text, names)

    def count(self, spot: _Spot, values: int = 1) -> None:
        self.left -= values
        if self.left < 0:
            raise self.error(spot.written, f"its loops expand to more than {MOST_VALUES:,} values")

    def mapping(self, value: dict[str, Any], spot: _Spot, names: Mapping[str, str]) -> Any:
        if names and len(value) == 1:
            (function, argument), *_ = value.items()
            if function == "Ref" and isinstance(argument, str) and argument in names:
                return names[argument]
            if function == "Fn::Sub" and isinstance(argument, str):
                # Where the loop's variable is all there was to substitute, nothing is left to do.
                filled = self.fill(argument, spot, names)
                return {function: filled} if "${" in filled else filled
        result: dict[str, Any] = {}
        for key, item in value.items():
            if key.startswith(_LOOP):
                self.loop(item, _Spot(spot.path, (*spot.written, key)), names, result)
            elif key == "Fn::Transform" and _include_location(item) is not None:
                self.snippet(item, _Spot(spot.path, (*spot.written, key)), result)
            else:
                self.member(key, item, spot, names, result)
        return result

    def member(
        self,
        key: str,
        item: Any,
        spot: _Spot,
        names: Mapping[str, str],
        result: dict[str, Any],
    ) -> None:
        filled = self.fill(key, spot, names)
        below = spot.below(filled, key)
        if spot.detached or filled != key:
            self.origins[below.path] = Origin(below.written)
        result[filled] = self.value(item, below, names)

    def loop(
        self, loop: Any, spot: _Spot, names: Mapping[str, str], result: dict[str, Any]
    ) -> None:
        if not (
            isinstance(loop, list)
            and len(loop) == len(("identifier", "collection", "body"))
            and isinstance(loop[0], str)
            and isinstance(loop[2], dict)
        ):
            raise self.error(
                spot.written, "a loop needs a list of three: identifier, collection, mapping"
            )
        identifier, collection, body = loop
        items = self.collection(collection, spot, names)
        if items is None:
            self.leave_out(spot.written, _why_not(collection, self.template))
            return
        for item in items:
            self.count(spot)
            inner = {**names, identifier: item}
            made = self.mapping(body, _Spot(spot.path, (*spot.written, 2), detached=True), inner)
            if isinstance(made, dict):
                result.update(made)

    def collection(
        self, collection: Any, spot: _Spot, names: Mapping[str, str]
    ) -> list[str] | None:
        """Return what a loop runs over, or None if that is not known."""
        if isinstance(collection, list):
            items: list[str] = []
            for entry in collection:
                found = self.entry(entry, spot, names)
                if found is None:
                    return None
                items += found
            return items
        return self.entry(collection, spot, names)

    def entry(self, entry: Any, spot: _Spot, names: Mapping[str, str]) -> list[str] | None:
        if isinstance(entry, (str, int, float)):
            return [self.fill(display(entry), spot, names)]
        if not isinstance(entry, dict) or len(entry) != 1:
            return None
        (function, argument), *_ = entry.items()
        if function == "Fn::FindInMap" and isinstance(argument, list):
            keys = [self.entry(key, spot, names) for key in argument]
            return _plain_list(_look_up(self.template.data.get("Mappings"), keys))
        if function != "Ref" or not isinstance(argument, str):
            return None
        if argument in names:
            return [names[argument]]
        return _plain_list(self.known.get(argument))

    def snippet(self, transform: Any, spot: _Spot, result: dict[str, Any]) -> None:
        found = self.include(_include_location(transform, self.known) or "")
        if found is not None and isinstance(found.data, dict):
            for key, item in found.data.items():
                if key not in result:
                    result[key] = item
                    self.origins[(*spot.path, key)] = Origin((key,), found)
        elif len(spot.path) > 1:
            result["Fn::Transform"] = transform
        else:
            self.leave_out(spot.written, _NOT_FOUND)

    def include_at_top(self, data: dict[str, Any]) -> None:
        """Merge the snippets that the ``Transform`` section names, section by section."""
        transforms = data.get("Transform")
        for transform in transforms if isinstance(transforms, list) else [transforms]:
            location = _include_location(transform, self.known)
            if location is None:
                continue
            found = self.include(location)
            if found is None or not isinstance(found.data, dict):
                self.leave_out(("Transform",), _NOT_FOUND)
                continue
            for section, members in found.data.items():
                own = data.get(section)
                if own is None:
                    data[section] = members
                    self.origins[(section,)] = Origin((section,), found)
                elif isinstance(own, dict) and isinstance(members, dict):
                    for key in members.keys() - own.keys():
                        self.origins[section, key] = Origin((section, key), found)
                    data[section] = {**members, **own}

    def leave_out(self, written: DataPath, reason: str) -> None:
        self.notices.append(
            Notice(f"a part of the template is left out: {reason}", self.place(written))
        )

    def error(self, written: DataPath, message: str) -> TemplateError:
        return TemplateError(
            message, location=self.place(written), help="see the documentation of Fn::ForEach"
        )

    def place(self, written: DataPath) -> Location:
        file, path = source_of(self.template, written)
        line, column = file.locate(path)
        return Location(file.name, line, column, "/".join(map(str, path)))


def _include_location(transform: Any, known: Mapping[str, Value] | None = None) -> str | None:
    """Return the location of an AWS::Include, holes as ``${...}``, or None for other transforms."""
    if not isinstance(transform, dict) or transform.get("Name") != "AWS::Include":
        return None
    parameters = transform.get("Parameters")
    return sketch(parameters.get("Location") if isinstance(parameters, dict) else None, known or {})


def _why_not(collection: Any, template: Template) -> str:
    name = collection.get("Ref") if isinstance(collection, dict) else None
    if isinstance(name, str):
        declared = template.data.get("Parameters")
        if isinstance(declared, dict) and read_declaration(declared.get(name)).is_secret:
            return f"a loop runs over the parameter `{name}`, which is a secret (`NoEcho`)"
        return f"the parameter `{name}`, which a loop runs over, has no value"
    return "the values that a loop runs over are not known"


def _look_up(mappings: Any, keys: list[list[str] | None]) -> Any:
    for key in keys:
        if key is None or len(key) != 1 or not isinstance(mappings, dict):
            return None
        mappings = mappings.get(key[0])
    return mappings


def _plain_list(value: Value) -> list[str] | None:
    """Return the items of a list, or of a parameter's comma separated text."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")] if value else []
    if isinstance(value, list) and all(isinstance(item, (str, int, float)) for item in value):
        return [display(item) for item in value]
    return None


def _fill(text: str, names: Mapping[str, str]) -> str:
    """Put a loop's variables in: ``${Id}`` as it is, ``&{Id}`` as fit for a logical id."""

    def replace(match: re.Match[str]) -> str:
        item = names.get(match[2].strip())
        if item is None:
            return match[0]
        return item if match[1] == "$" else re.sub("[^A-Za-z0-9]", "", item)

    return _IDENTIFIER.sub(replace, text)
