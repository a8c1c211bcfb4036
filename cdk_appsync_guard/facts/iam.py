"""IAM → rows: what statements grant on the APIs, and whether callers are granted what they need.

In: the APIs and stacks of one scenario. Out: rows of ``grants``, ``denies``,
``boundaries``, ``iam_actions``, ``principals``, ``grantees``, and ``unattached``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.facts.event_apis import rows_of_confused_actions
from cdk_appsync_guard.facts.iam_actions import rows_of_actions
from cdk_appsync_guard.facts.iam_bearings import bearings, limits, unattached
from cdk_appsync_guard.facts.iam_boundaries import rows_of_boundaries
from cdk_appsync_guard.facts.iam_callers import find_callers, rows_of_callers
from cdk_appsync_guard.facts.iam_denies import rows_of_denies
from cdk_appsync_guard.facts.iam_grantees import rows_of_grantees
from cdk_appsync_guard.facts.iam_grants import rows_of_grants
from cdk_appsync_guard.facts.iam_misnamed import rows_of_misnamed
from cdk_appsync_guard.facts.iam_targets import Targets
from cdk_appsync_guard.facts.iam_unattached import rows_of_unattached
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.principals import Principals
from cdk_appsync_guard.template.scenarios.stack import Stack

__all__ = ["rows_of_iam"]


def rows_of_iam(
    apis: Sequence[Api], stacks: tuple[Stack, ...], principals: Principals
) -> Iterator[Row]:
    """Yield the rows about IAM of one scenario."""
    targets = Targets(apis)
    for bearing in bearings(principals.all):
        yield from rows_of_grants(bearing, targets)
        yield from rows_of_denies(bearing, targets)
        yield from rows_of_actions(bearing)
        yield from rows_of_confused_actions(bearing)
    for bearing in limits(principals):
        yield from rows_of_denies(bearing, targets)
    for bearing in unattached(principals):
        yield from rows_of_unattached(bearing, targets)
        yield from rows_of_denies(bearing, targets)
        yield from rows_of_actions(bearing)
    yield from rows_of_boundaries(principals.all, targets)
    yield from rows_of_misnamed(principals.all) if targets else ()
    callers = find_callers(targets, principals, stacks)
    yield from rows_of_callers(callers)
    addressed = {(id(one.principal), one.target.api.name) for one in callers if one.principal}
    yield from rows_of_grantees(targets, principals, addressed)
