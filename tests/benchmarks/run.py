"""Time whole scans against a process that only parses: python tests/benchmarks/run.py [COMMAND...].

Each COMMAND, such as `cfn-lint` or `checkov --quiet -f`, is timed as well, with a template after it.
Machines are noisy, so processes run in turn and their ratio is what counts. Needs Unix.
"""

from __future__ import annotations

import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from generate import main as generate

# What no scanner can do without: read the JSON and parse the schema in it.
PARSE_ONLY = """
import sys, orjson
from graphql.language import parse
template = orjson.loads(open(sys.argv[1], "rb").read())
parse(template["Resources"]["Schema"]["Properties"]["Definition"])
"""
RUNS = 7
SCAN = ("-m", "cdk_appsync_guard", "scan", "--fail-on", "never", "--select", "all")


@dataclass(frozen=True)
class Run:
    """One finished process."""

    seconds: float
    megabytes: float


def timed(*command: str) -> Run:
    """Run the command once and return what it took, whatever it thinks of the template."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own arguments
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=kept
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(time.perf_counter() - started, usage.ru_maxrss / 1024)


def compare(name: str, file: Path, others: list[str]) -> None:
    """Print the median seconds and the memory of each, and the ratio of a scan to it."""
    commands = {
        "scan": (sys.executable, *SCAN),
        "parse only": (sys.executable, "-c", PARSE_ONLY),
        **{other: tuple(shlex.split(other)) for other in others},
    }
    rounds = [
        {label: timed(*command, str(file)) for label, command in commands.items()}
        for _ in range(RUNS + 1)
    ][1:]  # the first warms the caches
    for label in commands:
        seconds = statistics.median(one[label].seconds for one in rounds)
        ratio = statistics.median(one["scan"].seconds / one[label].seconds for one in rounds)
        memory = max(one[label].megabytes for one in rounds)
        print(
            f"{name:6} {label:24} {seconds:7.3f} s  {memory:4.0f} MB  scan takes {ratio:.2f} of it"
        )


def main(others: list[str]) -> None:
    """Compare both templates, then time the folder of 1,000 with one and with all cores."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder)
        compare("small", folder / "small.json", others)
        compare("large", folder / "large.json", others)
        for jobs in ("1", str(os.cpu_count() or 1)):
            many = timed(sys.executable, *SCAN, "--jobs", jobs, str(folder / "many"))
            print(f"1,000  scan with {jobs} process(es)  {many.seconds:.3f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
