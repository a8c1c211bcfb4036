"""Time whole scans against a process that only parses: python tests/benchmarks/run.py [RUNS].

Machines are noisy, so the two run in turn and their ratio is what counts. Needs Unix.
"""

from __future__ import annotations

import os
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
SCAN = ("-m", "cdk_appsync_guard", "scan", "--fail-on", "never", "--select", "all")


@dataclass(frozen=True)
class Run:
    """One finished process."""

    seconds: float
    megabytes: float


def timed(*arguments: str) -> Run:
    """Run Python with the arguments once and return what it took."""
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own arguments
        (sys.executable, *arguments), stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{arguments} ended with {process.returncode}")
    return Run(time.perf_counter() - started, usage.ru_maxrss / 1024)


def compare(name: str, file: Path, runs: int) -> None:
    """Print the median seconds of both, the ratio, and the scan's memory."""
    pairs = [
        (timed(*SCAN, str(file)), timed("-c", PARSE_ONLY, str(file))) for _ in range(runs + 1)
    ][1:]  # the first warms the caches
    scan = statistics.median(one.seconds for one, _ in pairs)
    parse = statistics.median(other.seconds for _, other in pairs)
    ratio = statistics.median(one.seconds / other.seconds for one, other in pairs)
    memory = max(one.megabytes for one, _ in pairs)
    print(
        f"{name:6}  scan {scan:.3f} s  parse only {parse:.3f} s  ratio {ratio:.2f}  {memory:.0f} MB"
    )


def main(runs: int) -> None:
    """Compare both templates, then time the folder of 1,000 with one and with all cores."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder)
        compare("small", folder / "small.json", runs)
        compare("large", folder / "large.json", runs)
        for jobs in ("1", str(os.cpu_count() or 1)):
            many = timed(*SCAN, "--jobs", jobs, str(folder / "many"))
            print(f"1,000   scan {many.seconds:.3f} s with {jobs} process(es)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
