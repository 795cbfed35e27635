import { buildSchema, coerceInputValue, type GraphQLInputType, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import sdl from "../../../schema.graphql?raw";
import { cellLink, cellText } from "./cell.ts";
import { fileAddress, programs } from "../graphql/code.ts";
import { type TableConfig, TABLES } from "./config.ts";
import { countsDocument, readCounts, tableDocument } from "./document.ts";
import { countVariables, formatTable, pageVariables, parseTable, rowVariables } from "./view.ts";

const schema = buildSchema(sdl);
const places = { states: [{ code: "OR", name: "Oregon" }], countries: [{ code: "JP", name: "Japan" }] };
const table = TABLES["partnerships"] as TableConfig;
const filters = table.filters(places);

describe.each(Object.entries(TABLES))("the configuration of %s", (_, config) => {
  const names = config.columns.map(({ name }) => name);

  test("gives queries that fit the schema", () => {
    const documents = [
      tableDocument(config, names, { fields: config.locations }),
      tableDocument(config, names, { pages: true }),
      ...(config.counted.length > 0 ? [countsDocument(config)] : []),
    ];
    for (const document of documents) expect(validate(schema, parse(document)), document).toEqual([]);
  });

  test("gives filters and orders that fit the schema", () => {
    const all = Object.fromEntries(
      config.filters(places).map(({ parameter, choices }) => [parameter, choices.map(({ value }) => value)]),
    );
    const accept = (value: unknown, type: string | undefined) => {
      expect(type).toBeDefined();
      coerceInputValue(value, schema.getType(type ?? "") as GraphQLInputType, (_path, _value, error) => {
        throw error;
      });
    };
    const filter = config.toFilter(all, "new york");
    if (filter) accept(filter, config.filterType);
    for (const { order } of config.columns) if (order) accept({ field: order, direction: "DESC" }, config.orderType);
  });

  test("names its columns once, and shows some that exist", () => {
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(config.shown));
    expect(parseTable("", config, config.filters(places)).problems).toEqual([]);
  });
});

test("the address records the whole view", () => {
  const search = "?state=OR&country=JP&q=new+port&sort=-founded&columns=us,founded&after=abc";
  const { view, problems } = parseTable(search, table, filters);
  expect(problems).toEqual([]);
  expect(formatTable(view, table, filters)).toBe(search);
  expect(pageVariables(view, table)).toEqual({
    filter: {
      state: { code: { eq: "OR" } },
      country: { code: { eq: "JP" } },
      and: ["new", "port"].map((word) => ({
        or: ["us", "partner", "state", "country"].map((field) => ({ [field]: { name: { contains: word } } })),
      })),
    },
    orderBy: [{ field: "ESTABLISHED_YEAR", direction: "DESC" }],
    first: 50,
    after: "abc",
  });
});

test("defaults are not in the address", () => {
  const { view } = parseTable("", table, filters);
  expect(formatTable(view, table, filters)).toBe("");
  expect(pageVariables(view, table)).toEqual({ first: 50 });
  expect(pageVariables({ ...view, cursor: { side: "before", value: "x" } }, table)).toEqual({ last: 50, before: "x" });
});

test("what an address says wrong is reported, and the rest is used", () => {
  const { view, problems } = parseTable(
    "?stat=OR&sort=regions&columns=US,color&after=a&before=b&utm_medium=x",
    table,
    filters,
  );
  expect(problems).toEqual([
    "The address has the parameter “stat”, which this page does not use. Did you mean “state”?",
    "The table cannot be sorted by “regions”. It can be sorted by us, state, region, partner, country, level, founded, date, status, ended, corroboration, distance, us-population, partner-population, slug. Put “-” before the name for descending order.",
    expect.stringContaining("The table has no column “color”. Its columns are us, state, region,"),
    "The address has both “after” and “before”. The first one is used.",
  ]);
  expect(view).toMatchObject({ sort: null, columns: ["us"], cursor: { side: "after", value: "a" } });
});

test("each filter is counted without itself", () => {
  const { view } = parseTable("?state=OR&country=JP", table, filters);
  const variables = countVariables(view, table);
  expect(variables["state"]).toEqual({ country: { code: { eq: "JP" } } });
  expect(variables["country"]).toEqual({ state: { code: { eq: "OR" } } });
  expect(variables["level"]).toEqual({ ...variables["state"], ...variables["country"] });
});

