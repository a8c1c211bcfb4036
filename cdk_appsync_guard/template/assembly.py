"""Paths → Assemblies: which templates there are, and which of them are judged together.

In: files, folders, cloud assemblies, standard input. Out: first small, picklable Units, then, unit by
unit, the Assemblies. Resolves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdk_appsync_guard.errors import GuardError, InputError, Location
from cdk_appsync_guard.template.files import fence_around, read_regular_file
from cdk_appsync_guard.template.read import read_template
from cdk_appsync_guard.template.sources import Assembly, SourceStack

__all__ = ["Assembly", "SourceStack", "Unit", "find_inputs", "read_unit"]

STDIN = "<stdin>"


@dataclass(frozen=True, slots=True)
class Unit:
    """Files that one process reads: small, and safe to send to another process.

    ``kind`` is ``templates``, ``cloud assembly`` or ``stdin``; ``root`` is the folder that may not
    be left.
    """

    kind: str
    files: tuple[str, ...]
    root: str = ""
    data: bytes = b""


def find_inputs(
    paths: Sequence[str], stdin: bytes | None = None
) -> tuple[tuple[Unit, ...], tuple[GuardError, ...]]:
    """Return the units that the paths mean, and the paths that mean nothing."""
    units: list[Unit] = []
    problems: list[GuardError] = []
    for path in paths:
        if path == "-":
            units.append(Unit("stdin", (STDIN,), data=stdin or b""))
        else:
            units.append(Unit("templates", (path,), fence_around(path).root))
    return tuple(units), tuple(problems)


def read_unit(unit: Unit) -> tuple[tuple[Assembly, ...], tuple[GuardError, ...]]:
    """Return the unit's assemblies, and what could not be read of it."""
    assemblies: list[Assembly] = []
    problems: list[GuardError] = []
    for name in unit.files:
        try:
            data = unit.data if unit.kind == "stdin" else read_regular_file(name)
            template = read_template(name, data)
            if not isinstance(template.data.get("Resources"), dict):
                raise InputError(
                    f"`{name}` is not a CloudFormation template: it has no `Resources`",
                    location=Location(name),
                    help="pass a template, a folder of templates or a cdk.out folder",
                )
            assemblies.append(Assembly(name, (SourceStack(name, name, template),)))
        except GuardError as error:
            problems.append(error)
    return tuple(assemblies), tuple(problems)
