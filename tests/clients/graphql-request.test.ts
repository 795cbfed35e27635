// graphql-request: queries over POST and GET, batches, and errors.

import assert from "node:assert/strict";
import { after, it } from "node:test";
import { batchRequests, ClientError, gql, GraphQLClient } from "graphql-request";
import { CityBySlug, PartnershipPage } from "./app/operations.ts";
import { recorder } from "./recorder.ts";
import { Server } from "./server.ts";

const server = await Server.start("--max-batch", "2");
after(() => server.stop());

const variables = { slug: "jp-nagoya" };

const code = (expected: string) => (error: unknown) =>
  error instanceof ClientError && error.response.errors?.[0]?.extensions.code === expected;

it("sends queries over POST and GET", async () => {
  const wire = recorder();
  const posted = await new GraphQLClient(server.endpoint, { fetch: wire.fetch }).request(CityBySlug, variables);
  const response = await new GraphQLClient(server.endpoint, {
    fetch: wire.fetch,
    method: "GET",
    jsonSerializer: JSON,
  }).request(CityBySlug, variables);
  assert.equal(posted.city?.isCapital, true);
  assert.deepEqual(response, posted);
  assert.deepEqual(
    wire.exchanges.map(({ method }) => method),
    ["POST", "GET"],
  );
});

it("sends batches if the server allows them", async () => {
  const document = gql`
    query ($code: String!) {
      state(code: $code) {
        name
      }
    }
  `;
  const requests = ["OR", "WA", "CA"].map((code) => ({ document, variables: { code } }));
  const answers = await batchRequests(server.endpoint, requests.slice(0, 2));
  assert.deepEqual(
    answers.map(({ data }) => data),
    [{ state: { name: "Oregon" } }, { state: { name: "Washington" } }],
  );
  await assert.rejects(batchRequests(server.endpoint, requests), code("BAD_REQUEST"));
});

it("reads errors with their codes", async () => {
  const client = new GraphQLClient(server.endpoint);
  await assert.rejects(client.request(PartnershipPage, { after: "nonsense" }), code("BAD_CURSOR"));
  await assert.rejects(client.request("{ nothing }"), code("GRAPHQL_VALIDATION_FAILED"));
  await assert.rejects(client.request("{ states"), code("GRAPHQL_PARSE_FAILED"));
});
