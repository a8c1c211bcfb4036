"""Small files that options name, read; reports, written so that no one ever sees half of one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import IO

from cdk_appsync_guard.errors import ConfigError, InputError, Location
from cdk_appsync_guard.template.inputs.files import is_folder, read_regular_file

__all__ = ["check_writable", "open_anew", "read_file", "write_file"]


def read_file(file: str | Path, what: str) -> str:
    """Return the text of the file; *what* is how an error calls it."""
    try:
        data = _read(file)
    except InputError as error:
        reason = error.message.partition("`: ")[2] or "it is not a regular file"
        raise ConfigError(f"cannot read {what} `{file}`: {reason}") from error
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read {what} `{file}`: {_reason(error)}") from error
    if len(data) > _LARGEST:
        raise ConfigError(f"{what} `{file}` is larger than {_LARGEST // 1_000_000} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{what} is not UTF-8", location=Location(str(file), line)) from error


def check_writable(file: str) -> None:
    """Raise ConfigError if the file cannot be written; better before a long scan than after it."""
    folder = Path(file).parent
    if not is_folder(folder):
        raise ConfigError(
            f"cannot write `{file}`: there is no folder `{folder}`", help=f"mkdir -p {folder}"
        )
    try:
        mode = os.stat(file).st_mode  # noqa: PTH116 - Path's message is the same
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot write `{file}`: {_reason(error)}") from error
    if stat.S_ISDIR(mode):
        raise ConfigError(f"cannot write `{file}`: it is a folder")


def write_file(file: str, text: str | Iterable[str]) -> None:
    """Write the text, or its pieces, to the file so that no one ever sees half of it."""
    pieces = (text,) if isinstance(text, str) else text
    with open_anew(file) as stream:
        stream.writelines(piece.encode("utf-8", "backslashreplace") for piece in pieces)


@contextmanager
def open_anew(file: str) -> Iterator[IO[bytes]]:
    """Open the file to be written piece by piece; it is replaced only once all is written."""
    path = Path(os.path.realpath(file))
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:  # a device or a named pipe cannot be replaced
                yield stream
            return
        beside = path.with_name(f".{path.name[:100]}.{token_hex(8)}.tmp")
        # "x": what is there already, be it a link that someone laid, is not written to.
        with beside.open("xb") as stream:
            try:
                yield stream
                stream.close()
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot write `{file}`: {_reason(error)}") from error


def _read(file: str | Path) -> bytes:
    # Pipes of the shell are called /dev/fd/63; any other pipe may have no writer, and never end.
    if os.fspath(file).startswith("/dev/"):
        with Path(file).open("rb") as stream:
            return stream.read(_LARGEST + 1)
    return read_regular_file(Path(file), head=_LARGEST + 1)


def _reason(error: OSError | ValueError) -> str:
    return (getattr(error, "strerror", None) or "its name is not valid").lower()


_LARGEST = 20_000_000
