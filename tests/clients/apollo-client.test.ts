// Apollo Client: automatic persisted queries over GET with an HTTP cache, and the normalized cache.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import { after, it } from "node:test";
import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { Agent, fetch as undici, interceptors } from "undici";
import { cacheOptions } from "./app/apollo-cache.ts";
import { CommunityName, CityBySlug, PartnershipPage, PartnershipBySlug, PartnershipRow } from "./app/operations.ts";
import { first, recorder, type Recorder } from "./recorder.ts";
import { unmask } from "./generated/codegen/index.ts";
import { Server } from "./server.ts";

// Cached responses are revalidated every time, so that the test does not have to wait until they expire.
const server = await Server.start("--max-age", "0");
after(() => server.stop());

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

function client({ fetch }: Recorder): ApolloClient {
  return new ApolloClient({
    link: new PersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(
      new HttpLink({ uri: server.endpoint, fetch }),
    ),
    cache: new InMemoryCache(cacheOptions),
  });
}

it("registers a query on the first miss and then sends only its hash", async () => {
  const wire = recorder();
  const variables = { slug: "jp-nagoya" };
  const answer = await client(wire).query({ query: CityBySlug, variables });
  assert.equal(answer.data?.city?.isCapital, true);
  const [miss, registration, ...others] = wire.exchanges;
  assert.ok(miss && registration && others.length === 0);
  assert.equal(miss.method, "GET");
  assert.equal(miss.url.searchParams.get("query"), null);
  assert.equal(miss.headers.get("cache-control"), "no-store");
  assert.equal(registration.method, "POST");

  // Another client has its own cache.
  const other = recorder();
  const hit = await client(other).query({ query: CityBySlug, variables });
  assert.deepEqual(hit.data, answer.data);
  const [exchange, ...more] = other.exchanges;
  assert.ok(exchange && more.length === 0);
  assert.deepEqual([exchange.method, exchange.status, exchange.url.searchParams.get("query")], ["GET", 200, null]);
  assert.equal(exchange.headers.get("content-type"), "application/graphql-response+json; charset=utf-8");
  assert.equal(exchange.headers.get("cache-control"), "public, max-age=0");
  assert.match(exchange.headers.get("etag") ?? "", /^"[^"]+"$/);
  assert.match(exchange.headers.get("vary") ?? "", /accept/);
});

it("gets 304 when its HTTP cache revalidates", async () => {
  // The statuses on the network, below the cache.
  const statuses: number[] = [];
  subscribe("undici:request:headers", (message) =>
    statuses.push((message as { response: { statusCode: number } }).response.statusCode),
  );
  const dispatcher = new Agent().compose(interceptors.cache());
  const wire = recorder(((input: never, init: object) =>
    undici(input, { ...init, dispatcher })) as unknown as typeof fetch);
  const query = async () => (await client(wire).query({ query: CityBySlug, variables: { slug: "jp-kobe" } })).data;
  const answers = [await query(), await query()];
  assert.deepEqual(answers[1], answers[0]);
  // The clients get 200: the cache returns the stored response.
  assert.ok(wire.exchanges.every(({ status }) => status === 200));
  assert.equal(statuses.at(-1), 304, statuses.join());
});

it("normalizes objects from all queries by their ids", async () => {
  const apollo = client(recorder());
  await apollo.query({ query: CityBySlug, variables: { slug: "jp-nagasaki" } });
  const { data } = await apollo.query({
    query: PartnershipPage,
    variables: { filter: { partner: { slug: { eq: "jp-nagasaki" } } }, first: 3 },
  });
  const row = unmask(PartnershipRow, first(data?.partnerships.edges ?? []).node);
  const partner = unmask(CommunityName, row.partner);
  const cached = apollo.cache.extract() as Record<string, object>;
  const cities = Object.values(cached).filter((object) => "slug" in object && object.slug === "jp-nagasaki");
  assert.equal(cities.length, 1);
  assert.ok(`City:${partner.id}` in cached);
  // A change of a cached object is visible in other queries.
  apollo.cache.writeFragment({
    id: `City:${partner.id}`,
    fragment: gql`
      fragment Renamed on City {
        name
      }
    `,
    data: { name: "renamed" },
  });
  const { data: again } = await apollo.query({
    query: CityBySlug,
    variables: { slug: "jp-nagasaki" },
    fetchPolicy: "cache-only",
  });
  assert.ok(again?.city);
  assert.equal(unmask(CommunityName, again.city).name, "renamed");
});

it("paginates with relayStylePagination", async () => {
  const wire = recorder();
  const apollo = client(wire);
  const variables = {
    filter: { state: { code: { eq: "OR" } } },
    orderBy: [{ field: "ESTABLISHED_YEAR" as const }],
    first: 10,
  };
  const list = apollo.watchQuery({ query: PartnershipPage, variables });
  let { data } = await list.refetch();
  while (data?.partnerships.pageInfo.hasNextPage) {
    await list.fetchMore({ variables: { after: data.partnerships.pageInfo.endCursor } });
    data = list.getCurrentResult().data as typeof data;
  }
  assert.ok(data);
  const { totalCount, edges } = data.partnerships;
  assert.ok(totalCount > 20);
  assert.equal(new Set(edges.map(({ node }) => node.id)).size, totalCount);
  assert.equal(edges.length, totalCount);
  // The text of the query was sent at most once; each page is a cacheable GET.
  assert.equal(wire.exchanges.filter(({ method }) => method === "POST").length <= 1, true);
});

it("reads errors with their codes", async () => {
  const invalid = client(recorder()).query({ query: PartnershipPage, variables: { first: 1_000_000 } });
  await assert.rejects(
    invalid,
    (error) => CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions?.code === "PAGE_TOO_LARGE",
  );
  const missing = await client(recorder()).query({ query: PartnershipBySlug, variables: { slug: "nowhere" } });
  assert.equal(missing.data?.partnership, null);
});
