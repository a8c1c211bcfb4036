"""What Amplify generates for a list of things to do, and then somebody edits the schema.

A root stack holds the API, each model has a nested stack with its table and resolvers, and the
roles of an identity pool decide what signed-in users and guests may call.
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_appsync_guard.cdk import AppSyncGuard

FIELDS = {"Query": ["getTodo", "listTodos", "countTodos"], "Mutation": ["createTodo", "deleteTodo"]}
REQUEST = '{"version": "2018-05-29", "operation": "GetItem", "key": $util.toJson($ctx.args)}'
RESPONSE = "$util.toJson($ctx.result)"


class TodoModel(cdk.NestedStack):
    def __init__(self, scope: Construct, id: str, *, api_id: str) -> None:
        super().__init__(scope, id)
        table = dynamodb.CfnTable(
            self,
            "TodoTable",
            attribute_definitions=[
                dynamodb.CfnTable.AttributeDefinitionProperty(
                    attribute_name="id", attribute_type="S"
                )
            ],
            key_schema=[dynamodb.CfnTable.KeySchemaProperty(attribute_name="id", key_type="HASH")],
            billing_mode="PAY_PER_REQUEST",
        )
        role = iam.CfnRole(
            self,
            "TodoIAMRole",
            assume_role_policy_document=trust("lambda.amazonaws.com"),
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="DynamoDBAccess",
                    policy_document=policy(["dynamodb:GetItem"], [table.attr_arn]),
                )
            ],
        )
        source = appsync.CfnDataSource(
            self,
            "TodoDataSource",
            api_id=api_id,
            name="TodoTable",
            type="AMAZON_DYNAMODB",
            service_role_arn=role.attr_arn,
            dynamo_db_config=appsync.CfnDataSource.DynamoDBConfigProperty(
                aws_region=cdk.Aws.REGION, table_name=table.ref
            ),
        )
        for type_name, fields in FIELDS.items():
            for field in fields:
                appsync.CfnResolver(
                    self,
                    f"{type_name}{field}Resolver",
                    api_id=api_id,
                    type_name=type_name,
                    field_name=field,
                    data_source_name=source.attr_name,
                    request_mapping_template=REQUEST,
                    response_mapping_template=RESPONSE,
                )


class TodoStack(cdk.Stack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        users = cognito.CfnUserPool(self, "UserPool")
        cognito.CfnUserPoolGroup(self, "Admin", group_name="Admin", user_pool_id=users.ref)
        api = appsync.CfnGraphQLApi(
            self,
            "GraphQLAPI",
            name="todo",
            authentication_type="API_KEY",
            additional_authentication_providers=[
                appsync.CfnGraphQLApi.AdditionalAuthenticationProviderProperty(
                    authentication_type="AMAZON_COGNITO_USER_POOLS",
                    user_pool_config=appsync.CfnGraphQLApi.CognitoUserPoolConfigProperty(
                        user_pool_id=users.ref, aws_region=cdk.Aws.REGION
                    ),
                ),
                appsync.CfnGraphQLApi.AdditionalAuthenticationProviderProperty(
                    authentication_type="AWS_IAM"
                ),
            ],
        )
        schema = appsync.CfnGraphQLSchema(
            self,
            "TransformerSchema",
            api_id=api.attr_api_id,
            definition=Path(__file__).with_name("schema.graphql").read_text("utf-8"),
        )
        appsync.CfnApiKey(
            self,
            "GraphQLAPIKey",
            api_id=api.attr_api_id,
            expires=1735689600,  # New Year 2025: it worked all year
        )
        TodoModel(self, "Todo", api_id=api.attr_api_id).node.add_dependency(schema)
        self.roles(users, api)

    def roles(self, users: cognito.CfnUserPool, api: appsync.CfnGraphQLApi) -> None:
        client = cognito.CfnUserPoolClient(self, "WebClient", user_pool_id=users.ref)
        pool = cognito.CfnIdentityPool(
            self,
            "IdentityPool",
            allow_unauthenticated_identities=False,
            cognito_identity_providers=[
                cognito.CfnIdentityPool.CognitoIdentityProviderProperty(
                    client_id=client.ref, provider_name=users.attr_provider_name
                )
            ],
        )
        roles = {
            "authenticated": ["Query/fields/getTodo", "Query/fields/listTodo"],
            "unauthenticated": ["Query/fields/getTodo"],
        }
        arns = {}
        for kind, fields in roles.items():
            role = iam.CfnRole(
                self,
                f"{kind}Role",
                assume_role_policy_document=federation(pool.ref, kind),
                policies=[
                    iam.CfnRole.PolicyProperty(
                        policy_name="CallTheApi",
                        policy_document=policy(
                            ["appsync:GraphQL"],
                            [f"{api.attr_arn}/types/{field}" for field in fields],
                        ),
                    )
                ],
            )
            arns[kind] = role.attr_arn
        cognito.CfnIdentityPoolRoleAttachment(
            self, "IdentityPoolRoles", identity_pool_id=pool.ref, roles=arns
        )


def policy(actions: list[str], resources: list[str]) -> dict:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return {"Version": "2012-10-17", "Statement": [statement]}


def trust(service: str) -> dict:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def federation(pool: str, kind: str) -> dict:
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"cognito-identity.amazonaws.com:aud": pool},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": kind},
        },
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


app = cdk.App()
TodoStack(app, "Todo")
cdk.Aspects.of(app).add(AppSyncGuard())

if __name__ == "__main__":
    app.synth()
