"""What the tests of this folder share: a case's API as a template, and files that callers name."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

COGNITO = "AMAZON_COGNITO_USER_POOLS"
OIDC = "OPENID_CONNECT"
LAMBDA = "AWS_LAMBDA"
POOL = "eu-west-1_abc123"
ISSUER = f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL}"
OIDC_ISSUER = "https://login.example.com/"
NOW = "2026-11-25T00:00:00Z"
LATER = 1_800_000_000  # in 2027


def provider(mode: str, **settings: Any) -> dict[str, Any]:
    """Return a provider of the mode as a template writes it."""
    blocks: dict[str, tuple[str, dict[str, Any]]] = {
        COGNITO: ("UserPoolConfig", {"UserPoolId": POOL, "AwsRegion": "eu-west-1"}),
        OIDC: ("OpenIDConnectConfig", {"Issuer": OIDC_ISSUER}),
        LAMBDA: ("LambdaAuthorizerConfig", {"AuthorizerUri": {"Fn::GetAtt": ["Guard", "Arn"]}}),
    }
    if mode not in blocks:
        return {"AuthenticationType": mode}
    name, block = blocks[mode]
    return {"AuthenticationType": mode, name: {**block, **settings}}


def template(case: dict[str, Any]) -> dict[str, Any]:
    """Return the template of a case's API."""
    settings = case.get("settings", {})
    default = provider(case["default"], **settings.get(case["default"], {}))
    if case["default"] == COGNITO:
        default["UserPoolConfig"]["DefaultAction"] = case.get("default_action", "ALLOW")
    additional = [provider(mode, **settings.get(mode, {})) for mode in case.get("additional", ())]
    properties: dict[str, Any] = {"Name": "api", **default}
    if additional:
        properties["AdditionalAuthenticationProviders"] = additional
    if case.get("introspection") is False:
        properties["IntrospectionConfig"] = "DISABLED"
    api_id = {"Fn::GetAtt": ["Api", "ApiId"]}
    resources: dict[str, Any] = {
        "Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": properties},
        "Schema": {
            "Type": "AWS::AppSync::GraphQLSchema",
            "Properties": {"ApiId": api_id, "Definition": case["sdl"]},
        },
        **case.get("resources", {}),
    }
    if LAMBDA in (case["default"], *case.get("additional", ())):
        resources["Guard"] = {"Type": "AWS::Lambda::Function", "Properties": {}}
        resources["Permission"] = {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": {"Ref": "Guard"},
                "Principal": "appsync.amazonaws.com",
            },
        }
    resources |= case.get("override", {})
    for name in case.get("without", ()):
        del resources[name]
    return {"Resources": resources}


def jwt(claims: dict[str, Any], algorithm: str = "RS256") -> str:
    """Return a token that nobody signed."""
    parts = ({"alg": algorithm, "kid": "k"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join((*encoded, b"c2lnbmF0dXJl")).decode()


def access_token(**claims: Any) -> dict[str, Any]:
    """Return the claims of an access token of the pool."""
    return {
        "sub": "11112222-3333-4444-5555-666677778888",
        "iss": ISSUER,
        "client_id": "client1",
        "token_use": "access",
        "username": "alice",
        "exp": LATER,
        **claims,
    }


def write(folder: Path, case: dict[str, Any]) -> Path:
    """Write the template and the files of a case."""
    for name, content in case.get("files", {}).items():
        text = jwt(content) if name.endswith(".jwt") else content
        (folder / name).write_text(text if isinstance(text, str) else json.dumps(text))
    path = folder / "template.json"
    path.write_text(json.dumps(template(case)))
    return path
