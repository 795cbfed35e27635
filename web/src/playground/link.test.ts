import { expect, test } from "vitest";
import { fromAddress, toAddress } from "./link.ts";

test("an address gives back what it was made of", () => {
  const shared = {
    query: 'query A { a(text: "神戸 & co") }\nquery B { b }',
    variables: '{\n  "x": "+"\n}',
    operationName: "B",
  };
  expect(fromAddress(toAddress("http://localhost:8000", shared))).toEqual(shared);
});

test("an address without a query is that of the page", () => {
  expect(toAddress("http://localhost:8000", { query: " ", variables: null })).toBe("http://localhost:8000/playground");
  expect(fromAddress("http://localhost:8000/playground")).toEqual({
    query: null,
    variables: null,
    operationName: null,
  });
});
