"""A subscription was refused → why: its handshake, its start, or what it was sent.

In: a Case of a WebSocket. Out: a Verdict. The credential is judged as that of a request; what is
particular is where it travels.
https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cdk_appsync_guard.diagnosis.case import Case, Verdict
from cdk_appsync_guard.diagnosis.credentials import Trouble
from cdk_appsync_guard.diagnosis.elsewhere import judge_elsewhere
from cdk_appsync_guard.diagnosis.field_level import is_field_denial, judge_fields
from cdk_appsync_guard.diagnosis.model import Evidence
from cdk_appsync_guard.diagnosis.presented import presented
from cdk_appsync_guard.diagnosis.request_level import judge_request

__all__ = ["judge_subscription"]

_REALTIME = ".appsync-realtime-api."
_PROTOCOL = "protocol"


def judge_subscription(case: Case) -> tuple[str, Verdict]:
    """Return the family and why a handshake or a subscription failed."""
    if case.exchange.channel == "handshake":
        return _handshake(case)
    if case.told.error_type == "Unauthorized" or is_field_denial(case.told):
        return "subscription", judge_fields(case)
    if "Unauthorized" in (case.told.error_type or "") or "ermission denied" in case.told.message:
        return "subscription", judge_request(case)
    elsewhere = judge_elsewhere(case)
    if elsewhere is not None:
        return "other", elsewhere
    return "subscription", judge_request(case)


def _handshake(case: Case) -> tuple[str, Verdict]:
    answer = case.exchange.answer
    if case.told.error_type == _PROTOCOL:
        said = "the client does not use AppSync's protocol: it sent `subscribe` for `start`"
        fix = "Use a client that supports AppSync's protocol (Amplify, or its Apollo link)"
        return "subscription", Verdict("wrong-protocol", said, ("W1",), True, fix=fix)
    if answer.status == 404:  # noqa: PLR2004 - HTTP's
        said = "nothing answers at the WebSocket's URL: the API is private, or it is another host"
        return "subscription", Verdict("handshake-not-found", said, ("N1", "D1", "W1"))
    if answer.network_error or (answer.status == 403 and not case.told.error_type):  # noqa: PLR2004 - HTTP's
        elsewhere = judge_elsewhere(case)
        if elsewhere is not None:
            return "other", elsewhere
    wrong = tuple(_misplaced(case))
    if wrong:
        evidence = (presented(case), *(Evidence(one.text, one.at) for one in wrong))
        said = f"the handshake was refused: {wrong[0].text}"
        return "subscription", Verdict(wrong[0].kind, said, ("W1",), True, evidence)
    verdict = judge_request(case)
    if not verdict.is_proven:
        verdict = replace(verdict, causes=(*verdict.causes, "W1"))
    return "subscription", replace(
        verdict, happened=f"the handshake was refused: {verdict.happened}"
    )


def _misplaced(case: Case) -> Iterator[Trouble]:
    """Yield what is wrong with the way in which the handshake carries its credential."""
    exchange = case.exchange
    given, at = exchange.authorization, exchange.at
    if given is None:
        carried = "header" in exchange.sent.query or any(
            one.startswith("header-") for one in exchange.sent.protocols
        )
        if carried:
            yield Trouble("handshake-unreadable", "W1", "its `header` is not base64 of JSON", at)
        elif exchange.sent.headers is not None:
            text = "it carries no credential: no `header` parameter, and no `header-…` subprotocol"
            yield Trouble("handshake-without-header", "W1", text, at)
        return
    host = given.get("host", "")
    if not host:
        yield Trouble("handshake-without-host", "W1", "its `header` names no `host`", at)
    elif _REALTIME in host:
        text = "its `header` names the realtime host, and AppSync requires the GraphQL host"
        yield Trouble("handshake-realtime-host", "W1", text, at)
    elif _REALTIME in exchange.sent.host and host != exchange.sent.host.replace(
        _REALTIME, ".appsync-api."
    ):
        yield Trouble("handshake-other-host", "W1", "its `header` names another API's host", at)
    if not {"authorization", "x-api-key"} & given.keys():
        text = "its `header` holds neither `Authorization` nor `x-api-key`"
        yield Trouble("handshake-without-credential", "W1", text, at)
