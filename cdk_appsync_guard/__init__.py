"""Finds every AppSync GraphQL request that will come back Unauthorized, before you deploy.

The public names. Each is loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cdk_appsync_guard.access.matrix import Matrix
    from cdk_appsync_guard.diagnosis.entry import diagnose
    from cdk_appsync_guard.diagnosis.model import Diagnosis, Outcome
    from cdk_appsync_guard.engine.scan import ScanOptions, scan
    from cdk_appsync_guard.engine.scenes import matrix
    from cdk_appsync_guard.errors import GuardError
    from cdk_appsync_guard.explanation.entry import explain
    from cdk_appsync_guard.explanation.model import Explanation, FieldAnswer
    from cdk_appsync_guard.report import Finding, Report, Severity
    from cdk_appsync_guard.testing.matrix import assert_matrix
    from cdk_appsync_guard.testing.response import assert_response

    __version__: str

__all__ = [
    "Diagnosis",
    "Explanation",
    "FieldAnswer",
    "Finding",
    "GuardError",
    "Matrix",
    "Outcome",
    "Report",
    "ScanOptions",
    "Severity",
    "__version__",
    "assert_matrix",
    "assert_response",
    "diagnose",
    "explain",
    "matrix",
    "scan",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        return _version()
    module = _HOMES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - see the module's docstring

    return getattr(import_module(module), name)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - see above

    try:
        return version("cdk-appsync-guard")
    except PackageNotFoundError:  # a checkout that is run without being installed
        return "unknown"


_HOMES = {
    "Diagnosis": "cdk_appsync_guard.diagnosis.model",
    "Explanation": "cdk_appsync_guard.explanation.model",
    "FieldAnswer": "cdk_appsync_guard.explanation.model",
    "Finding": "cdk_appsync_guard.report",
    "GuardError": "cdk_appsync_guard.errors",
    "Matrix": "cdk_appsync_guard.access.matrix",
    "Outcome": "cdk_appsync_guard.diagnosis.model",
    "Report": "cdk_appsync_guard.report",
    "ScanOptions": "cdk_appsync_guard.engine.scan",
    "Severity": "cdk_appsync_guard.report",
    "assert_matrix": "cdk_appsync_guard.testing.matrix",
    "assert_response": "cdk_appsync_guard.testing.response",
    "diagnose": "cdk_appsync_guard.diagnosis.entry",
    "explain": "cdk_appsync_guard.explanation.entry",
    "matrix": "cdk_appsync_guard.engine.scenes",
    "scan": "cdk_appsync_guard.engine.scan",
}
