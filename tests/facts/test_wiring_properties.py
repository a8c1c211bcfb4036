"""No value, wherever it stands, stops the facts about wiring, and every row keeps its promises."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import facts

NAMES = ("Api", "Fn", "Alias", "Pool", "Role", "Source", "Load", "Merged", "Nowhere")
WORDS = [
    "*",
    "Query",
    "post",
    ":",
    "arn:aws:lambda:::function:a:b",
    "arn:",
    "${a}",
    "Token",
    "Allow",
    "Deny",
    "sts:AssumeRoleWithWebIdentity",
    "cognito-identity.amazonaws.com",
]
KEYS = [
    "authenticated",
    "unauthenticated",
    "Statement",
    "Effect",
    "Principal",
    "Federated",
    "Service",
    "Action",
    "Condition",
    "StringEquals",
    "cognito-identity.amazonaws.com:aud",
    "Functions",
    "AwsIamConfig",
    "AuthorizationConfig",
    "AuthorizerUri",
    "Arn",
    "RoleArn",
    "Type",
    "Rules",
]
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5000),
    st.sampled_from(["", *WORDS]),
    st.sampled_from(NAMES).map(lambda name: {"Ref": name}),
    st.sampled_from(NAMES).map(lambda name: {"Fn::GetAtt": [name, "Arn"]}),
    st.just({"Ref": "P"}),
    st.just({"Fn::Select": [0, {"Ref": "L"}]}),
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=8,
)
RESOURCES = {
    "Api": ("AppSync::GraphQLApi", ("LambdaAuthorizerConfig", "Visibility")),
    "Merged": ("AppSync::GraphQLApi", ("ApiType", "MergedApiExecutionRoleArn")),
    "Link": (
        "AppSync::SourceApiAssociation",
        ("SourceApiIdentifier", "SourceApiAssociationConfig"),
    ),
    "Source": ("AppSync::DataSource", ("Name", "Type", "ServiceRoleArn", "HttpConfig")),
    "Load": ("AppSync::FunctionConfiguration", ("Name", "DataSourceName")),
    "One": ("AppSync::Resolver", ("TypeName", "FieldName", "DataSourceName", "PipelineConfig")),
    "Two": ("AppSync::Resolver", ("TypeName", "FieldName", "Kind", "PipelineConfig")),
    "Domain": ("AppSync::DomainNameApiAssociation", ("ApiId", "DomainName")),
    "Fn": ("Lambda::Function", ("FunctionName",)),
    "Alias": ("Lambda::Alias", ("FunctionName", "Name")),
    "Permit": ("Lambda::Permission", ("FunctionName", "Principal", "SourceArn", "SourceAccount")),
    "Rule": ("Events::Rule", ("Targets",)),
    "Pool": ("Cognito::IdentityPool", ("AllowUnauthenticatedIdentities",)),
    "Attachment": (
        "Cognito::IdentityPoolRoleAttachment",
        ("IdentityPoolId", "Roles", "RoleMappings"),
    ),
    "Group": ("Cognito::UserPoolGroup", ("RoleArn",)),
    "Role": ("IAM::Role", ("AssumeRolePolicyDocument", "Policies")),
}
OF_AN_API = ("DataSource", "FunctionConfiguration", "Resolver")


@st.composite
def templates(draw: Any) -> str:
    resources: dict[str, Any] = {}
    for name, (kind, properties) in RESOURCES.items():
        chosen = {key: draw(values) for key in properties if draw(st.booleans())}
        if kind.endswith(OF_AN_API):
            chosen["ApiId"] = {"Fn::GetAtt": ["Api", "ApiId"]}
        if kind.endswith("GraphQLApi"):
            chosen["AuthenticationType"] = draw(st.sampled_from(["AWS_LAMBDA", "AWS_IAM"]))
        if name == "Link":
            chosen["MergedApiIdentifier"] = {"Ref": "Merged"}
        resources[name] = {"Type": f"AWS::{kind}", "Properties": chosen}
    resources["Schema"] = {
        "Type": "AWS::AppSync::GraphQLSchema",
        "Properties": {
            "ApiId": {"Fn::GetAtt": ["Api", "ApiId"]},
            "Definition": "type Query { post: String }",
        },
    }
    parameters = {"P": {"Type": "String"}, "L": {"Type": "CommaDelimitedList"}}
    return json.dumps({"Parameters": parameters, "Resources": resources})


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(templates())
def test_any_value_gives_rows_that_fit_the_vocabulary(template: str) -> None:
    facts("resolvers", template)  # looks at the rows of every table
