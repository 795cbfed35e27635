import { expect, test } from "vitest";
import { formatFragment, isSubscription, parseLink, type SharedQuery } from "./link.ts";

const page = "http://localhost:8000/playground";
const shared = {
  query: 'query A { a(text: "神戸 & co # 1") }\nquery B { b }',
  variables: '{\n  "x": "+"\n}',
  operationName: "B",
  name: "Mine & yours",
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
  const none: SharedQuery = { query: null, variables: null, operationName: null, name: null };
  expect(parseLink(page)).toEqual(none);
  expect(parseLink(`${page}#content`)).toEqual(none);
});

test("whether the operation is a subscription", () => {
  const query = "# subscription\nquery A { a }\nsubscription B { b }";
  expect(isSubscription({ query, operationName: "A" })).toBe(false);
  expect(isSubscription({ query, operationName: "B" })).toBe(true);
  expect(isSubscription({ query: "subscription { b }" })).toBe(true);
  expect(isSubscription({ query: "{ subscription }" })).toBe(false);
});