test.each(Object.entries(TABLES))("the query of %s has about twelve lines", (_, config) => {
  expect(tableDocument(config, config.shown).split("\n").length).toBeLessThanOrEqual(14);
});

test("the query has the fields in the order of the columns", () => {
  expect(tableDocument(table, ["us", "state", "founded", "level"])).toBe(
    [
      "query Partnerships($filter: PartnershipFilter, $orderBy: [PartnershipOrder!], $first: Int) {",
      "  partnerships(filter: $filter, orderBy: $orderBy, first: $first) {",
      "    totalCount",
      "    nodes {",
      "      slug",
      "      us { name slug }",
      "      state { name code }",
      "      level establishedYear",
      "    }",
      "  }",
      "}",
    ].join("\n"),
  );
});

test("cells have labels, numbers, and links", () => {
  const row = {
    slug: "a--b",
    level: "CITY",
    establishedYear: 1985,
    distanceKm: 7654.4,
    us: { name: "A", slug: "us-a" },
    state: null,
  };
  const [us, state, level, founded, distance] = ["us", "state", "level", "founded", "distance"].map(
    (name) => table.columns.find((column) => column.name === name) ?? { name, label: "", fields: [] },
  );
  if (!us || !state || !level || !founded || !distance) throw new Error("no columns");
  expect([us, state, level, founded, distance].map((column) => cellText(row, column))).toEqual([
    "A",
    "",
    "City",
    "1985",
    "4,756 miles (7,654 km)",
  ]);
  expect(cellText({ ...row, establishedYear: null }, founded)).toBe("unknown");
  expect([us, state, level].map((column) => cellLink(row, column))).toEqual(["place/us-a", null, null]);
});

test("counts are read from each kind of query, without values that have no rows", () => {
  const figures = TABLES["published-figures"] as TableConfig;
  const each = figures.counted.flatMap(({ parameter, by }) =>
    "each" in by ? by.each.map((value) => [`${parameter}_${value}`, { totalCount: value === "SHARE" ? 3 : 0 }]) : [],
  );
  const within = (code: string) => ({ nodes: [{ code, publishedStatistics: { totalCount: 2 } }] });
  const counts = readCounts(figures, { ...Object.fromEntries(each), state: within("OR"), country: within("JP") });
  expect(counts["measure"]).toEqual(new Map([["SHARE", 3]]));
  expect(counts["state"]).toEqual(new Map([["OR", 2]]));

  const groups = [
    { count: 4, key: [{ value: "1980" }] },
    { count: 1, key: [{ value: null }] },
  ];
  const data = Object.fromEntries(table.counted.map(({ parameter }) => [parameter, { groups }]));
  expect(readCounts(table, data)["decade"]).toEqual(
    new Map([
      ["1980", 4],
      ["unknown", 1],
    ]),
  );
});

describe("programs", () => {
  const { view } = parseTable("?q=o'fallon", table, filters);
  const query = { document: tableDocument(table, view.columns), variables: rowVariables(view, table) };
  const endpoint = "http://127.0.0.1:8000/graphql";

  test("the address of a file carries the query", () => {
    const address = fileAddress(query, "parquet", endpoint);
    const { searchParams } = new URL(address);
    expect(address).not.toContain("'");
    expect(searchParams.get("query")).toBe(query.document);
    expect(JSON.parse(searchParams.get("variables") ?? "")).toEqual(query.variables);
    expect(searchParams.get("format")).toBe("parquet");
  });

  test("shells and JavaScript read the query and its variables unchanged", () => {
    const { cURL = "", JavaScript = "" } = programs(query, endpoint);
    // A shell ends the string at each apostrophe, and continues it after one that is escaped.
    const words = cURL
      .split("--data-urlencode ")
      .map((word) => word.replace(/^'|'(\s\\\n\s+)?$/g, "").replaceAll("'\\''", "'"));
    expect(words.slice(1)).toEqual([`variables=${JSON.stringify(query.variables)}`, `query=${query.document}`]);
    const beginning = JavaScript.split("const response")[0] ?? "";
    expect(new Function(`${beginning}return { document: query, variables };`)()).toEqual(query);
  });
});
