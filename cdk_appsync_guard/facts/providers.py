"""The providers of an API → rows of ``providers``.

In: an API. Out: a row for each provider, the default one first. Additional providers that cannot be
known give no row; the API's own row tells of them.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from cdk_appsync_guard.access.answers import field_refused
from cdk_appsync_guard.access.decide import TRIED, Caller, decide
from cdk_appsync_guard.appsync.api import CONFIG_OF_MODE, Api, Provider
from cdk_appsync_guard.appsync.merging import judge_source, sources_of
from cdk_appsync_guard.appsync.modes import MODES, OIDC, RECORDS, Authorization
from cdk_appsync_guard.appsync.schema import Field, Schema
from cdk_appsync_guard.facts.api_vocabulary import PROVIDERS, DefaultActionCells, Providers, Repeats
from cdk_appsync_guard.facts.apis import regime, schema_unknown
from cdk_appsync_guard.facts.authorizations import authorizations, question
from cdk_appsync_guard.facts.conversions import choice, hint, invalid_choice, text
from cdk_appsync_guard.facts.provider_identity import (
    CLIENT_COLUMNS,
    CLIENTS,
    client_cells,
    is_same,
    issuer_cells,
    region_cells,
)
from cdk_appsync_guard.facts.tables import Number, Row, Words
from cdk_appsync_guard.spelling import closest
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Unknown, Value, unknown_of

__all__ = ["provider_rows"]

# What the service cannot do without. It also wants a pool's region, which CloudFormation's own
# documentation calls optional.
_REQUIRED = {one.name: one.required for one in RECORDS.values() if one.required}
_IDENTITY = {one.name: one.identity for one in RECORDS.values() if one.identity}


def provider_rows(api: Api, apis: Sequence[Api] = ()) -> list[Row]:
    """Return a row for each provider of one API of several that is known."""
    providers = api.providers
    return [
        _row(api, provider, providers[:position], apis)
        for position, provider in enumerate(providers)
    ]


def _row(api: Api, provider: Provider, earlier: tuple[Provider, ...], apis: Sequence[Api]) -> Row:
    mode = provider.mode
    known_mode = mode if isinstance(mode, str) else ""
    count: Number
    if isinstance(api.additional, Unknown):
        count = Unknown(api.additional.reason, api.additional.would_decide)
    else:
        count = len(api.additional)
    reached, refused, schema = _reached(api, provider, apis)
    cells: Providers = {
        "mode": choice(mode, MODES),
        "invalid_mode": invalid_choice(
            api.resource.get(*_base(provider), "AuthenticationType"), MODES
        ),
        "mode_hint": hint(_closest_mode(api, provider)),
        "role": "additional" if provider.position else "default",
        "position": provider.position,
        "index": provider.position - 1 if provider.position else None,
        "additional_count": count,
        "regime": regime(api),
        "settings": CONFIG_OF_MODE.get(known_mode),
        "missing": _missing(api, provider),
        **_default_action_cells(api, provider),
        "repeats": _repeats(provider, earlier),
        "identity": text(_identity(provider)),
        **region_cells(api, provider),
        **issuer_cells(provider),
        **client_cells(api, provider),
        "fields_reached": reached,
        "refused_field": refused.name if refused else None,
        "refused_type": refused.type_name if refused else None,
    }
    answer = field_refused(schema, refused) if schema and refused else None
    places = _places(api, provider, known_mode, cells["short_lifetime"])
    return PROVIDERS.row(cells, provider.place, places, api.name, answer)


def _written_mode(api: Api, provider: Provider) -> Value:
    return api.resource.get(*_base(provider), "AuthenticationType")


def _closest_mode(api: Api, provider: Provider) -> str | None:
    written = _written_mode(api, provider)
    if not isinstance(written, str) or written in MODES:
        return None
    end = next((mode for mode in MODES if mode.endswith(f"_{written.upper()}")), None)
    return end or closest(written.upper(), MODES, cutoff=0.6)


def _missing(api: Api, provider: Provider) -> str | Unknown | None:
    if not isinstance(provider.mode, Unknown):
        return _missing_for(provider.mode, provider.config)
    place = _base(provider)
    modes = [mode for mode in provider.mode.could_be or MODES if isinstance(mode, str)]
    blocks = {mode: CONFIG_OF_MODE.get(mode) for mode in modes}
    answers = {
        _missing_for(mode, api.resource.get(*place, block) if block else None)
        for mode, block in blocks.items()
    }
    if len(answers) == 1:
        return answers.pop()
    known = [each for each in answers if not isinstance(each, Unknown)]
    could_be = tuple(sorted(known, key=str)) if len(known) == len(answers) else None
    return Unknown(provider.mode.reason, provider.mode.would_decide, could_be)


def _missing_for(mode: str, config: Value) -> str | Unknown | None:
    block = CONFIG_OF_MODE.get(mode)
    if block is None:
        return None
    if config is None:
        return block
    if not isinstance(config, dict):
        unknown = unknown_of(config) or Unknown(f"`{block}` is not an object")
        return Unknown(unknown.reason, unknown.would_decide)
    setting = _REQUIRED[mode]
    return f"{block}.{setting}" if config.get(setting) in (None, "") else None


def _default_action_cells(api: Api, provider: Provider) -> DefaultActionCells:
    if not provider.position:
        action = provider.get("DefaultAction")
        return {
            "default_action": choice(action, ("ALLOW", "DENY")),
            "invalid_default_action": invalid_choice(action, ("ALLOW", "DENY")),
            "misplaced_default_action": False,
        }
    # CloudFormation refuses it whatever the mode is.
    action = api.resource.get(*_base(provider), "UserPoolConfig", "DefaultAction")
    unknown = action if isinstance(action, Unknown) else None
    misplaced = unknown and Unknown(unknown.reason, unknown.would_decide)
    return {
        "default_action": None,
        "invalid_default_action": None,
        "misplaced_default_action": misplaced or action is not None,
    }


def _repeats(provider: Provider, earlier: tuple[Provider, ...]) -> Repeats | Unknown | None:
    perhaps: Unknown | None = None
    for other in earlier:
        answer = _repeats_one(provider, other)
        if isinstance(answer, str):
            return answer
        perhaps = perhaps or answer
    return perhaps


def _repeats_one(provider: Provider, other: Provider) -> Repeats | Unknown | None:
    mine, theirs = provider.mode, other.mode
    for one, another in ((mine, theirs), (theirs, mine)):
        if isinstance(one, Unknown):
            open_ = one.could_be is None or another in one.could_be
            return Unknown(one.reason, one.would_decide) if open_ else None
    if mine != theirs:
        return None
    if mine not in _IDENTITY:
        return "mode"
    same = is_same(_identity(provider), _identity(other))
    if isinstance(same, Unknown):
        return Unknown(same.reason, same.would_decide, (None, "identity"))
    return "identity" if same else None


def _identity(provider: Provider) -> Value:
    """Return the user pool or issuer that vouches for the callers."""
    if not isinstance(provider.mode, str) or provider.mode not in _IDENTITY:
        return None
    value = provider.get(_IDENTITY[provider.mode])
    return value.rstrip("/") if isinstance(value, str) and provider.mode == OIDC else value


_Reached: TypeAlias = "tuple[int | Unknown, Field | None, Schema | None]"


def _reached(api: Api, provider: Provider, apis: Sequence[Api]) -> _Reached:
    """Return how many root fields accept the provider's callers, and the first that does not.

    Where modes are not known, each combination that is possible is asked.
    """
    possible = authorizations(api)
    if isinstance(possible, Unknown) or isinstance(provider.mode, Unknown):
        why = possible if isinstance(possible, Unknown) else question(api)[0]
        return Unknown(why.reason, why.would_decide), None, None
    if not isinstance(api.schema, Schema):
        unread = schema_unknown(api)
        return (unread, None, None) if unread else _reached_in_sources(api, provider, apis)
    answers = [_ask_roots(one, api.schema, provider) for one in possible]
    counts = tuple(dict.fromkeys(count for count, _ in answers))
    if len(counts) == 1:
        return *answers[0], api.schema
    why = next((one for one in counts if isinstance(one, Unknown)), question(api)[0])
    known = tuple(one for one in counts if not isinstance(one, Unknown))
    could_be = known if len(known) == len(counts) else None
    return Unknown(why.reason, why.would_decide, could_be), None, None


def _reached_in_sources(merged: Api, provider: Provider, apis: Sequence[Api]) -> _Reached:
    """Return the same of a merged API, whose fields are those of its sources."""
    total = 0
    first: tuple[Field | None, Schema | None] = (None, None)
    unknown = None if merged.sources else Unknown("no source of the merged API is in the input")
    for association, source in sources_of(merged, apis):
        if source is None or not isinstance(source.schema, Schema):
            reason = f"the schema of the source that `{association.logical_id}` names is not known"
            unknown = unknown or Unknown(reason, "its template, or the schema of the merged API")
            continue
        authorization = judge_source(merged, source)
        if isinstance(authorization, Unknown):
            unknown = unknown or authorization
            continue
        count, refused = _ask_roots(authorization, source.schema, provider)
        if isinstance(count, Unknown):
            unknown = unknown or count
        else:
            total += count
        if refused and not first[0]:
            first = refused, source.schema
    if unknown is None or total:
        return total, *first
    ask = unknown.would_decide or f"--schema {merged.name}=schema.graphql"
    return Unknown(unknown.reason, ask), None, None


def _ask_roots(
    authorization: Authorization, schema: Schema, provider: Provider
) -> tuple[int | Unknown, Field | None]:
    """Return how many root fields the provider's callers may select, and the first they cannot."""
    modes = (authorization.default, *authorization.additional)
    several = modes.count(str(provider.mode)) > 1
    position = provider.position if several else None
    caller = Caller(str(provider.mode), _groups(schema), position)
    reached = 0
    question = ""
    refused: Field | None = None
    for name in schema.roots.values():
        root = schema.types.get(name)
        for field in root.fields.values() if root else ():
            decision = decide(authorization, schema, caller, field)
            reached += decision.outcome == "allowed"
            if decision.outcome == "undecided":
                question = question or decision.question
            elif decision.outcome == "denied":
                refused = refused or field
    return (Unknown(question, TRIED) if question and not reached else reached), refused


