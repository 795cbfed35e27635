// Relay: the artifacts of its compiler, used by its runtime. The server only executes the documents that the compiler
// has persisted.

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
import { first } from "./recorder.ts";
import type { operationsCityRefetchQuery } from "./generated/relay/operationsCityRefetchQuery.graphql.ts";
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
  assert.equal(text, null, "the compiler omits the text");
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

/** The data of a fragment in the store, for a reference in a response or in another fragment. */
function read<Data>(relay: Environment, fragment: ReaderFragment, reference: unknown): Data {
  const selector = getSingularSelector(fragment, reference);
  assert.ok(selector);
  const { data, isMissingData } = relay.lookup(selector);
  assert.ok(!isMissingData, `${fragment.name} is missing data`);
  return data as Data;
}

/** Sends a query, retains its data in the store, and returns it. */
async function query<Query extends OperationType>(
  relay: Environment,
  document: GraphQLTaggedNode,
  variables: Query["variables"],
) {
  relay.retain(createOperationDescriptor(getRequest(document), variables));
  const response = await fetchQuery<Query>(relay, document, variables).toPromise();
  assert.ok(response);
  return response;
}

it("paginates a connection through its node", async () => {
  const relay = environment();
  const { state } = await query<operationsStateQuery>(relay, stateQuery, { code: "OR", first: 10 });
  const pages = () => read<operations_partnerships$data>(relay, partnershipsFragment, state);
  const { paginationRequest, paginationMetadata } = getPaginationMetadata(partnershipsFragment, "the test");
  const sizes = [pages().partnerships.edges.length];
  while (pages().partnerships.pageInfo.hasNextPage) {
    const { endCursor } = pages().partnerships.pageInfo;
    const owner = getSingularSelector(partnershipsFragment, state);
    assert.ok(owner);
    const variables = getPaginationVariables("forward", 20, endCursor, owner.variables, {}, paginationMetadata);
    await query(relay, paginationRequest, { ...variables, id: pages().id });
    sizes.push(pages().partnerships.edges.length);
  }
  const { totalCount, edges } = pages().partnerships;
  assert.ok(sizes.length > 2 && sizes[0] === 10 && sizes[1] === 30, sizes.join());
  assert.equal(edges.length, totalCount);
  assert.equal(new Set(edges.map(({ node }) => node.id)).size, totalCount);
  const row = read<operations_partnership$data>(relay, partnershipFragment, first(edges).node);
  const communities = [row.us, row.partner].map((community) =>
    read<operations_community$data>(relay, communityFragment, community),
  );
  assert.equal(communities.length, 2);
  assert.equal(row.slug.split("--")[1], communities[1]?.slug);
});

it("refetches an object by its id", async () => {
  const relay = environment();
  const { city } = await query<operationsCityQuery>(relay, cityQuery, { slug: "jp-nagoya" });
  assert.ok(city);
  const { refetchableRequest } = getRefetchMetadata(cityFragment, "the test");
  // Into an empty store, so that the data comes from this request.
  const other = environment();
  const { node } = await query<operationsCityRefetchQuery>(other, refetchableRequest, { id: city.id });
  const again = read<operations_city$data>(other, cityFragment, node);
  assert.deepEqual(again, read<operations_city$data>(relay, cityFragment, city));
  assert.deepEqual([again.slug, again.name], ["jp-nagoya", "Nagoya"]);
});

it("cannot execute documents that its compiler did not persist", async () => {
  const response = await fetch(server.endpoint, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ dataset { revision } }" }),
  });
  assert.equal(response.status, 403);
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
  assert.equal(first(errors).extensions.code, "DOCUMENT_NOT_TRUSTED");
});
