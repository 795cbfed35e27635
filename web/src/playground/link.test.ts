import { expect, test } from "vitest";
import { buildLink, parseLink } from "./link.ts";

test("a link round-trips through its URL", () => {
  const shared = {
    query: 'query A { a(text: "神戸 & co") }\nquery B { b }',
    variables: '{\n  "x": "+"\n}',
    operationName: "B",
  };
  expect(parseLink(buildLink("http://localhost:8000", shared))).toEqual(shared);
});

test("a link without a query is the URL of the page", () => {
  expect(buildLink("http://localhost:8000", { query: " ", variables: null })).toBe("http://localhost:8000/playground");
  expect(parseLink("http://localhost:8000/playground")).toEqual({
    query: null,
    variables: null,
    operationName: null,
  });
});
