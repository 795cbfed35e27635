// urql: the fetch exchange, and persisted queries over GET.

import assert from "node:assert/strict";
import { after, it } from "node:test";
import { cacheExchange, Client, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { CityBySlug, PartnershipPage } from "./app/operations.ts";
import { recorder, type Recorder } from "./recorder.ts";
import { Server } from "./server.ts";

const server = await Server.start();
after(() => server.stop());

function client({ fetch }: Recorder, persisted: boolean): Client {
  const persist = persistedExchange({ preferGetForPersistedQueries: true });
  return new Client({
    url: server.endpoint,
    preferGetMethod: false,
    exchanges: persisted ? [cacheExchange, persist, fetchExchange] : [cacheExchange, fetchExchange],
    fetch,
  });
}

const variables = { slug: "jp-nagoya" };

it("sends queries over POST and caches their results", async () => {
  const wire = recorder();
  const urql = client(wire, false);
  const { data, error } = await urql.query(CityBySlug, variables);
  assert.equal(error, undefined);
  assert.equal(data?.city?.isCapital, true);
  await urql.query(CityBySlug, variables);
  assert.deepEqual(
    wire.exchanges.map(({ method, status }) => [method, status]),
    [["POST", 200]],
  );
  assert.match(wire.exchanges[0]?.headers.get("content-type") ?? "", /^application\/graphql-response\+json/);
});

it("registers a query on the first miss and then sends only its hash", async () => {
  const wires = [recorder(), recorder()] as const;
  const answers = [];
  for (const wire of wires) answers.push((await client(wire, true).query(CityBySlug, variables)).data);
  assert.ok(answers[0]?.city);
  assert.deepEqual(answers[0], answers[1]);
  const [first, second] = wires.map(({ exchanges }) => exchanges);
  assert.deepEqual(
    first?.map(({ method, url }) => [method, url.searchParams.has("query")]),
    [
      ["GET", false],
      ["GET", true],
    ],
  );
  assert.deepEqual(
    second?.map(({ method, url }) => [method, url.searchParams.has("query")]),
    [["GET", false]],
  );
  assert.match(second?.[0]?.headers.get("cache-control") ?? "", /^public, max-age=\d+$/);
});

it("reads errors with their codes", async () => {
  const { data, error } = await client(recorder(), false).query(PartnershipPage, { first: -1 });
  assert.equal(data, undefined);
  assert.deepEqual(
    error?.graphQLErrors.map(({ extensions }) => extensions.code),
    ["BAD_USER_INPUT"],
  );
});
