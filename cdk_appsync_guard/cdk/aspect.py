"""AppSyncGuard: an Aspect that has the constructs below it judged when they are synthesized.

At the moment an aspect visits a construct, overrides, tokens and other stacks are still open. So
it judges nothing then: it only notes where it was added, and registers the plugin that will.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cdk_appsync_guard.cdk.library import cdk, jsii
from cdk_appsync_guard.cdk.options import Given
from cdk_appsync_guard.cdk.plugin import AppSyncGuardPlugin

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["AppSyncGuard"]


@jsii.implements(cdk.IAspect)
class AppSyncGuard:
    """Makes ``cdk synth`` fail on requests that would come back Unauthorized.

    ``Aspects.of(app).add(AppSyncGuard())``, on an App, a Stage, a Stack or any construct: what it
    finds at that construct or below is reported. It changes nothing, may be added more than once
    and in any order, and takes the same keywords as the plugin.
    """

    def __init__(self, **given: Unpack[Given]) -> None:
        self._plugin = AppSyncGuardPlugin(**given)
        self._plugin.scopes = []
        self._roots: list[Any] = []
        self._covered: set[Any] = set()

    def visit(self, node: Any) -> None:
        """Note the construct, unless it lies below one that was noted before.

        CDK calls this for every construct, and each question to a construct costs a round trip to
        Node. So all that lies below a new construct is asked for at once.
        """
        if node in self._covered:
            return
        tree = node.node
        self._covered.update(tree.find_all())
        self._plugin.scopes.append(tree.path)
        root = tree.root
        if not any(root is known for known in self._roots):
            self._roots.append(root)
            cdk.Validations.of(root).add_plugins(self._plugin)
