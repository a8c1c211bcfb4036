"""The recipe of the documentation runs: on two processes, one killed in the middle, once for each.

The recipe is the Python of ``.docs/pages/organization.md``. It runs in a process of its own.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / ".docs/pages/organization.md"
STACKS = 2000
API = {
    "Api": {
        "Type": "AWS::AppSync::GraphQLApi",
        "Properties": {"Name": "a", "AuthenticationType": "API_KEY"},
    },
    "Schema": {
        "Type": "AWS::AppSync::GraphQLSchema",
        "Properties": {"ApiId": {"Fn::GetAtt": ["Api", "ApiId"]}, "Definition": "type Query{a:ID}"},
    },
}
# Kills the worker that has just begun its second part; a file tells that it is done already.
KILLER = """
def killed_once(number, paths, judge, source, target):
    import os, pathlib, signal
    mark = pathlib.Path(target, "killed")
    if number == 7 and not mark.exists():
        mark.touch()
        judge_whole(number, paths, judge, source, target)
        os.kill(os.getpid(), signal.SIGKILL)
    return judge_whole(number, paths, judge, source, target)

judge_whole, judge_part = judge_part, killed_once
"""


def _recipe() -> str:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(code)


def _write_stacks(folder: Path) -> None:
    """Write stacks of two accounts, of which every 50th has an API and one cannot be read."""
    plain = {"Bucket": {"Type": "AWS::S3::Bucket"}}
    for number in range(STACKS):
        home = folder / f"{111122223333 + number % 2}/eu-west-1"
        home.mkdir(parents=True, exist_ok=True)
        resources = API if number % 50 == 0 else plain
        (home / f"stack{number}.json").write_text(json.dumps({"Resources": resources}))
    (folder / "111122223333/eu-west-1/stack100.json").write_text('{"Resources": {"A": {"Type"')


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a process is killed by a signal")
def test_nothing_is_lost_and_nothing_told_twice(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    source, target = tmp_path / "templates", tmp_path / "rows"
    _write_stacks(source)
    script = tmp_path / "recipe.py"
    code, main, end = _recipe().partition("if __name__")
    script.write_text(code + KILLER + main + end)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DASK_DISTRIBUTED__ADMIN__LOG_LENGTH": "0",
    }

    done = subprocess.run(  # noqa: S603 - our own recipe
        [sys.executable, str(script), str(source), str(target)],
        capture_output=True,
        text=True,
        timeout=300,
        env=environment,
        check=False,
    )
    parts = (part.read_text() for part in target.glob("*.jsonl"))
    rows = [json.loads(one) for part in parts for one in part.splitlines()]
    cells = Counter((row["stack"], row["account"]) for row in rows if row["kind"] == "cell")

    assert done.stdout.strip() == f"{STACKS} stacks", done.stderr[-2000:]
    assert (target / "killed").exists()
    assert [row["stack"] for row in rows if row["kind"] == "problem"] == ["stack100"]
    assert cells == Counter(
        {
            (f"stack{number}", str(111122223333 + number % 2)): 1
            for number in range(0, STACKS, 50)
            if number != 100
        }
    )
    assert len({row["key"] for row in rows}) == len(rows)
