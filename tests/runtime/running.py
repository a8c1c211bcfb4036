"""Short ways to run a handler, for tests."""

from __future__ import annotations

from typing import Any

from cdk_appsync_guard.runtime.model import Code, Info, Invocation, Outcome, Pipeline, Step
from cdk_appsync_guard.runtime.run import run

IDENTITIES: dict[str, Any] = {
    "API_KEY": None,
    "AWS_IAM": {
        "accountId": "111122223333",
        "userArn": "arn:aws:sts::111122223333:assumed-role/Admin/session",
        "username": "AROA:session",
        "sourceIp": ["203.0.113.1"],
        "cognitoIdentityPoolId": None,
        "cognitoIdentityId": None,
        "cognitoIdentityAuthType": None,
        "cognitoIdentityAuthProvider": None,
    },
    "AMAZON_COGNITO_USER_POOLS": {
        "sub": "sub-1",
        "issuer": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_p",
        "username": "alice",
        "claims": {"sub": "sub-1", "username": "alice", "cognito:groups": ["Editors"]},
        "sourceIp": ["203.0.113.1"],
        "defaultAuthStrategy": "ALLOW",
        "groups": ["Editors"],
    },
    "OPENID_CONNECT": {"sub": "sub-1", "issuer": "https://example.com", "claims": {"sub": "sub-1"}},
    "AWS_LAMBDA": {"resolverContext": {"tenant": "a"}},
}
COGNITO = "AMAZON_COGNITO_USER_POOLS"


def invocation(mode: str = COGNITO, field: str = "getPost", **given: Any) -> Invocation:
    given.setdefault("identity", IDENTITIES[mode])
    given.setdefault("info", Info(field, "Query"))
    return Invocation(mode, **given)


def vtl(
    request: str = "{}", response: str = "$util.toJson($ctx.result)", kind: str = "AWS_LAMBDA"
) -> Pipeline:
    before = Code(request, "request template", "vtl")
    after = Code(response, "response template", "vtl")
    return Pipeline(None, (Step("getPost", before, after, "Source", kind),), None)


def js(code: str, kind: str = "NONE") -> Pipeline:
    module = Code(code, "code", "js")
    step = Step("getPost", module, module, "Source", kind)
    return Pipeline(None, (step,), None, "UNIT", "js", "Query.getPost")


def run_vtl(text: str, mode: str = COGNITO, **given: Any) -> Outcome:
    """Run a template as the before template of a pipeline without functions."""
    code = Code(text, "template", "vtl")
    return run(Pipeline(code, (), None, "PIPELINE"), invocation(mode, **given))


def run_js(body: str, mode: str = COGNITO, **given: Any) -> Outcome:
    """Run statements as the request handler of a pipeline without functions."""
    text = (
        "import { util, runtime, extensions } from '@aws-appsync/utils';\n"
        f"export function request(ctx) {{\n{body}\n}}\n"
        "export function response(ctx) { return ctx.prev.result; }\n"
    )
    code = Code(text, "code", "js")
    return run(Pipeline(code, (), code, "PIPELINE", "js"), invocation(mode, **given))
