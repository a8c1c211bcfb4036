"""Software for many tenants: a Lambda authorizer reads the tenant from the token.

A provisioning function, with IAM, makes the tenants. Written with L1 constructs, as teams do that
come from CloudFormation.
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_appsync_guard.cdk import AppSyncGuard

FIELDS = {"Query": ["me", "projects", "tenant"], "Mutation": ["createProject", "createTenant"]}
RESOLVER = """\
export const request = (ctx) => ({ payload: ctx.args });
export const response = (ctx) => ctx.result;
"""
AUTHORIZER = """\
def handler(event, context):
    tenant = event["authorizationToken"].partition(".")[2]
    return {"isAuthorized": bool(tenant), "resolverContext": {"tenant": tenant}}
"""


class TenantsStack(cdk.Stack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        authorizer = self.function("Authorizer", AUTHORIZER)
        api = appsync.CfnGraphQLApi(
            self,
            "Api",
            name="tenants",
            authentication_type="AWS_LAMBDA",
            lambda_authorizer_config=appsync.CfnGraphQLApi.LambdaAuthorizerConfigProperty(
                authorizer_uri=authorizer.function_arn,
                authorizer_result_ttl_in_seconds=300,
                identity_validation_expression="^tenant\\.(.+)$",
            ),
            additional_authentication_providers=[
                appsync.CfnGraphQLApi.AdditionalAuthenticationProviderProperty(
                    authentication_type="AWS_IAM"
                )
            ],
            log_config=appsync.CfnGraphQLApi.LogConfigProperty(
                cloud_watch_logs_role_arn=self.log_role().role_arn, field_log_level="ALL"
            ),
        )
        authorizer.add_permission(
            "AppSync",
            principal=iam.ServicePrincipal("appsync.amazonaws.com"),
            source_arn=api.attr_arn,
        )
        logs.LogGroup(
            self,
            "Log",
            log_group_name=f"/aws/appsync/apis/{api.attr_api_id}",
            retention=logs.RetentionDays.ONE_MONTH,
        )
        self.schema(api)
        provisioning = self.function("Provisioning", "def handler(event, context): ...")
        provisioning.add_environment("GRAPHQL_URL", api.attr_graph_ql_url)
        provisioning.add_to_role_policy(
            iam.PolicyStatement(
                actions=["appsync:GraphQL"],
                resources=[
                    f"{api.attr_arn}/types/Query/fields/tenant",
                    f"{api.attr_arn}/types/Mutation/fields/createTenant",
                ],
            )
        )

    def function(self, id: str, code: str) -> lambda_.Function:
        return lambda_.Function(
            self,
            id,
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline(code),
        )

    def log_role(self) -> iam.Role:
        return iam.Role(
            self,
            "LogRole",
            assumed_by=iam.ServicePrincipal("appsync.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(
                    "service-role/AWSAppSyncPushToCloudWatchLogs"
                )
            ],
        )

    def schema(self, api: appsync.CfnGraphQLApi) -> None:
        schema = appsync.CfnGraphQLSchema(
            self,
            "Schema",
            api_id=api.attr_api_id,
            definition=Path(__file__).with_name("schema.graphql").read_text("utf-8"),
        )
        projects = appsync.CfnDataSource(
            self, "Projects", api_id=api.attr_api_id, name="Projects", type="NONE"
        )
        for type_name, fields in FIELDS.items():
            for field in fields:
                resolver = appsync.CfnResolver(
                    self,
                    f"{type_name}-{field}",
                    api_id=api.attr_api_id,
                    type_name=type_name,
                    field_name=field,
                    data_source_name=projects.attr_name,
                    runtime=appsync.CfnResolver.AppSyncRuntimeProperty(
                        name="APPSYNC_JS", runtime_version="1.0.0"
                    ),
                    code=RESOLVER,
                )
                resolver.node.add_dependency(schema)


app = cdk.App()
TenantsStack(app, "Tenants")
cdk.Aspects.of(app).add(AppSyncGuard())

if __name__ == "__main__":
    app.synth()
