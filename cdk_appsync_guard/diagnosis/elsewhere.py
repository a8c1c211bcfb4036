"""What AppSync did not deny: network, CORS, a firewall, throttling, invalid requests, data.

In: a Case. Out: a Verdict, None if AppSync did deny. People take these for authorization failures,
so the first thing to say is that they are none.
"""

from __future__ import annotations

import re

from cdk_appsync_guard.diagnosis.case import Case, Verdict
from cdk_appsync_guard.diagnosis.credentials import region_of
from cdk_appsync_guard.diagnosis.messages import refusal_of
from cdk_appsync_guard.diagnosis.model import Evidence
from cdk_appsync_guard.diagnosis.words import clean, word

__all__ = ["judge_elsewhere"]

_ROLE = re.compile(r"is not authorized to perform: ([\w:-]{1,80})")
_OWNER = re.compile(r"argument '?(\w{1,80})'? @|Variable '(\w{1,80})' has coerced")
_THROTTLES = ("throttl", "toomanyrequests", "limitexceeded", "rate exceeded", "requestlimit")
_INVALID = (
    ("malformedhttprequest", "malformed"),
    ("validation", "validation"),
    ("querydepthlimit", "limit"),
    ("resolverexecutionlimit", "limit"),
    ("graphqlschema", "no-schema"),
    ("persistedquerynotfound", "persisted-query"),
    ("persistedquerynotsupported", "persisted-query"),
)
_INVALID_WORDS = (
    "validation error of type",
    "unable to parse graphql",
    "missing operation name",
    "request body is empty",
    "unsupported operation",
    "missing field argument",
    "unknown field argument",
)
_SAID = {
    "malformed": "the request is not one that AppSync can read",
    "validation": "the operation does not match the schema",
    "limit": "the operation exceeds a limit of the API",
    "no-schema": "the API has no schema",
    "persisted-query": "the client sent only a hash of its query (APQ), which AppSync rejects",
}
_FIXES = {
    "malformed": "Send a JSON object with `query` and `variables`",
    "validation": "Compare the operation with the schema that is deployed",
    "limit": "Select less, or raise QueryDepthLimit or ResolverCountLimit",
    "no-schema": "Deploy the API's schema",
    "persisted-query": "Turn off persisted queries (APQ) in the client: it must send the document",
}
# What Cognito says before any request is sent.
_POOL_ERRORS = (
    ("Unauthenticated access is not supported for this identity pool", "C2"),
    ("Check assigned IAM roles for this pool", "C1"),
    ("Invalid identity pool configuration", "C1"),
)
_CLIENT_ERRORS = {
    "noapikey": None,
    "nocredentials": "C6",
    "novalidauthtokens": "C6",
    "nosigneduser": "C6",
    "noauthorizationheader": "C6",
    "noendpoint": None,
    "no federated jwt": "P9",
    "no current user": "P9",
    "no api-key configured": None,
}


def judge_elsewhere(case: Case) -> Verdict | None:
    """Return what happened if AppSync did not deny the request."""
    answer = case.exchange.answer
    if case.exchange.client_error:
        return _by_client(case.exchange.client_error)
    if case.exchange.sent.method == "OPTIONS" and case.exchange.failed:
        return _preflight(case)
    if answer.network_error or answer.status == 0:
        return _network(case, answer.network_error)
    if case.exchange.asked.batch > 0 and not _is_denial(case):
        fix = "Turn off batching in the client (in Apollo, use HttpLink instead of BatchHttpLink)"
        said = "the request carries a list of operations, and AppSync accepts one at a time"
        return Verdict("batched", said, fix=fix)
    if _is_denial(case):
        return None
    found = _by_pool(case) or _by_type(case)
    if found is not None or _is_of_field(case):
        return found or _by_data(case)
    is_refused = case.exchange.answer.status == 401  # noqa: PLR2004 - HTTP's
    return None if is_refused else _by_status(case) or _by_data(case)


def _is_of_field(case: Case) -> bool:
    return bool(case.told.path) or ":" in (case.told.error_type or "")


def _by_pool(case: Case) -> Verdict | None:
    """Return what happened if it was the identity pool that gave no credentials."""
    cause = next((cause for words, cause in _POOL_ERRORS if words in case.told.message), None)
    if cause is None:
        return None
    said = "the identity pool gave no credentials, so there was nothing to sign the request with"
    return Verdict("no-credentials", said, (cause,), is_proven=True)


def _is_denial(case: Case) -> bool:
    if case.told.message.startswith("Not Authorized to access"):
        return True
    if refusal_of(case.told) is not None:
        return True
    named = case.told.error_type or ""
    return named == "Unauthorized" or ("nauthorized" in named and not case.told.path)


def _by_client(name: str) -> Verdict:
    cause = _CLIENT_ERRORS.get(name.lower())
    said = f"the client gave up before it called AppSync: `{word(name.replace(' ', '-'))}`"
    fix = "" if cause else "Configure the client (`Amplify.configure`) before the first call"
    return Verdict("client-only", said, (cause,) if cause else (), bool(cause), fix=fix)


