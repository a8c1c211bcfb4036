"""A function of a template → its source, if it is next to the template.

In: a Lambda function. Out: Source with its Outline, None if the code is not at hand. Files are read
only through the stack, which never leaves the assembly's own folder.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-lambda-function-code.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cdk_appsync_guard.authorizer_code.outline import Constant, Outline
from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Text, Value

__all__ = ["Source", "read_source"]

_LARGEST = 400_000
_ENDINGS = {"python": (".py",), "nodejs": (".js", ".mjs", ".cjs", ".ts", ".mts")}
_ANSWERS = "isAuthorized"
_TYPESCRIPT = (".ts", ".mts")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Source:
    """The file with the handler. ``outline`` is None if it does not parse; ``unread`` is why.

    ``start`` is the line of the template that the code's first line is on, less one.
    """

    outline: Outline | None
    handler: str
    place: Place
    inline: bool
    unread: str = ""

    def at(self, line: int) -> Place:
        """Return the place of a line of the code."""
        place = self.place
        inner = (max(line, 1), 1)
        return Place(place.file, place.path, inner, place.logical_id, place.construct_path)


def read_source(function: Resource) -> Source | None:
    """Return the code of a function."""
    handler, runtime = function.get("Handler"), function.get("Runtime")
    if not isinstance(handler, str) or not isinstance(runtime, str):
        return None
    kind = next((one for one in _ENDINGS if runtime.startswith(one)), None)
    if kind is None:
        return None
    module, _, name = handler.rpartition(".")
    inline = function.get("Code", "ZipFile")
    if isinstance(inline, str):
        place = function.place("Code", "ZipFile")
        return _source(inline, name, place, kind, inline=True)
    for path in _paths(function, module, _ENDINGS[kind]):
        try:
            file = function.stack.read_beside(path)
        except GuardError:
            continue
        if file is not None:
            typescript = path.endswith(_TYPESCRIPT)
            place = Place(file, (), None, function.logical_id)
            return _source(file.text, name, place, kind, inline=False, typescript=typescript)
    return None


def _paths(function: Resource, module: str, endings: tuple[str, ...]) -> Iterator[str]:
    for folder in _folders(function):
        for ending in endings:
            yield f"{folder}/{module}{ending}" if folder else f"{module}{ending}"


def _folders(function: Resource) -> Iterator[str]:
    """Yield the folders that the code may lie in, as they are written."""
    code: Value = function.get("Code")
    key = code.get("S3Key") if isinstance(code, dict) else code
    text = str(key) if isinstance(key, (str, Text)) else ""
    found = _HASH.search(text)
    if found:
        yield found[0]
    asset = function.metadata.get("aws:asset:path")
    if isinstance(asset, str):
        yield asset.rstrip("/")
    if isinstance(key, str) and "://" not in key and not key.endswith(".zip"):
        yield key.rstrip("/")


def _source(
    text: str, handler: str, place: Place, kind: str, *, inline: bool, typescript: bool = False
) -> Source | None:
    if len(text) > _LARGEST:
        return Source(None, handler, place, inline, "its code is too long to be read")
    if kind == "python":
        from cdk_appsync_guard.authorizer_code.python_outline import outline_python  # noqa: PLC0415 - most have none

        outline = outline_python(text)
    else:
        from cdk_appsync_guard.authorizer_code.javascript_outline import outline_javascript  # noqa: PLC0415 - see above

        outline = outline_javascript(text, typescript=typescript)
    if outline is None:
        unread = "its code does not parse"
        return Source(None, handler, place, inline, unread) if _ANSWERS in text else None
    return Source(outline, handler, place, inline) if _has_handler(outline, handler) else None


def _has_handler(outline: Outline, handler: str) -> bool:
    """Return whether the file has the handler: code that has none is a placeholder."""
    if handler in outline.functions or handler in outline.exports:
        return True
    values = outline.module.assigned.get(handler, [])
    return any(not isinstance(value, Constant) for value in values)
