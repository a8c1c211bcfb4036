"""A field → who may select it, in words, and what to write so that one more may.

In: an endpoint and a field. Out: words and directives for messages.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdk_appsync_guard.access.decide import Caller, decide
from cdk_appsync_guard.access.execution import Endpoint
from cdk_appsync_guard.appsync.modes import COGNITO, COGNITO_ONLY, DIRECTIVE_OF_MODE
from cdk_appsync_guard.appsync.schema import Directive, Field
from cdk_appsync_guard.facts.access_view import mode_directives, words, written

__all__ = ["admitted", "directives_for"]


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


def directives_for(endpoint: Endpoint, field: Field, mode: str, groups: Sequence[str]) -> str:
    """Return the directives that let in whom the field lets in now, and the caller as well."""
    if endpoint.authorization.regime == COGNITO_ONLY:
        more = Directive("aws_auth", 0, tuple(groups) or None)
        return written((more,))
    present = _rules(endpoint, field)
    own = DIRECTIVE_OF_MODE.get(mode, "")
    kept = [one for one in present if one.name != own]
    if not present and mode != endpoint.authorization.default:
        # The first directive on a field shuts out the default mode unless it is listed, too.
        kept = [Directive(DIRECTIVE_OF_MODE.get(endpoint.authorization.default, ""), 0)]
    named = [group for one in present if one.name == own for group in one.groups or ()]
    all_groups = tuple(dict.fromkeys((*named, *groups))) if groups else None
    return written((*kept, Directive(own, 0, all_groups)))


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
