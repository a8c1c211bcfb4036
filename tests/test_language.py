"""Texts are plain, current American English: no word that stops a reader.

In: rules, Markdown pages, and the strings, docstrings, and comments of the package. Out: a list of
places with the word that they should not hold, and what to write instead.

A word is banned because it is ambiguous (*may not*), old (*shall*, *whom*), or British, or because
another word of the glossary in ``.github/CONTRIBUTING.md`` says the same.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cdk_appsync_guard"

# What is not written → what is. Patterns, in lower case, between word boundaries.
BANNED = {
    "may not": "cannot, is not allowed to, might not",
    "shall": "must, will, is meant to",
    "whom": "which callers, who",
    "spelt|misspelt": "spelled, misspelled",
    "learnt": "learned",
    "somebody|anybody|everybody": "a caller, anyone, everyone",
    "nobody": "no one, no caller",
    "whoever": "everyone who, every caller that",
    "whosoever|whatsoever": "leave it out",
    "hence|thereby|therein|wherein|thereof|whereof|herewith": "so, in it",
    "upon": "on",
    "amongst": "among",
    "whilst": "while",
    "and the like": "and similar ones",
    "so-called": "leave it out",
    "such a one": "one",
    "cannot be had": "is not available",
    "cannot be told": "is not known",
    "for ever": "forever",
    "stands beside": "is next to",
    "stands in the schema": "is in the schema",
    "lies beside|lie beside": "is next to, are next to",
    "makes no sense": "is not valid",
    "is no|are no|was no": "is not a, there is no",
    "has not|have not": "does not have, do not have",
    "lets in|let in|lets him in": "allows",
    "takes away": "removes, overrides",
    "among the inputs": "in the input",
    "speaks of": "mentions",
    "behaviour|colour|honour|favour|neighbour|flavour": "American spelling, -or",
    "recognise|normalise|neutralise|authorise|serialise|organise|sanitise|initialise": "-ize",
    "recognised|normalised|neutralised|authorised|serialised|sanitised|unauthorised": "-ized",
    "normalising|neutralising|authorising|authorisation|normalisation": "-iz-",
    "cancelled|labelled|modelled|travelled": "one l",
    "licence|defence|catalogue of|centre": "American spelling",
    "towards|afterwards|backwards": "toward, afterward, backward",
    "analyse|analysed": "analyze",
}
# "is no such field", "is no longer" and "there is no ..." are plain English.
_FINE = re.compile(r"\bthere (?:is|are|was) no\b|\b(?:is|are|was) no (?:such|longer|one|more)\b")
# "has not changed": a verb follows.
_PERFECT = re.compile(r"\b(?:has|have) not (?:been|yet|\w+ed|given|seen|met|read|run|had|got)\b")
_WORDS = {
    re.compile(rf"\b(?:{pattern.replace(' ', '[ ]')})\b"): hint for pattern, hint in BANNED.items()
}
PAGES = (
    ROOT / "README.md",
    ROOT / ".github/CONTRIBUTING.md",
    ROOT / ".github/SECURITY.md",
    ROOT / ".github/CHANGELOG.md",
    *sorted((ROOT / ".docs" / "pages").rglob("*.md")),
    *sorted((ROOT / "sample_stacks").rglob("README.md")),
)


def test_rules_are_plain_english() -> None:
    assert [found for path in ROOT.glob("rules/*/*/rule.yaml") for found in _in_rule(path)] == []


def test_pages_are_plain_english() -> None:
    assert [
        found for path in PAGES for found in _find(_place(path, 1), path.read_text("utf-8"))
    ] == []


def test_the_package_is_plain_english() -> None:
    assert [found for path in PACKAGE.rglob("*.py") for found in _in_module(path)] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the caller may\nnot read it", ["may not"]),
        ("Nobody can call it; it is no field", ["is no", "nobody"]),
        ("there is no field, it is no longer used, and it has not changed", []),
        ("the field `nobody` is a name, and so is ``shall``", []),
    ],
)
def test_what_is_found(text: str, words: list[str]) -> None:
    assert sorted(found.split("`")[1] for found in _find("here", text)) == words


def _in_rule(path: Path) -> Iterator[str]:
    rule = yaml.safe_load(path.read_text("utf-8"))
    for key in ("title", "message", "remediation", "settles"):
        yield from _find(f"{_place(path, 1)} {key}", rule.get(key, ""))


def _in_module(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield from _find(_place(path, node.lineno), node.value)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield from _find(_place(path, token.start[0]), token.string)


def _find(place: str, text: str) -> Iterator[str]:
    """Yield what to change in the text; what is in backticks is a name, and is left out."""
    plain = re.sub(r"``[^`]*``|`[^`]*`", " X ", text.lower())
    plain = _PERFECT.sub("", _FINE.sub("", " ".join(plain.split())))
    for pattern, hint in _WORDS.items():
        for found in pattern.finditer(plain):
            yield f"{place}: `{found[0]}`: write {hint}"


def _place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{line}"
