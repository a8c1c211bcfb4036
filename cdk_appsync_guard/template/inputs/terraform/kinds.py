"""The table: resource types and attributes of Terraform's AWS provider → CloudFormation's.

Each type's page in the provider's documentation lists its attributes:
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/appsync_graphql_api
"""

from __future__ import annotations

from cdk_appsync_guard.template.inputs.terraform.fields import (
    Field,
    Kind,
    document,
    fields,
    many,
    one,
    ref,
    some,
)

__all__ = ["KINDS"]

_REGION = Field("AwsRegion", "region")
_API = ref("ApiId", "id")
_OPENID = one(
    "OpenIDConnectConfig",
    issuer="Issuer",
    client_id="ClientId",
    auth_ttl=Field("AuthTTL", "count"),
    iat_ttl=Field("IatTTL", "count"),
)
_POOL = one(
    "UserPoolConfig",
    user_pool_id=ref("UserPoolId", "id"),
    aws_region=_REGION,
    app_id_client_regex="AppIdClientRegex",
    default_action="DefaultAction",
)
_LAMBDA = one(
    "LambdaAuthorizerConfig",
    authorizer_uri=ref("AuthorizerUri", "arn"),
    authorizer_result_ttl_in_seconds="AuthorizerResultTtlInSeconds",
    identity_validation_expression="IdentityValidationExpression",
)
_RUNTIME = one("Runtime", name="Name", runtime_version="RuntimeVersion")
_SEARCH = fields(endpoint="Endpoint", region=_REGION)

