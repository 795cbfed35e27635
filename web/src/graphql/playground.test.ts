import { expect, test } from "vitest";
import { DatasetRevisionDocument } from "./generated.ts";
import { playgroundHref } from "./playground.ts";

test("the address carries the query and its variables", () => {
  const href = new URL(playgroundHref(DatasetRevisionDocument, { code: "OR" }), "http://localhost");
  expect(href.pathname).toBe("/playground");
  expect(href.searchParams.get("query")).toContain("query DatasetRevision");
  expect(JSON.parse(href.searchParams.get("variables") ?? "")).toEqual({ code: "OR" });
});

test("the address has no variables parameter if there are no variables", () => {
  expect(playgroundHref(DatasetRevisionDocument, {})).not.toContain("variables=");
});
