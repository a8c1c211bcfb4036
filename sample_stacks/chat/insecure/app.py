"""A chat in real time: people sign in with OpenID Connect, a function removes what offends."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk_appsync_guard.cdk import AppSyncGuard

FIELDS = {
    "Query": ["rooms", "messages"],
    "Mutation": ["send", "remove"],
    "Subscription": ["onSend", "onRemove"],
}
RESOLVER = """\
export const request = (ctx) => ({ payload: ctx.args });
export const response = (ctx) => ctx.result;
"""


class ChatStack(cdk.Stack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        api = appsync.GraphqlApi(
            self,
            "Api",
            name="chat",
            definition=appsync.Definition.from_file(
                str(Path(__file__).with_name("schema.graphql"))
            ),
            authorization_config=appsync.AuthorizationConfig(
                default_authorization=appsync.AuthorizationMode(
                    authorization_type=appsync.AuthorizationType.OIDC,
                    open_id_connect_config=appsync.OpenIdConnectConfig(
                        oidc_provider="https://login.example.com/.well-known/openid-configuration",
                        client_id="chat-web|chat-(ios|android",
                    ),
                ),
                additional_authorization_modes=[
                    appsync.AuthorizationMode(authorization_type=appsync.AuthorizationType.IAM)
                ],
            ),
        )
        api.node.default_child.log_config = appsync.CfnGraphQLApi.LogConfigProperty(
            cloud_watch_logs_role_arn=self.log_role().role_arn, field_log_level="NONE"
        )
        chat = api.add_none_data_source("Chat")
        for type_name, fields in FIELDS.items():
            for field in fields:
                chat.create_resolver(
                    f"{type_name}-{field}",
                    type_name=type_name,
                    field_name=field,
                    runtime=appsync.FunctionRuntime.JS_1_0_0,
                    code=appsync.Code.from_inline(RESOLVER),
                )
        moderator = lambda_.Function(
            self,
            "Moderator",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): ..."),
            environment={"GRAPHQL_URL": api.graphql_url},
        )
        api.grant_mutation(moderator, "remove")

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


app = cdk.App()
ChatStack(app, "Chat")
cdk.Aspects.of(app).add(AppSyncGuard())

if __name__ == "__main__":
    app.synth()
