"""Time whole scans against a process that only parses: python tests/benchmarks/run.py [COMMAND...].

One line for each input of ``generate.py``:

========================  ==========================================================================
``small``                 3 resources: what starting costs
``large``                 1,000 root fields, 200 resolvers, 100 roles with 10 ARNs of fields each
``large_conditions``      the same with conditions on 5 of the resolvers: 32 scenarios
``large_without_iam``     the same size without roles
``apis_arns``             200 APIs, and 200 roles with 5 ARNs of fields each
``apis_star``             200 APIs, and 200 roles that may call everything
``policies_roles``        200 managed policies, all of them attached to each of 200 roles
``findings``              50,000 findings, written as JSON and as SARIF
``many``                  1,000 templates, with one process and with one for each core
========================  ==========================================================================

Each COMMAND, such as `cfn-lint` or `checkov --quiet -f`, is timed as well, with a template after it.
What counts is CPU time, of the process and its children. Machines are noisy, so processes run in
turn and the least of each is compared. For figures that users see, run it with the Python of an
environment in which a wheel is installed: a checkout reads its rules from YAML. Needs Unix.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

GENERATE = Path(__file__).with_name("generate.py")
SINGLE = (
    *("small", "large", "large_conditions", "large_without_iam"),
    *("apis_arns", "apis_star", "policies_roles"),
)
# What no scanner can do without: read the JSON and parse the schemas in it.
PARSE_ONLY = """
import sys, orjson
from graphql.language import parse
template = orjson.loads(open(sys.argv[1], "rb").read())
for resource in template["Resources"].values():
    if resource["Type"] == "AWS::AppSync::GraphQLSchema":
        parse(resource["Properties"]["Definition"])
"""
SCAN = ("-m", "cdk_appsync_guard", "scan", "--fail-on", "never")


@dataclass(frozen=True)
class Run:
    """One finished process, with its children."""

    seconds: float  # of CPU time
    megabytes: float


def timed(*command: str) -> Run:
    """Run the command once and return what it took, whatever it thinks of the template."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # Away from the checkout, so that what is installed is run.
    process = subprocess.Popen(  # noqa: S603 - our own arguments
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=kept,
        cwd=tempfile.gettempdir(),
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def least(runs: list[Run]) -> Run:
    """Return the least time and the most memory."""
    return Run(min(one.seconds for one in runs), max(one.megabytes for one in runs))


def compare(name: str, file: Path, others: list[str], count: int) -> dict[str, Run]:
    """Print the time and the memory of each command, and the ratio of a scan to it."""
    commands = {
        "scan": (sys.executable, *SCAN),
        "parse only": (sys.executable, "-c", PARSE_ONLY),
        **{other: tuple(shlex.split(other)) for other in others},
    }
    rounds = [
        {label: timed(*command, str(file)) for label, command in commands.items()}
        for _ in range(count)
    ]
    found = {label: least([one[label] for one in rounds]) for label in commands}
    for label, run in found.items():
        ratio = found["scan"].seconds / run.seconds
        show(name, label, run, f"scan takes {ratio:.2f} of it" if label != "scan" else "")
    return found


def show(name: str, label: str, run: Run, remark: str = "") -> None:
    """Print one line of the table."""
    print(f"{name:18} {label:24} {run.seconds:7.3f} s  {run.megabytes:5.0f} MB  {remark}")


def main(others: list[str], names: list[str], count: int) -> None:
    """Time the inputs of these names, all if there are none."""
    wanted = names or [*SINGLE, "findings", "many"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # In a process of its own: a child's peak of memory is never below that of its parent.
        subprocess.run([sys.executable, str(GENERATE), name], check=True)  # noqa: S603 - our own
        files = {one: folder / f"{one}.json" for one in SINGLE if one in wanted}
        for one in files.values():  # once before: it fills the caches of Python and of the disk
            timed(sys.executable, *SCAN, str(one))
        found = {one: compare(one, file, others, count) for one, file in files.items()}
        if {"large", "large_conditions"} <= found.keys():
            with_, without = found["large_conditions"]["scan"], found["large"]["scan"]
            print(f"five conditions take {with_.seconds / without.seconds:.2f} of none")
        for form in ("json", "sarif") if "findings" in wanted else ():
            run = timed(sys.executable, *SCAN, "--format", form, str(folder / "findings.json"))
            show("findings", f"scan --format {form}", run)
        for jobs in ("1", str(os.cpu_count() or 1)) if "many" in wanted else ():
            run = timed(sys.executable, *SCAN, "--jobs", jobs, str(folder / "many"))
            show("many", f"scan --jobs {jobs}", run)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Time whole scans.")
    parser.add_argument("command", nargs="*", help="another program to time beside them")
    parser.add_argument("--input", action="append", default=[], help="only this input")
    parser.add_argument("--runs", type=int, default=5, help="how often each runs (5)")
    given = parser.parse_args()
    main(given.command, given.input, given.runs)
