"""Failures with a cause that was planted, each in a capture as people have them.

A case names the family, the cause if the capture (with the template, where there is one) proves it,
else the causes that must be among the ranked ones, the first of them in front.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from diagnosis.captures import (
    EPOCH,
    HOST,
    ISSUER,
    KEY,
    REALTIME,
    REQUEST_ID,
    denied,
    entry,
    har,
    jwt,
    part,
    refusal,
    signed,
)

NO_HEADER = "Valid authorization header not provided."
NO_JWT = "Unable to parse JWT token."
REFUSED = "You are not authorized to make this call."
SIGNATURE = "The request signature we calculated does not match the signature you provided."


@dataclass(frozen=True)
class Planted:
    """``files`` are captures by name. ``proven`` is the cause, ``among`` those that are ranked."""

    name: str
    files: Mapping[str, Any]
    family: str
    proven: str | None = None
    among: tuple[str, ...] = ()
    kind: str = ""
    template: str = ""
    mode: str | None = None
    argument: Mapping[str, str] = field(default_factory=dict)

    def texts(self) -> dict[str, str]:
        return {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in self.files.items()
        }


def api(default: str, *additional: str, sdl: str = "", more: str = "") -> str:
    """Return a template with an API of these modes; pool, issuer and authorizer are literals."""
    config = {
        "AMAZON_COGNITO_USER_POOLS": (
            "UserPoolConfig: {UserPoolId: us-east-1_AbCdEfGhI, AwsRegion: us-east-1, "
            "DefaultAction: ALLOW, AppIdClientRegex: 3n4b5urk1ft4fl3mg5e62d9ado}"
        ),
        "OPENID_CONNECT": (
            "OpenIDConnectConfig: {Issuer: 'https://id.example.com', ClientId: app-1, "
            "IatTTL: 3600000, AuthTTL: 3600000}"
        ),
        "AWS_LAMBDA": (
            "LambdaAuthorizerConfig: {AuthorizerUri: "
            "'arn:aws:lambda:us-east-1:123456789012:function:auth'}"
        ),
    }
    lines = ["Resources:", "  Api:", "    Type: AWS::AppSync::GraphQLApi", "    Properties:"]
    lines += ["      Name: api", f"      AuthenticationType: {default}"]
    if default in config:
        lines.append(f"      {config[default]}")
    if additional:
        lines.append("      AdditionalAuthenticationProviders:")
    for mode in additional:
        lines.append(f"        - AuthenticationType: {mode}")
        if mode in config:
            lines.append(f"          {config[mode].replace('DefaultAction: ALLOW, ', '')}")
    schema = sdl or "type Query { getPost(id: ID): Post } type Post { id: ID title: String }"
    lines += ["  Schema:", "    Type: AWS::AppSync::GraphQLSchema", "    Properties:"]
    lines += ["      ApiId: !GetAtt Api.ApiId", "      Definition: |", f"        {schema}"]
    return "\n".join([*lines, *more.splitlines()]) + "\n"


RESOLVER = """\
  Source:
    Type: AWS::AppSync::DataSource
    Properties: {ApiId: !GetAtt Api.ApiId, Name: none, Type: NONE}
  Resolver:
    Type: AWS::AppSync::Resolver
    Properties:
      ApiId: !GetAtt Api.ApiId
      TypeName: Query
      FieldName: getPost
      DataSourceName: none
      RequestMappingTemplate: '$util.unauthorized()'
      ResponseMappingTemplate: '$util.toJson($ctx.result)'
"""
OLD_KEY = """\
  Key:
    Type: AWS::AppSync::ApiKey
    Properties: {ApiId: !GetAtt Api.ApiId, Expires: 1767225600}
