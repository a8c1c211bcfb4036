"""Inputs on which the guard was wrong once: each file tells on top what is right, and is held to it.

A case is a file of `tests/faults` that can be scanned, or a folder of it with a `case.txt`; what
shares its stem (`case.graphql`, `case.toml`) belongs to it. Its first lines say, after why:

    # arguments: --operations case.graphql --region eu-west-1
    # ignore: rule-id, rule-id          default: log-config-missing
    # says: words of the text report    as often as needed
    # never says: words that must not be there
    # exit: 2                           default: what the findings make it

Lines carry `# expect: rule-id` and `# undecided: rule-id`: exactly these, no more and no less. In
JSON, which has no comments, they stand in `case.txt` beside it as `# expect: rule-id @ LINE`.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdk_appsync_guard.cli.main import main

FOLDER = Path(__file__).parent / "faults"
INPUTS = (".yaml", ".yml", ".json", ".template")
HEADER = re.compile(
    r"^(?:#|//)\s*(arguments|ignore|says|never says|exit):\s*(.*?)\s*$", re.MULTILINE
)
MARKER = re.compile(
    r"#\s*(expect|undecided):\s*([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)(?:\s*@\s*(\d+))?"
)
CASES = sorted(
    path
    for path in FOLDER.iterdir()
    if (path / "case.txt").is_file() or (path.is_file() and path.suffix in INPUTS)
)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_answer_is_the_right_one(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    header = _header(case)
    monkeypatch.chdir(case if case.is_dir() else FOLDER)

    code = main(_arguments(case, header, "json"))
    printed = capsys.readouterr()

    assert code == int(header.get("exit", [str(code)])[0]), printed
    if code <= 1:
        data = json.loads(printed.out)
        assert _said(data["findings"]) == _marked(case, "expect")
        waiting = [one for question in data["undecided"] for one in question["rules"]]
        assert _said(waiting) == _marked(case, "undecided")
        assert all(question["would_decide"] for question in data["undecided"])


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_words_are_the_right_ones(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    header = _header(case)
    monkeypatch.chdir(case if case.is_dir() else FOLDER)

    main(_arguments(case, header, "text"))
    text = " ".join("".join(capsys.readouterr()).split())

    assert [words for words in header.get("says", []) if words not in text] == [], text
    assert [words for words in header.get("never says", []) if words in text] == [], text


def _arguments(case: Path, header: dict[str, list[str]], form: str) -> list[str]:
    paths = [] if case.is_dir() else [case.name]
    given = shlex.split(" ".join(header.get("arguments", [])))
    ignored = ",".join(header.get("ignore", ["log-config-missing"]))
    always = ["--ignore", ignored, "--now", "2026-06-01", "--format", form]
    return ["scan", *paths, *given, *always]


def _header(case: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in _files(case):
        if file.suffix in (*INPUTS, ".txt"):
            for key, value in HEADER.findall(file.read_text(encoding="utf-8")):
                found.setdefault(key, []).append(value)
    return found


def _files(case: Path) -> Iterator[Path]:
    if case.is_dir():
        yield from sorted(path for path in case.rglob("*") if path.is_file())
    else:
        yield from sorted(FOLDER.glob(f"{case.stem}.*"))


def _marked(case: Path, kind: str) -> set[tuple[str, str, int]]:
    """Return rule, file and line of each marker: its own line, or the one it names."""
    return {
        (rule, case.name if line else file.name, int(line or number))
        for file in _files(case)
        for number, text in enumerate(_text(file).split("\n"), 1)
        for of_kind, rules, line in MARKER.findall(text)
        if of_kind == kind
        for rule in re.split(r"\s*,\s*", rules)
    }


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def _said(entries: list[dict[str, object]]) -> set[tuple[str, str, int]]:
    return {_place(entry) for entry in entries}


def _place(entry: dict[str, object]) -> tuple[str, str, int]:
    location = entry["location"]
    assert isinstance(location, dict)
    return str(entry["rule"]), Path(location["file"]).name, int(location["line"])
