"""Paths → bytes: read regular files inside one folder, and nothing else.

In: a folder that may not be left, and paths. Out: bytes, or InputError with a word of help. Symbolic
links are followed only as far as they stay inside; devices and pipes are never opened for reading.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cdk_appsync_guard.errors import InputError, Location

__all__ = ["MOST_BYTES", "Fence", "fence_around", "read_regular_file"]

MOST_BYTES = 32 * 1024 * 1024
"""More than thirty times what CloudFormation takes, so that only mistakes and attacks are refused.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""


@dataclass(frozen=True, slots=True)
class Fence:
    """The folder that a template's references may not leave. ``root`` has no symbolic links in it."""

    root: str

    def holds(self, path: str) -> bool:
        """Tell whether the path, once links are followed, lies in the folder."""
        try:
            real = os.path.realpath(path)
            return os.path.commonpath([self.root, real]) == self.root
        except (OSError, ValueError):
            return False

    def is_file(self, path: str) -> bool:
        """Tell whether the path is a regular file in the folder."""
        try:
            return stat.S_ISREG(os.stat(path).st_mode) and self.holds(path)
        except (OSError, ValueError):
            return False

    def read(self, path: str) -> bytes:
        """Return the bytes of a regular file in the folder."""
        if not self.holds(path):
            raise InputError(
                f"`{path}` leaves `{self.root}`",
                location=Location(path),
                help="copy the file into the folder, or scan the folder that holds both",
            )
        return read_regular_file(path)


def fence_around(path: str) -> Fence:
    """Return the fence for templates in or at the path.

    It is the nearest folder above (or at) the path that holds ``.git``, since a project's templates
    and schemas often lie in sibling folders (``../src/schema.graphql``); without one it is the path
    itself, or the folder of the file.
    """
    folder = Path(os.path.realpath(path if os.path.isdir(path) else os.path.dirname(path) or "."))
    for candidate in (folder, *folder.parents):
        if os.path.lexists(candidate / ".git"):
            return Fence(str(candidate))
    return Fence(str(folder))


def read_regular_file(path: str) -> bytes:
    """Return the bytes of a regular file of at most MOST_BYTES."""
    # Opening a pipe without a writer would wait for ever; Windows has no such flag and no such pipe.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise InputError(
                f"`{path}` is not a regular file",
                location=Location(path),
                help="pass a file or a folder, or `-` to read the template from standard input",
            )
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    finally:
        os.close(descriptor)
    if len(data) > MOST_BYTES:
        raise InputError(
            f"`{path}` is larger than {MOST_BYTES // 1024 // 1024} MB",
            location=Location(path),
            help="CloudFormation takes templates of at most 1 MB",
        )
    return data


def _unreadable(path: str, error: OSError | ValueError) -> InputError:
    if isinstance(error, FileNotFoundError):
        reason, help = "there is no such file or folder", "check the spelling of the path"
    elif isinstance(error, PermissionError):
        reason, help = "permission denied", "make the file readable"
    elif isinstance(error, OSError) and error.strerror:
        reason, help = error.strerror.lower(), "check that the file can be opened"
    else:
        reason, help = "the path is not one that a file can have", "check the spelling of the path"
    return InputError(f"cannot read `{path}`: {reason}", location=Location(path), help=help)
