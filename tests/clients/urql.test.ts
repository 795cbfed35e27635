// urql: its fetch exchange, and persisted queries over GET.

import assert from "node:assert/strict";
import { after, it } from "node:test";
import { cacheExchange, Client, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { CityOf, PartnershipPage } from "./app/operations.ts";
import { recorder, type Recorder } from "./exchange.ts";
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

it("posts queries and keeps what they answer", async () => {
  const wire = recorder();
  const urql = client(wire, false);
  const { data, error } = await urql.query(CityOf, variables);
  assert.equal(error, undefined);
  assert.equal(data?.city?.isCapital, true);
  await urql.query(CityOf, variables);
  assert.deepEqual(
    wire.exchanges.map(({ method, status }) => [method, status]),
    [["POST", 200]],
  );
  assert.match(wire.exchanges[0]?.headers.get("content-type") ?? "", /^application\/graphql-response\+json/);
});

it("persists a query on its first miss, and gets it by its hash from then on", async () => {
  const wires = [recorder(), recorder()] as const;
  const answers = [];
  for (const wire of wires) answers.push((await client(wire, true).query(CityOf, variables)).data);
  assert.ok(answers[0]?.city);
  assert.deepEqual(answers[0], answers[1]);
  const [learning, known] = wires.map(({ exchanges }) => exchanges);
  assert.deepEqual(
    learning?.map(({ method, url }) => [method, url.searchParams.has("query")]),
    [
      ["GET", false],
      ["GET", true],
    ],
  );
  assert.deepEqual(
    known?.map(({ method, url }) => [method, url.searchParams.has("query")]),
    [["GET", false]],
  );
  assert.match(known?.[0]?.headers.get("cache-control") ?? "", /^public, max-age=\d+$/);
});

it("reads errors with their codes", async () => {
  const { data, error } = await client(recorder(), false).query(PartnershipPage, { first: -1 });
  assert.equal(data, undefined);
  assert.deepEqual(
    error?.graphQLErrors.map(({ extensions }) => extensions.code),
    ["BAD_USER_INPUT"],
  );
});
