"""API destinations and state machines that send requests to an API → rows of ``senders``.

In: all APIs and stacks of a scenario. Out: a row for each that holds the URL of an API.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.api_clients import domains_of, holds_address
from cdk_appsync_guard.appsync.connections import Sender, find_senders
from cdk_appsync_guard.facts.iam_vocabulary import SENDERS, Senders
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.facts.visibility import is_out_of_reach
from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.values.value import Text, Unknown

__all__ = ["sender_rows"]


def sender_rows(apis: Sequence[Api], stacks: tuple[Stack, ...]) -> Iterator[Row]:
    """Yield a row for each API whose URL an API destination or a state machine holds."""
    ids = [(api, api.resource.attribute("ApiId")) for api in apis]
    holes = [(api, own.hole) for api, own in ids if isinstance(own, Text) and own.hole]
    owners = [(api, hole, domains_of(stacks, hole)) for api, hole in holes]
    for stack in stacks:
        for sender in find_senders(stack):
            for api, hole, domains in owners:
                if any(holds_address(one, hole, domains) for one in sender.addresses):
                    yield _row(sender, api)


def _row(sender: Sender, api: Api) -> Row:
    cells: Senders = {
        "sender": f"{sender.kind} `{sender.resource.logical_id}`",
        "credential": sender.credential,
        "modes": sender.modes,
        "accepted": _accepts(api, sender),
        "outside_vpc": is_out_of_reach(api, inside_vpc=sender.inside_vpc),
    }
    return SENDERS.row(cells, sender.resource.place(), {}, api.name)


def _accepts(api: Api, sender: Sender) -> bool | Unknown:
    if isinstance(sender.modes, Unknown):
        return sender.modes
    answers = [api.accepts(mode) for mode in sender.modes]
    if True in answers:
        return True
    return next((one for one in answers if isinstance(one, Unknown)), False)
