"""The Lambda authorizers of an API → rows of ``authorizers``.

In: an API and all stacks. Out: a row for each provider whose mode is AWS_LAMBDA and that names a
function; one that names none is a matter of the provider.
https://docs.aws.amazon.com/appsync/latest/APIReference/API_LambdaAuthorizerConfig.html
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.appsync.api import Api, Provider
from cdk_appsync_guard.appsync.authorizer import Authorizer, read_authorizer, read_permission
from cdk_appsync_guard.appsync.modes import JWT_MODES, LAMBDA
from cdk_appsync_guard.facts.client_regex import find_syntax_error
from cdk_appsync_guard.facts.conversions import number, text
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.facts.wiring_vocabulary import AUTHORIZERS, Authorizers
from cdk_appsync_guard.template.scenarios.stack import Stack
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, unknown_of

__all__ = ["authorizer_rows"]

_BLOCK = "LambdaAuthorizerConfig"
_LONGEST_TTL = 3600
_NAMES = {
    "uri_problem": "AuthorizerUri",
    "permission": "AuthorizerUri",
    "foreign": "AuthorizerUri",
    "expression_problem": "IdentityValidationExpression",
    "ttl_fits": "AuthorizerResultTtlInSeconds",
}


def authorizer_rows(api: Api, stacks: tuple[Stack, ...]) -> Iterator[Row]:
    """Yield a row for each Lambda authorizer of the API."""
    for provider in api.providers:
        uri = provider.get("AuthorizerUri") if provider.mode == LAMBDA else None
        if uri not in (None, ""):
            yield _row(api, provider, uri, stacks)


def _row(api: Api, provider: Provider, uri: Value, stacks: tuple[Stack, ...]) -> Row:
    authorizer = read_authorizer(uri, api.stack, stacks)
    permission = read_permission(authorizer, api.resource, stacks)
    ttl = number(provider.get("AuthorizerResultTtlInSeconds"))
    expression = provider.get("IdentityValidationExpression")
    cells: Authorizers = {
        "function": authorizer.name,
        "role": "additional" if provider.position else "default",
        "uri_problem": _uri_problem(authorizer),
        "permission": "granted" if authorizer.problem else permission.word,
        "permitted": permission.instead,
        "account": text(authorizer.account) if isinstance(authorizer.account, str) else None,
        "foreign": _is_foreign(authorizer, api),
        "expression": text(expression),
        "expression_problem": _expression_problem(expression),
        "ttl": ttl,
        "ttl_fits": _fits(ttl),
        "jwt_modes": _jwt_modes(api),
    }
    return AUTHORIZERS.row(cells, provider.place, dict(_places(api, provider)), api.name)


def _uri_problem(authorizer: Authorizer) -> str | Unknown | None:
    if isinstance(authorizer.function, Unknown):
        return Unknown(authorizer.function.reason, authorizer.function.would_decide)
    return authorizer.problem or None


def _is_foreign(authorizer: Authorizer, api: Api) -> bool | Unknown:
    """Return whether the function is in another account; one that is not named is the API's."""
    account = authorizer.account
    if not isinstance(account, str) or not account:
        return False
    if api.stack.account is None:
        return Unknown("`AWS::AccountId` is only known at deployment", "--account")
    return account != api.stack.account


def _expression_problem(expression: Value) -> str | Unknown | None:
    if isinstance(expression, str):
        return find_syntax_error(expression)
    unknown = unknown_of(expression) if isinstance(expression, (Text, Unknown)) else None
    return unknown and Unknown(unknown.reason, unknown.would_decide)


def _fits(ttl: int | Unknown | None) -> bool | Unknown:
    if isinstance(ttl, Unknown):
        return Unknown(ttl.reason, ttl.would_decide)
    return ttl is None or 0 <= ttl <= _LONGEST_TTL


def _jwt_modes(api: Api) -> tuple[str, ...] | Unknown:
    if isinstance(api.additional, Unknown):
        return Unknown(api.additional.reason, api.additional.would_decide)
    modes = [provider.mode for provider in api.providers]
    for mode in modes:
        if isinstance(mode, Unknown):
            return Unknown(mode.reason, mode.would_decide)
    return tuple(mode for mode in JWT_MODES if mode in modes)


def _places(api: Api, provider: Provider) -> Iterator[tuple[str, Place]]:
    position = provider.position
    base = ("AdditionalAuthenticationProviders", position - 1) if position else ()
    for column, name in _NAMES.items():
        if provider.get(name) is not None:
            yield column, api.resource.place(*base, _BLOCK, name)