"""
POOL = "AMAZON_COGNITO_USER_POOLS"
BOTH = "type Query { getPost(id: ID): Post {0} } type Post { id: ID title: String }"


def one(*arguments: Any, **options: Any) -> dict[str, Any]:
    return {"app.har": har(entry(*arguments, **options))}


def null_post(*errors: Any) -> dict[str, Any]:
    return {"data": {"getPost": None}, "errors": list(errors)}


def socket(
    header: Any = None, *frames: tuple[str, Any], status: int = 101, url: str = "", **more: Any
) -> dict[str, Any]:
    query = "" if header is None else f"?header={part(header)}&payload=e30="
    messages = [
        {"type": way, "time": EPOCH, "opcode": 1, "data": json.dumps(data)} for way, data in frames
    ]
    made = entry(status=status, body="", url=url or f"wss://{REALTIME}/graphql{query}")
    made["request"]["method"] = "GET"
    del made["request"]["postData"]
    made["request"]["headers"] = [{"name": "Sec-WebSocket-Protocol", "value": "graphql-ws"}]
    return {
        "app.har": har(
            {**made, "_resourceType": "websocket", "_webSocketMessages": messages, **more}
        )
    }


def start(query: str, header: Mapping[str, str] | None = None) -> tuple[str, Any]:
    payload = {
        "data": json.dumps({"query": query, "variables": {}}),
        "extensions": {"authorization": {"host": HOST, **(header or {"x-api-key": KEY})}},
    }
    return "send", {"id": "1", "type": "start", "payload": payload}


INIT = ("send", {"type": "connection_init"})
ACK = ("receive", {"type": "connection_ack", "payload": {"connectionTimeoutMs": 300000}})
GOOD = {"host": HOST, "x-api-key": KEY}


def ws_refused(message: str = REFUSED) -> tuple[str, Any]:
    error = {"errorType": "UnauthorizedException", "message": message, "errorCode": 401}
    return "receive", {"type": "connection_error", "payload": {"errors": [error]}}


def ws_error(message: str, error_type: str = "Unauthorized") -> tuple[str, Any]:
    errors = [{"errorType": error_type, "message": message}]
    return "receive", {"id": "1", "type": "error", "payload": {"errors": errors}}


def log_line(**body: Any) -> dict[str, Any]:
    usual = {"requestId": REQUEST_ID, "graphQLAPIId": "abc", **body}
    return {
        "logStreamName": "s",
        "timestamp": EPOCH * 1000,
        "message": json.dumps(usual),
        "eventId": "1",
    }


def denied_step(**more: Any) -> dict[str, Any]:
    return log_line(
        logType="RequestMapping",
        path=["getPost"],
        fieldName="getPost",
        parentType="Query",
        resolverArn="arn:aws:appsync:us-east-1:123456789012:apis/abc/types/Query/fields/getPost",
        errors=["Not Authorized to access getPost on type Query"],
        fieldInError=True,
        **more,
    )


def logs(*lines: Any) -> dict[str, Any]:
    return {"events": list(lines), "searchedLogStreams": []}


def trail(**extra: Any) -> dict[str, Any]:
    error = extra.pop("error", {})
    identity = {"type": "AssumedRole", "arn": "arn:aws:sts::123456789012:assumed-role/Reader/me"}
    record = {
        "eventSource": "appsync.amazonaws.com",
        "eventName": "GraphQL",
        "eventTime": "2026-07-01T12:00:00Z",
        "eventCategory": "Data",
        "userIdentity": identity,
        "requestID": REQUEST_ID,
        "additionalEventData": extra,
        **error,
    }
    return {"Records": [record]}


def batched() -> dict[str, Any]:
    made = entry({"x-api-key": KEY}, 400, refusal("", "MalformedHttpRequestException"))
    made["request"]["postData"]["text"] = '[{"query": "{ a }"}, {"query": "{ b }"}]'
    return made


def role(action: str, resource: str) -> str:
    return f"""\
  Reader:
    Type: AWS::IAM::Role
    Properties:
      RoleName: Reader
      AssumeRolePolicyDocument: {{Statement: [{{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: 'sts:AssumeRole'}}]}}
      Policies:
        - PolicyName: p
          PolicyDocument: {{Statement: [{{Effect: Allow, Action: '{action}', Resource: {resource}}}]}}
