import { expect, test } from "vitest";
import { columnsOf, labelText, listsOf, locationsOf, toTabSeparated } from "./rows.ts";

const partnerships = {
  totalCount: 2,
  nodes: [
    { us: { name: "Portland", location: { latitude: 45.5, longitude: -122.7 } }, year: 1959, state: null, tags: ["a"] },
    {
      us: { name: "Salem", location: { latitude: null, longitude: null } },
      year: null,
      state: { code: "OR" },
      tags: [],
    },
  ],
};

test("lists are named like those of the server", () => {
  expect(listsOf({ state: { partnerships } }).map(({ path }) => path)).toEqual(["state.partnerships"]);
  expect(listsOf({ a: { nodes: [], edges: [] }, regions: [{ states: [] }] }).map(({ path }) => path)).toEqual([
    "a.nodes",
    "a.edges",
    "regions",
  ]);
  expect(listsOf({ nodes: [] }).map(({ path }) => path)).toEqual(["nodes"]);
  expect(listsOf(null)).toEqual([]);
  expect(listsOf({ state: null })).toEqual([]);
});

test("columns are the leaves of the rows, whichever rows have them", () => {
  const columns = columnsOf({ path: "partnerships", items: partnerships.nodes });
  expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    "us.name text",
    "us.location.latitude number",
    "us.location.longitude number",
    "year number",
    "tags other",
    "state.code text",
  ]);
  expect(columns.find(({ name }) => name === "state.code")?.values).toEqual([undefined, "OR"]);
});

test("the node of an edge is left out of the names, and values have the name of their list", () => {
  expect(columnsOf({ path: "search", items: [{ score: 1, node: { name: "Kobe" } }] }).map(({ name }) => name)).toEqual([
    "score",
    "name",
  ]);
  expect(columnsOf({ path: "city.commonNames", items: ["Kobe"] })).toEqual([
    { name: "commonNames", values: ["Kobe"], type: "text" },
  ]);
});

test("locations are pairs of coordinates", () => {
  const columns = columnsOf({ path: "partnerships", items: partnerships.nodes });
  expect(locationsOf(columns)).toEqual([{ name: "us.location", points: [[-122.7, 45.5], null] }]);
});

test("the label of a group is that of its key", () => {
  expect(
    labelText([
      { value: "OR", label: "Oregon" },
      { value: "JP", label: "Japan" },
    ]),
  ).toBe("Oregon, Japan");
  expect(labelText(["a", 1])).toBe("a, 1");
  expect(labelText(null)).toBe("");
});

test("tab-separated text has one line for each row", () => {
  const columns = columnsOf({ path: "notes", items: [{ text: "a\tb\nc", n: 1, list: [1] }] });
  expect(toTabSeparated(columns)).toBe("text\tn\tlist\na b c\t1\t[1]");
});
