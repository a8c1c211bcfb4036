"""Whether a caller's requests reach an API at all.

In: an API and where a caller is. Out: whether the API is private and the caller outside of a VPC.
https://docs.aws.amazon.com/appsync/latest/devguide/using-private-apis.html
"""

from __future__ import annotations

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.template.values.value import Unknown, unknown_of

__all__ = ["is_out_of_reach"]


def is_out_of_reach(api: Api, *, inside_vpc: bool | Unknown) -> bool | Unknown:
    """Return whether the API is private and the caller has no network interface in a VPC."""
    if inside_vpc is True:
        return False
    visibility = api.resource.get("Visibility")
    why = unknown_of(visibility)
    if why is not None:
        return Unknown(why.reason, why.would_decide)
    if visibility != "PRIVATE":
        return False
    return inside_vpc if isinstance(inside_vpc, Unknown) else True
