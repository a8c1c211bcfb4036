"""A blog: anyone reads with the public API key, readers comment, editors publish.

A nightly function counts the views. All of it synthesizes and deploys without a complaint.
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk_appsync_guard.cdk import AppSyncGuard

FIELDS = {"Query": ["posts", "post", "drafts"], "Mutation": ["publish", "comment", "countView"]}
RESOLVER = """\
export const request = (ctx) => ({ payload: ctx.args });
export const response = (ctx) => ctx.result;
"""


class BlogStack(cdk.Stack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        readers = cognito.UserPool(self, "Readers")
        cognito.CfnUserPoolGroup(
            self, "Editors", group_name="Editors", user_pool_id=readers.user_pool_id
        )
        api = appsync.GraphqlApi(
            self,
            "Api",
            name="blog",
            definition=appsync.Definition.from_file(
                str(Path(__file__).with_name("schema.graphql"))
            ),
            authorization_config=appsync.AuthorizationConfig(
                default_authorization=appsync.AuthorizationMode(
                    authorization_type=appsync.AuthorizationType.API_KEY
                ),
                additional_authorization_modes=[
                    appsync.AuthorizationMode(
                        authorization_type=appsync.AuthorizationType.USER_POOL,
                        user_pool_config=appsync.UserPoolConfig(user_pool=readers),
                    )
                ],
            ),
        )
        posts = api.add_none_data_source("Posts")
        for type_name, fields in FIELDS.items():
            for field in fields:
                posts.create_resolver(
                    f"{type_name}-{field}",
                    type_name=type_name,
                    field_name=field,
                    runtime=appsync.FunctionRuntime.JS_1_0_0,
                    code=appsync.Code.from_inline(RESOLVER),
                )
        counter = lambda_.Function(
            self,
            "Counter",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): ..."),
            environment={"GRAPHQL_URL": api.graphql_url},
        )
        api.grant_mutation(counter, "countViews")


app = cdk.App()
BlogStack(app, "Blog")
cdk.Aspects.of(app).add(AppSyncGuard())

if __name__ == "__main__":
    app.synth()
