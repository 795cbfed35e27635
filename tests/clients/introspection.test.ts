// What tools ask of a server before anything else.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
  type GraphQLSchema,
  type IntrospectionOptions,
  type IntrospectionQuery,
} from "graphql";
import { root, Server } from "./server.ts";

// With the limits that it has unless told otherwise.
const server = await Server.start();
after(() => server.stop());

const lines = (schema: GraphQLSchema) => printSchema(lexicographicSortSchema(schema)).split("\n");
const expected = lines(buildSchema(readFileSync(join(root, "schema.graphql"), "utf8")));

function same(schema: GraphQLSchema): void {
  const found = lines(schema);
  const at = expected.findIndex((line, n) => line !== found[n]);
  assert.equal(found[at], expected[at], `line ${at + 1}`);
  assert.equal(found.length, expected.length);
}

/** As these tools ask, from graphql-js, with the options that they set. */
const tools: Record<string, IntrospectionOptions> = {
  "Apollo Client, Relay and graphql-request": {},
  GraphiQL: { inputValueDeprecation: true, schemaDescription: true },
  "GraphQL Code Generator": {
    descriptions: true,
    directiveIsRepeatable: true,
    inputValueDeprecation: true,
    specifiedByUrl: true,
    schemaDescription: true,
  },
  everything: {
    descriptions: true,
    directiveIsRepeatable: true,
    inputValueDeprecation: true,
    oneOf: true,
    schemaDescription: true,
    specifiedByUrl: true,
  },
};

describe("introspection is admitted, and gives schema.graphql", () => {
  for (const [tool, options] of Object.entries(tools)) {
    for (const method of ["POST", "GET"]) {
      it(`by ${method} as ${tool} asks`, async () => {
        const body = { query: getIntrospectionQuery(options), operationName: "IntrospectionQuery" };
        const response = await (method === "GET"
          ? fetch(`${server.endpoint}?${new URLSearchParams(body)}`)
          : fetch(server.endpoint, {
              method,
              headers: { "content-type": "application/json" },
              body: JSON.stringify(body),
            }));
        assert.equal(response.status, 200);
        const { data, errors } = (await response.json()) as { data: IntrospectionQuery; errors?: unknown };
        assert.equal(errors, undefined);
        same(buildClientSchema(data));
      });
    }
  }

  it("also at /schema.graphql", async () => {
    const response = await fetch(`${server.origin}/schema.graphql`);
    same(buildSchema(await response.text()));
  });
});
