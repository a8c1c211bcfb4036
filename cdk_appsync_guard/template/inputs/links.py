"""Template files → groups that belong together: parents and nested stacks, exports and imports.

In: files, none of which is a cloud assembly's. Out: groups of files, each without the templates
that another one nests. Parses only what can have a link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.template.inputs.files import Fence, read_regular_file, real_path
from cdk_appsync_guard.template.inputs.loading import Loader
from cdk_appsync_guard.template.inputs.local_files import sketch
from cdk_appsync_guard.template.inputs.sources import SourceStack

__all__ = ["Candidate", "Group", "group_linked", "unique_names"]

_NESTING = (b"AWS::CloudFormation::Stack", b"AWS::Serverless::Application")
_APPSYNC = re.compile(rb"appsync|GraphQLApi", re.IGNORECASE)
_API = re.compile(rb"AWS::(?:AppSync|Serverless)::GraphQLApi\b")
_PARTS = re.compile(
    rb"AWS::AppSync::(?:ApiKey|DataSource|FunctionConfiguration|GraphQLSchema|Resolver)\b"
)
_TOLD_LATER = (b"Parameters", b"ImportValue", b"{{resolve:")
_MOST_HOMES = 4  # with more of them it is a collection of examples, and none of them is meant
_SCHEMA_NAME = re.compile(rb"(?<![\w.-])[\w.-]+\.(?:graphqls?|gql|sdl)\b")
_WORD = re.compile("[A-Za-z0-9]{2,}")
_HOLE = re.compile(r"\$\{[^{}]*\}")

_Pattern: TypeAlias = "tuple[str, ...]"
"""The literal parts of a name; between two of them is a part that is not known."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that looks like a template, and what its bytes tell without being parsed.

    ``schemas`` are the files, anywhere in the folder, whose unique names it mentions.
    """

    path: Path
    fence: Fence
    named: bool
    nests: bool = False
    imports: bool = False
    exports: bool = False
    appsync: bool = False
    declares_api: bool = False
    adds_to_api: bool = False
    schemas: tuple[tuple[str, str], ...] = ()

    def read(self, data: bytes, schemas: Mapping[str, str] | None = None) -> Candidate:
        """Return the candidate with what its bytes tell; *schemas* are paths by unique name."""
        names = {name.decode() for name in _SCHEMA_NAME.findall(data)} if schemas else set()
        return replace(
            self,
            nests=any(mark in data for mark in _NESTING),
            imports=b"ImportValue" in data,
            exports=b"Export" in data,
            appsync=_APPSYNC.search(data) is not None,
            declares_api=_API.search(data) is not None,
            adds_to_api=_PARTS.search(data) is not None
            and any(mark in data for mark in _TOLD_LATER),
            schemas=tuple((name, schemas[name]) for name in names if schemas and name in schemas),
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Files that are judged together, and files that they need from elsewhere, by name."""

    files: tuple[Candidate, ...]
    elsewhere: tuple[tuple[str, str], ...] = ()


class _Links:
    """Which candidates hang together, and which are nested in which."""

    def __init__(self, candidates: list[Candidate]) -> None:
        self.candidates = candidates
        self.by_path = {real_path(one.path): one for one in candidates}
        self.leader = {one: one for one in candidates}
        self.children: dict[Candidate, list[Candidate]] = {}
        self.elsewhere = {one: list(one.schemas) for one in candidates}

    def find(self, one: Candidate) -> Candidate:
        while self.leader[one] is not one:
            self.leader[one] = self.leader[self.leader[one]]
            one = self.leader[one]
        return one

    def join(self, one: Candidate, other: Candidate) -> None:
        self.leader[self.find(one)] = self.find(other)

    def roots(self) -> list[Candidate]:
        """Return those that no one nests; of files that nest each other, the first."""
        nested = {child for children in self.children.values() for child in children}
        roots = [one for one in self.candidates if one not in nested]
        reached: set[Candidate] = set()
        for one in (*roots, *self.candidates):
            if one in reached:
                continue
            if one in nested:
                roots.append(one)
            waiting = [one]
            while waiting:
                here = waiting.pop()
                if here not in reached:
                    reached.add(here)
                    waiting += self.children.get(here, ())
        return roots


def group_linked(candidates: list[Candidate]) -> list[Group]:
    """Return the groups in the order of their first file."""
    links = _Links(candidates)
    loader = Loader(elsewhere=unique_names(one.path for one in candidates if not one.named))
    for one in candidates:
        if one.nests:
            _link_nested(one, links, loader)
    _link_imports(links, loader)
    _link_parts(links)
    members: dict[Candidate, list[Candidate]] = {}
    elsewhere: dict[Candidate, set[tuple[str, str]]] = {}
    order = {one: position for position, one in enumerate(candidates)}
    for root in sorted(links.roots(), key=order.__getitem__):
        members.setdefault(links.find(root), []).append(root)
    for one, found in links.elsewhere.items():
        elsewhere.setdefault(links.find(one), set()).update(found)
    return [
        Group(tuple(files), tuple(sorted(elsewhere.get(leader, ()))))
        for leader, files in members.items()
    ]


def unique_names(paths: Iterable[Path]) -> dict[str, str]:
    """Return the paths by file name, without those that share their name with another."""
    names: dict[str, list[str]] = {}
    for path in paths:
        names.setdefault(path.name, []).append(path.as_posix())
    return {name: paths[0] for name, paths in names.items() if len(paths) == 1}


