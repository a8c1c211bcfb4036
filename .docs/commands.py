"""Blocks of a page → the same blocks, with what they print below them.

A line of a ``sh`` block that begins with ``cdk-appsync-guard`` is run, in a copy of
``.docs/example`` that the blocks of one page share. Words after ``sh`` say how: ``exit=1`` (0 is
expected), ``lines=20`` (as many are shown), ``silent`` (nothing is shown). A ``python run`` block
is run as well, and so are the functions in it that begin with ``test_``. ``<!-- file: NAME -->``
shows a file of that folder.
"""

from __future__ import annotations

import html
import io
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from cdk_appsync_guard.cli.main import main

__all__ = ["BLOCK", "CommandError", "expand", "parts_of"]

EXAMPLE = Path(__file__).parent / "example"
SAMPLES = Path(__file__).parents[1] / "sample_stacks"
BLOCK = re.compile(r"^( *)```(sh|python)\b([^\n]*)\n(.*?)^ *```\n", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^<!-- file: (\S+) -->\n", re.MULTILINE)
_NAME = "cdk-appsync-guard "
_NOW = "2026-06-01T00:00:00Z"  # what expires on a page, expires on it forever
_DATED = ("scan", "matrix", "explain", "diagnose", "grant", "facts")


class CommandError(Exception):
    """A block of a page does not do what the page says."""


def expand(page: str, name: str) -> str:
    """Return the page with the output of its commands, and the files it shows."""
    with _example() as folder:
        shown = _FILE.sub(lambda found: _file(folder / found[1]), page)
        return BLOCK.sub(lambda found: _block(found, name), shown)


def parts_of(line: str) -> list[str]:
    """Return the commands that a line of a ``sh`` block joins by ``&&``."""
    return [part.strip() for part in line.split("&&") if part.strip()]


@contextmanager
def _example() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top, "example")
        shutil.copytree(EXAMPLE, folder)
        shutil.copytree(SAMPLES / "blog" / "secure" / "cdk.out", folder / "cdk.out")
        before = Path.cwd()
        os.chdir(folder)
        try:
            with patch.dict(os.environ, {"FORCE_COLOR": "1", "COLUMNS": "80"}):
                yield folder
        finally:
            os.chdir(before)


def _file(path: Path) -> str:
    language = {"py": "python", "har": "json"}.get(path.suffix[1:], path.suffix[1:])
    return f'```{language} title="{path.name}"\n{path.read_text("utf-8")}```\n'


def _block(found: re.Match[str], page: str) -> str:
    indent, language, words, body = found.groups()
    given = dict(word.partition("=")[::2] for word in words.split())
    clean = f"{indent}```{language}\n{body}{indent}```\n"
    if language == "python":
        if "run" not in given:
            return clean
        printed = _run_python(body, page)
    else:
        printed = "".join(
            _run(part, int(given.get("exit", 0)), page)
            for line in body.replace("\\\n", " ").splitlines()
            for part in parts_of(line.strip())
            if part.startswith(_NAME)
        )
    if "silent" in given or not printed.strip():
        return clean
    return clean + _terminal(printed, int(given.get("lines", 1000)))


def _run(command: str, expected: int, page: str) -> str:
    command, _, file = command.partition(" > ")
    words = shlex.split(command, comments=True)[1:]
    if words[0] in _DATED and "--now" not in words:
        words[1:1] = ["--now", _NOW]
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        code = main(words)
    out.seek(0)
    printed = out.read()
    if code != expected:
        raise CommandError(f"{page}: `{command}` exits with {code}, not {expected}\n{printed}")
    if file:
        Path(file).write_text(printed, "utf-8")
        return ""
    return printed


def _run_python(body: str, page: str) -> str:
    names: dict[str, object] = {"__name__": "example"}
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(body, page, "exec"), names)  # noqa: S102 - the page is ours
        for name, value in names.items():
            if name.startswith("test_") and callable(value):
                value()
    return out.getvalue()


def _terminal(printed: str, most: int) -> str:
    lines = printed.strip("\n").splitlines()
    if len(lines) > most:
        lines = [*lines[:most], "…"]
    text = "\n".join(map(_painted, lines))
    return f'\n<div class="terminal"><pre><code>{text}\n</code></pre></div>\n'


def _painted(line: str) -> str:
    """Turn the colors of a terminal into elements that a style sheet colors."""
    escaped = html.escape(line, quote=False)
    return _COLORED.sub(
        lambda found: f'<span class="{_looks(found[1])}">{found[2]}</span>', escaped
    )


def _looks(codes: str) -> str:
    return " ".join(f"t{code}" for code in codes.split(";"))


_COLORED = re.compile("\x1b\\[([0-9;]+)m(.*?)\x1b\\[0m")
