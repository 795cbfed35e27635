import { beforeEach, expect, test, vi } from "vitest";

const query = { query: "{ regions { name } }", variables: null, operationName: null };
let stored: Record<string, string> = {};

beforeEach(() => {
  stored = {};
  vi.resetModules();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored[key] ?? null,
    setItem: (key: string, value: string) => {
      stored[key] = value;
    },
  });
});

test("queries are saved by name, and found in another visit", async () => {
  const { saveQuery, removeQuery } = await import("./saved.ts");
  saveQuery({ name: "b", ...query });
  saveQuery({ name: "a", ...query });
  saveQuery({ name: "b", ...query, query: "{ states { totalCount } }" });
  removeQuery("a");
  vi.resetModules();
  const { savedQueries } = await import("./saved.ts");
  expect(savedQueries()).toEqual([{ name: "b", ...query, query: "{ states { totalCount } }" }]);
});

test.each(["not JSON", '{ "a": 1 }', '[{ "name": 1 }]'])("what is stored wrong is ignored: %s", async (text) => {
  stored["playground:saved"] = text;
  const { savedQueries } = await import("./saved.ts");
  expect(savedQueries()).toEqual([]);
});

test("without storage they are kept until the page is closed", async () => {
  vi.stubGlobal("localStorage", undefined);
  const { savedQueries, saveQuery } = await import("./saved.ts");
  saveQuery({ name: "a", ...query });
  expect(savedQueries()).toHaveLength(1);
});
