"""AppSyncGuard: an Aspect that has the constructs below it judged when they are synthesized.

At the moment an aspect visits a construct, overrides, tokens and other stacks are still open. So
it judges nothing then: it only notes where it was added, and registers the plugin that will.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cdk_appsync_guard.cdk.library import cdk, jsii
from cdk_appsync_guard.cdk.options import Given
from cdk_appsync_guard.cdk.plugin import AppSyncGuardPlugin
from cdk_appsync_guard.cdk.scopes import EVERYTHING

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["AppSyncGuard"]


@jsii.implements(cdk.IAspect)
class AppSyncGuard(AppSyncGuardPlugin):
    """Makes ``cdk synth`` fail on requests that would come back Unauthorized.

    ``Aspects.of(app).add(AppSyncGuard())``, on an App, a Stage, a Stack or any construct: what it
    finds at that construct or below is reported. It changes nothing, may be added more than once
    and in any order, and takes the same keywords as the plugin.
    """

    def __init__(self, **given: Unpack[Given]) -> None:
        super().__init__(**given)
        self._scopes_by_app: dict[str, list[str]] = {}
        self._visited: set[str] = set()
        self._visited_all = False

    def visit(self, node: Any) -> None:
        """Note the construct, unless it lies below one that was noted before.

        CDK calls this for every construct, and each question to a construct costs a round trip to
        Node. So all that lies below a new construct is asked for at once, and nothing below an App.
        """
        if self._visited_all or _identity(node) in self._visited:
            return
        tree = node.node
        path, app = tree.path, tree.root
        self._visited_all = path == EVERYTHING
        if not self._visited_all:
            self._visited.update(map(_identity, tree.find_all()))
        scopes = self._scopes_by_app.setdefault(_identity(app), [])
        if not scopes:
            cdk.Validations.of(app).add_plugins(self)
        if path not in scopes:
            scopes.append(path)

    def _scopes(self, app: Any) -> list[str]:
        # What was visited is validated now; what comes next belongs to another synthesis.
        self._visited.clear()
        self._visited_all = False
        return self._scopes_by_app.get(_identity(app), [EVERYTHING])


def _identity(construct: Any) -> str:
    """Return what tells constructs apart: most get a new Python object whenever they are met."""
    reference: str = construct.__jsii_ref__.ref
    return reference
