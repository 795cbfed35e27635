// The introspection queries of common tools.

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

// With the default limits.
const server = await Server.start();
after(() => server.stop());

const lines = (schema: GraphQLSchema) => printSchema(lexicographicSortSchema(schema)).split("\n");
const expected = lines(buildSchema(readFileSync(join(root, "schema.graphql"), "utf8")));

function assertSame(schema: GraphQLSchema): void {
  const actual = lines(schema);
  const index = expected.findIndex((line, n) => line !== actual[n]);
  assert.equal(actual[index], expected[index], `line ${index + 1}`);
  assert.equal(actual.length, expected.length);
}

/** The options of graphql-js with which these tools build their introspection query. */
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

describe("introspection is allowed and returns schema.graphql", () => {
  for (const [tool, options] of Object.entries(tools)) {
    for (const method of ["POST", "GET"]) {
      it(`over ${method} with the query of ${tool}`, async () => {
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
        assertSame(buildClientSchema(data));
      });
    }
  }

  it("the same schema is at /schema.graphql", async () => {
    const response = await fetch(`${server.origin}/schema.graphql`);
    assertSame(buildSchema(await response.text()));
  });
});
