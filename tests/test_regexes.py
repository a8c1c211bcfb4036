"""No regular expression that meets input takes more than its length: counted, not timed."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from regex_work import TooMuchError, Work, attacks

import cdk_appsync_guard

pytestmark = pytest.mark.slow


PACKAGE = Path(cdk_appsync_guard.__file__).parent
MODULES = {
    ".".join(("cdk_appsync_guard", *file.relative_to(PACKAGE).with_suffix("").parts)): file
    for file in sorted(PACKAGE.rglob("*.py"))
    if file.parent.name not in ("cdk", "cfnlint")
    and file.name not in ("__main__.py", "__init__.py")
}
# These are asked of a text up to its last `}` alone.
ENDS = {"template.values.strings._PLACEHOLDER": "}", "iam.arn_match._VARIABLE": "}"}


def _patterns() -> Iterator[tuple[str, re.Pattern[Any], bool]]:
    """Yield each compiled pattern by name, and whether it is only tried at one place."""
    for name, file in MODULES.items():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        module = importlib.import_module(name)
        for attribute, value in vars(module).items():
            values = value.values() if isinstance(value, dict) else [value]
            for number, one in enumerate(values):
                if isinstance(one, re.Pattern):
                    short = name.removeprefix("cdk_appsync_guard.")
                    label = f"{short}.{attribute}" + (
                        f"[{number}]" if isinstance(value, dict) else ""
                    )
                    yield label, one, _is_anchored(attribute, tree)
        for number, text in enumerate(_written_in_place(tree)):
            yield f"{name.removeprefix('cdk_appsync_guard.')} #{number}", re.compile(text), False


def _is_anchored(name: str, tree: ast.AST) -> bool:
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).partition("[")[0] == name
    }
    return bool(used) and used <= {"match", "fullmatch"}


def _written_in_place(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value) == "re"
            and node.func.attr in ("sub", "split", "match", "search", "findall", "fullmatch")
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value)


PATTERNS = {label: (pattern, anchored) for label, pattern, anchored in _patterns()}


def _words(pattern: re.Pattern[Any]) -> str:
    return (
        pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    )


def _excess(pattern: re.Pattern[Any], *, anchored: bool, end: str = "\0") -> list[str]:
    words, flags = _words(pattern), pattern.flags & ~re.LOCALE
    work = Work(words, flags)

    def is_too_much(start: str, piece: str, size: int) -> bool:
        number = max(size // len(piece), 2)
        texts = (start + piece * times * number + end for times in (1, 2))
        try:
            once, twice = (work.find_all(text, anchored=anchored) for text in texts)
        except TooMuchError:
            return True
        # Twice the text is twice the work; of what grows with its square it is four times as much.
        return twice > 2.6 * once + 30

    return [
        f"{start!r} + {piece!r} * n"
        for start, piece in attacks(words, flags)
        if is_too_much(start, piece, 24) and is_too_much(start, piece, 96)
    ]


@pytest.mark.parametrize("label", PATTERNS)
def test_work_grows_with_the_text_and_not_with_its_square(label: str) -> None:
    pattern, anchored = PATTERNS[label]

    assert _excess(pattern, anchored=anchored, end=ENDS.get(label, "\0")) == []


@pytest.mark.parametrize(
    "pattern",
    [r'"[^"\\]*(?:\\.[^"\\]*)*"', r"(a+)+b", r"\s+$", r".*?x.*?y", r"(?:a|a)*b", r"//.*\*/"],
)
def test_what_is_quadratic_is_found(pattern: str) -> None:
    assert _excess(re.compile(pattern), anchored=False)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a", "baab"),
        (r"\bfoo\b", "foo bar foofoo"),
        (r"(?<=x)y|z{2,3}?", "xyzzzz y"),
        (r"(?:a|b)*c", "ababc"),
        ("^a$", "a\na"),
    ],
)
def test_the_automaton_finds_what_python_finds(pattern: str, text: str) -> None:
    work = Work(pattern, re.compile(pattern).flags)
    for start in range(len(text) + 1):
        found = re.compile(pattern).match(text, start)
        assert work._run(work.steps, text, start) == (found.end() if found else None)  # noqa: SLF001
