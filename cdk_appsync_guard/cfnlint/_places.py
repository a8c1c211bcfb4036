"""Places of findings → places in the template that cfn-lint looks at.

A finding in another file (a schema beside the template, a nested stack) stands at the property that
leads to the file. Only then the template is read again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from cfnlint.rules import RuleMatch
from cfnlint.template import Template

from cdk_appsync_guard.errors import GuardError, Location
from cdk_appsync_guard.report import Finding, Waiting
from cdk_appsync_guard.template.inputs.assembly import find_inputs, read_unit
from cdk_appsync_guard.template.inputs.sources import SourceStack, resources_of
from cdk_appsync_guard.template.source.read import DataPath

__all__ = ["Places"]

_Span: TypeAlias = "tuple[int, int, int, int]"  # cfn-lint counts lines and columns from 0

_LEADING_AWAY = ("S3Location", "Uri", "URL", "Location")
_WORD = re.compile(r'@?[\w:.-]*\w|"[^"]*"?')


class Places:
    """The places of one template; ``file`` is None if it does not lie in one."""

    def __init__(self, cfn: Template, file: str | None) -> None:
        self._cfn = cfn
        self._file = file
        self._name = None if file is None else Path(file).as_posix()

    def match(self, said: Finding | Waiting, words: str, advice: str) -> RuleMatch:
        """Return cfn-lint's match for what is said; *advice* comes last."""
        excerpt = said.excerpt if isinstance(said, Finding) else None
        if self._file is None:
            # The text is gone: cfn-lint knows where the value begins, not what is inside it.
            inside = f" (at `{excerpt.text}`)" if excerpt and said.coordinate else ""
            return RuleMatch(self._path(said.location), words + inside + advice)
        if said.location.file == self._name:
            width = 1
            if excerpt:
                word = _WORD.match(excerpt.text, excerpt.column - 1)
                width = len(word[0]) if word else 1
            return self._match_here(said.location, words + advice, width)
        names = (said.location.logical_id, (said.api or "").rpartition("/")[2])
        return self._match_elsewhere(said.location, words, [name for name in names if name], advice)

    def match_error(self, error: GuardError, words: str) -> RuleMatch:
        """Return cfn-lint's match for what cannot be judged."""
        at = error.location
        if at is None or self._file is None:
            return RuleMatch(self._path(at) if at else [], words)
        if at.file == self._name:
            return self._match_here(at, words, 1)
        return self._match_elsewhere(at, words, [at.logical_id] if at.logical_id else [])

    def _match_here(self, at: Location, words: str, width: int) -> RuleMatch:
        line, column = (at.line or 1) - 1, (at.column or 1) - 1
        return RuleMatch(self._path(at), words, location=(line, column, line, column + width))

    def _match_elsewhere(
        self, at: Location, words: str, names: list[str], advice: str = ""
    ) -> RuleMatch:
        path, span = self._way_to(at, names)
        return RuleMatch(list(path), f"{words} (at {at}){advice}", location=span)

    def _path(self, at: Location) -> list[str | int]:
        """Return the way through cfn-lint's data, which begins with the resource that ignores."""
        steps = [step for step in at.path.split("/") if step]
        resources = self._cfn.template.get("Resources")
        name = at.logical_id
        moved = steps[:1] == ["Resources"] and steps[1:2] != [name]
        if isinstance(resources, dict) and name in resources and (moved or not steps):
            steps = ["Resources", str(name)]  # a loop or a transform made it
        return list(_typed(self._cfn.template, steps))

    def _way_to(self, at: Location, names: list[str]) -> tuple[DataPath, _Span]:
        """Return the property that leads to the file, and where it stands."""
        if not self._stacks:
            return (), (0, 0, 0, 1)
        root = self._stacks[0]
        name = self._resource_for(at, names)
        path: DataPath = ("Resources", name) if name else ()
        if name:
            key = _leading_away(resources_of(root.data)[name], Path(at.file).name)
            path += ("Properties", key) if key else ()
        source, written = root.source_of(path)
        line, column = source.locate(written)
        if source.name != self._name:
            line, column = 1, 1
        width = len(str(path[-1])) if path else 1
        start = (line or 1) - 1, (column or 1) - 1
        return path, (*start, start[0], start[1] + width)

    def _resource_for(self, at: Location, names: list[str]) -> str | None:
        """Return the resource of the template itself through which the file comes in."""
        root = self._stacks[0]
        nested = [stack for stack in self._stacks[1:] if stack.template.name == at.file]
        for stack in nested:
            return _name_in_root(stack)
        for name in names:
            for stack in self._stacks:
                if name in resources_of(stack.data):
                    return name if stack is root else _name_in_root(stack)
        mentioned = Path(at.file).name
        for name, resource in resources_of(root.data).items():
            if _leading_away(resource, mentioned, exactly=True):
                return name
        return None

    @cached_property
    def _stacks(self) -> tuple[SourceStack, ...]:
        units, _ = find_inputs([self._file or ""])
        return tuple(
            stack for unit in units for assembly in read_unit(unit)[0] for stack in assembly.stacks
        )


def _name_in_root(stack: SourceStack) -> str | None:
    """Return the root's resource in which the stack is nested, at whatever depth."""
    name = None
    parent: SourceStack | None = stack
    while parent is not None and parent.parent is not None:
        name = parent.parent_logical_id
        parent = parent.parent
    return name


def _leading_away(resource: dict[str, Any], mentioned: str, *, exactly: bool = False) -> str | None:
    """Return the property that names the file, or else one that names some file."""
    properties = resource.get("Properties")
    keys = [
        key
        for key in (properties if isinstance(properties, dict) else ())
        if isinstance(key, str) and key.endswith(_LEADING_AWAY)
    ]
    naming = [key for key in keys if properties and mentioned in str(properties[key])]
    return next(iter(naming if exactly else (*naming, *keys)), None)


def _typed(data: Any, steps: list[str]) -> Iterator[str | int]:
    """Yield the steps, those into lists as numbers."""
    for step in steps:
        into_list = isinstance(data, list) and step.isdecimal()
        key: str | int = int(step) if into_list else step
        yield key
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            data = None
