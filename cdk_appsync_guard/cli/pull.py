"""``pull API_ID``: writes what is deployed as a template on which every command works."""

from __future__ import annotations

import json
from typing import Any

import click

from cdk_appsync_guard.cli.output import write_out
from cdk_appsync_guard.deployed.assemble import assemble
from cdk_appsync_guard.deployed.calls import policy
from cdk_appsync_guard.deployed.client import open_session
from cdk_appsync_guard.deployed.folder import files_of, write_folder
from cdk_appsync_guard.deployed.iam_details import read_details_file
from cdk_appsync_guard.deployed.pull import pull, unread_of
from cdk_appsync_guard.deployed.reading import Deployed
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.reporters.writer import text_of

__all__ = ["command"]


@click.command(
    "pull",
    epilog="""\b
Examples:
  cdk-appsync-guard pull abcdefghijklmnopqrstuvwxyz
  cdk-appsync-guard pull --all --region eu-west-1 --profile audit
  cdk-appsync-guard pull --all --iam account.json -o deployed
  cdk-appsync-guard pull --policy > policy.json
  cdk-appsync-guard scan deployed
  cdk-appsync-guard matrix --diff deployed template.yaml --fail-on any

\b
Exit codes:
  0  the files are written
  2  bad usage, AWS cannot be asked, or there are files already
""",
)
@click.argument("ids", nargs=-1, metavar="[API_ID]...")
@click.option("--all", "every", is_flag=True, help="Pull all GraphQL APIs of the Region.")
@click.option("--region", metavar="REGION", help="The Region [default: that of the profile].")
@click.option("--profile", metavar="NAME", help="The profile of the AWS configuration.")
@click.option(
    "--iam",
    metavar="FILE",
    help="What `aws iam get-account-authorization-details` wrote, instead of asking for it.",
)
@click.option(
    "-o", "--output", metavar="FOLDER", default="deployed", help="The folder [default: deployed]."
)
@click.option(
    "--format", "kind", type=click.Choice(["json", "yaml"]), default="json", show_default=True
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.option("--policy", "only_policy", is_flag=True, help="Print the IAM policy that pull needs.")
def command(**given: Any) -> int:
    """Write deployed GraphQL APIs as a template, with schemas and code beside it.

    Reads the APIs and the IAM of the account, and changes nothing. No secret is written: of an API
    key the expiry alone. What the credentials cannot read is undecided in every other command.
    """
    if given["only_policy"]:
        partition = _partition(given["region"])
        document = policy(partition, iam_from_file=given["iam"] is not None)
        write_out(json.dumps(document, indent=2) + "\n")
        return 0
    if bool(given["ids"]) == given["every"]:
        raise click.UsageError("Give either API_ID or --all.")
    details = read_details_file(given["iam"]) if given["iam"] else None
    deployed = pull(open_session(given["region"], given["profile"]), given["ids"], details)
    if not deployed.apis:
        raise ConfigError("there are no GraphQL APIs in this Region", help="pass --region")
    draft = assemble(deployed)
    files = files_of(draft, given["kind"])
    write_folder(given["output"], files, force=given["force"])
    write_out(text_of(_summary(deployed, given["output"], len(files))))
    return 0


def _summary(deployed: Deployed, folder: str, count: int) -> list[str]:
    style = Style()
    plural = "" if len(deployed.apis) == 1 else "s"
    lines = [f"written   {folder}: {len(deployed.apis)} API{plural}, {count} files"]
    for action in unread_of(deployed):
        words = f"the credentials do not allow `{action}`: what depends on it is undecided"
        lines += style.wrap(words, "not read  ", " " * 10)
    return [*lines, f"next      cdk-appsync-guard scan {folder}"]


def _partition(region: str | None) -> str:
    start = (region or "").partition("-")[0]
    govern = (region or "").startswith("us-gov-")
    return "aws-cn" if start == "cn" else "aws-us-gov" if govern else "aws"
