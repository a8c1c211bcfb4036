"""A path → the capture's bytes in pieces: unpacked, as UTF-8, read once and never held in whole.

In: a file, a folder of files (an export to S3), `-`, or a token itself. Out: Sources. gzip and zip
(Playwright's HAR) are unpacked, UTF-16 (a redirect in PowerShell) is rewritten.
"""

from __future__ import annotations

import codecs
import gzip
import io
import os
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from cdk_appsync_guard.errors import InputError, Location
from cdk_appsync_guard.redact import redact

__all__ = ["HEAD_BYTES", "Source", "find_sources"]

HEAD_BYTES = 65_536
_PIECE_BYTES = 1_000_000
_MOST_FILES = 10_000
_MOST_UNPACKED = 1 << 36  # a bomb, no matter who packed it
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_PACKED_ENDINGS = (".har", ".json", ".csv", ".log", ".txt", ".jsonl", ".ndjson")
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_TOKEN_PARTS = 3

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """Something to read. ``name`` is what messages call it; ``size`` its bytes, 0 if unknown."""

    name: str
    size: int
    path: Path | None = None
    text: bytes | None = None

    def pieces(self, progress: Progress | None = None) -> Iterator[bytes]:
        """Yield the unpacked bytes. Raise InputError if they cannot be read."""
        try:
            with _opened(self) as file:
                counted = _Counted(file, progress)
                yield from _as_utf8(_unpacked(counted, self.name))
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError) as error:
            raise InputError(_why(self.name, error), location=Location(self.name)) from error


def find_sources(paths: tuple[str, ...]) -> tuple[Source, ...]:
    """Return what the paths name. Raise InputError for the first that is not there."""
    found: list[Source] = []
    for path in paths:
        if path == "-":
            found.append(Source("(standard input)", 0))
        elif _is_token(path):
            found.append(Source("(the token)", len(path), text=path.encode()))
        else:
            found += _files(Path(path))
    return tuple(found)


def _is_token(text: str) -> bool:
    bare = text.removeprefix("Bearer ")
    return bare.startswith("eyJ") and bare.count(".") == _TOKEN_PARTS - 1 and "/" not in bare


def _files(path: Path) -> list[Source]:
    try:
        if not path.is_dir():
            return [_file(path)]
        names = sorted(Path(folder, name) for folder, _, names in os.walk(path) for name in names)[
            :_MOST_FILES
        ]
    except (OSError, ValueError) as error:
        raise InputError(_why(path.as_posix(), error)) from error
    found = [_file(name) for name in names if name.is_file() and name.name != "aws-logs-write-test"]
    if not found:
        raise InputError(f"the folder `{redact(path.as_posix())}` holds no file")
    return found


def _file(path: Path) -> Source:
    name = redact(path.as_posix())
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        raise InputError(_why(name, error), location=Location(name)) from error
    return Source(name, size, path)


def _why(name: str, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"cannot read `{name}`: there is no such file or folder"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot read `{name}`: {error.strerror.lower()}"
    if isinstance(error, ValueError):
        return f"cannot read `{name}`: the path is not one that a file can have"
    return f"cannot unpack `{name}`: it is damaged, or it ends early"


def _opened(source: Source) -> BinaryIO:
    if source.text is not None:
        return io.BytesIO(source.text)
    if source.path is None:
        if sys.stdin is None:
            raise InputError("standard input is closed", help="pass the capture's file")
        return io.BufferedReader(io.FileIO(os.dup(sys.stdin.fileno())))
    # Opening a pipe without a writer would wait forever; Windows has no such flag, and no need.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(source.path, flags), "rb")


class _Counted:
    """A file that tells how much of it was read."""

    def __init__(self, file: BinaryIO, progress: Progress | None) -> None:
        self.file = file
        self.progress = progress
        self.done = 0

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size) or b""
        self.done += len(data)
        if self.progress is not None:
            self.progress(self.done)
        return data


def _unpacked(file: _Counted, name: str) -> Iterator[bytes]:
    head = file.read(_PIECE_BYTES)
    if head.startswith(_ZIP):
        yield from _members(file.file, name)
    elif head.startswith(_GZIP):
        stream = gzip.GzipFile(fileobj=io.BufferedReader(_Rejoined(head, file), _PIECE_BYTES))
        yield from _limited(stream, name)
    else:
        while head:
            yield head
            head = file.read(_PIECE_BYTES)


class _Rejoined(io.RawIOBase):
    """The head that was read already, and then the rest."""

    def __init__(self, head: bytes, file: _Counted) -> None:
        super().__init__()
        self.head = head
        self.rest = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self.head:
            data, self.head = self.head[: len(buffer)], self.head[len(buffer) :]
        else:
            data = self.rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _members(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the captures of an archive, one after the other."""
    with zipfile.ZipFile(file) as archive:
        for member in archive.namelist():
            if member.endswith(_PACKED_ENDINGS):
                with archive.open(member) as packed:
                    yield from _limited(packed, name)


def _limited(stream: IO[bytes] | gzip.GzipFile, name: str) -> Iterator[bytes]:
    total = 0
    while data := stream.read(_PIECE_BYTES):
        total += len(data)
        if total > _MOST_UNPACKED:
            raise InputError(f"`{name}` unpacks to more than can be read")
        yield data


def _as_utf8(pieces: Iterator[bytes]) -> Iterator[bytes]:
    first = next(pieces, b"")
    encoding = next((name for mark, name in _UTF_16.items() if first.startswith(mark)), None)
    if encoding is None:
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(first[2:]).encode("utf-8", "replace")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", "replace")
