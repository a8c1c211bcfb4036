"""The documentation says what is so: its commands and examples are run, and its links lead somewhere.

Building the pages runs every command on them, see ``.docs/commands.py``.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cdk_appsync_guard.policy.pages import page_of
from cdk_appsync_guard.policy.rules import built_in_rules

ROOT = Path(__file__).parent.parent
DOCS = ROOT / ".docs"
SOURCES = sorted((DOCS / "pages").rglob("*.md"))
# What the pages tell to run besides our own command, and what runs it in the tests.
RUN_ELSEWHERE = {
    "pip install .": "tests/callers/test_docker.py",
    'pip install ".[cdk,cfn-lint,sam]"': "tests/callers/test_docker.py",
    "npx cdk synth --quiet": "tests/callers/test_cdk_cli.py",
    "cfn-lint template.yaml --append-rules cdk_appsync_guard.cfnlint": "tests/cfn_lint/test_findings.py",
    "docker build -f .github/Dockerfile -t cdk-appsync-guard .": "tests/callers/test_docker.py",
    'docker run --rm -v "$PWD:/work:ro" cdk-appsync-guard scan cdk.out': "tests/callers/test_docker.py",
}


@pytest.fixture(scope="module")
def docs() -> Iterator[Any]:
    """The modules of the generator, which are no package."""
    before = set(sys.modules)
    sys.path.insert(0, str(DOCS))
    try:
        yield {name: importlib.import_module(name) for name in ("make", "commands")}
    finally:
        sys.path.remove(str(DOCS))
        for name in set(sys.modules) - before:
            if getattr(sys.modules[name], "__file__", None) and str(DOCS) in str(
                sys.modules[name].__file__
            ):
                del sys.modules[name]


@pytest.fixture(scope="module")
def written(docs: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with all pages as Markdown, made once."""
    settings: Path = docs["make"].write_pages(tmp_path_factory.mktemp("docs"))
    return settings.parent


@pytest.mark.slow
def test_every_rule_has_a_page_with_all_that_a_reader_needs(written: Path) -> None:
    heads = (
        "## What is wrong",
        "## What the client sees",
        "## How to fix it",
        "### Wrong",
        "### Right",
        "## How to suppress it",
        "## Sources",
    )
    lacking = {}
    for rule in built_in_rules():
        page = (written / "pages" / "rules" / f"{rule.id}.md").read_text("utf-8")
        lacking[rule.id] = [head for head in heads if head not in page]

    assert {rule: heads for rule, heads in lacking.items() if heads} == {}


@pytest.mark.slow
def test_every_page_marks_what_is_wrong_in_its_example(written: Path) -> None:
    pages = (written / "pages" / "rules" / f"{rule.id}.md" for rule in built_in_rules())

    assert [page.stem for page in pages if '.wrong hl_lines="' not in page.read_text("utf-8")] == []


@pytest.mark.slow
def test_no_marker_of_the_fixtures_is_left(written: Path) -> None:
    pages = (written / "pages" / "rules").glob("*.md")

    assert [page.stem for page in pages if "# expect" in page.read_text("utf-8")] == []


@pytest.mark.slow
def test_the_site_builds_strictly(written: Path) -> None:
    if importlib.util.find_spec("zensical") is None:
        pytest.skip("zensical is not installed: pip install -e '.[docs]'")
    done = _zensical(written)

    assert done.returncode == 0, done.stdout + done.stderr
    assert (written / "site" / "index.html").is_file()
    assert [
        rule.id for rule in built_in_rules() if not (written / "site" / page_of(rule.id)).is_file()
    ] == []


@pytest.mark.slow
def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path) -> None:
    if importlib.util.find_spec("zensical") is None:
        pytest.skip("zensical is not installed: pip install -e '.[docs]'")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "index.md").write_text("# Home\n\n[there](nowhere.md)\n", "utf-8")
    (tmp_path / "zensical.toml").write_text(
        '[project]\nsite_name = "x"\ndocs_dir = "pages"\nsite_dir = "site"\n', "utf-8"
    )

    assert _zensical(tmp_path).returncode != 0


def test_a_command_that_does_not_do_what_the_page_says_is_an_error(docs: Any) -> None:
    page = "```sh\ncdk-appsync-guard rules no-such-rule\n```\n"

    with pytest.raises(docs["commands"].CommandError, match=r"page\.md.*no-such-rule"):
        docs["commands"].expand(page, "page.md")


def test_each_other_command_is_run_by_a_test(docs: Any) -> None:
    others = {
        part
        for source in SOURCES
        for block in docs["commands"].BLOCK.finditer(source.read_text("utf-8"))
        if block[2] == "sh"
        for line in block[4].splitlines()
        for part in docs["commands"].parts_of(line.partition(" #")[0].strip())
        if not part.startswith("cdk-appsync-guard ")
    }

    assert others == set(RUN_ELSEWHERE)
    assert [name for name in RUN_ELSEWHERE.values() if not (ROOT / name).is_file()] == []


def test_every_page_is_in_the_navigation() -> None:
    settings = (DOCS / "zensical.toml").read_text("utf-8")
    named = set(re.findall(r'"([\w/-]+\.md)"', settings))
    own = {source.relative_to(DOCS / "pages").as_posix() for source in SOURCES}

    assert named - {"rules/index.md", "commands.md"} == own


def _zensical(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--clean", "--strict"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
