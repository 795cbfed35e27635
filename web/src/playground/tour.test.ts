import { buildSchema, parse, validate } from "graphql";
import { expect, test } from "vitest";
import sdl from "../../../schema.graphql?raw";
import { tour } from "./tour.ts";

const schema = buildSchema(sdl);

test.each(tour)("$title", ({ query, title, explanation, operationName, variables }) => {
  expect(title).not.toMatch(/^$|#/);
  expect(explanation).toMatch(/\.$/);
  expect(operationName).not.toBe("");
  expect(validate(schema, parse(query))).toEqual([]);
  expect(() => JSON.parse(variables || "{}") as unknown).not.toThrow();
});

test("the operation names of the examples are unique", () => {
  expect(new Set(tour.map(({ operationName }) => operationName)).size).toBe(tour.length);
  expect(tour.length).toBeGreaterThanOrEqual(8);
});
