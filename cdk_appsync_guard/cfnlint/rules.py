"""The rules for ``cfn-lint --append-rules FOLDER``, where the folder is that of this package.

cfn-lint reads the file by itself, outside the package, so the module form knows nothing of it.
"""

from __future__ import annotations

from cdk_appsync_guard.cfnlint import rule_classes

# cfn-lint looks for classes among the names of this module.
globals().update(rule_classes())
