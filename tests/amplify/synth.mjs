// APIs as `sdl.py` writes them -> an assembly each: node synth.mjs in.json out
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const cdk = require("aws-cdk-lib");
const cognito = require("aws-cdk-lib/aws-cognito");
const iam = require("aws-cdk-lib/aws-iam");
const lambda = require("aws-cdk-lib/aws-lambda");
const { AmplifyData, AmplifyDataDefinition } = require("@aws-amplify/data-construct");

const GUARD = "arn:aws:lambda:us-east-1:111122223333:function:guard";

function roles(stack) {
  const role = (id, service) =>
    new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal(service) });
  const authenticated = role("AuthRole", "cognito-identity.amazonaws.com");
  const unauthenticated = role("UnauthRole", "cognito-identity.amazonaws.com");
  const worker = role("Worker", "lambda.amazonaws.com");
  worker.addToPolicy(
    new iam.PolicyStatement({ actions: ["appsync:GraphQL"], resources: ["*"] }),
  );
  return { authenticated, unauthenticated };
}

function modesOf(api, stack) {
  const pool = new cognito.UserPool(stack, "Pool");
  const identities = new cognito.CfnIdentityPool(stack, "Identities", {
    allowUnauthenticatedIdentities: true,
  });
  const { authenticated, unauthenticated } = roles(stack);
  new cognito.CfnIdentityPoolRoleAttachment(stack, "Roles", {
    identityPoolId: identities.ref,
    roles: {
      authenticated: authenticated.roleArn,
      unauthenticated: unauthenticated.roleArn,
    },
  });
  const hour = cdk.Duration.hours(1);
  const settings = {
    API_KEY: { apiKeyConfig: { expires: cdk.Duration.days(7) } },
    AWS_IAM: {
      iamConfig: { enableIamAuthorizationMode: Boolean(api.enableIam) },
      identityPoolConfig: {
        identityPoolId: identities.ref,
        authenticatedUserRole: authenticated,
        unauthenticatedUserRole: unauthenticated,
      },
    },
    AMAZON_COGNITO_USER_POOLS: { userPoolConfig: { userPool: pool } },
    OPENID_CONNECT: {
      oidcConfig: {
        oidcProviderName: "oidc",
        oidcIssuerUrl: "https://login.example.com",
        clientId: "client",
        tokenExpiryFromAuth: hour,
        tokenExpiryFromIssue: hour,
      },
    },
    AWS_LAMBDA: {
      lambdaConfig: {
        function: lambda.Function.fromFunctionArn(stack, "Guard", GUARD),
        ttl: cdk.Duration.minutes(5),
      },
    },
  };
  const chosen = api.modes.map((mode) => settings[mode]);
  return Object.assign({ defaultAuthorizationMode: api.modes[0] }, ...chosen);
}

const [, , input, out] = process.argv;
for (const api of JSON.parse(fs.readFileSync(input, "utf-8"))) {
  const app = new cdk.App({ outdir: path.join(out, api.name) });
  const stack = new cdk.Stack(app, "App");
  new AmplifyData(stack, "Data", {
    definition: AmplifyDataDefinition.fromString(api.schema),
    authorizationModes: modesOf(api, stack),
    ...(api.sandbox ? { translationBehavior: { sandboxModeEnabled: true } } : {}),
  });
  app.synth();
}