def _network(case: Case, error: str) -> Verdict:
    lower = error.lower()
    shown = Evidence(f"the capture says `{clean(error)}`", case.exchange.at)
    if "blocked_by_client" in lower:
        said = "an extension of the browser blocked the request"
        return Verdict("blocked-by-client", said, evidence=(shown,), fix="Turn off the extension")
    if "cors" in lower or lower.endswith("err_failed"):
        said = "the browser withheld the answer: CORS, or no connection"
        why = "the console's message about CORS beside the request, and the preflight's answer"
        fix = "Send only headers that AppSync's CORS allows; call the API's own host"
        return Verdict("cors", said, evidence=(shown,), fix=fix, would_decide=(why,))
    causes = ("N1",) if _has_no_route(lower) else ()
    said = "the request never got an answer from AppSync"
    fix = "" if causes else "Repeat the capture with a connection to the API"
    return Verdict("network", said, causes, evidence=(shown,), fix=fix)


def _preflight(case: Case) -> Verdict:
    status = case.exchange.answer.status
    text = f"the preflight (OPTIONS) was answered {status}, so the browser did not send the request"
    causes = ("N2",) if status == 403 else ()  # noqa: PLR2004 - HTTP's
    fix = "" if causes else "Call the API's own host; send only headers that its CORS allows"
    return Verdict("cors", text, causes, evidence=(Evidence(text, case.exchange.at),), fix=fix)


def _has_no_route(error: str) -> bool:
    words = ("name_not_resolved", "timed_out", "address_unreachable", "enotfound", "etimedout")
    return any(one in error for one in words)


def _by_type(case: Case) -> Verdict | None:
    named, message = (case.told.error_type or "").lower(), case.told.message
    lower = message.lower()
    if "waf" in named:
        return _firewall(proven=True)
    if any(one in named or one in lower for one in _THROTTLES):
        said = "the request was throttled, or a quota is used up"
        return Verdict("throttled", said, fix="Call less often, or raise the quota of the API")
    kind = next((kind for part, kind in _INVALID if part in named), None)
    is_persisted = kind == "malformed" and case.exchange.asked.is_persisted
    if is_persisted or "persistedquerynot" in lower:
        kind = "persisted-query"
    if kind is None and any(part in lower for part in _INVALID_WORDS):
        kind = "validation"
    if kind is None:
        return None
    owner = _OWNER.search(message) if kind == "validation" else None
    is_owner = owner is not None and "owner" in (owner[1] or owner[2]).lower()
    causes = ("W2",) if is_owner else ()
    return Verdict(kind, _SAID[kind], causes, is_owner, fix="" if is_owner else _FIXES[kind])


def _by_status(case: Case) -> Verdict | None:
    answer = case.exchange.answer
    status, named = answer.status, case.told.error_type
    if status == 429:  # noqa: PLR2004 - HTTP's
        return Verdict("throttled", "the request was throttled", fix="Call less often")
    if status is not None and status >= 500:  # noqa: PLR2004 - HTTP's
        why = "the same request with a token of another mode; the API's UserPoolId and AwsRegion"
        said = f"the service answered {status}: AppSync failed, or cannot reach a user pool"
        return Verdict("server-error", said, ("P6",), would_decide=(why,))
    if status == 403 and not named:  # noqa: PLR2004 - HTTP's
        lower = answer.text.lower()
        if "request blocked" in lower or "waf" in lower:
            return _firewall(proven=True)
        host = case.exchange.sent.host
        return _firewall(proven=False, own_domain=bool(host) and not region_of(host))
    if status == 404:  # noqa: PLR2004 - HTTP's
        said = "nothing answers at the URL: it is not the API's, or the API is private"
        return Verdict("not-found", said, ("N1", "D1"))
    if status is not None and status >= 400:  # noqa: PLR2004 - HTTP's
        said = f"the request was answered {status} before any field ran, and not for authorization"
        why = "the same request sent to the API's own host, with its whole answer"
        return Verdict("rejected", said, would_decide=(why,))
    return None


def _firewall(*, proven: bool, own_domain: bool = False) -> Verdict:
    if proven:
        said = "a firewall (AWS WAF) refused the request before AppSync saw it"
        return Verdict("firewall", said, ("N2",), is_proven=True)
    said = (
        "something in front of AppSync answered 403: AppSync names an error type, but this"
        " response does not"
    )
    return Verdict(
        "refused-before-appsync", said, ("D1", "N2") if own_domain else ("N2", "N1", "D1")
    )


def _by_data(case: Case) -> Verdict | None:
    named, message = case.told.error_type or "", case.told.message
    role = _ROLE.search(message)
    if role is not None:
        said = f"the data source's role lacks `{role[1]}`; AppSync allowed the request"
        return Verdict("data-source-role", said, ("V3",), is_proven=True)
    if "ConditionalCheckFailed" in named or "ConditionalCheckFailed" in message:
        said = "DynamoDB's condition was false: often a condition on the owner"
        return Verdict("condition-failed", said, ("M2", "V1"))
    if named == "MappingTemplate" or "mapping template" in message.lower():
        said = "a mapping template did not produce a valid request or response"
        return Verdict("template-error", said, fix="Correct the template that the log shows")
    if message.startswith("Cannot return null for non-nullable"):
        return None
    if named or message:
        said = "the field's resolver or data source failed; AppSync allowed the request"
        return Verdict("data-source", said, fix="Check the data source's own log")
    return None
