import { expect, test } from "vitest";
import { parseLink } from "../playground/link.ts";
import { DatasetRevisionDocument } from "./generated.ts";
import { playgroundHref } from "./playground.ts";

test("the address carries the query and its variables", () => {
  const href = new URL(playgroundHref(DatasetRevisionDocument, { code: "OR" }), "http://localhost/below/data");
  expect(href.pathname).toBe("/below/playground");
  const { query, variables } = parseLink(href.href);
  expect(query).toContain("query DatasetRevision");
  expect(JSON.parse(variables ?? "")).toEqual({ code: "OR" });
});

test("the address has no variables parameter if there are no variables", () => {
  expect(playgroundHref(DatasetRevisionDocument, {})).not.toContain("variables=");
});
