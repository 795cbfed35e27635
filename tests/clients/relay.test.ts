// Relay: what its compiler makes of schema.graphql, run by its runtime. The server here executes
// nothing but the documents that the compiler persisted.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, it } from "node:test";
import {
  createOperationDescriptor,
  Environment,
  fetchQuery,
  getPaginationMetadata,
  getPaginationVariables,
  getRefetchMetadata,
  getRequest,
  getSingularSelector,
  type GraphQLTaggedNode,
  Network,
  RecordSource,
  Store,
  type OperationType,
  type ReaderFragment,
  type RequestParameters,
  type Variables,
} from "relay-runtime";
import { first } from "./exchange.ts";
import type { operationsCityAgainQuery } from "./generated/relay/operationsCityAgainQuery.graphql.ts";
import cityQuery, { type operationsCityQuery } from "./generated/relay/operationsCityQuery.graphql.ts";
import stateQuery, { type operationsStateQuery } from "./generated/relay/operationsStateQuery.graphql.ts";
import cityFragment, { type operations_city$data } from "./generated/relay/operations_city.graphql.ts";
import communityFragment, { type operations_community$data } from "./generated/relay/operations_community.graphql.ts";
import partnershipFragment, {
  type operations_partnership$data,
} from "./generated/relay/operations_partnership.graphql.ts";
import partnershipsFragment, {
  type operations_partnerships$data,
} from "./generated/relay/operations_partnerships.graphql.ts";
import { Server } from "./server.ts";

const server = await Server.start(
  "--trusted-documents",
  join(import.meta.dirname, "generated/trusted"),
  "--only-trusted",
  "true",
);
after(() => server.stop());

async function send({ id, text }: RequestParameters, variables: Variables) {
  assert.equal(text, null, "the compiler has left the text out");
  const response = await fetch(server.endpoint, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify({ documentId: id, variables }),
  });
  assert.equal(response.status, 200);
  return response.json();
}

function environment(): Environment {
  return new Environment({ network: Network.create(send), store: new Store(new RecordSource()) });
}

/** What a fragment reads of the store, through the reference that an answer or another fragment gives. */
function read<Data>(relay: Environment, fragment: ReaderFragment, reference: unknown): Data {
  const selector = getSingularSelector(fragment, reference);
  assert.ok(selector);
  const { data, isMissingData } = relay.lookup(selector);
  assert.ok(!isMissingData, `${fragment.name} misses data`);
  return data as Data;
}

/** Sends a query, keeps its answer, and gives it. */
async function ask<Query extends OperationType>(
  relay: Environment,
  query: GraphQLTaggedNode,
  variables: Query["variables"],
) {
  relay.retain(createOperationDescriptor(getRequest(query), variables));
  const response = await fetchQuery<Query>(relay, query, variables).toPromise();
  assert.ok(response);
  return response;
}

it("walks a connection page by page, through the node that has it", async () => {
  const relay = environment();
  const { state } = await ask<operationsStateQuery>(relay, stateQuery, { code: "OR", first: 10 });
  const pages = () => read<operations_partnerships$data>(relay, partnershipsFragment, state);
  const { paginationRequest, paginationMetadata } = getPaginationMetadata(partnershipsFragment, "the test");
  const sizes = [pages().partnerships.edges.length];
  while (pages().partnerships.pageInfo.hasNextPage) {
    const { endCursor } = pages().partnerships.pageInfo;
    const owner = getSingularSelector(partnershipsFragment, state);
    assert.ok(owner);
    const variables = getPaginationVariables("forward", 20, endCursor, owner.variables, {}, paginationMetadata);
    await ask(relay, paginationRequest, { ...variables, id: pages().id });
    sizes.push(pages().partnerships.edges.length);
  }
  const { totalCount, edges } = pages().partnerships;
  assert.ok(sizes.length > 2 && sizes[0] === 10 && sizes[1] === 30, sizes.join());
  assert.equal(edges.length, totalCount);
  assert.equal(new Set(edges.map(({ node }) => node.id)).size, totalCount);
  const row = read<operations_partnership$data>(relay, partnershipFragment, first(edges).node);
  const sides = [row.us, row.partner].map((side) => read<operations_community$data>(relay, communityFragment, side));
  assert.equal(sides.length, 2);
  assert.equal(row.slug.split("--")[1], sides[1]?.slug);
});

it("finds an object again by its id", async () => {
  const relay = environment();
  const { city } = await ask<operationsCityQuery>(relay, cityQuery, { slug: "jp-nagoya" });
  assert.ok(city);
  const { refetchableRequest } = getRefetchMetadata(cityFragment, "the test");
  // Into an empty store: what is read must have come by this request.
  const other = environment();
  const { node } = await ask<operationsCityAgainQuery>(other, refetchableRequest, { id: city.id });
  const again = read<operations_city$data>(other, cityFragment, node);
  assert.deepEqual(again, read<operations_city$data>(relay, cityFragment, city));
  assert.deepEqual([again.slug, again.name], ["jp-nagoya", "Nagoya"]);
});

it("is refused what its compiler did not persist", async () => {
  const response = await fetch(server.endpoint, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ dataset { revision } }" }),
  });
  assert.equal(response.status, 403);
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
  assert.equal(first(errors).extensions.code, "DOCUMENT_NOT_TRUSTED");
});
