import { expect, test } from "vitest";
import { bibtex, citation } from "./citation.ts";
import { matching } from "./matching.ts";

const data = { revision: "12f4b301", loadedAt: "2026-01-01T00:30:00.000Z", partnerships: 1252 };

test("a citation names the data", () => {
  expect(citation(data, "http://localhost:8000")).toBe(
    "Sistergraph: sister partnerships between the United States and Asia and the Pacific (2026). Data set of 1,252 partnerships, revision 12f4b301, loaded 1 January 2026. http://localhost:8000/",
  );
  expect(bibtex(data, "http://localhost:8000")).toContain("revision 12f4b301");
});

test("sources are found by words in any order, without accents", () => {
  const sources = [
    { title: "Sister cities of Ōsaka", publisher: "City", independent: true },
    { title: "A list", publisher: null, independent: false },
  ];
  expect(matching(sources, "city OSAKA")).toEqual([sources[0]]);
  expect(matching(sources, " ")).toEqual(sources);
  expect(matching(sources, "true")).toEqual([]);
});
