"""APIs that are not in the input → the rows that need nothing of them but their parts.

In: an Api of ``appsync.outside``. Out: rows of keys, resolvers, functions, data sources, and of the
schema if there is one. One row of ``apis`` in which all is Unknown says that the rest is undecided.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.facts.api_vocabulary import APIS
from cdk_appsync_guard.facts.authorizations import unknown_row
from cdk_appsync_guard.facts.credentials import api_key_rows
from cdk_appsync_guard.facts.data_sources import data_source_rows
from cdk_appsync_guard.facts.resolvers import rows_of_wiring
from cdk_appsync_guard.facts.schema import rows_of_schema
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.iam.principals import Principals
from cdk_appsync_guard.template.scenarios.stack import Stack

__all__ = ["rows_of_outside"]


def rows_of_outside(
    api: Api, stacks: tuple[Stack, ...], principals: Principals, now: datetime, *, alone: bool
) -> Iterator[Row]:
    """Yield the rows; *alone* says that no API is in the input that it could turn out to be."""
    yield from api_key_rows(api, now)
    yield from rows_of_wiring(api, stacks)
    yield from data_source_rows(api, stacks, principals)
    if alone and api.outside is not None:
        yield unknown_row(APIS, api.outside, api.resource.place("ApiId"), api.name)
        yield from rows_of_schema(api)
