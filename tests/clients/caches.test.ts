// The normalized caches of Apollo Client and urql, configured as docs/clients.md shows: queries that select different
// fields of an object keep each other's fields, pages are joined, and the clients print no warnings.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, beforeEach, afterEach, it } from "node:test";
import { ApolloClient, gql, HttpLink, InMemoryCache, type DocumentNode } from "@apollo/client";
import { Client, fetchExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { buildSchema, isInterfaceType, isObjectType, isUnionType } from "graphql";
import { cacheOptions as apolloOptions } from "./app/apollo-cache.ts";
import { cacheOptions as graphcacheOptions } from "./app/graphcache.ts";
import { recorder, type Recorder } from "./recorder.ts";
import { root, Server } from "./server.ts";

const server = await Server.start();
after(() => server.stop());
const schema = buildSchema(readFileSync(join(root, "schema.graphql"), "utf8"));

// A warning of a client fails the test.
const { warn, error } = console;
const warnings: unknown[][] = [];
beforeEach(() => {
  warnings.length = 0;
  console.warn = console.error = (...message: unknown[]) => void warnings.push(message);
});
afterEach(() => {
  Object.assign(console, { warn, error });
  assert.deepEqual(warnings, []);
});

const apollo = ({ fetch }: Recorder) =>
  new ApolloClient({ link: new HttpLink({ uri: server.endpoint, fetch }), cache: new InMemoryCache(apolloOptions) });
const urql = ({ fetch }: Recorder) =>
  new Client({
    url: server.endpoint,
    preferGetMethod: false,
    exchanges: [cacheExchange(graphcacheOptions), fetchExchange],
    fetch,
  });

/** Pairs of queries that select different fields of one object, most of them of an object without an id. */
const pairs: [string, string][] = [
  ["{ dataset { revision partnerships } }", "{ dataset { cities loadedAt } }"],
  ["{ limits { maxDepth } }", "{ limits { maxPageSize } }"],
  [
    '{ city(slug: "jp-kobe") { id location { latitude } alternateNames { name } } }',
    '{ city(slug: "jp-kobe") { id location { longitude } alternateNames { script } } }',
  ],
  [
    "{ publishedStatistics(first: 3) { nodes { id quantity { value } } } }",
    "{ publishedStatistics(first: 3) { nodes { id quantity { unit } } } }",
  ],
  [
    "{ respondentAggregates(first: 3) { nodes { id base { n } marginOfError { points } given { value } } } }",
    "{ respondentAggregates(first: 3) { nodes { id base { description } marginOfError { level } given { dimension } } } }",
  ],
  [
    '{ state(code: "OR") { id partnerships(first: 2) { totalCount } } }',
    '{ state(code: "OR") { id partnerships(first: 2) { nodes { id } } } }',
  ],
  [
    '{ state(code: "OR") { id partnerships(first: 2) { edges { node { id } } } } }',
    '{ state(code: "OR") { id partnerships(first: 2) { pageInfo { endCursor } edges { cursor node { id slug } } } } }',
  ],
  [
    "{ partnerships(first: 0) { groups(by: [COUNTRY]) { count key { label } } } }",
    "{ partnerships(first: 0) { groups(by: [COUNTRY]) { share key { value } } } }",
  ],
  [
    "{ coverage(by: COUNTRY) { recorded key { label } } }",
    "{ coverage(by: COUNTRY) { published { id } key { value country { id name } } } }",
  ],
  ["{ concentration(by: COUNTRY) { hhi } }", "{ concentration(by: COUNTRY) { gini } }"],
  [
    '{ matches(for: "us-ks-topeka", first: 2) { nodes { city { id } reasons { feature } } } }',
    '{ matches(for: "us-ks-topeka", first: 2) { nodes { score reasons { text } } } }',
  ],
  ["{ matchModel { coefficients { feature } } }", "{ matchModel { isCurrent coefficients { coefficient } } }"],
  ["{ surveys { id disclosure { item } } }", "{ surveys { id disclosure { value } } }"],
];

for (const [first, second] of pairs) {
  it(`keeps the fields of both queries: ${second}`, async () => {
    const wire = recorder();
    const client = apollo(wire);
    const queries = [first, second].map((text) => gql(text));
    const answers = [];
    for (const query of queries) answers.push((await client.query({ query })).data);
    for (const [index, query] of queries.entries()) {
      const { data } = await client.query({ query, fetchPolicy: "cache-only" });
      assert.deepEqual(data, answers[index]);
    }
    assert.equal(wire.exchanges.length, 2);
  });

  it(`urql: keeps the fields of both queries: ${second}`, async () => {
    const client = urql(recorder());
    const answers = [];
    for (const query of [first, second]) answers.push((await client.query(query, {})).data);
    for (const [index, query] of [first, second].entries()) {
      const { data, stale } = await client.query(query, {}, { requestPolicy: "cache-only" });
      assert.deepEqual([data, stale], [answers[index], false]);
    }
  });
}

it("sends one request for each of two watched queries", async () => {
  const wire = recorder();
  const client = apollo(wire);
  const [first, second] = pairs[0]!.map((text) => client.watchQuery({ query: gql(text) }));
  const subscriptions = [first!, second!].map((query) => query.subscribe(() => {}));
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  for (const subscription of subscriptions) subscription.unsubscribe();
  assert.equal(wire.exchanges.length, 2);
});

/** Fetches two pages of five, then reads the list from the cache. */
async function twoPages(
  query: DocumentNode,
): Promise<{ nodes: { slug: string }[]; edges: { node: { slug: string } }[] }> {
  const client = apollo(recorder());
  const list = client.watchQuery<{ partnerships: { pageInfo: { endCursor: string } } }>({ query });
  const { data } = await list.refetch();
  await list.fetchMore({ variables: { after: data?.partnerships.pageInfo.endCursor } });
  return client.readQuery<{ partnerships: Awaited<ReturnType<typeof twoPages>> }>({ query })!.partnerships;
}

const page = (rows: string) =>
  gql(`query Page($after: String) {
    partnerships(first: 5, after: $after) { ${rows} pageInfo { hasNextPage endCursor } }
  }`);

it("joins pages of nodes and of edges", async () => {
  const { nodes } = await twoPages(page("nodes { id slug }"));
  const { edges } = await twoPages(page("edges { node { id slug } }"));
  assert.equal(new Set(nodes.map(({ slug }) => slug)).size, 10);
  assert.deepEqual(
    edges.map(({ node }) => node.slug),
    nodes.map(({ slug }) => slug),
  );
});

it("keeps a list that one query reads as nodes and another as edges", async () => {
  const wire = recorder();
  const client = apollo(wire);
  const [edges, nodes] = [page("edges { cursor node { id } }"), page("nodes { id slug }")];
  for (const query of [edges, nodes, edges, nodes]) await client.query({ query });
  assert.equal(wire.exchanges.length, 2);
});

it("covers all types without an id, and all interfaces and unions", () => {
  const types = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith("__"));
  const roots = [schema.getQueryType(), schema.getSubscriptionType()];
  const objects = types.filter(isObjectType).filter((type) => !roots.includes(type));
  const withoutId = objects.filter((type) => !("id" in type.getFields())).map(({ name }) => name);
  assert.deepEqual(Object.keys(graphcacheOptions.keys ?? {}).sort(), withoutId.sort());
  const abstract = types.filter((type) => isInterfaceType(type) || isUnionType(type));
  const possible = abstract.map((type) => [
    type.name,
    schema
      .getPossibleTypes(type)
      .map(({ name }) => name)
      .sort(),
  ]);
  assert.deepEqual(Object.fromEntries(possible), apolloOptions.possibleTypes);
  const policies = Object.entries(apolloOptions.typePolicies ?? {});
  for (const [name, policy] of policies) {
    const type = schema.getType(name);
    assert.ok(isObjectType(type), name);
    for (const field of Object.keys(policy.fields ?? {})) assert.ok(field in type.getFields(), `${name}.${field}`);
  }
  for (const type of objects) {
    for (const { name, type: result } of Object.values(type.getFields())) {
      if (/Connection!?$/.test(String(result))) {
        const fields = apolloOptions.typePolicies?.[type.name]?.fields ?? {};
        assert.ok(name in fields, `${type.name}.${name} has no policy`);
      }
    }
  }
});

it("is what the documentation shows", () => {
  const documentation = readFileSync(join(root, "docs/clients.md"), "utf8");
  for (const file of ["apollo-cache.ts", "graphcache.ts"]) {
    const text = readFileSync(join(import.meta.dirname, "app", file), "utf8");
    assert.ok(documentation.includes("```ts\n" + text + "```\n"), `docs/clients.md does not contain ${file} as it is`);
  }
});
