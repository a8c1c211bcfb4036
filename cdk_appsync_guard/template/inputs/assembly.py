"""Paths → Assemblies: which templates there are, and which of them are judged together.

In: files, folders, cloud assemblies, standard input. Out: first small, picklable Units, then, unit
by unit, the Assemblies. Resolves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.template.inputs.files import (
    Fence,
    fence_around,
    is_folder,
    read_regular_file,
)
from cdk_appsync_guard.template.inputs.loading import Loader, is_template, no_template
from cdk_appsync_guard.template.inputs.organization import whereabouts
from cdk_appsync_guard.template.inputs.parameters import Parameters
from cdk_appsync_guard.template.inputs.sources import Assembly, SourceStack, Unit, UnitFile
from cdk_appsync_guard.template.source.read import read_template

__all__ = ["Assembly", "SourceStack", "Unit", "UnitFile", "find_inputs", "read_unit"]

STDIN = "<stdin>"
_HEAD = 10_000


def find_inputs(
    paths: Sequence[str], stdin: bytes | None = None
) -> tuple[tuple[Unit, ...], tuple[GuardError, ...]]:
    """Return the units that the paths mean, and the errors of those that mean nothing.

    Units do not depend on each other. Only what may hang together is parsed already here.
    """
    units: list[Unit] = []
    problems: list[GuardError] = []
    if "-" in paths:
        units.append(Unit("stdin", (UnitFile(STDIN, ""),), data=stdin or b""))
    named = [Path(path) for path in paths if path != "-"]
    if len(named) == 1 and named[0].name != "manifest.json" and not is_folder(named[0]):
        # The usual case: nothing to look for, nothing to read twice.
        file = UnitFile(named[0].as_posix(), fence_around(named[0]).root)
        units.append(Unit("templates", (file,)))
    elif named:
        from cdk_appsync_guard.template.inputs.discover import find_units  # noqa: PLC0415 - see above

        found, problems = find_units(named)
        units += found
    return tuple(units), tuple(problems)


def read_unit(
    unit: Unit, parameters: Parameters | None = None
) -> tuple[tuple[Assembly, ...], tuple[GuardError, ...]]:
    """Return the unit's assemblies, and what could not be read of it."""
    loader = Loader(parameters, dict(unit.elsewhere))
    if unit.kind == "cloud assembly":
        from cdk_appsync_guard.template.inputs.cloud_assembly import (  # noqa: PLC0415 - one file needs none
            read_cloud_assembly,
        )

        (folder,) = unit.files
        assemblies = read_cloud_assembly(Path(folder.path), Fence(folder.root), loader)
        return tuple(assemblies), tuple(loader.problems)
    stacks: list[SourceStack] = []
    for file in unit.files:
        stack = _stack(unit, file, loader)
        stacks += loader.with_nested(stack) if stack else ()
    found = (Assembly(unit.files[0].path, tuple(stacks)),) if stacks else ()
    return found, tuple(loader.problems)


def _stack(unit: Unit, file: UnitFile, loader: Loader) -> SourceStack | None:
    try:
        return _open(unit, file, loader)
    except GuardError as error:
        loader.problems.append(_explain(unit, file) or error)
        return None


def _explain(unit: Unit, file: UnitFile) -> GuardError | None:
    """Return the error for SDL that is given where a template is due."""
    from cdk_appsync_guard.template.inputs.given_schemas import explain_schema  # noqa: PLC0415 - mistakes are rare

    if unit.kind == "stdin":
        return explain_schema(file.path, (unit.data or b"")[:_HEAD])
    try:
        head = read_regular_file(Path(file.path), head=_HEAD) if file.named else b""
    except GuardError:
        return None
    return explain_schema(file.path, head) if head else None


def _open(unit: Unit, file: UnitFile, loader: Loader) -> SourceStack | None:
    """Return the stack of a file, or None if it turns out to be none and no one said it was."""
    if unit.kind == "stdin":
        template, path, beside = read_template(file.path, unit.data), None, None
    else:
        path, fence = Path(file.path), Fence(file.root)
        template = loader.template(path, fence, trusted=file.named)
        beside = loader.beside(path.parent, fence)
    if not is_template(template):
        if not file.named:
            return None
        raise no_template(template)
    home = whereabouts(file.path)
    given = loader.parameters
    stack = SourceStack(
        id=file.path,
        name=file.path,
        template=template,
        region=home.region if home and not given.region else None,
        account=home.account if home and not given.account else None,
        path=path,
        beside=beside,
    )
    return loader.finish(stack, whole=len(unit.files) == 1)
