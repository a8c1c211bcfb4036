// The page under test: real clients, each called as applications call them. A scenario tells which
// client, which credential, and which operation; what it answers is of no interest: the browser's
// network is what is recorded.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { BatchHttpLink } from "@apollo/client/link/batch-http";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { signRequest } from "@aws-amplify/core/internals/aws-client-utils";
import { Client, fetchExchange } from "@urql/core";
import { Amplify } from "aws-amplify";
import { generateClient } from "aws-amplify/api";

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

const read = async (response) => (await response).text();

function headersOf(scenario) {
  return scenario.headers ?? {};
}

async function byFetch(scenario) {
  const body = JSON.stringify({ query: scenario.query, variables: {} });
  await read(fetch(scenario.url, { method: "POST", headers: headersOf(scenario), body }));
}

async function byApollo(scenario) {
  let link = new HttpLink({ uri: scenario.url, headers: headersOf(scenario) });
  if (scenario.batch) {
    link = new BatchHttpLink({ uri: scenario.url, headers: headersOf(scenario), batchMax: 2 });
  }
  if (scenario.persisted) {
    const sha256 = () => "0".repeat(64);
    link = ApolloLink.from([new PersistedQueryLink({ sha256, retry: () => false }), link]);
  }
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const asked = [client.query({ query: gql(scenario.query), fetchPolicy: "no-cache" })];
  if (scenario.batch) {
    asked.push(client.query({ query: gql("query Other { listPosts { id } }") }));
  }
  await Promise.all(asked);
}

async function byUrql(scenario) {
  const client = new Client({
    url: scenario.url,
    exchanges: [fetchExchange],
    fetchOptions: { headers: headersOf(scenario) },
    preferGetMethod: false,
  });
  await client.query(scenario.query, {}).toPromise();
}

async function signed(scenario) {
  const { credentials, service, region } = scenario.sign;
  const body = JSON.stringify({ query: scenario.query, variables: {} });
  const request = { method: "POST", url: new URL(scenario.url), headers: {}, body };
  const made = signRequest(request, {
    credentials,
    signingRegion: region ?? "us-east-1",
    signingService: service ?? "appsync",
  });
  const headers = { ...made.headers };
  delete headers.host;
  await read(fetch(scenario.url, { method: "POST", headers, body }));
}

function configure(scenario) {
  const token = scenario.token && {
    accessToken: { toString: () => scenario.token, payload: { exp: 4102444800 } },
  };
  Amplify.configure(
    {
      API: {
        GraphQL: {
          endpoint: scenario.url,
          region: "us-east-1",
          defaultAuthMode: scenario.mode,
          apiKey: scenario.key,
        },
      },
    },
    {
      Auth: {
        tokenProvider: { getTokens: async () => token },
        credentialsProvider: {
          getCredentialsAndIdentityId: async () =>
            scenario.credentials && { credentials: scenario.credentials },
          clearCredentialsAndIdentityId: () => {},
        },
      },
    },
  );
  return generateClient();
}

async function byAmplify(scenario) {
  const client = configure(scenario);
  const asked = { query: scenario.query, authMode: scenario.mode, authToken: scenario.authToken };
  if (!scenario.query.startsWith("subscription")) {
    await client.graphql(asked);
    return;
  }
  const subscription = client.graphql(asked).subscribe({ next: () => {}, error: () => {} });
  await pause(1500);
  subscription.unsubscribe();
}

async function bySocket(scenario) {
  const header = scenario.header && btoa(JSON.stringify(scenario.header));
  const query = header ? `?header=${encodeURIComponent(header)}&payload=e30=` : "";
  const socket = new WebSocket(`${scenario.realtime}${query}`, "graphql-ws");
  socket.onopen = () => socket.send(JSON.stringify({ type: "connection_init" }));
  socket.onmessage = (event) => {
    if (JSON.parse(event.data).type === "connection_ack") {
      socket.send(JSON.stringify(scenario.start));
    }
  };
  await pause(700);
  socket.close();
}

const CLIENTS = {
  fetch: byFetch,
  apollo: byApollo,
  urql: byUrql,
  signed,
  amplify: byAmplify,
  socket: bySocket,
};

window.run = async (scenario) => {
  try {
    await CLIENTS[scenario.client](scenario);
    return "done";
  } catch (error) {
    return String(error?.message ?? JSON.stringify(error));
  }
};
