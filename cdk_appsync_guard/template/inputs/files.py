"""Paths → bytes: read regular files inside one folder, and nothing else.

In: a folder that cannot be left, and paths. Out: bytes, or InputError with a word of help.
Symbolic links are followed only as far as they stay inside; devices and pipes are never read.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cdk_appsync_guard.errors import InputError, Location
from cdk_appsync_guard.template.source.read import MAX_BYTES, check_size

__all__ = [
    "Fence",
    "fence_around",
    "is_folder",
    "is_regular_file",
    "read_regular_file",
    "real_path",
]


@dataclass(frozen=True, slots=True)
class Fence:
    """The folder that a template's references cannot leave; ``root`` has no links in it."""

    root: str

    def holds(self, path: Path) -> bool:
        """Tell whether the path, once links are followed, lies in the folder."""
        try:
            return os.path.commonpath([self.root, real_path(path)]) == self.root
        except ValueError:
            return False

    def read(self, path: Path) -> bytes:
        """Return the bytes of a regular file in the folder."""
        if not self.holds(path):
            name = path.as_posix()
            raise InputError(
                f"`{name}` is outside `{self.root}`",
                location=Location(name),
                help="copy the file into the folder, or scan the folder that holds both",
            )
        return read_regular_file(path)


def fence_around(path: Path) -> Fence:
    """Return the fence for templates in or at the path.

    It is the nearest folder above (or at) the path that holds ``.git``, since a project's templates
    and schemas often lie in sibling folders (``../src/schema.graphql``); without one it is the path
    itself, or the folder of the file.
    """
    folder = Path(real_path(path if is_folder(path) else path.parent))
    for candidate in (folder, *folder.parents):
        if os.path.lexists(candidate / ".git"):
            return Fence(str(candidate))
    return Fence(str(folder))


def real_path(path: Path) -> str:
    """Return the path without links, or as it is if no file can have it."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return str(path)


def is_regular_file(path: Path) -> bool:
    """Tell whether there is a regular file, or a link to one."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder, or a link to one."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def read_regular_file(path: Path, *, head: int | None = None) -> bytes:
    """Return the bytes of a regular file that is not too large, or no more than *head* of any."""
    name = path.as_posix()
    # Opening a pipe without a writer would wait forever; Windows has no such flag, and no need.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise InputError(
                f"`{name}` is not a regular file",
                location=Location(name),
                help="pass a file or a folder, or `-` to read a template from standard input",
            )
        if head is None:
            check_size(name, found.st_size)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(MAX_BYTES + 1 if head is None else head)
    except OSError as error:
        raise _unreadable(name, error) from error
    finally:
        os.close(descriptor)
    check_size(name, len(data))
    return data


def _unreadable(name: str, error: OSError | ValueError) -> InputError:
    reason, help = "the path is not one that a file can have", "check the spelling of the path"
    if isinstance(error, FileNotFoundError):
        reason = "there is no such file or folder"
    elif isinstance(error, PermissionError):
        reason, help = "permission denied", "give yourself read permission on the file"
    elif isinstance(error, OSError) and error.strerror:
        reason, help = error.strerror.lower(), "check that the file can be opened"
    return InputError(f"cannot read `{name}`: {reason}", location=Location(name), help=help)
