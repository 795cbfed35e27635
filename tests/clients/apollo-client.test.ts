// Apollo Client: automatic persisted queries over GET behind an HTTP cache, and its normalised cache.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import { after, it } from "node:test";
import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";
import { Agent, fetch as undici, interceptors } from "undici";
import { CommunityName, CityOf, PartnershipPage, PartnershipOf, PartnershipRow } from "./app/operations.ts";
import { first, recorder, type Recorder } from "./exchange.ts";
import { unmask } from "./generated/codegen/index.ts";
import possible from "./generated/codegen/possible-types.ts";
import { Server } from "./server.ts";

// What is kept is asked for again each time, so that the test need not wait for its age.
const server = await Server.start("--max-age", "0");
after(() => server.stop());

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

function client({ fetch }: Recorder): ApolloClient {
  return new ApolloClient({
    link: new PersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(
      new HttpLink({ uri: server.endpoint, fetch }),
    ),
    cache: new InMemoryCache({
      possibleTypes: possible.possibleTypes,
      typePolicies: { Query: { fields: { partnerships: relayStylePagination(["filter", "orderBy"]) } } },
    }),
  });
}

it("persists a query on its first miss, and gets it by its hash from then on", async () => {
  const wire = recorder();
  const variables = { slug: "jp-nagoya" };
  const answer = await client(wire).query({ query: CityOf, variables });
  assert.equal(answer.data?.city?.isCapital, true);
  const [miss, sent, ...none] = wire.exchanges;
  assert.ok(miss && sent && none.length === 0);
  assert.equal(miss.method, "GET");
  assert.equal(miss.url.searchParams.get("query"), null);
  assert.equal(miss.headers.get("cache-control"), "no-store");
  assert.equal(sent.method, "POST");

  // Another client, another cache.
  const other = recorder();
  const hit = await client(other).query({ query: CityOf, variables });
  assert.deepEqual(hit.data, answer.data);
  const [got, ...more] = other.exchanges;
  assert.ok(got && more.length === 0);
  assert.deepEqual([got.method, got.status, got.url.searchParams.get("query")], ["GET", 200, null]);
  assert.equal(got.headers.get("content-type"), "application/graphql-response+json; charset=utf-8");
  assert.equal(got.headers.get("cache-control"), "public, max-age=0");
  assert.match(got.headers.get("etag") ?? "", /^"[^"]+"$/);
  assert.match(got.headers.get("vary") ?? "", /accept/);
});

it("is answered 304 when the HTTP cache below it asks again", async () => {
  // What comes over the network, below the cache.
  const statuses: number[] = [];
  subscribe("undici:request:headers", (message) =>
    statuses.push((message as { response: { statusCode: number } }).response.statusCode),
  );
  const dispatcher = new Agent().compose(interceptors.cache());
  const wire = recorder(((input: never, init: object) =>
    undici(input, { ...init, dispatcher })) as unknown as typeof fetch);
  const ask = async () => (await client(wire).query({ query: CityOf, variables: { slug: "jp-kobe" } })).data;
  const answers = [await ask(), await ask()];
  assert.deepEqual(answers[1], answers[0]);
  // The clients saw none of it: the cache answered from what it kept.
  assert.ok(wire.exchanges.every(({ status }) => status === 200));
  assert.equal(statuses.at(-1), 304, statuses.join());
});

it("keeps objects by their ids, whichever query brought them", async () => {
  const apollo = client(recorder());
  await apollo.query({ query: CityOf, variables: { slug: "jp-nagasaki" } });
  const { data } = await apollo.query({
    query: PartnershipPage,
    variables: { filter: { partner: { slug: { eq: "jp-nagasaki" } } }, first: 3 },
  });
  const row = unmask(PartnershipRow, first(data?.partnerships.edges ?? []).node);
  const partner = unmask(CommunityName, row.partner);
  const kept = apollo.cache.extract() as Record<string, object>;
  const cities = Object.values(kept).filter((object) => "slug" in object && object.slug === "jp-nagasaki");
  assert.equal(cities.length, 1);
  assert.ok(`City:${partner.id}` in kept);
  // What one query learns of an object, the others show.
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
    query: CityOf,
    variables: { slug: "jp-nagasaki" },
    fetchPolicy: "cache-only",
  });
  assert.ok(again?.city);
  assert.equal(unmask(CommunityName, again.city).name, "renamed");
});

it("walks pages with relayStylePagination", async () => {
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
  // The query was sent once; each page is a GET that a cache may keep.
  assert.equal(wire.exchanges.filter(({ method }) => method === "POST").length <= 1, true);
});

it("reads errors with their codes", async () => {
  const wrong = client(recorder()).query({ query: PartnershipPage, variables: { first: 1_000_000 } });
  await assert.rejects(
    wrong,
    (error) => CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions?.code === "PAGE_TOO_LARGE",
  );
  const nothing = await client(recorder()).query({ query: PartnershipOf, variables: { slug: "nowhere" } });
  assert.equal(nothing.data?.partnership, null);
});
