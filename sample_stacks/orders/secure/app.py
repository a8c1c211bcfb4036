"""The backend of a shop: every caller signs with IAM.

The checkout function places orders, a rule of EventBridge ships them when the payment arrives, the
warehouse reads them, and customers in the browser read them with the roles of an identity pool.
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_appsync_guard.cdk import AppSyncGuard

FIELDS = {"Query": ["order", "orders"], "Mutation": ["placeOrder", "shipOrder"]}
RESOLVER = """\
import * as ddb from '@aws-appsync/utils/dynamodb';
export const request = (ctx) => ddb.get({ key: { id: ctx.args.id } });
export const response = (ctx) => ctx.result;
"""
SHIP = "mutation Ship($id: ID!) { shipOrder(id: $id) { id shipped } }"


class OrdersStack(cdk.Stack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.api = appsync.GraphqlApi(
            self,
            "Api",
            name="orders",
            definition=appsync.Definition.from_file(
                str(Path(__file__).with_name("schema.graphql"))
            ),
            authorization_config=appsync.AuthorizationConfig(
                default_authorization=appsync.AuthorizationMode(
                    authorization_type=appsync.AuthorizationType.IAM
                )
            ),
        )
        # `log_config` of the L2 construct would add a function that sets the retention time.
        log_role = iam.Role(
            self,
            "LogRole",
            assumed_by=iam.ServicePrincipal("appsync.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(
                    "service-role/AWSAppSyncPushToCloudWatchLogs"
                )
            ],
        )
        self.api.node.default_child.log_config = appsync.CfnGraphQLApi.LogConfigProperty(
            cloud_watch_logs_role_arn=log_role.role_arn, field_log_level="ALL"
        )
        logs.LogGroup(
            self,
            "Log",
            log_group_name=f"/aws/appsync/apis/{self.api.api_id}",
            retention=logs.RetentionDays.ONE_MONTH,
        )
        self.resolvers()
        self.checkout()
        self.warehouse()
        self.payments()
        self.customers()

    def resolvers(self) -> None:
        table = dynamodb.TableV2(
            self,
            "Orders",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        )
        orders = self.api.add_dynamo_db_data_source("OrdersTable", table)
        for type_name, fields in FIELDS.items():
            for field in fields:
                orders.create_resolver(
                    f"{type_name}-{field}",
                    type_name=type_name,
                    field_name=field,
                    runtime=appsync.FunctionRuntime.JS_1_0_0,
                    code=appsync.Code.from_inline(RESOLVER),
                )

    def checkout(self) -> None:
        checkout = self.function("Checkout")
        self.api.grant_mutation(checkout, "placeOrder")

    def warehouse(self) -> None:
        warehouse = self.function("Warehouse")
        self.api.grant_query(warehouse, "orders")
        self.api.grant(
            warehouse,
            appsync.IamResource.custom("types/Query/fields/order"),
            "appsync:GraphQL",
        )

    def payments(self) -> None:
        role = iam.Role(self, "ShipRole", assumed_by=iam.ServicePrincipal("events.amazonaws.com"))
        self.api.grant_mutation(role, "shipOrder")
        events.Rule(
            self,
            "Paid",
            event_pattern=events.EventPattern(
                source=["shop.payments"], detail_type=["Payment Received"]
            ),
            targets=[
                targets.AppSync(
                    self.api,
                    graph_ql_operation=SHIP,
                    variables=events.RuleTargetInput.from_object(
                        {"id": events.EventField.from_path("$.detail.order")}
                    ),
                    event_role=role,
                )
            ],
        )

    def customers(self) -> None:
        users = cognito.UserPool(self, "Customers")
        client = users.add_client("Web")
        pool = cognito.CfnIdentityPool(
            self,
            "Identities",
            allow_unauthenticated_identities=False,
            cognito_identity_providers=[
                cognito.CfnIdentityPool.CognitoIdentityProviderProperty(
                    client_id=client.user_pool_client_id,
                    provider_name=users.user_pool_provider_name,
                )
            ],
        )
        customer = iam.Role(
            self,
            "Customer",
            assumed_by=iam.FederatedPrincipal(
                "cognito-identity.amazonaws.com",
                {
                    "StringEquals": {"cognito-identity.amazonaws.com:aud": pool.ref},
                    "ForAnyValue:StringLike": {
                        "cognito-identity.amazonaws.com:amr": "authenticated"
                    },
                },
                "sts:AssumeRoleWithWebIdentity",
            ),
        )
        self.api.grant_query(customer, "order", "orders")
        cognito.CfnIdentityPoolRoleAttachment(
            self,
            "Roles",
            identity_pool_id=pool.ref,
            roles={"authenticated": customer.role_arn},
        )

    def function(self, id: str) -> lambda_.Function:
        return lambda_.Function(
            self,
            id,
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): ..."),
            environment={"GRAPHQL_URL": self.api.graphql_url},
        )


app = cdk.App()
OrdersStack(app, "Orders")
cdk.Aspects.of(app).add(AppSyncGuard())

if __name__ == "__main__":
    app.synth()