def _groups(schema: Schema) -> frozenset[str]:
    """Return all groups that root fields ask for: a caller in all of them is in the right one."""
    groups: set[str] = set()
    for name in schema.roots.values():
        root = schema.types.get(name)
        if root is None:
            continue
        for directives in (root.directives, *(field.directives for field in root.fields.values())):
            groups.update(group for directive in directives for group in directive.groups or ())
    return frozenset(groups)


def _places(api: Api, provider: Provider, mode: str, lifetime: Words | None) -> dict[str, Place]:
    block = CONFIG_OF_MODE.get(mode)
    if block is None or provider.config is None:
        return {}
    base = _base(provider)
    place = api.resource.place
    named = {
        "default_action": "DefaultAction",
        "invalid_default_action": "DefaultAction",
        "misplaced_default_action": "DefaultAction",
        "missing": "",
        "repeats": _IDENTITY.get(mode, ""),
        "identity": _IDENTITY.get(mode, ""),
        "region_mismatch": "AwsRegion",
        "unknown_region": "AwsRegion",
        "issuer_problem": "Issuer",
        "short_lifetime": lifetime if isinstance(lifetime, str) else "",
        **dict.fromkeys(CLIENT_COLUMNS, CLIENTS.get(mode, "")),
    }
    return {
        column: place(*base, block, setting) if setting else place(*base, block)
        for column, setting in named.items()
    }


def _base(provider: Provider) -> tuple[str | int, ...]:
    """Return the path of the properties that hold the provider's blocks."""
    if not provider.position:
        return ()
    return ("AdditionalAuthenticationProviders", provider.position - 1)
