"""``init``: writes a configuration that passes today, and says what it leaves out."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import click

from cdk_appsync_guard.cli.output import write_out
from cdk_appsync_guard.engine.starter import BASELINE, CONFIG, starter
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.reporters.encode import encode
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.reporters.writer import text_of
from cdk_appsync_guard.settings.config import find_config
from cdk_appsync_guard.settings.files import check_writable, write_file

__all__ = ["command"]

_SCHEMA = ".appsync-guard.schema.json"


@click.command(
    "init",
    epilog="""\b
Examples:
  cdk-appsync-guard init
  cdk-appsync-guard init infra --schema

\b
Exit codes:
  0  the configuration is written, and a scan passes
  1  it is written, and a scan does not pass: an input cannot be read
  2  bad usage, or there is a configuration already
""",
)
@click.argument("folder", default=".", metavar="[FOLDER]")
@click.option("--force", is_flag=True, help="Replace the configuration that is there.")
@click.option(
    "--schema", is_flag=True, help="Also write a JSON schema, by which editors complete the keys."
)
def command(folder: str, *, force: bool, schema: bool) -> int:
    """Write a configuration for the templates in a folder.

    It passes today: errors that are there go into a baseline, and only new ones fail a scan.
    """
    config, baseline = Path(folder, CONFIG), Path(folder, BASELINE)
    present = find_config(Path(folder).absolute())
    if present is not None and not force:
        raise ConfigError(
            f"there is a configuration already: `{present}`",
            help="edit it, or replace it with --force",
        )
    check_writable(str(config))
    if force:
        config.unlink(missing_ok=True)
    found = starter(folder, f"./{_SCHEMA}" if schema else None)
    written = [str(config)]
    write_file(str(config), found.config)
    if found.baseline is not None:
        write_file(str(baseline), encode(found.baseline))
        written.append(str(baseline))
    if schema:
        text = resources.files("cdk_appsync_guard.settings").joinpath("config.schema.json")
        write_file(str(Path(folder, _SCHEMA)), text.read_text(encoding="utf-8"))
        written.append(str(Path(folder, _SCHEMA)))
    style = Style()
    lines = [
        *(line for one in found.found for line in style.wrap(one, "found     ", " " * 10)),
        *(f"written   {file}" for file in written),
        *(line for one in found.left_out for line in style.wrap(one, "left out  ", " " * 10)),
        f"next      cdk-appsync-guard scan {folder}",
    ]
    write_out(text_of(lines))
    return 0 if found.passes else 1
