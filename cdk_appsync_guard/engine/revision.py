"""A git revision → its files, in a temporary folder that is gone afterward.

In: a revision and a path inside the work tree. Out: Revision, which tells where a path's older self
is. Only objects are read: no file of the work tree changes, no filter, hook, or attribute of the
repository has a say, and nothing is fetched. See https://git-scm.com/docs/git-cat-file.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.template.inputs.files import is_folder, real_path
from cdk_appsync_guard.template.source.read import MAX_BYTES

__all__ = ["Revision", "opened"]


@dataclass(frozen=True, slots=True)
class Revision:
    """The files of a commit: what the work tree has below ``top`` is below ``copy``."""

    name: str
    top: str
    copy: str

    def path(self, given: str) -> str | None:
        """Return where the older self of a path is; None for a path outside the work tree."""
        path = Path(real_path(Path(given)))
        if not path.is_relative_to(self.top):
            return None
        return str(Path(self.copy, path.relative_to(self.top)))


@contextmanager
def opened(name: str, paths: Sequence[str]) -> Iterator[Revision]:
    """Yield the commit at which the work tree of *paths* and *name* went different ways.

    Without a common one, as in a shallow clone, it is *name* itself. Raise ConfigError if there is
    no such revision, or no git.
    """
    first = Path(paths[0])
    folder = first if is_folder(first) else first.parent
    top = _git(folder, "rev-parse", "--show-toplevel")
    commit = top and _git(folder, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
    if not top or not commit:
        raise ConfigError(
            f"`{name}` is neither a path nor a git revision",
            help="pass the older templates, or a branch, tag, or commit: --diff origin/main",
        )
    start = _git(folder, "merge-base", "HEAD", commit.decode().strip()) or commit
    root = os.fsdecode(top).rstrip("\r\n")
    with TemporaryDirectory(prefix="cdk-appsync-guard-") as temporary:
        copy = real_path(Path(temporary))
        Path(copy, ".git").mkdir()  # references may leave a template's folder, not its repository
        wanted = {os.path.relpath(real_path(Path(path)), root) for path in paths}
        _write(Path(root), start.decode().strip(), Path(copy), wanted)
        yield Revision(name, real_path(Path(root)), copy)


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return what git prints; None if it refuses, or if there is no git."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and no revision is taken for an option
            [*_GIT, *arguments],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except (OSError, ValueError):  # no git, no such folder, or a name that no process can be given
        return None
    return done.stdout if done.returncode == 0 else None


def _environment() -> dict[str, str]:
    return {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}


def _write(top: Path, commit: str, copy: Path, wanted: set[str]) -> None:
    """Write the files of a commit that a scan can read, and those at the *wanted* paths."""
    listed = _git(top, "ls-tree", "-r", "-z", "--long", "--full-tree", commit) or b""
    files = list(_files(listed, wanted))
    with TemporaryFile() as asked:  # a pipe could fill up while no one reads the answers
        asked.writelines(blob + b"\n" for blob, _ in files)
        asked.seek(0)
        with subprocess.Popen(  # noqa: S603 - see _git
            [*_GIT, "cat-file", "--batch"],
            cwd=top,
            env=_environment(),
            stdin=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            for _, name in files:
                _copy(process.stdout, copy / name)


def _files(listed: bytes, wanted: set[str]) -> Iterator[tuple[bytes, str]]:
    """Yield the id and the name of each regular file that is to be written.

    A tree that was not made by git can hold any name: one that leads elsewhere is left out. So are
    links, whose targets git does not check either.
    """
    for entry in listed.split(b"\0"):
        head, _, raw = entry.partition(b"\t")
        mode, _, blob, size = (*head.split(), b"", b"", b"", b"")[:4]
        name = os.fsdecode(raw)
        parts = name.split("/")
        if mode not in _REGULAR or not size.isdigit() or int(size) > MAX_BYTES:
            continue
        if any(part.lower() in _REFUSED or set(part) & _SEPARATORS for part in parts):
            continue
        if name.lower().endswith(_READ) or name in wanted:
            yield blob, name


def _copy(answers: IO[bytes], target: Path) -> None:
    """Write the next answer, ``<id> <type> <size>``, the content, and a line feed, to a file."""
    head = answers.readline().split()
    if len(head) != 3 or not head[2].isdigit():  # noqa: PLR2004 - see above; `<id> missing`
        return
    content = answers.read(int(head[2]))
    answers.read(1)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


_GIT = ("git", "-c", "core.fsmonitor=false")
_REGULAR = (b"100644", b"100755", b"100664")
_REFUSED = ("", ".", "..", ".git")
_SEPARATORS = frozenset({"\\", ":", "\0"} if os.name == "nt" else {"\0"})
_READ = (
    *(".json", ".yaml", ".yml", ".template", ".cfn", ".toml"),
    *(".graphql", ".graphqls", ".gql", ".sdl", ".vtl", ".vm", ".map"),
    *(".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".py"),
)
