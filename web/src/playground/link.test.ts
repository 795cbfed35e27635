import { expect, test } from "vitest";
import { formatFragment, parseLink, type SharedQuery } from "./link.ts";

const page = "http://localhost:8000/playground";
const shared = {
  query: 'query A { a(text: "神戸 & co # 1") }\nquery B { b }',
  variables: '{\n  "x": "+"\n}',
  operationName: "B",
};

test("a link round-trips through its URL", () => {
  const link = new URL(page + formatFragment(shared));
  expect(link.search).toBe("");
  expect(parseLink(link.href)).toEqual(shared);
});

test("links with the query in the query string are still read", () => {
  expect(parseLink(`${page}?${new URLSearchParams(shared)}`)).toEqual(shared);
  expect(parseLink(`${page}?${new URLSearchParams(shared)}#content`)).toEqual(shared);
});

test("a link without a query is the URL of the page", () => {
  expect(formatFragment({ query: " ", variables: "{}" })).toBe("");
  const none: SharedQuery = { query: null, variables: null, operationName: null };
  expect(parseLink(page)).toEqual(none);
  expect(parseLink(`${page}#content`)).toEqual(none);
});
