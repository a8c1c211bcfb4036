"""The guard inside the AWS CDK.

An Aspect and a validation plugin that make ``cdk synth`` fail, and functions for unit tests.
Importing it needs ``pip install "cdk-appsync-guard[cdk]"`` and Node.js.
"""

from typing import TYPE_CHECKING

from cdk_appsync_guard.cdk.aspect import AppSyncGuard
from cdk_appsync_guard.cdk.plugin import AppSyncGuardPlugin

if TYPE_CHECKING:
    from cdk_appsync_guard.cdk.authorized import assert_authorized
    from cdk_appsync_guard.cdk.checking import check

__all__ = ["AppSyncGuard", "AppSyncGuardPlugin", "assert_authorized", "check"]


def __getattr__(name: str) -> object:
    """Load what only unit tests need when they ask for it: synth must not be able to pay for it."""
    module = _HOMES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - see above

    return getattr(import_module(module), name)


_HOMES = {
    "assert_authorized": "cdk_appsync_guard.cdk.authorized",
    "check": "cdk_appsync_guard.cdk.checking",
}
