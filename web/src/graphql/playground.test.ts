import { buildSchema, parse, validate } from "graphql";
import { expect, test } from "vitest";
import sdl from "../../../schema.graphql?raw";
import { parseLink } from "../playground/link.ts";
import * as generated from "./generated.ts";
import { DatasetRevisionDocument, MatchesDocument } from "./generated.ts";
import { playgroundHref } from "./playground.ts";

const schema = buildSchema(sdl);
const shorter = import.meta.glob<string>("../playground/queries/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});

test("the address carries the query and its variables", () => {
  const href = new URL(playgroundHref(DatasetRevisionDocument, {}), "http://localhost/below/data");
  expect(href.pathname).toBe("/below/playground");
  expect(parseLink(href.href).query).toContain("query DatasetRevision");
});

test("a long query is replaced by a shorter one, and variables that this does not use are left out", () => {
  const variables = { for: "us-ks-topeka", equityWeight: 0, includeBarred: false, first: 3 };
  const href = playgroundHref(MatchesDocument, { ...variables, candidates: "PARTNER_COMMUNITY" });
  const linked = parseLink(`http://localhost/${href}`);
  expect(linked.query?.split("\n").length).toBeLessThan(14);
  expect(JSON.parse(linked.variables ?? "")).toEqual(variables);
});

test("the address has no variables parameter if there are no variables", () => {
  expect(playgroundHref(DatasetRevisionDocument, {})).not.toContain("variables=");
});

test.each(Object.entries(shorter))("%s is valid, short, and named after the query that it replaces", (path, query) => {
  expect(validate(schema, parse(query))).toEqual([]);
  expect(query.trim().split("\n").length).toBeLessThanOrEqual(14);
  const name = /(\w+)\.graphql$/.exec(path)?.[1] ?? "";
  expect(query).toMatch(new RegExp(`^query ${name}\\b`));
  expect(generated).toHaveProperty(`${name}Document`);
});
