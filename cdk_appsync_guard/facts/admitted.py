"""A field → who may select it, in words."""

from __future__ import annotations

from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.appsync.modes import COGNITO
from cdk_appsync_guard.appsync.schema import Field
from cdk_appsync_guard.facts.access_view import words

__all__ = ["admitted"]


def admitted(endpoint: Endpoint, field: Field) -> str:
    """Return who may select the field: ```API_KEY` callers``, ``no caller`` ..."""
    authorization, schema = endpoint.authorization, endpoint.schema
    modes, groups = [], []
    for mode in authorization.modes:
        if decide(authorization, schema, Caller(mode), field).outcome != "denied":
            modes.append(mode)
        elif mode == COGNITO:
            groups = _groups(endpoint, field)
    said = [words(modes)] if modes else []
    said += [words((COGNITO,), groups)] if groups else []
    return " and ".join(said) or "no caller"


def _groups(endpoint: Endpoint, field: Field) -> list[str]:
    """Return the groups of which the directives that count ask for one."""
    decision = decide(endpoint.authorization, endpoint.schema, Caller(COGNITO), field)
    return list(dict.fromkeys(group for one in decision.counted for group in one.groups or ()))