"""


def identity_pool(message: str) -> dict[str, Any]:
    made = entry(
        None,
        400,
        {"__type": "NotAuthorizedException", "message": message},
        url="https://cognito-identity.us-east-1.amazonaws.com/",
    )
    made["request"]["postData"]["text"] = '{"IdentityPoolId": "us-east-1:x"}'
    return made


ACCESS_DENIED = {
    "errorCode": "AccessDenied",
    "errorMessage": json.dumps(refusal("Permission denied")),
}
ARN = "arn:aws:appsync:us-east-1:123456789012:apis/abc/types/Query/fields/getPost"
F1 = null_post(denied("Query.getPost"))
CURL = f"""\
*   Trying 192.0.2.1:443...
> POST /graphql HTTP/2
> Host: {HOST}
> authorization: Bearer undefined
> content-type: application/json
>
< HTTP/2 401
< date: Wed, 01 Jul 2026 12:00:00 GMT
< x-amzn-errortype: UnauthorizedException
<
{json.dumps(refusal(NO_HEADER))}* Connection #0 to host left intact
"""
RAW = f"""\
POST /graphql HTTP/1.1
Host: {HOST}
x-api-key: {KEY}
Content-Type: application/json

{{"query": "{{ getPost(id: 1) {{ id }} }}"}}

HTTP/1.1 401 Unauthorized
Content-Type: application/json

