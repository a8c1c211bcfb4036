"""A folder → the files in it that may be templates, and the cloud assemblies.

In: a folder. Out: paths in a fixed order. Links to folders are not followed, so a walk always ends;
which files are templates is told by their content.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from cdk_appsync_guard.errors import GuardError, InputError, Location
from cdk_appsync_guard.template.inputs.cloud_assembly import is_cloud_assembly
from cdk_appsync_guard.template.inputs.files import Fence, is_regular_file
from cdk_appsync_guard.template.inputs.terraform.recognize import looks_like_plan

__all__ = ["Found", "looks_like_template", "walk"]

MOST_ENTRIES = 500_000

_SCHEMA_ENDINGS = (".graphql", ".graphqls", ".gql", ".sdl")
_ENDINGS = (".json", ".yaml", ".yml", ".template", ".cfn")
_NOT_TEMPLATES = re.compile(
    r"(package|package-lock|composer|tree|cdk|cdk\.context|integ|manifest|tsconfig.*"
    r"|.*\.assets|.*\.metadata)\.json"
)
# `.aws-sam` and `#current-cloud-backend` are copies that SAM and Amplify make of other folders.
_NOT_ENTERED = re.compile(
    r"node_modules|__pycache__|venv|site-packages|cdktf\.out|#current-cloud-backend"
    r"|asset\.[0-9a-f]{64}|\.(?!amplify$).*"
)
_YAML_HEADER = re.compile(
    rb"""^["']?(?:Resources|AWSTemplateFormatVersion)["']?[ \t]*:""", re.MULTILINE
)


@dataclass(slots=True)
class Found:
    """What a walk found: possible templates, schemas, folders of cloud assemblies."""

    files: list[Path] = field(default_factory=list)
    schemas: list[Path] = field(default_factory=list)
    cloud_assemblies: list[Path] = field(default_factory=list)
    problems: list[GuardError] = field(default_factory=list)


def walk(folder: Path, fence: Fence) -> Found:
    """Return what lies in the folder and below it, sorted."""
    found = Found()
    waiting = [folder]
    entries = 0
    while waiting:
        here = waiting.pop()
        if is_cloud_assembly(here):
            found.cloud_assemblies.append(here)
            continue
        try:
            with os.scandir(here) as listing:
                some = islice(listing, MOST_ENTRIES + 1)
                below = sorted(some, key=lambda entry: entry.name)
            for entry in below:
                _look_at(here, entry, fence, found)
            waiting += [here / entry.name for entry in reversed(below) if _is_entered(entry)]
        except OSError as error:
            found.problems.append(_unreadable(here, error))
            continue
        entries += len(below)
        if entries > MOST_ENTRIES:
            found.problems.append(_too_many(folder))
            break
    found.files.sort()
    return found


def _look_at(folder: Path, entry: os.DirEntry[str], fence: Fence, found: Found) -> None:
    if entry.name.endswith(_SCHEMA_ENDINGS) and entry.is_file(follow_symlinks=False):
        found.schemas.append(folder / entry.name)
    path = folder / entry.name
    if entry.is_symlink() and entry.is_dir():
        if not _NOT_ENTERED.fullmatch(entry.name):
            found.problems += _mislinked(path, fence)
        return
    if not entry.name.lower().endswith(_ENDINGS) or _NOT_TEMPLATES.fullmatch(entry.name):
        return
    if entry.is_symlink():
        if not fence.holds(path):
            found.problems.append(_leaving(path, fence))
        elif is_regular_file(path):
            found.files.append(path)
    elif entry.is_file(follow_symlinks=False):
        found.files.append(path)


def _mislinked(path: Path, fence: Fence) -> list[InputError]:
    """Return what is wrong with a link to a folder; one to a folder beside is passed over."""
    if not fence.holds(path):
        return [_leaving(path, fence)]
    if path.parent.resolve().is_relative_to(path.resolve()):
        name = path.as_posix()
        return [
            InputError(
                f"`{name}` is a link to a folder that contains it",
                location=Location(name),
                help="remove the link, or pass the folders that hold templates by name",
            )
        ]
    return []


def _is_entered(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False) and not _NOT_ENTERED.fullmatch(entry.name)


def looks_like_template(data: bytes) -> bool:
    """Tell whether the bytes could be a template, without parsing them.

    A broken template still looks like one, and is worth an error; other files are not.
    """
    if looks_like_plan(data):
        return True
    if b"Resources" not in data and b"AWSTemplateFormatVersion" not in data:
        return False
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return b"AWSTemplateFormatVersion" in data or (b'"Type"' in data and b"::" in data)
    return _YAML_HEADER.search(data) is not None and (
        b"AWSTemplateFormatVersion" in data or b"::" in data
    )


def _unreadable(folder: Path, error: OSError) -> InputError:
    name = folder.as_posix()
    return InputError(
        f"cannot read the folder `{name}`: {(error.strerror or 'unknown reason').lower()}",
        location=Location(name),
        help="give yourself read permission on the folder, or pass the other folders by name",
    )


def _leaving(path: Path, fence: Fence) -> InputError:
    name = path.as_posix()
    return InputError(
        f"`{name}` is a link that leaves `{fence.root}`",
        location=Location(name),
        help="pass the file that it leads to",
    )


def _too_many(folder: Path) -> InputError:
    name = folder.as_posix()
    return InputError(
        f"`{name}` holds more than {MOST_ENTRIES:,} files and folders",
        location=Location(name),
        help="pass the folders that hold the templates",
    )
