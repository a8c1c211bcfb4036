"""Rows of any template: every column is there, and nothing raises."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import facts

_TEXTS = st.sampled_from(
    ["", "*", "API_KEY", "AWS_IAM", "AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT", "AWS_LAMBDA"]
) | st.text(max_size=6)
_KEYS = st.sampled_from(
    [
        *("Ref", "Fn::GetAtt", "Fn::If", "Fn::Sub", "Statement", "Effect", "Action", "Principal"),
        *("Service", "AuthenticationType", "UserPoolConfig", "UserPoolId", "Issuer", "ClientId"),
        *("FieldLogLevel", "CloudWatchLogsRoleArn", "ExcludeVerboseContent", "AwsRegion"),
    ]
)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=10,
)


def _properties(*names: str) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from(names), _VALUES, max_size=5)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(
    api=_properties(
        *("AuthenticationType", "AdditionalAuthenticationProviders", "UserPoolConfig", "Tags"),
        *("OpenIDConnectConfig", "LogConfig", "XrayEnabled", "QueryDepthLimit", "Visibility"),
    ),
    key=_properties("ApiId", "Expires"),
    role=_properties("AssumeRolePolicyDocument", "Policies", "ManagedPolicyArns", "RoleName"),
    policy=_properties("Roles", "PolicyDocument"),
    cache=_properties("ApiId", "TransitEncryptionEnabled"),
)
def test_no_template_raises_or_breaks_a_promise_of_a_table(**properties: dict[str, object]) -> None:
    logs = {"LogConfig": {"CloudWatchLogsRoleArn": {"Fn::GetAtt": "Role.Arn"}}}
    own = {"ApiId": {"Fn::GetAtt": "Api.ApiId"}}
    resources = {
        "Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": {**logs, **properties["api"]}},
        "Key": {"Type": "AWS::AppSync::ApiKey", "Properties": {**own, **properties["key"]}},
        "Cache": {"Type": "AWS::AppSync::ApiCache", "Properties": {**own, **properties["cache"]}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": properties["role"]},
        "Policy": {"Type": "AWS::IAM::Policy", "Properties": properties["policy"]},
    }

    assert len(facts("apis", json.dumps({"Resources": resources}))) == 1
