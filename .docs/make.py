"""The documentation: ``.docs/pages`` and the rule folders → Markdown → a site of plain HTML files.

    python .docs/make.py            # writes build/docs/site, which needs no server
    python .docs/make.py --pages    # only build/docs/pages, the Markdown

Each command on a page is run, in a copy of ``.docs/example``; its output is what the page shows.
Zensical builds the site, strictly: a link that leads nowhere fails the build.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from commands import expand
from reference import command_page, configuration_table
from rule_pages import index_page, rule_pages

__all__ = ["build_site", "main", "write_pages"]

HERE = Path(__file__).parent
BUILD = HERE.parent / "build" / "docs"


def write_pages(build: Path = BUILD) -> Path:
    """Write all pages as Markdown, and the settings of the site; return the file of settings."""
    pages = build / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    shutil.copytree(HERE / "assets", pages / "assets")
    for source in sorted((HERE / "pages").rglob("*.md")):
        target = pages / source.relative_to(HERE / "pages")
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text("utf-8").replace("<!-- settings -->\n", configuration_table())
        target.write_text(expand(text, source.name), "utf-8")
    (pages / "commands.md").write_text(command_page(), "utf-8")
    (pages / "rules").mkdir()
    (pages / "rules" / "index.md").write_text(index_page(), "utf-8")
    for rule, text in rule_pages():
        (pages / "rules" / f"{rule.id}.md").write_text(text, "utf-8")
    settings = build / "zensical.toml"
    settings.write_text((HERE / "zensical.toml").read_text("utf-8"), "utf-8")
    return settings


def build_site(settings: Path) -> None:
    """Let Zensical make the site; raise CalledProcessError at a link that leads nowhere."""
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    subprocess.run(  # noqa: S603 - our own settings
        [*command, "--config-file", str(settings)],
        check=True,
        cwd=settings.parent,
    )


def main(arguments: list[str]) -> int:
    """Build what the arguments ask for."""
    settings = write_pages()
    if "--pages" not in arguments:
        build_site(settings)
        print(f"open {(BUILD / 'site' / 'index.html').as_uri()}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