{json.dumps(refusal(REFUSED))}
"""
TAIL = f"""\
2026-07-01T12:00:00.123000+00:00 0a1b2c3d4e {REQUEST_ID} Begin Request
2026-07-01T12:00:00.124000+00:00 0a1b2c3d4e {REQUEST_ID} GraphQL Query: query GetPost {{ getPost(id: 1) {{ id }} }}, Operation: GetPost, Variables: {{}}
2026-07-01T12:00:00.125000+00:00 0a1b2c3d4e {REQUEST_ID} Request Headers: {{content-length=[12], x-api-key=[****], host=[{HOST}]}}
2026-07-01T12:00:00.126000+00:00 0a1b2c3d4e {denied_step()["message"]}
2026-07-01T12:00:00.127000+00:00 0a1b2c3d4e {REQUEST_ID} End Request
"""

PLANTED = (
    # The whole request, by its credential alone.
    Planted("no header", one(body=refusal(NO_HEADER)), "request", None, ("C6", "T2"), "missing-credential"),
    Planted("no header to IAM", one(body=refusal(NO_HEADER)), "request", "T2", (), "missing-credential", api("AWS_IAM")),
    Planted("token undefined", one({"Authorization": "Bearer undefined"}, body=refusal(NO_HEADER)), "request", "C6"),
    Planted("Bearer opaque", one({"Authorization": "Bearer 0123456789abcdef"}, body=refusal(NO_JWT)), "request", "T1"),
    Planted("opaque", one({"Authorization": "0123456789abcdef"}, body=refusal(NO_JWT)), "request", None, ("O2",)),
    Planted("quoted token", one({"Authorization": f'"{jwt()}"'}, body=refusal(NO_JWT)), "request", "T1"),
    Planted("broken token", one({"Authorization": "eyJhbGciOiJSUzI1NiJ9.%%%.x".replace("%", "e")}, body=refusal(NO_JWT)), "request", "O2"),
    Planted("expired token", one({"Authorization": jwt(exp=EPOCH - 5)}, body=refusal("Token has expired.")), "request", "T4", mode=POOL),
    Planted("two credentials", one({"Authorization": jwt(), "x-api-key": KEY}, body=refusal(REFUSED)), "request", "P7"),
    Planted("key refused", one({"x-api-key": KEY}, body=refusal(REFUSED)), "request", "A1", (), "key-refused", mode="API_KEY"),
    Planted("key where none is taken", one({"x-api-key": KEY}, body=refusal(NO_HEADER)), "request", "P1"),
    Planted("signature to an API without IAM", one(signed(), body=refusal(NO_JWT)), "request", "I3"),
    Planted("signature with skew", one(signed(date="20260701T115000Z"), 403, refusal(SIGNATURE, "InvalidSignatureException")), "request", "T5"),
    Planted("signature expired", one(signed(), 403, refusal("Signature expired: 20260701T1150Z is now earlier than 20260701T1155Z", "InvalidSignatureException")), "request", "T5"),
    Planted("wrong service", one(signed(service="execute-api"), 403, refusal(SIGNATURE, "InvalidSignatureException")), "request", "T2", (), "wrong-service"),
    Planted("wrong region", one(signed(region="eu-west-1"), 403, refusal(SIGNATURE, "InvalidSignatureException")), "request", "T2", (), "wrong-region"),
    Planted("scope of another day", one(signed(scope_date="20260630"), 403, refusal(SIGNATURE, "InvalidSignatureException")), "request", "T2", (), "scope-date"),
    Planted("host not signed", one(signed(signed_headers="x-amz-date"), 403, refusal(SIGNATURE, "InvalidSignatureException")), "request", "T2", (), "host-not-signed"),
    Planted("signature for no visible reason", one(signed(), 403, refusal(SIGNATURE, "InvalidSignatureException")), "request", None, ("T2", "D1", "C6")),
    Planted("session token missing", one(signed(key="ASIAIOSFODNN7EXAMPLE"), 403, refusal("The security token included in the request is invalid.", "UnrecognizedClientException")), "request", "T2"),
    Planted("unknown key id", one(signed(), 403, refusal("The security token included in the request is invalid.", "UnrecognizedClientException")), "request", None, ("C6",)),
    Planted("session expired", one(signed(key="ASIAIOSFODNN7EXAMPLE", token="t" * 40), 403, refusal("The security token included in the request is expired", "ExpiredTokenException")), "request", "T4"),
    Planted("incomplete signature", one({"Authorization": "AWS4-HMAC-SHA256 Credential=AKIA/x"}, 403, refusal("", "IncompleteSignatureException")), "request", "T2"),
    Planted("policy", one(signed(), body=refusal("Permission denied")), "request", None, ("I1", "I2", "I5")),
    Planted("authorizer says no", one({"Authorization": "my-own-token"}, body=refusal(REFUSED)), "request", None, ("L6", "L3", "L7"), mode="AWS_LAMBDA"),
    Planted("authorizer not invoked", one({"Authorization": "my-own-token"}, 400, refusal(None, "BadRequestException")), "request", "L1"),
    Planted("client id", one({"Authorization": jwt(iss="https://id.example.com")}, body=refusal("Unauthorized")), "request", None, ("O1",), mode="OPENID_CONNECT"),
    # The whole request, beside the template.
    Planted("key has ended", one({"x-api-key": KEY}, body=refusal(REFUSED)), "request", "A1", (), "key-expired", api("API_KEY", more=OLD_KEY)),
    Planted("token to an API of keys", one({"Authorization": jwt()}, body=refusal(NO_HEADER)), "request", "P1", (), "mode-not-configured", api("API_KEY")),
    Planted("another pool", one({"Authorization": jwt(iss=ISSUER.replace("_AbC", "_XyZ"))}, body=refusal(REFUSED)), "request", "P6", (), "foreign-issuer", api(POOL)),
    Planted("another region", one({"Authorization": jwt(iss=ISSUER.replace("us-east-1", "eu-west-1"))}, body=refusal(REFUSED)), "request", "P6", (), "foreign-issuer", api(POOL)),
    Planted("another client", one({"Authorization": jwt(client_id="another")}, body=refusal("Unauthorized")), "request", "O1", (), "client-not-accepted", api(POOL)),
    Planted("another issuer", one({"Authorization": jwt(iss="https://other.example.com")}, body=refusal(REFUSED)), "request", "O1", (), "foreign-issuer", api("API_KEY", "OPENID_CONNECT")),
    Planted("another audience", one({"Authorization": jwt(iss="https://id.example.com", aud="app-2")}, body=refusal("Unauthorized")), "request", "O1", (), "client-not-accepted", api("OPENID_CONNECT")),
    Planted("token too old", one({"Authorization": jwt(iss="https://id.example.com", aud="app-1", iat=EPOCH - 9000)}, body=refusal(REFUSED)), "request", "O1", (), "token-too-old", api("OPENID_CONNECT")),
    Planted("JWT to the authorizer alone", one({"Authorization": jwt()}, body=refusal(REFUSED)), "request", None, ("L6",), template=api("AWS_LAMBDA"), mode="AWS_LAMBDA"),
    Planted("key by the authorizer's expression", one({"Authorization": "my-own-token"}, body=refusal(REFUSED)), "request", "L7", (), "expression", api("AWS_LAMBDA").replace("function:auth'", "function:auth', IdentityValidationExpression: '^Bearer .*$'")),
    Planted("role without a statement", {**one(signed(), body=refusal("Permission denied")), "trail.json": trail(authType=["AWS_IAM"], error=ACCESS_DENIED)}, "request", "I5", template=api("AWS_IAM", more=role("dynamodb:GetItem", "'*'"))),
    Planted("role with the bare ARN", {**one(signed(), body=refusal("Permission denied")), "trail.json": trail(authType=["AWS_IAM"], error=ACCESS_DENIED)}, "request", "I1", template=api("AWS_IAM", more=role("appsync:GraphQL", "!GetAtt Api.Arn"))),
    Planted("role with another action", {**one(signed(), body=refusal("Permission denied")), "trail.json": trail(authType=["AWS_IAM"], error=ACCESS_DENIED)}, "request", "I2", template=api("AWS_IAM", more=role("appsync:GetGraphqlApi", "'*'"))),
    Planted("role that is allowed", {**one(signed(), body=refusal("Permission denied")), "trail.json": trail(authType=["AWS_IAM"], error=ACCESS_DENIED)}, "request", None, (), "policy", api("AWS_IAM", more=role("appsync:GraphQL", "'*'"))),
    Planted("opaque to an API of pools", one({"Authorization": "0123456789abcdef"}, body=refusal(NO_JWT)), "request", None, ("O2", "P1"), template=api(POOL)),
    Planted("Bearer opaque to an API of pools", one({"Authorization": "Bearer 0123456789abcdef"}, body=refusal(NO_JWT)), "request", "T1", template=api(POOL)),
    Planted("JWT meant for the authorizer", one({"Authorization": jwt(iss="https://id.example.com")}, body=refusal(REFUSED)), "request", None, ("L2", "O1"), template=api(POOL, "AWS_LAMBDA")),
    # Fields.
    Planted("root field, key", one({"x-api-key": KEY}, 200, F1), "field", None, ("P1", "S1", "V1")),
    Planted("nested field", one({"x-api-key": KEY}, 200, {"data": {"getPost": {}}, "errors": [denied("Post.title", "getPost", "title")]}), "field", None, ("R1", "V1")),
    Planted("returned type", one({"Authorization": jwt()}, 200, null_post(denied("Post.getPost", "getPost"))), "field", None, ("V1",)),
    Planted("no directive", one({"Authorization": jwt()}, 200, F1), "field", "S1", (), "directive-default-mode", api("API_KEY", POOL)),
    Planted("no directive for IAM", one(signed(), 200, F1), "field", "I4", (), "directive-default-mode", api("API_KEY", "AWS_IAM")),
    Planted("key to a field of users", one({"x-api-key": KEY}, 200, F1), "field", None, ("P1", "S2"), template=api("API_KEY", POOL, sdl=BOTH.replace("{0}", "@aws_cognito_user_pools"))),
    Planted("default mode replaced", one({"Authorization": jwt()}, 200, F1), "field", None, ("S2", "P1"), template=api(POOL, "AWS_IAM", sdl=BOTH.replace("{0}", "@aws_iam"))),
    Planted("type not opened", one({"x-api-key": KEY}, 200, {"data": {"getPost": {}}, "errors": [denied("Post.title", "getPost", "title")]}), "field", "R1", (), "directive-default-mode", api(POOL, "API_KEY", sdl=BOTH.replace("{0}", "@aws_api_key"))),
    Planted("group", one({"Authorization": jwt(**{"cognito:groups": ["readers"]})}, 200, F1), "field", None, ("T6",), "directive-group", api("API_KEY", POOL, sdl=BOTH.replace("{0}", '@aws_cognito_user_pools(cognito_groups: ["admins"])'))),
    Planted("default action", one({"Authorization": jwt()}, 200, F1), "field", "P4", (), "directive-default-action", api(POOL).replace("ALLOW", "DENY")),
    Planted("claim of ID tokens", one({"Authorization": jwt()}, 200, F1), "field", "T3", (), "claim-missing", api(POOL, more=RESOLVER.replace("'$util.unauthorized()'", """'#if($ctx.identity.claims.email != "a@b.example") $util.unauthorized() #end {"version": "2018-05-29", "payload": {}}'"""))),
    Planted("resolver that lets the caller in", one({"Authorization": jwt()}, 200, F1), "field", None, (), "not-in-template", api(POOL, more=RESOLVER.replace("'$util.unauthorized()'", """'{"version": "2018-05-29", "payload": {}}'"""))),
    Planted("resolver by the template", one({"x-api-key": KEY}, 200, F1), "field", "V1", (), "resolver", api("API_KEY", more=RESOLVER)),
    Planted("returned type by the template", one({"x-api-key": KEY}, 200, null_post(denied("Post.getPost", "getPost"))), "field", "V1", (), "resolver", api("API_KEY")),
    Planted("another API", one({"x-api-key": KEY}, 200, F1), "field", None, (), "not-in-template", api(POOL)),
    Planted("another API by its issuer", one({"Authorization": jwt(iss="https://id.example.com")}, 200, F1), "field", None, (), "not-in-template", api("API_KEY", "OPENID_CONNECT", sdl=BOTH.replace("{0}", "@aws_oidc")).replace("id.example.com", "other.example.com")),
    Planted("another version", one({"x-api-key": KEY}, 200, null_post(denied("Query.listPosts", "listPosts"))), "field", None, (), "not-in-template", api("API_KEY")),
    Planted("resolver by the log", {**one({"x-api-key": KEY}, 200, F1), "logs.json": logs(denied_step())}, "field", "V1", (), "resolver"),
    Planted("Amplify without a rule", {**one({"x-api-key": KEY}, 200, F1), "logs.json": logs(denied_step(functionName="QuerygetPostpostAuth0Function"))}, "field", "M3"),
    Planted("Amplify for IAM", {**one(signed(), 200, F1), "logs.json": logs(denied_step(functionName="QuerygetPostauth0Function"))}, "field", "M1"),
    Planted("deniedFields by CloudTrail", {**one({"Authorization": "my-own-token"}, 200, F1), "trail.json": trail(authType=["AWS_LAMBDA"], fieldAuthorizationResults={"deniedFields": [ARN]})}, "field", "L4", mode="AWS_LAMBDA"),
    Planted("IAM field by CloudTrail", {**one(signed(), 200, F1), "trail.json": trail(authType=["AWS_IAM"], fieldAuthorizationResults={"allowedFields": [], "deniedFields": [ARN]})}, "field", None, ("I1",), "policy"),
    Planted("input fields", one({"x-api-key": KEY}, 200, null_post({"errorType": "Unauthorized", "message": "Unauthorized on [note]", "path": ["createPost"]})), "field", "V1", (), "input-fields"),
    # Subscriptions.
    Planted("handshake without header", socket(None, INIT, ws_refused(NO_HEADER)), "subscription", "W1", (), "handshake-without-header"),
    Planted("handshake with the realtime host", socket({"host": REALTIME, "x-api-key": KEY}, INIT, ws_refused()), "subscription", "W1", (), "handshake-realtime-host"),
    Planted("handshake of another API", socket({"host": HOST.replace("abc", "xyz"), "x-api-key": KEY}, INIT, ws_refused()), "subscription", "W1", (), "handshake-other-host"),
    Planted("handshake without credential", socket({"host": HOST}, INIT, ws_refused(NO_HEADER)), "subscription", "W1", (), "handshake-without-credential"),
    Planted("handshake with an old key", socket(GOOD, INIT, ws_refused()), "subscription", "A1"),
    Planted("handshake with an old token", socket({"host": HOST, "Authorization": jwt(exp=EPOCH - 9)}, INIT, ws_refused("Token has expired.")), "subscription", "T4"),
    Planted("handshake answered 404", socket(GOOD, status=404), "subscription", None, ("N1", "D1")),
    Planted("another protocol", socket(GOOD, INIT, ACK, ("send", {"id": "1", "type": "subscribe", "payload": {"query": "subscription { onPost { id } }"}})), "subscription", "W1", (), "wrong-protocol"),
    Planted("subscription field", socket(GOOD, INIT, ACK, start("subscription { onPost { id } }"), ws_error("Not Authorized to access onPost on type Subscription")), "subscription", None, ("W5",)),
    Planted("subscription policy", socket(GOOD, INIT, ACK, start("subscription { onPost { id } }", signed()), ws_error("Permission denied", "UnauthorizedException")), "subscription", None, ("I1", "W4")),
    Planted("event with a null", socket(GOOD, INIT, ACK, start("subscription { onPost { id } }"), ("receive", {"id": "1", "type": "data", "payload": {"data": None, "errors": [{"message": "Cannot return null for non-nullable type: 'ID' within parent 'Post' (/onPost/id)"}]}})), "subscription", "W3"),
    Planted("owner argument", socket(GOOD, INIT, ACK, start("subscription { onPost { id } }"), ws_error("Validation error of type MissingFieldArgument: Missing field argument owner @ 'onPost'", "ValidationError")), "other", "W2"),
    # What is no denial.
    Planted("firewall", one({"x-api-key": KEY}, 403, "<html>Request blocked. Generated by cloudfront</html>"), "other", "N2"),
    Planted("403 without a type", one({"x-api-key": KEY}, 403, ""), "other", None, ("N2", "N1", "D1")),
    Planted("throttled", one({"x-api-key": KEY}, 429, {"message": "Rate exceeded"}), "other", None, (), "throttled"),
    Planted("no answer", one({"x-api-key": KEY}, 0, "", _error="net::ERR_NAME_NOT_RESOLVED"), "other", None, ("N1",), "network"),
    Planted("CORS", one({"x-api-key": KEY}, 0, "", _error="net::ERR_FAILED"), "other", None, (), "cors"),
    Planted("validation", one({"x-api-key": KEY}, 200, {"data": None, "errors": [{"message": "Validation error of type FieldUndefined: Field 'x' in type 'Post' is undefined @ 'getPost/x'"}]}), "other", None, (), "validation"),
    Planted("data source role", one({"x-api-key": KEY}, 200, null_post({"errorType": "DynamoDB:AmazonDynamoDBException", "message": "User: arn:aws:sts::123456789012:assumed-role/r/APPSYNC_ASSUME_ROLE is not authorized to perform: dynamodb:Query on resource: x"})), "other", "V3"),
    Planted("condition", one({"x-api-key": KEY}, 200, null_post({"errorType": "DynamoDB:ConditionalCheckFailedException", "message": "The conditional request failed"})), "other", None, ("M2",), "condition-failed"),
    Planted("mapping template", one({"x-api-key": KEY}, 200, null_post({"errorType": "MappingTemplate", "message": "Value for field '$[operation]' not found."})), "other", None, (), "template-error"),
    Planted("service error", one({"x-api-key": KEY}, 502, ""), "other", None, ("P6",), "server-error"),
    Planted("batch", {"app.har": har(batched())}, "other", None, (), "batched"),
    Planted("guests are not admitted", {"app.har": har(identity_pool("Unauthenticated access is not supported for this identity pool."))}, "other", "C2", (), "no-credentials"),
    Planted("role of the pool", {"console.txt": "InvalidIdentityPoolConfigurationException: Invalid identity pool configuration. Check assigned IAM roles for this pool."}, "other", "C1"),
    Planted("signature for a custom domain", one(signed(), 403, refusal(SIGNATURE, "InvalidSignatureException"), url="https://api.example.com/graphql"), "request", None, ("D1", "T2")),
    Planted("403 of a custom domain", one({"x-api-key": KEY}, 403, "", url="https://api.example.com/graphql"), "other", None, ("D1",)),
    # Other captures.
    Planted("curl", {"curl.txt": CURL}, "request", "C6"),
    Planted("raw HTTP", {"exchange.txt": RAW}, "request", "A1"),
    Planted("log by itself", {"logs.json": logs(denied_step(), log_line(logType="RequestSummary", statusCode=200))}, "field", "V1"),
    Planted("log of tail", {"tail.txt": TAIL}, "field", "V1"),
    Planted("log of a 401", {"logs.json": logs(log_line(logType="RequestSummary", statusCode=401, latency=1))}, "request", None, ("P1",)),
    Planted("CloudTrail of a 401", {"trail.json": trail(error={"errorCode": "AccessDenied", "errorMessage": json.dumps(refusal("Permission denied"))}, authType=["AWS_IAM"])}, "request", None, ("I1",), mode="AWS_IAM"),
    Planted("401 with CloudTrail", {**one(None, body=refusal("Permission denied")), "trail.json": trail(error={"errorCode": "AccessDenied", "errorMessage": json.dumps(refusal("Permission denied"))})}, "request", None, ("I1",)),
    Planted("authorizer's log", {**one({"Authorization": "my-own-token"}, body=refusal(REFUSED)), "lambda.json": logs({"timestamp": EPOCH * 1000, "message": "START RequestId: 99999999-2222-3333-4444-555555555555 Version: $LATEST"}, {"timestamp": EPOCH * 1000, "message": "{'isAuthorized': False}"}, log_line(logType="RequestSummary", statusCode=401))}, "request", "L6"),
    Planted("error alone", {"error.json": refusal("Token has expired.")}, "request", "T4"),
    Planted("WebSocket error alone", {"error.json": ws_refused("Token has expired.")[1]}, "subscription", "T4"),
    Planted("console of Amplify 6", {"console.txt": 'Error: {"errors":[{"message":"Unauthorized","recoverySuggestion":"If you\'re calling an Amplify-generated API, make sure to set the \\"authMode\\""}]}'}, "request", None, ("P1",)),
    Planted("console of a field", {"console.txt": "GraphQL error: Not Authorized to access getPost on type Query\n    at x.js:1"}, "field", None, ("P1",)),
    Planted("console of a subscription", {"console.txt": 'Connection failed: {"errors":[{"errorType":"Unauthorized","message":"Not Authorized to access onPost on type Subscription"}]}'}, "subscription", None, ("W5",)),
    Planted("console of a policy", {"console.txt": 'Connection failed: {"errors":[{"errorType":"UnauthorizedException","message":"Permission denied"}]}'}, "subscription", None, ("I1",)),
    Planted("console of Apollo", {"console.txt": "ServerError: Response not successful: Received status code 401\n    at throwServerError"}, "request", None, ("P1",)),
    Planted("console of Chrome", {"console.txt": f"POST https://{HOST}/graphql 401 (Unauthorized)"}, "request", None, ("P1",)),
    Planted("console of a private API", {"console.txt": f"Error: Unexpected server response: 404 wss://{REALTIME}/graphql"}, "subscription", None, ("N1",)),
    Planted("hidden header in the log", {"tail.txt": TAIL.replace("x-api-key=[****]", "authorization=[****]")}, "field", "V1"),
    Planted("client gave up", {"console.txt": "Uncaught (in promise) NoSignedUser: No credentials"}, "other", "C6"),
    Planted("old token alone", {"token.jwt": jwt(exp=EPOCH - 100_000_000)}, "request", "T4"),
)  # fmt: skip
