// GraphQL Code Generator: the generated types compile in strict mode (`npm test` runs the compiler) and match the
// responses of the server, which also accepts the persisted documents.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { generate } from "@graphql-codegen/cli";
import { GraphQLClient } from "graphql-request";
import { community, figure, partnership, searchResult } from "./app/lines.ts";
import { Refetch, CityBySlug, Figures, Search, PartnershipPage } from "./app/operations.ts";
import config from "./codegen.ts";
import { first } from "./recorder.ts";
import type { PartnershipFilter } from "./generated/codegen/graphql.ts";
import { unmask } from "./generated/codegen/index.ts";
import { PartnershipRow } from "./app/operations.ts";
import { Server } from "./server.ts";

const server = await Server.start();
after(() => server.stop());
const client = new GraphQLClient(server.endpoint);

it("generates the same from the running server and from schema.graphql", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sistergraph-codegen-"));
  try {
    const generates = Object.entries(config.generates).map(([path, output]) => [
      path.replace("generated/codegen", folder),
      output,
    ]);
    const files = await generate(
      { ...config, schema: server.endpoint, generates: Object.fromEntries(generates), silent: true },
      false,
    );
    assert.ok(files.length >= 4);
    for (const { filename, content } of files as { filename: string; content: string }[]) {
      const generated = filename.replace(folder, join(import.meta.dirname, "generated/codegen"));
      assert.equal(content, readFileSync(generated, "utf8"), filename);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("types the variables and responses of filtered pages", async () => {
  const filter: PartnershipFilter = {
    level: ["CITY"],
    country: { code: { eq: "JP" } },
    establishedYear: { lte: 1960 },
  };
  const { partnerships } = await client.request(PartnershipPage, {
    filter,
    orderBy: [{ field: "ESTABLISHED_YEAR", direction: "ASC" }],
    first: 5,
  });
  assert.equal(partnerships.edges.length, 5);
  const rows = partnerships.edges.map((edge) => unmask(PartnershipRow, edge.node));
  const years = rows.map((row) => row.establishedYear ?? Infinity);
  assert.deepEqual(
    years,
    years.toSorted((one, other) => one - other),
  );
  assert.match(
    partnership(first(partnerships.edges).node),
    /^Saint Paul, a city, United States and Nagasaki, a city of Nagasaki Prefecture, Japan: cities, listed since 1955, \d+ km$/,
  );
});

it("types interfaces and unions", async () => {
  const { city } = await client.request(CityBySlug, { slug: "jp-nagoya" });
  assert.ok(city);
  assert.equal(community(city), "Nagoya, a city of Aichi Prefecture, Japan");
  const names = [];
  for (const [text, types] of [
    ["portland", ["CITY", "PARTNERSHIP"]],
    ["oregon", ["STATE"]],
    ["japan", ["COUNTRY"]],
    ["aichi", ["PROVINCE"]],
  ] as const) {
    const { search } = await client.request(Search, { text, types: [...types], first: 3 });
    assert.ok(search.totalCount >= search.edges.length && search.edges.length > 0, text);
    names.push(...search.edges.map(searchResult));
  }
  assert.ok(names.includes("Oregon (OR)") && names.includes("Japan, east asia"), names.join("\n"));
});

it("types figures, scalars and enums", async () => {
  const answer = await client.request(Figures, { verdict: ["CONTRADICTS"] });
  // The dates of some surveys are not published.
  const survey = first(answer.surveys.filter(({ fieldedFrom, fieldedTo }) => fieldedFrom && fieldedTo));
  // `scalars` in the configuration maps Date to a string.
  const [from, to] = [survey.fieldedFrom ?? "", survey.fieldedTo ?? ""];
  assert.ok(new Date(from.concat("T00:00Z")) < new Date(to.concat("T00:00Z")));
  const lines = [
    answer.respondentAggregates.nodes,
    answer.publishedStatistics.nodes,
    answer.reconciliation.flatMap((identity) => identity.figures),
  ];
  for (const list of lines) assert.ok(list.length > 0 && list.every((row) => figure(row).length > 10));
  assert.ok(answer.reconciliation.every(({ verdict }) => verdict === "CONTRADICTS"));
});

it("types objects that are refetched by id", async () => {
  const { city } = await client.request(CityBySlug, { slug: "jp-nagoya" });
  const { node } = await client.request(Refetch, { id: city?.id ?? "" });
  assert.ok(node?.__typename === "City");
  assert.equal(community(node), "Nagoya, a city of Aichi Prefecture, Japan");
});

it("writes trusted documents, which a client can send by id", async () => {
  const strict = await Server.start(
    "--trusted-documents",
    join(import.meta.dirname, "generated/codegen"),
    "--only-trusted",
    "true",
  );
  try {
    const post = async (body: object) => {
      const response = await fetch(strict.endpoint, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return {
        status: response.status,
        ...((await response.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] }),
      };
    };
    const { __meta__ } = CityBySlug as unknown as { __meta__: { hash: string } };
    const variables = { slug: "jp-nagoya" };
    const named = await post({ documentId: __meta__.hash, variables });
    assert.deepEqual([named.status, named.data], [200, await client.request(CityBySlug, variables)]);
    const sent = await post({ query: "{ dataset { revision } }" });
    assert.deepEqual(
      [sent.status, sent.errors?.map(({ extensions }) => extensions.code)],
      [403, ["DOCUMENT_NOT_TRUSTED"]],
    );
    const unknown = await post({ documentId: __meta__.hash.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")) });
    assert.deepEqual(
      [unknown.status, unknown.errors?.map(({ extensions }) => extensions.code)],
      [404, ["DOCUMENT_NOT_FOUND"]],
    );
  } finally {
    await strict.stop();
  }
});
