"""The causes of failures: what each means, what would prove it, and what to change.

Plain data. An id is never reused; what does not come from AppSync itself (a firewall, CORS,
throttling) has an id only where people take it for one.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CAUSES", "Cause"]


@dataclass(frozen=True, slots=True)
class Cause:
    """``confirm`` says what would prove it; ``fix`` begins with a verb."""

    title: str
    confirm: str
    fix: str


_LOGS = "the field's log with FieldLogLevel `ALL` and verbose content"
_TEMPLATE = "the template: --template PATH"
_TRAIL = "a CloudTrail data event of the request, or the policies of the role: --template PATH"
_POLICY = (
    "Allow `appsync:GraphQL` on"
    " `arn:aws:appsync:REGION:ACCOUNT:apis/API_ID/types/TYPE/fields/FIELD`"
)

CAUSES = {
    "A1": Cause(
        "The API key is expired, deleted, or belongs to another API",
        "the API's list of keys and their expiry dates",
        "Send a key that the API has now; extend its `Expires` before it ends, at most 365 days",
    ),
    "P1": Cause(
        "The client sends a credential of another mode than the field or API accepts",
        "the modes of the API and the directives of the field: --template PATH",
        "Send the credential of a mode that is accepted (in Amplify, set `authMode` for the call)",
    ),
    "P4": Cause(
        "The user pool's DefaultAction is DENY, and the field has no `@aws_auth`",
        _TEMPLATE,
        "Add `@aws_auth(cognito_groups: [...])` to the field, or set DefaultAction to ALLOW",
    ),
    "P6": Cause(
        "The token is from another user pool or region than the API is configured for",
        "the token's `iss`, compared with the UserPoolId of the API: --template PATH",
        "Sign in with the user pool that the API names, or add this pool as a provider",
    ),
    "P7": Cause(
        "The request carries both an API key and an Authorization header",
        "the same request with only one of them",
        "Send one credential per request; AWS does not document which of two applies",
    ),
    "P9": Cause(
        "The user signed in through an identity pool, which gives no user pool token",
        "the client's configuration of sign-in",
        "Sign in through the user pool, or call the API with the mode AWS_IAM",
    ),
    "S1": Cause(
        "The field has no directive for the caller's mode, and the mode is not the default one",
        _TEMPLATE,
        "Add the directive of the mode to the field and to the types that it returns",
    ),
    "S2": Cause(
        "A directive on the field or type replaced the default mode",
        _TEMPLATE,
        "Repeat the directive of the default mode next to the others",
    ),
    "S3": Cause(
        "`@aws_auth` or group directives have another effect with these modes",
        _TEMPLATE,
        "Use `@aws_cognito_user_pools(cognito_groups: [...])` if the API has several modes",
    ),
    "R1": Cause(
        "The returned type lacks a directive for the caller's mode",
        _TEMPLATE,
        "Add the directive of the mode to the type; types do not inherit it from the field",
    ),
    "R3": Cause(
        "The caller cannot read a related object, and its null propagates to the parent",
        _LOGS,
        "Allow the caller to read the related type, or make the field nullable",
    ),
    "W1": Cause(
        "The WebSocket handshake carries no credential, or one for another host",
        "the `header` parameter or subprotocol of the handshake",
        "Send base64 of JSON with `host` (the GraphQL host) and the credential in `header`",
    ),
    "W2": Cause(
        "The subscription's owner argument is missing, unknown, or wrong",
        "the arguments of the subscription field: --template PATH",
        "Pass the owner argument that the schema requires",
    ),
    "W3": Cause(
        "The mutation did not select the field, or its caller was not allowed to read it",
        "the mutation that published the event",
        "Select in the mutation what subscribers ask for, and allow its caller to read it",
    ),
    "W4": Cause(
        "The subscription is not granted: the rule lacks `read` or `listen`",
        _TEMPLATE,
        "Grant `read` (or `listen`) to the caller in the model's rule",
    ),
    "W5": Cause(
        "The subscription field has no directive for the subscriber's mode",
        _TEMPLATE,
        "Add the directive of the mode to the Subscription field",
    ),
    "I1": Cause(
        "The policy's resource is not an ARN of the field",
        _TRAIL,
        _POLICY,
    ),
    "I2": Cause(
        "The policy does not allow the action `appsync:GraphQL`",
        _TRAIL,
        _POLICY,
    ),
    "I3": Cause(
        "The request is signed with IAM credentials, but the API does not have the mode AWS_IAM",
        "the modes of the API: --template PATH",
        "Add AWS_IAM to the API's modes, or send the credential of a mode that it has",
    ),
    "I4": Cause(
        "IAM allows the field, and its directives do not list `@aws_iam`",
        _TEMPLATE,
        "Add `@aws_iam` to the field and to the types that it returns",
    ),
    "I5": Cause(
        "The policy is attached to another principal than the caller",
        _TRAIL,
        "Attach the policy to the role that signs the request",
    ),
    "C1": Cause(
        "The identity pool cannot assume its role: its trust policy or attachment is wrong",
        "the role's trust policy and the pool's role attachment: --template PATH",
        "Trust `cognito-identity.amazonaws.com` with `sts:AssumeRoleWithWebIdentity` for this pool",
    ),
    "C2": Cause(
        "The identity pool does not allow guests, or has no role for them",
        "AllowUnauthenticatedIdentities and the pool's role attachment: --template PATH",
        "Sign in before the call, or allow guests and attach a role for them",
    ),
    "C3": Cause(
        "The user is in a group with its own role, which replaced the authenticated role",
        "the role in a CloudTrail data event, or the groups of the user's token",
        "Allow `appsync:GraphQL` in the group's role as well",
    ),
    "C4": Cause(
        "The session policy of guests narrows the role",
        "a CloudTrail data event with the guest's role",
        "Use the classic flow for guests, or another mode",
    ),
    "C6": Cause(
        "The credentials were not loaded when the client called",
        "the client's code before the call",
        "Wait for the session (`fetchAuthSession`) before the first call",
    ),
    "L1": Cause(
        "AppSync is not allowed to invoke the Lambda authorizer",
        "the function's resource policy: --template PATH",
        "Add an AWS::Lambda::Permission for the principal `appsync.amazonaws.com`",
    ),
    "L2": Cause(
        "The Lambda authorizer is never called: AppSync takes the token for a JWT or a signature",
        "the modes of the API: --template PATH",
        "Put a prefix before the token, so that it is not a JWT, and strip it in the function",
    ),
    "L3": Cause(
        "The Lambda authorizer's answer lacks `isAuthorized`, or has another form",
        "the function's log: what it returns",
        "Return `isAuthorized: true`, and `resolverContext` if resolvers read it",
    ),
    "L4": Cause(
        "The Lambda authorizer denies the field in `deniedFields`",
        "the function's answer, or `deniedFields` in a CloudTrail data event",
        "Leave the field out of `deniedFields` for this caller",
    ),
    "L6": Cause(
        "The Lambda authorizer denies the request, fails, or takes too long",
        "the function's log for this request: `isAuthorized`, errors, the duration",
        "Check the function's log; return `isAuthorized: true` for callers that are allowed",
    ),
    "L7": Cause(
        "The token does not match the authorizer's IdentityValidationExpression",
        "the expression: --template PATH",
        "Send a token of the form that the expression asks for, or change the expression",
    ),
    "T1": Cause(
        "The Authorization header has a prefix or form that the mode does not accept",
        "the header as it was sent",
        "Send the bare token, without `Bearer ` and without quotes",
    ),
    "T2": Cause(
        "The IAM request is not signed, or not signed as AppSync requires",
        "the Authorization header: service `appsync`, the API's region, the signed headers",
        "Sign with SigV4 for the service `appsync` in the API's region, with the session token",
    ),
    "T3": Cause(
        "The client sent an access token where a claim of the ID token is needed, or the reverse",
        "the claims that the resolver or rule reads: --template PATH",
        "Send the other token, or add the claim in a pre token generation trigger",
    ),
    "T4": Cause(
        "The token or the session had expired",
        "`exp` of the token, compared with the time of the request",
        "Refresh the token before the call, and for each reconnect of a WebSocket",
    ),
    "T5": Cause(
        "The client's clock is wrong",
        "`x-amz-date`, compared with the `Date` of the response",
        "Set the clock, or let the SDK correct it (`correctClockSkew`)",
    ),
    "T6": Cause(
        "The token does not list a group that the field requires",
        "the user's current groups, compared with `cognito:groups` in the token",
        "Add the user to the group, and sign in again: a token keeps the groups it was issued with",
    ),
    "O1": Cause(
        "The token's issuer, client id, or age does not match the provider's settings",
        "`iss`, `aud`, `azp`, `client_id`, `iat`, `auth_time` and the provider's settings",
        "Set the provider's issuer and client id to those of the token, or request another token",
    ),
    "O2": Cause(
        "The token is not a JWT, or one that AppSync cannot read",
        "the token's form: three parts separated by dots",
        "Request a JWT from the provider; AppSync cannot introspect opaque tokens",
    ),
    "D1": Cause(
        "The request went to a custom domain or CloudFront that changes what is signed",
        "the host that was signed, compared with the host that AppSync received",
        "Sign for the host that the request is sent to; use AppSync's own custom domain names",
    ),
    "N1": Cause(
        "The API is private, or the network does not lead to it",
        "the API's Visibility: --template PATH; the network that the client is in",
        "Call it through the VPC endpoint `appsync-api` of its account and region",
    ),
    "N2": Cause(
        "A web application firewall (AWS WAF) refused the request before AppSync saw it",
        "the web ACL's sampled requests and log",
        "Change the rule that blocks the request",
    ),
    "V1": Cause(
        "The resolver's own code denies: it calls `unauthorized()`",
        _LOGS,
        "Compare the resolver's condition with the caller's identity; change the one that is wrong",
    ),
    "V3": Cause(
        "The data source's role lacks a permission",
        "the action and the resource in the message",
        "Allow the action on the resource in the data source's role",
    ),
    "M1": Cause(
        "Amplify's resolver does not know the IAM role",
        _LOGS,
        "Add the role with `allow.resource(...)`, or to `adminRoleNames` in custom-roles.json",
    ),
    "M2": Cause(
        "Amplify's owner rule compares a different claim from the one in the record",
        _LOGS,
        "Set `identityClaim` of the rule to match what is stored in the owner field",
    ),
    "M3": Cause(
        "Amplify denies by default: no rule of the model covers the caller and the operation",
        _LOGS,
        "Add a rule for the caller and the operation to the model",
    ),
    "G1": Cause(
        "Field logs are off",
        "LogConfig of the API",
        "Set FieldLogLevel to `ALL` and ExcludeVerboseContent to false until the cause is found",
    ),
}
