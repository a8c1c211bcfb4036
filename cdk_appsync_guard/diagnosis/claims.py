"""The claims that a field's resolver reads, beside those that the token carries.

In: a View, a coordinate, a Token. Out: words and causes. An access token has no `email`, an ID
token no `scope`; one that a machine got for itself has neither a user's name nor groups.
https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdk_appsync_guard.appsync.resolver_code import read_pipeline
from cdk_appsync_guard.diagnosis.model import Evidence
from cdk_appsync_guard.diagnosis.template_view import View
from cdk_appsync_guard.diagnosis.tokens import Token
from cdk_appsync_guard.diagnosis.words import word

__all__ = ["lacking_claims", "on_machines", "shown"]

_READS = re.compile(
    r"""claims\??\.get\(\s{0,3}["']([\w:.-]{1,80})["']"""
    r"""|claims\??\.([A-Za-z_]\w{0,60})"""
    r"""|claims(?:\?\.)?\[\s{0,3}["']([\w:.-]{1,80})["']"""
)
_NO_CLAIMS = ("get", "put", "containsKey", "keySet", "entrySet", "size", "contains")
_OF_ID_TOKENS = frozenset(
    {"email", "email_verified", "phone_number", "phone_number_verified", "name", "given_name"}
    | {"family_name", "nickname", "preferred_username", "cognito:username", "cognito:roles"}
    | {"identities", "birthdate", "locale", "picture", "profile", "website", "zoneinfo"}
)
_OF_ACCESS_TOKENS = frozenset({"scope", "client_id", "username", "device_key"})


def lacking_claims(view: View, coordinate: str, token: Token) -> tuple[str, ...]:
    """Return the claims that the resolver reads and that only the other kind of token carries."""
    read = _claims_read(view, coordinate)
    if token.use == "access":
        wanted = [one for one in read if one in _OF_ID_TOKENS or one.startswith("custom:")]
    elif token.use == "id":
        wanted = [one for one in read if one in _OF_ACCESS_TOKENS]
    else:
        wanted = []
    return tuple(one for one in wanted if one not in token.claims)


def on_machines(token: Token | None) -> Iterator[Evidence]:
    """Yield what a machine's token cannot do."""
    if token is not None and token.is_of_machine:
        text = (
            "the token was issued to a client, not a user (client credentials): it does not have a"
            " user name or groups, so owner and group rules never allow it"
        )
        yield Evidence(text)


def _claims_read(view: View, coordinate: str) -> tuple[str, ...]:
    type_name, _, name = coordinate.partition(".")
    found: dict[str, None] = {}
    for resolver in view.api.resolvers:
        if (resolver.get("TypeName"), resolver.get("FieldName")) != (type_name, name):
            continue
        pipeline = read_pipeline(view.api, resolver)
        codes = [one for step in pipeline.steps for one in (step.request, step.response)]
        for code in (pipeline.before, *codes, pipeline.after):
            for match in _READS.finditer(code.text if code is not None else ""):
                claim = match[1] or match[2] or match[3]
                if claim not in _NO_CLAIMS:
                    found[claim] = None
    return tuple(found)


def shown(claims: tuple[str, ...]) -> str:
    """Return the names of claims for a sentence."""
    return ", ".join(f"`{claim if claim.count(':') == 1 else word(claim)}`" for claim in claims[:3])
