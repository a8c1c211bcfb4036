"""The table of AppSync: resource types and attributes of Terraform → CloudFormation's."""

from __future__ import annotations

from cdk_appsync_guard.template.inputs.terraform.fields import (
    Field,
    Kind,
    fields,
    many,
    one,
    ref,
)

__all__ = ["APPSYNC"]

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

APPSYNC = {
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
