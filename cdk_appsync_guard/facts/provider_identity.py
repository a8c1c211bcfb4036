"""Who vouches for a provider's callers: user pools, issuers and their clients → cells of a row.

In: an API and one of its providers. Out: cells of ``providers`` about what its settings say.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from cdk_appsync_guard.appsync.api import Api, Provider
from cdk_appsync_guard.appsync.modes import COGNITO, OIDC, RECORDS
from cdk_appsync_guard.facts.api_vocabulary import (
    ClientCells,
    IssuerCells,
    LifetimeCells,
    RegionCells,
)
from cdk_appsync_guard.facts.client_regex import find_separator, find_syntax_error, references_in
from cdk_appsync_guard.facts.conversions import number, problem_of, text
from cdk_appsync_guard.facts.tables import Flag
from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown, Value, unknown_of

__all__ = [
    "CLIENTS",
    "CLIENT_COLUMNS",
    "client_cells",
    "is_same",
    "issuer_cells",
    "region_cells",
]

CLIENTS = {one.name: one.clients for one in RECORDS.values() if one.clients}
CLIENT_COLUMNS = ("client_regex_problem", "client_problem", "stray_client", "client_separator")
_POOL_ID = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)_[0-9A-Za-z]+")
# As botocore's partitions.json has it; new areas begin with two letters as well.
_REGION = re.compile(
    r"(?:af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov|us-iso[a-z]?|eu-isoe|eusc)-[a-z]+-\d{1,2}"
)
_CLIENT = "AWS::Cognito::UserPoolClient"
_NOT_HTTPS = "it does not start with `https://`"
_DISCOVERY = "/.well-known/openid-configuration"
_KEY_SET = "it is the address of the key set, which AppSync finds itself"
_NO_ISSUER = {
    _DISCOVERY: "it is the address of the discovery document, which AppSync appends itself",
    "/.well-known/jwks.json": _KEY_SET,
    "/jwks.json": _KEY_SET,
    "/jwks": _KEY_SET,
    "/v1/keys": _KEY_SET,
    "/v2.0/keys": _KEY_SET,
    "/protocol/openid-connect/certs": _KEY_SET,
    "/oauth/token": "it is the token endpoint, not the issuer that tokens name",
    "/oauth2/token": "it is the token endpoint, not the issuer that tokens name",
    "/oauth2/authorize": "it is the address of the sign-in page, not the issuer that tokens name",
}
_HOSTED_PAGES = ".amazoncognito.com"
_SHORTEST_LIFETIME = 60_000  # milliseconds; tokens live for minutes at least


def region_cells(api: Api, provider: Provider) -> RegionCells:
    """Return in which region a user pool is, and in which one it is looked for."""
    cells: RegionCells = {
        "pool_region": None,
        "region": None,
        "region_mismatch": False,
        "unknown_region": None,
    }
    if provider.mode != COGNITO:
        return cells
    pool, region = provider.get("UserPoolId"), provider.get("AwsRegion")
    if isinstance(region, Text) and region.hole and region.hole.name == "AWS::Region":
        region = api.stack.region or region
    cells["region"] = text(region)
    cells["unknown_region"] = problem_of(region, _unknown_region)
    match = _POOL_ID.fullmatch(pool) if isinstance(pool, str) else None
    if match is None or region is None:
        return cells
    unknown = unknown_of(region)
    mismatch: Flag = region != match[1]
    if unknown is not None:
        mismatch = Unknown(unknown.reason, unknown.would_decide)
    return {**cells, "pool_region": match[1], "region_mismatch": mismatch}


def _unknown_region(region: Value) -> str | None:
    return region if isinstance(region, str) and not _REGION.fullmatch(region) else None


def issuer_cells(provider: Provider) -> IssuerCells:
    """Return what is wrong with an issuer, and with how long its tokens are accepted."""
    if provider.mode != OIDC:
        return {"issuer_problem": None, "short_lifetime": None, "lifetime": None}
    return {"issuer_problem": _issuer_problem(provider.get("Issuer")), **_lifetime_cells(provider)}


def _issuer_problem(issuer: Value) -> str | Unknown | None:
    if isinstance(issuer, Text):
        return _text_problem(issuer)
    if not isinstance(issuer, str):
        unknown = unknown_of(issuer)
        return unknown and Unknown(unknown.reason, unknown.would_decide)
    if not issuer.lower().startswith("https://"):
        return _NOT_HTTPS if issuer else None
    try:
        parts = urlsplit(issuer)
    except ValueError:  # brackets that hold no IPv6 address
        return "its host is malformed"
    if not parts.netloc or re.search(r"\s", issuer):
        return "it names no host"
    if parts.netloc.lower().endswith(_HOSTED_PAGES):
        return "it is the domain of a user pool's sign-in pages, which tokens do not name"
    wrong = _wrong_end(parts.path)
    return wrong or ("it has a query or a fragment" if parts.query or parts.fragment else None)


def _text_problem(issuer: Text) -> str | Unknown | None:
    """Judge an issuer of which parts are known by name only: by how it begins and ends."""
    start, end = issuer.parts[0], issuer.parts[-1]
    wrong = _wrong_end(end) if isinstance(end, str) else None
    if wrong is not None:
        return wrong
    if not isinstance(start, str):
        unknown = unknown_of(issuer)
        return unknown and Unknown(unknown.reason, unknown.would_decide)
    return None if start.startswith("https://") else _NOT_HTTPS


def _wrong_end(path: str) -> str | None:
    plain = path.rstrip("/")
    return next((words for end, words in _NO_ISSUER.items() if plain.endswith(end)), None)


def _lifetime_cells(provider: Provider) -> LifetimeCells:
    """Return which lifetime is so short that it was probably meant in seconds."""
    unsure: Unknown | None = None
    for name in ("IatTTL", "AuthTTL"):
        value = number(provider.get(name))
        if isinstance(value, Unknown):
            unsure = unsure or value
        elif value is not None and 0 < value < _SHORTEST_LIFETIME:
            return {"short_lifetime": name, "lifetime": value}
    if unsure is None:
        return {"short_lifetime": None, "lifetime": None}
    why = Unknown(unsure.reason, unsure.would_decide)
    return {"short_lifetime": why, "lifetime": why}


def client_cells(api: Api, provider: Provider) -> ClientCells:
    """Return what client ids must match, and why none, or some, can."""
    mode = provider.mode if isinstance(provider.mode, str) else ""
    clients = provider.get(CLIENTS[mode]) if mode in CLIENTS else None
    cells: ClientCells = {
        "client_regex": text(clients),
        "client_regex_problem": _client_regex_problem(clients),
        "client_problem": None,
        "stray_client": None,
        "client_separator": None,
    }
    if mode == OIDC:
        return {**cells, "client_separator": problem_of(clients, _separator)}
    if mode == COGNITO:
        pool = _Pool(provider.get("UserPoolId"), api.stack)
        cells["client_problem"] = problem_of(clients, pool.refuse_all)
        cells["stray_client"] = problem_of(clients, pool.refuse_some)
    return cells


def _separator(clients: Value) -> str | None:
    return find_separator(clients) if isinstance(clients, (str, Text)) else None


def _client_regex_problem(clients: Value) -> str | Unknown | None:
    if isinstance(clients, str):
        return find_syntax_error(clients)
    # An id that is put in by CloudFormation has letters and digits only; it spoils no expression.
    unknown = clients if isinstance(clients, Unknown) else None
    return unknown and Unknown(unknown.reason, unknown.would_decide)


@dataclass(frozen=True, slots=True)
class _Pool:
    """The user pool of a provider, which knows the clients that are not its own."""

    id: Value
    stack: Stack

    def refuse_all(self, clients: Value) -> str | None:
        """Return why no client of the pool can match the expression."""
        separated = _separator(clients)
        if separated:
            return f"client ids cannot contain what `{separated}` does, and `|` separates ids"
        strays, count = self._strays(clients)
        return strays[0] if strays and len(strays) == count else None

    def refuse_some(self, clients: Value) -> str | None:
        """Return why some of the clients that the expression names cannot match."""
        strays, count = self._strays(clients)
        return strays[0] if strays and len(strays) < count else None

    def _strays(self, clients: Value) -> tuple[list[str], int]:
        named = references_in(clients) if isinstance(clients, Text) else []
        found = (self._why_stray(hole) for hole in named if hole is not None)
        return [why for why in found if why is not None], len(named)

    def _why_stray(self, hole: Hole) -> str | None:
        target = self.stack.resource_of(Text((hole,)))
        if target is None or not hole.service:
            return None
        client, attribute = target
        if client.type != _CLIENT or attribute not in ("", "ClientId"):
            return f"`{hole}` is not the id of an app client"
        pool = client.get("UserPoolId")
        theirs, own = client.stack.resource_of(pool), self.stack.resource_of(self.id)
        name: str | None
        if theirs and own:
            name, same = theirs[0].logical_id, theirs[0] is own[0]
        else:
            # A literal may be the id of a pool of these templates, written down once it existed.
            name = pool if isinstance(pool, str) and isinstance(self.id, str) else None
            same = name is None or pool == self.id
        return (
            None
            if same
            else f"`{client.logical_id}` is a client of the user pool `{name}`, not of this one"
        )


def is_same(one: Value, another: Value) -> bool | Unknown:
    """Return whether two user pools or issuers are the same one."""
    if one is None or another is None:
        return False
    if one == another and not isinstance(one, Unknown):
        return True
    for value in (one, another):
        # Two resources of a template are two pools, and none of them has an id that is known.
        if isinstance(value, Text) and all(hole.kind == "attribute" for hole in value.holes):
            return False
    return unknown_of(one) or unknown_of(another) or False
