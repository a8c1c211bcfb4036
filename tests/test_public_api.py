"""What other programs import, and what their type checkers see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cdk_appsync_guard

PROGRAM = """\
from cdk_appsync_guard import ScanOptions, scan
report = scan(["t.yaml"], ScanOptions())
print(type(report).__name__, [str(problem) for problem in report.problems])
import cdk_appsync_guard.engine.scan
from cdk_appsync_guard import scan as again
assert again is scan and callable(scan)
"""


def test_every_public_name_is_there() -> None:
    found = {name: getattr(cdk_appsync_guard, name) for name in cdk_appsync_guard.__all__}

    assert callable(found["scan"])
    assert all(isinstance(found[name], type) for name in found if name[0].isupper())


def test_scan_is_a_function_whatever_was_imported_before(tmp_path: Path) -> None:
    top = Path(cdk_appsync_guard.__file__).parent.parent
    (tmp_path / "t.yaml").write_text("Resources: {A: {Type: AWS::SNS::Topic}}")
    done = subprocess.run(  # noqa: S603 - our own package
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(top)!r})\n{PROGRAM}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.split() == ["Report", "[]"], done.stderr


def test_no_module_has_the_name_of_a_public_function() -> None:
    package = Path(cdk_appsync_guard.__file__).parent
    modules = {path.stem for path in package.iterdir()}

    assert modules.isdisjoint(cdk_appsync_guard.__all__)


def test_types_are_shipped() -> None:
    assert Path(cdk_appsync_guard.__file__).with_name("py.typed").is_file()
