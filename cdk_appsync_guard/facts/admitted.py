"""A field → who may select it, in words."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.appsync.modes import COGNITO, COGNITO_ONLY, DIRECTIVE_OF_MODE
from cdk_appsync_guard.appsync.schema import Directive, Field
from cdk_appsync_guard.facts.access_view import mode_directives, words

__all__ = ["admitted"]


def admitted(endpoint: Endpoint, field: Field) -> str:
    """Return who may select the field: ```API_KEY` callers``, ``nobody`` ..."""
    authorization, schema = endpoint.authorization, endpoint.schema
    modes, groups = [], []
    for mode in authorization.modes:
        if decide(authorization, schema, Caller(mode), field).outcome != "denied":
            modes.append(mode)
        elif mode == COGNITO:
            groups = _groups(endpoint, field)
    said = [words(modes)] if modes else []
    said += [words((COGNITO,), groups)] if groups else []
    return " and ".join(said) or "nobody"


def _groups(endpoint: Endpoint, field: Field) -> list[str]:
    """Return the groups of which the directives that count ask for one."""
    if endpoint.authorization.regime == COGNITO_ONLY:
        uses: Sequence[Directive] = [one for one in field.directives if one.name == "aws_auth"]
    else:
        uses = [one for one in _rules(endpoint, field) if one.name == DIRECTIVE_OF_MODE[COGNITO]]
    return list(dict.fromkeys(group for one in uses for group in one.groups or ()))


def _rules(endpoint: Endpoint, field: Field) -> tuple[Directive, ...]:
    owner = endpoint.schema.types.get(field.type_name)
    own = mode_directives(field.directives)
    return own or (mode_directives(owner.directives) if owner else ())
