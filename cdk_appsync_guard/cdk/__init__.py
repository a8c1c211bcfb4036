"""The guard inside the AWS CDK.

An Aspect and a validation plugin that make ``cdk synth`` fail, and functions for unit tests.
Importing it needs ``pip install "cdk-appsync-guard[cdk]"`` and Node.js.
"""

from cdk_appsync_guard.cdk.aspect import AppSyncGuard
from cdk_appsync_guard.cdk.authorized import assert_authorized
from cdk_appsync_guard.cdk.check import check
from cdk_appsync_guard.cdk.plugin import AppSyncGuardPlugin

__all__ = ["AppSyncGuard", "AppSyncGuardPlugin", "assert_authorized", "check"]
