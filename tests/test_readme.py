"""The pages show what the tool really says: their generated parts are held against it.

``pytest --update-golden`` writes them anew.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.policy.rules import CATEGORIES, built_in_rules

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "rules" / "README.md")
BLOCK = re.compile(r"(<!-- (\w+)(?:: ([^\n]*?))? -->\n)(.*?)(<!-- end -->)", re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_a_page_shows_what_the_tool_says(
    page: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    written = page.read_text("utf-8")

    def fresh(block: re.Match[str]) -> str:
        start, kind, argument, _, end = block.groups()
        content = {"rules": _rules, "file": _file, "output": _output}[kind](argument, capsys)
        return f"{start}{content}{end}"

    current = BLOCK.sub(fresh, written)
    if request.config.getoption("--update-golden"):
        page.write_text(current, "utf-8")
        written = current

    assert written == current


def test_readme_is_read_in_one_sitting() -> None:
    assert len(PAGES[0].read_bytes()) < 15_000


def _rules(_: str, __: object) -> str:
    lines = ["| rule | severity | what is wrong |", "| --- | --- | --- |"]
    rules = sorted(built_in_rules(), key=lambda rule: (CATEGORIES.index(rule.category), rule.id))
    category = None
    for rule in rules:
        if rule.category != category:
            category = rule.category
            lines.append(f"| **{category}** | | |")
        folder = f"{rule.category}/{rule.id}"
        lines.append(
            f"| [`{rule.id}`]({folder}/rule.yaml) | {rule.severity.value} | {rule.title} |"
        )
    return "\n".join(lines) + "\n"


def _file(path: str, _: object) -> str:
    return f"```yaml\n{(ROOT / path).read_text('utf-8')}```\n"


def _output(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what the command prints: all of it, or its beginning and its end."""
    capsys.readouterr()
    main(shlex.split(command))
    lines = capsys.readouterr().out.splitlines()
    shown = lines if len(lines) <= _LINES else [*lines[:_LINES], "…", lines[-1]]
    return "```console\n$ cdk-appsync-guard {}\n{}\n```\n".format(command, "\n".join(shown))


_LINES = 26
