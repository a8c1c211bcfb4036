"""Claims and groups that tokens do not carry → Found.

In: Surveys and all stacks. Out: Found: claims of ID tokens alone, claims that no token of the pool
has, groups that the pool does not have, and tests that tokens of one kind can never pass.
https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.access.identities import Known
from cdk_appsync_guard.access.surveys import Surveys
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import COGNITO
from cdk_appsync_guard.facts.group_names import declared_groups
from cdk_appsync_guard.facts.survey_findings import Found
from cdk_appsync_guard.runtime.model import HOLE, Branch, Note, UnknownData
from cdk_appsync_guard.spelling import closest
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.values.value import Unknown

__all__ = ["find_token_faults"]

_POOL = "AWS::Cognito::UserPool"
_CLIENT = "AWS::Cognito::UserPoolClient"
_GROUPS = "cognito:groups"
_NAME = ("username", "cognito:username")
_ALWAYS = (
    *("sub", "iss", "client_id", "token_use", "scope", "auth_time", "exp", "iat", "jti"),
    *("version",),
)
_OF_USERS = ("username", "origin_jti", "event_id")
_ONLY_ACCESS = ("client_id", "scope", "username", "version", "device_key")
_BOTH = ("sub", "iss", "token_use", "auth_time", "exp", "iat", "jti", "origin_jti", "event_id")
_ATTRIBUTES = (
    *("address", "birthdate", "email", "email_verified", "family_name", "gender", "given_name"),
    *("locale", "middle_name", "name", "nickname", "phone_number", "phone_number_verified"),
    *("picture", "preferred_username", "profile", "updated_at", "website", "zoneinfo"),
)
_ONLY_ID = (
    *_ATTRIBUTES,
    *("cognito:username", "cognito:roles", "cognito:preferred_role", "identities", "at_hash"),
    *("nonce", "cognito:email_alias"),
)
_KNOWN = frozenset((*_ONLY_ACCESS, *_BOTH, *_ONLY_ID, _GROUPS, "aud"))
_CUSTOM = ("custom:", "dev:custom:")


@dataclass(frozen=True, slots=True)
class _Pool:
    """What is known of the tokens of an API's user pools.

    ``triggers`` says whether code may change claims (any), and those of access tokens (access).
    """

    resources: tuple[Resource, ...]
    is_known: bool
    triggers: frozenset[str]
    machine: str = ""  # a client of which machines get tokens


def find_token_faults(surveys: Surveys, stacks: tuple[Stack, ...]) -> Iterator[Found]:
    """Yield what no Cognito token, or no token of one kind, gets through."""
    if COGNITO not in surveys.authorization.modes:
        return
    pool = _pool(surveys.api, stacks)
    groups = declared_groups(surveys.api, stacks)
    for coordinate in surveys.coordinates:
        if COGNITO in surveys.modes_of(coordinate) and surveys.says(coordinate, "identity"):
            steps = surveys.steps(coordinate, COGNITO)
            notes = tuple(dict.fromkeys(note for step in steps for note in step.notes))
            yield from _claims(surveys, coordinate, notes, pool)
            yield from _groups(coordinate, notes, pool, groups)
            if pool.machine and surveys.says(coordinate, "nauthorized", "util.error"):
                yield from _machine(surveys, coordinate, pool)


def _claims(
    surveys: Surveys, coordinate: str, notes: tuple[Note, ...], pool: _Pool
) -> Iterator[Found]:
    read = {note.what: note for note in notes if note.kind == "claim"}
    only_id = [
        note
        for name, note in read.items()
        if (name in _ONLY_ID or name.startswith(_CUSTOM))
        and not (name == _NAME[1] and _NAME[0] in read)
    ]
    if only_id and "access" not in pool.triggers:
        yield from _of_id_tokens(surveys, coordinate, only_id)
    for name, note in read.items():
        yield from _never_issued(coordinate, name, note, pool)


def _of_id_tokens(surveys: Surveys, coordinate: str, notes: list[Note]) -> Iterator[Found]:
    """Yield the claims that access tokens do not carry, and whether these are then all denied."""
    access = _caller(*_ALWAYS, *_OF_USERS, groups=True)
    denied = _refusal(surveys, coordinate, access)
    if denied is not None:
        names = ", ".join(f"`{note.what}`" for note in notes)
        at = denied.outcome.decided_by
        yield Found("access-token-denied", coordinate, COGNITO, at, names)
        return
    for note in notes:
        yield Found("id-token-claim", coordinate, COGNITO, note.place, note.what)


def _never_issued(coordinate: str, name: str, note: Note, pool: _Pool) -> Iterator[Found]:
    if name in _KNOWN or HOLE in name or "any" in pool.triggers:
        return
    meant = _GROUPS if name.casefold() in _LIKE_GROUPS else closest(name, sorted(_KNOWN))
    advice = f" (likely meant: `{meant}`)" if meant else ""
    if name.startswith(_CUSTOM):
        attributes = _custom_attributes(pool)
        if attributes is None or name.partition("custom:")[2] in attributes:
            return
    elif not pool.is_known and not meant:
        return
    why = None
    if not pool.is_known:
        reason = f"the user pool may add the claim `{name}` to its tokens"
        why = Unknown(reason, "the template of the user pool")
    yield Found("claim-never-issued", coordinate, COGNITO, note.place, name, advice, why)


def _groups(
    coordinate: str,
    notes: tuple[Note, ...],
    pool: _Pool,
    groups: tuple[Mapping[str, None], Unknown | None],
) -> Iterator[Found]:
    declared, unknown = groups
    if not declared and unknown is None:
        return
    if "any" in pool.triggers and unknown is None:
        unknown = Unknown("a trigger of the user pool may add groups to tokens", "the token")
    names = ", ".join(f"`{name}`" for name in declared)
    for note in notes:
        if note.kind == "group" and note.what not in declared and HOLE not in note.what:
            yield Found(
                "group-never-assigned",
                coordinate,
                COGNITO,
                note.place,
                note.what,
                names,
                unknown,
            )


def _machine(surveys: Surveys, coordinate: str, pool: _Pool) -> Iterator[Found]:
    """Yield a field that no token of a machine gets through: it lacks a user name and groups.

    https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
    """
    denied = None
    if "access" not in pool.triggers:
        denied = _refusal(surveys, coordinate, _caller(*_ALWAYS))
    if denied is not None:
        at = denied.outcome.decided_by
        yield Found("machine-token-denied", coordinate, COGNITO, at, pool.machine)


def _refusal(surveys: Surveys, coordinate: str, caller: Known) -> Branch | None:
    """Return a refusal if all such callers are refused, and not all callers of the mode."""
    if not surveys.refuses(coordinate, caller):
        return None
    if surveys.refuses(coordinate, surveys.anybody(COGNITO)):
        return None
    survey = surveys.of(coordinate, caller)
    return survey.branches[0] if survey is not None and survey.branches else None


def _caller(*names: str, groups: bool = False) -> Known:
    """Return a caller whose token has these claims and no others."""
    at = "ctx.identity.claims"
    claims: dict[str, Any] = {
        name: UnknownData(f'{at}["{name}"]', nullable=False, kind="string") for name in names
    }
    if groups:
        claims[_GROUPS] = UnknownData(f'{at}["{_GROUPS}"]', kind="list")
    return Known(COGNITO, claims=claims, complete=True)


_LIKE_GROUPS = ("groups", "group", "cognito:group", "cognito_groups", "cognitogroups", "roles")


def _pool(api: Api, stacks: tuple[Stack, ...]) -> _Pool:
    ids = [one.get("UserPoolId") for one in api.providers if one.mode == COGNITO]
    targets = [api.stack.resource_of(one) for one in ids]
    pools = tuple(one[0] for one in targets if one is not None and one[0].type == _POOL)
    triggers: set[str] = set()
    for pool in pools:
        triggers |= _triggers(pool)
    return _Pool(pools, len(pools) == len(ids), frozenset(triggers), _machine_client(ids, stacks))


def _triggers(pool: Resource) -> set[str]:
    config = pool.get("LambdaConfig", "PreTokenGenerationConfig")
    found: set[str] = set()
    if pool.get("LambdaConfig", "PreTokenGeneration") is not None or config is not None:
        found.add("any")
    if config is not None and pool.get(*_VERSION) not in (None, "V1_0"):
        found.add("access")
    return found


_VERSION = ("LambdaConfig", "PreTokenGenerationConfig", "LambdaVersion")


def _custom_attributes(pool: _Pool) -> set[str] | None:
    """Return the custom attributes of the pools, None if they are not known."""
    names: set[str] = set()
    for resource in pool.resources:
        schema = resource.get("Schema")
        if schema is not None and not isinstance(schema, list):
            return None
        for attribute in schema or ():
            name = attribute.get("Name") if isinstance(attribute, dict) else None
            if not isinstance(name, str):
                return None
            names.add(name.removeprefix("custom:"))
    return names if pool.is_known else None


def _machine_client(ids: list[Any], stacks: tuple[Stack, ...]) -> str:
    """Return a client of the pools that gets tokens without a user, "" if there is none."""
    for stack in stacks:
        for client in stack.of_type(_CLIENT):
            flows = client.get("AllowedOAuthFlows")
            is_machine = isinstance(flows, list) and "client_credentials" in flows
            if is_machine and client.get("UserPoolId") in ids:
                return client.logical_id
    return ""