_APPSYNC = {
    "aws_appsync_graphql_api": Kind(
        "AWS::AppSync::GraphQLApi",
        fields(
            name="Name",
            api_type="ApiType",
            authentication_type="AuthenticationType",
            user_pool_config=_POOL,
            openid_connect_config=_OPENID,
            lambda_authorizer_config=_LAMBDA,
            additional_authentication_provider=many(
                "AdditionalAuthenticationProviders",
                authentication_type="AuthenticationType",
                user_pool_config=_POOL,
                openid_connect_config=_OPENID,
                lambda_authorizer_config=_LAMBDA,
            ),
            log_config=one(
                "LogConfig",
                cloudwatch_logs_role_arn=ref("CloudWatchLogsRoleArn", "arn"),
                field_log_level="FieldLogLevel",
                exclude_verbose_content="ExcludeVerboseContent",
            ),
            introspection_config="IntrospectionConfig",
            merged_api_execution_role_arn=ref("MergedApiExecutionRoleArn", "arn"),
            query_depth_limit=Field("QueryDepthLimit", "count"),
            resolver_count_limit=Field("ResolverCountLimit", "count"),
            visibility="Visibility",
            xray_enabled="XrayEnabled",
        ),
        {"id": "ApiId", "arn": "Arn", "uris": "GraphQLUrl"},
        unique=("id", "arn"),
    ),
    "aws_appsync_api_key": Kind(
        "AWS::AppSync::ApiKey",
        fields(api_id=_API, description="Description", expires=Field("Expires", "time")),
        {"key": "ApiKey", "id": ""},
        unique=(),
    ),
    "aws_appsync_datasource": Kind(
        "AWS::AppSync::DataSource",
        fields(
            api_id=_API,
            name="Name",
            type="Type",
            service_role_arn=ref("ServiceRoleArn", "arn"),
            dynamodb_config=one(
                "DynamoDBConfig",
                table_name=ref("TableName", "name"),
                region=_REGION,
                use_caller_credentials="UseCallerCredentials",
                versioned="Versioned",
            ),
            lambda_config=one("LambdaConfig", function_arn=ref("LambdaFunctionArn", "arn")),
            elasticsearch_config=Field("ElasticsearchConfig", "one", _SEARCH),
            opensearchservice_config=Field("OpenSearchServiceConfig", "one", _SEARCH),
            event_bridge_config=one("EventBridgeConfig", event_bus_arn=ref("EventBusArn", "arn")),
            http_config=one(
                "HttpConfig",
                endpoint="Endpoint",
                authorization_config=one(
                    "AuthorizationConfig",
                    authorization_type="AuthorizationType",
                    aws_iam_config=one(
                        "AwsIamConfig",
                        signing_region="SigningRegion",
                        signing_service_name="SigningServiceName",
                    ),
                ),
            ),
            relational_database_config=one(
                "RelationalDatabaseConfig",
                source_type="RelationalDatabaseSourceType",
                http_endpoint_config=one(
                    "RdsHttpEndpointConfig",
                    region=_REGION,
                    aws_secret_store_arn=ref("AwsSecretStoreArn", "arn"),
                    database_name="DatabaseName",
                    db_cluster_identifier=ref("DbClusterIdentifier", "arn"),
                    schema="Schema",
                ),
            ),
        ),
        {"name": "Name", "arn": "DataSourceArn"},
    ),
    "aws_appsync_function": Kind(
        "AWS::AppSync::FunctionConfiguration",
        fields(
            api_id=_API,
            name="Name",
            data_source=ref("DataSourceName", "name"),
            request_mapping_template="RequestMappingTemplate",
            response_mapping_template="ResponseMappingTemplate",
            code="Code",
            runtime=_RUNTIME,
            function_version="FunctionVersion",
            max_batch_size=Field("MaxBatchSize", "count"),
        ),
        {"function_id": "FunctionId", "arn": "FunctionArn", "name": "Name"},
        unique=("function_id", "arn"),
    ),
    "aws_appsync_resolver": Kind(
        "AWS::AppSync::Resolver",
        fields(
            api_id=_API,
            type="TypeName",
            field="FieldName",
            data_source=ref("DataSourceName", "name"),
            kind="Kind",
            request_template="RequestMappingTemplate",
            response_template="ResponseMappingTemplate",
            code="Code",
            runtime=_RUNTIME,
            pipeline_config=one("PipelineConfig", functions=ref("Functions", "function_id")),
            caching_config=one(
                "CachingConfig", caching_keys="CachingKeys", ttl=Field("Ttl", "count")
            ),
            max_batch_size=Field("MaxBatchSize", "count"),
        ),
    ),
    "aws_appsync_api_cache": Kind(
        "AWS::AppSync::ApiCache",
        fields(api_id=_API, api_caching_behavior="ApiCachingBehavior", type="Type", ttl="Ttl"),
    ),
    "aws_appsync_domain_name": Kind(
        "AWS::AppSync::DomainName",
        fields(domain_name="DomainName", certificate_arn="CertificateArn"),
        {"domain_name": "DomainName", "id": "DomainName"},
        unique=(),
    ),
    "aws_appsync_domain_name_api_association": Kind(
        "AWS::AppSync::DomainNameApiAssociation",
        fields(api_id=_API, domain_name=ref("DomainName", "domain_name")),
    ),
    "aws_appsync_source_api_association": Kind(
        "AWS::AppSync::SourceApiAssociation",
        fields(
            source_api_id=ref("SourceApiIdentifier", "id"),
            source_api_arn=ref("SourceApiIdentifier", "arn"),
            merged_api_id=ref("MergedApiIdentifier", "id"),
            merged_api_arn=ref("MergedApiIdentifier", "arn"),
            source_api_association_config=one("SourceApiAssociationConfig", merge_type="MergeType"),
        ),
        {"arn": "AssociationArn", "id": ""},
    ),
    "aws_appsync_api": Kind(
        "AWS::AppSync::Api", fields(name="Name"), {"api_id": "ApiId", "api_arn": "ApiArn"}
    ),
}
_IAM = {
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
_COGNITO = {
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
_OTHERS = {
    "aws_lambda_function": Kind(
        "AWS::Lambda::Function",
        fields(
            function_name="FunctionName",
            role=ref("Role", "arn"),
            handler="Handler",
            runtime="Runtime",
            environment=one("Environment", variables=ref("Variables", "uris")),
        ),
        {"arn": "Arn", "function_name": "", "id": ""},
    ),
    "aws_lambda_alias": Kind(
        "AWS::Lambda::Alias",
        fields(
            name="Name",
            function_name=ref("FunctionName", "arn"),
            function_version="FunctionVersion",
        ),
        {"arn": "", "id": ""},
    ),
    "aws_lambda_permission": Kind(
        "AWS::Lambda::Permission",
        fields(
            action="Action",
            function_name=ref("FunctionName", "function_name"),
            principal="Principal",
            source_arn=ref("SourceArn", "arn"),
            source_account="SourceAccount",
        ),
    ),
    "aws_cloudwatch_log_group": Kind(
        "AWS::Logs::LogGroup",
        fields(name="LogGroupName", retention_in_days=Field("RetentionInDays", "count")),
        {"arn": "Arn", "name": "", "id": ""},
    ),
    "aws_wafv2_web_acl_association": Kind(
        "AWS::WAFv2::WebACLAssociation",
        fields(resource_arn=ref("ResourceArn", "arn"), web_acl_arn=ref("WebACLArn", "arn")),
    ),
    "aws_wafv2_web_acl": Kind("AWS::WAFv2::WebACL", fields(name="Name"), {"arn": "Arn"}),
    "aws_dynamodb_table": Kind(
        "AWS::DynamoDB::Table",
        fields(name="TableName"),
        {"arn": "Arn", "name": "", "id": ""},
    ),
    "aws_cloudwatch_event_rule": Kind(
        "AWS::Events::Rule",
        fields(name="Name", event_bus_name="EventBusName", state="State"),
        {"arn": "Arn", "name": "", "id": ""},
    ),
    "aws_cloudwatch_event_bus": Kind(
        "AWS::Events::EventBus", fields(name="Name"), {"arn": "Arn", "name": "Name"}
    ),
    "aws_sqs_queue": Kind(
        "AWS::SQS::Queue", fields(name="QueueName"), {"arn": "Arn", "url": "", "id": ""}
    ),
    "aws_sfn_state_machine": Kind(
        "AWS::StepFunctions::StateMachine",
        fields(name="StateMachineName", role_arn=ref("RoleArn", "arn")),
        {"arn": "", "id": ""},
    ),
    "aws_secretsmanager_secret": Kind(
        "AWS::SecretsManager::Secret", fields(name="Name"), {"arn": "", "id": ""}
    ),
    "aws_rds_cluster": Kind(
        "AWS::RDS::DBCluster",
        fields(cluster_identifier="DBClusterIdentifier"),
        {"arn": "DBClusterArn", "id": "", "cluster_identifier": ""},
    ),
}

KINDS: dict[str, Kind] = {**_APPSYNC, **_IAM, **_COGNITO, **_OTHERS}
"""By the resource type of Terraform."""