def _link_nested(parent: Candidate, links: _Links, loader: Loader) -> None:
    stack = _open(parent, loader)
    for nested in loader.nested(stack) if stack else ():
        child = links.by_path.get(real_path(nested.path))
        if child is None or child is parent:
            continue
        links.children.setdefault(parent, []).append(child)
        links.join(parent, child)
        name, path = nested.path.name, nested.path.as_posix()
        if nested.by_name and loader.elsewhere.get(name) == path:
            links.elsewhere[parent].append((name, path))


def _open(one: Candidate, loader: Loader) -> SourceStack | None:
    try:
        return SourceStack(
            id="",
            name="",
            template=loader.template(one.path, one.fence),
            path=one.path,
            beside=loader.beside(one.path.parent, one.fence),
        )
    except GuardError:
        return None  # anyone who reads the file for judging says so


def _link_imports(links: _Links, loader: Loader) -> None:
    """Join each file that imports with those that may export the name.

    Only pairs in which someone mentions AppSync can matter.
    """
    importing = [one for one in links.candidates if one.imports]
    exporting = [one for one in links.candidates if one.exports]
    if not any(one.appsync for one in exporting):
        importing = [one for one in importing if one.appsync]
    wanted = {one: set(_names(one, loader, _imports)) for one in importing}
    likely = _likely({name for names in wanted.values() for name in names})
    exported: dict[_Pattern, list[Candidate]] = {}
    for one in exporting if likely else ():
        if likely and likely.search(_bytes(one)):
            for name in set(_names(one, loader, _exports)):
                exported.setdefault(name, []).append(one)
    for importer, names in wanted.items():
        for name in names:
            for exporter in _exporters(importer, name, exported):
                links.join(importer, exporter)


def _link_parts(links: _Links) -> None:
    """Join each file with parts of an API that it gets, by parameter or so, with its neighbors.

    These are the files that declare an API and share most folders with it.
    """
    homes = [one for one in links.candidates if one.declares_api]
    led = {links.find(one) for one in homes}
    nested = {child for children in links.children.values() for child in children}
    for one in links.candidates:
        if not one.adds_to_api or one in nested or links.find(one) in led:
            continue
        nearest = list(_nearest(one, [(0, home) for home in homes]))
        if len(nearest) <= _MOST_HOMES:
            for home in nearest:
                links.join(one, home)


def _likely(names: set[_Pattern]) -> re.Pattern[bytes] | None:
    """Return what the text of an exporting file must hold: a word of a wanted name."""
    words: set[str] = set()
    for name in names:
        words.update([word for part in name for word in _WORD.findall(part)] or [""])
    return re.compile("|".join(sorted(words)).encode()) if names else None


def _bytes(one: Candidate) -> bytes:
    try:
        return read_regular_file(one.path)
    except GuardError:
        return b""


def _exporters(
    importer: Candidate, name: _Pattern, exported: Mapping[_Pattern, list[Candidate]]
) -> Iterator[Candidate]:
    likenesses = ((_likeness(name, other), others) for other, others in exported.items())
    matching = [
        (likeness, exporter)
        for likeness, others in likenesses
        if likeness
        for exporter in others
        if exporter is not importer and (exporter.appsync or importer.appsync)
    ]
    return _nearest(importer, matching)


def _nearest(importer: Candidate, matching: list[tuple[int, Candidate]]) -> Iterator[Candidate]:
    """Keep the best matches, and of these the ones that share most folders with the importer.

    A repository of examples exports the same names again and again, each for its neighbours.
    """
    folders = importer.path.parts

    def rank(pair: tuple[int, Candidate]) -> tuple[int, int]:
        return pair[0], _shared(folders, pair[1].path.parts)

    best = max(map(rank, matching), default=None)
    return (pair[1] for pair in matching if rank(pair) == best)


def _names(
    one: Candidate, loader: Loader, find: Callable[[Any], Iterator[Any]]
) -> Iterator[_Pattern]:
    stack = _open(one, loader)
    for value in find(stack.data) if stack else ():
        # A default may be overridden, so parameters' values are holes here.
        yield tuple(_HOLE.split(sketch(value, {})))


def _exports(data: Any) -> Iterator[Any]:
    outputs = data.get("Outputs")
    for output in (outputs if isinstance(outputs, dict) else {}).values():
        export = output.get("Export") if isinstance(output, dict) else None
        if isinstance(export, dict) and "Name" in export:
            yield export["Name"]


def _imports(data: Any) -> Iterator[Any]:
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "Fn::ImportValue" in value:
                yield value["Fn::ImportValue"]
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _likeness(one: _Pattern, other: _Pattern) -> int:
    """Return 0 if the names cannot be equal, 3 if they are, 2 or 1 if they may be."""
    if len(one) == 1 and len(other) == 1:
        return 3 if one == other else 0
    start, end = (one[0], other[0]), (one[-1], other[-1])
    if not max(start, key=len).startswith(min(start, key=len)):
        return 0
    if not max(end, key=len).endswith(min(end, key=len)):
        return 0
    return 2 if all(start) or all(end) else 1


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Return how many folders two paths have in common."""
    count = 0
    for here, there in zip(one, other, strict=False):
        if here != there:
            break
        count += 1
    return count
