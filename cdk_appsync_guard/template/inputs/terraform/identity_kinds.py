"""The table of IAM and Cognito: resource types and attributes of Terraform → CloudFormation's."""

from __future__ import annotations

from cdk_appsync_guard.template.inputs.terraform.fields import (
    Field,
    Kind,
    document,
    fields,
    many,
    ref,
    some,
)

__all__ = ["COGNITO", "IAM"]

IAM = {
    "aws_iam_role": Kind(
        "AWS::IAM::Role",
        fields(
            name="RoleName",
            path="Path",
            assume_role_policy=document("AssumeRolePolicyDocument"),
            managed_policy_arns=ref("ManagedPolicyArns", "arn"),
            inline_policy=some("Policies", name="PolicyName", policy=document("PolicyDocument")),
            permissions_boundary=ref("PermissionsBoundary", "arn"),
        ),
        {"arn": "Arn", "name": "", "id": "", "unique_id": "RoleId"},
    ),
    "aws_iam_user": Kind(
        "AWS::IAM::User",
        fields(
            name="UserName", path="Path", permissions_boundary=ref("PermissionsBoundary", "arn")
        ),
        {"arn": "Arn", "name": "", "id": ""},
    ),
    "aws_iam_group": Kind(
        "AWS::IAM::Group",
        fields(name="GroupName", path="Path"),
        {"arn": "Arn", "name": "", "id": ""},
    ),
    "aws_iam_policy": Kind(
        "AWS::IAM::ManagedPolicy",
        fields(name="ManagedPolicyName", path="Path", policy=document("PolicyDocument")),
        {"arn": "", "id": ""},
    ),
    "aws_iam_role_policy": Kind(
        "AWS::IAM::RolePolicy",
        fields(role=ref("RoleName", "name"), name="PolicyName", policy=document("PolicyDocument")),
    ),
    "aws_iam_user_policy": Kind(
        "AWS::IAM::UserPolicy",
        fields(user=ref("UserName", "name"), name="PolicyName", policy=document("PolicyDocument")),
    ),
    "aws_iam_group_policy": Kind(
        "AWS::IAM::GroupPolicy",
        fields(
            group=ref("GroupName", "name"), name="PolicyName", policy=document("PolicyDocument")
        ),
    ),
    "aws_iam_group_membership": Kind(
        "AWS::IAM::UserToGroupAddition",
        fields(group=ref("GroupName", "name"), users=ref("Users", "name")),
    ),
}
COGNITO = {
    "aws_cognito_user_pool": Kind(
        "AWS::Cognito::UserPool",
        fields(name="UserPoolName"),
        {"id": "", "arn": "Arn", "endpoint": "ProviderName"},
        unique=("id", "arn", "endpoint"),
    ),
    "aws_cognito_user_pool_client": Kind(
        "AWS::Cognito::UserPoolClient",
        fields(
            name="ClientName",
            user_pool_id=ref("UserPoolId", "id"),
            generate_secret=Field("GenerateSecret"),
            explicit_auth_flows="ExplicitAuthFlows",
            allowed_oauth_flows="AllowedOAuthFlows",
            allowed_oauth_scopes="AllowedOAuthScopes",
        ),
        {"id": ""},
        unique=("id",),
    ),
    "aws_cognito_user_group": Kind(
        "AWS::Cognito::UserPoolGroup",
        fields(
            name="GroupName",
            user_pool_id=ref("UserPoolId", "id"),
            role_arn=ref("RoleArn", "arn"),
            precedence="Precedence",
        ),
        {"name": "", "id": ""},
        unique=(),
    ),
    "aws_cognito_identity_pool": Kind(
        "AWS::Cognito::IdentityPool",
        fields(
            identity_pool_name="IdentityPoolName",
            allow_unauthenticated_identities="AllowUnauthenticatedIdentities",
            allow_classic_flow="AllowClassicFlow",
            cognito_identity_providers=some(
                "CognitoIdentityProviders",
                client_id=ref("ClientId", "id"),
                provider_name=ref("ProviderName", "endpoint"),
                server_side_token_check=Field("ServerSideTokenCheck"),
            ),
            openid_connect_provider_arns=ref("OpenIdConnectProviderARNs", "arn"),
            saml_provider_arns=ref("SamlProviderARNs", "arn"),
            supported_login_providers="SupportedLoginProviders",
        ),
        {"id": "", "arn": "Arn"},
        unique=("id", "arn"),
    ),
    "aws_cognito_identity_pool_roles_attachment": Kind(
        "AWS::Cognito::IdentityPoolRoleAttachment",
        fields(
            identity_pool_id=ref("IdentityPoolId", "id"),
            roles=ref("Roles", "arn"),
            role_mapping=some(
                "RoleMappings",
                identity_provider="IdentityProvider",
                ambiguous_role_resolution="AmbiguousRoleResolution",
                type="Type",
                mapping_rule=many(
                    "Rules",
                    claim="Claim",
                    match_type="MatchType",
                    role_arn=ref("RoleARN", "arn"),
                    value="Value",
                ),
            ),
        ),
    ),
    "aws_cognito_identity_pool_provider_principal_tag": Kind(
        "AWS::Cognito::IdentityPoolPrincipalTag",
        fields(
            identity_pool_id=ref("IdentityPoolId", "id"),
            identity_provider_name=ref("IdentityProviderName", "endpoint"),
            principal_tags="PrincipalTags",
            use_defaults="UseDefaults",
        ),
    ),
}
