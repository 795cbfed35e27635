import type { Page } from "playwright-core";
import { expect, inject, test } from "vitest";
import { toPartnershipFilter } from "../../src/filters/partnerships.ts";
import { atlasWithCharts, open, pages, queryApi, useBrowser } from "./browser.ts";
import { type Collected, collectCounts } from "./counts.ts";

useBrowser();

const panel = (page: Page) => page.locator("article.panel .total b").waitFor();

/** Further views of the pages that show other numbers. */
const views: typeof pages = [
  { name: "filtered", path: "/?country=JP", ready: atlasWithCharts },
  { name: "state", path: "/?state=OR", ready: atlasWithCharts },
  { name: "several", path: "/?level=STATE&decade=1980&list=1", ready: atlasWithCharts },
  { name: "change", path: "/?shade=change&change=1990&decade=1980", ready: atlasWithCharts },
  { name: "country-panel", path: "/?select=country:PH", ready: panel },
  { name: "city-panel", path: "/?country=JP&select=city:us-or-portland", ready: panel },
  {
    name: "search",
    path: "/",
    async ready(page) {
      await page.getByRole("combobox").first().fill("oregon");
      await page.locator("#search-results li").first().waitFor();
    },
  },
  {
    name: "compare-countries",
    path: "/compare?a=country:JP&b=country:CN",
    ready: (page) => page.getByTestId("partners").first().waitFor(),
  },
  {
    name: "plan-by-country",
    path: "/planner?by=COUNTRY",
    ready: (page) => page.getByTestId("plan-pairs").locator("li").first().waitFor(),
  },
  {
    name: "all",
    path: "/partnerships",
    ready: (page) => page.getByTestId("facet-status").locator(".count").first().waitFor(),
  },
  {
    name: "status",
    path: "/partnerships?status=ENDED,DORMANT",
    ready: (page) => page.locator("tbody tr").first().waitFor(),
  },
];

/** The pages that the server renders: all states and countries, and every n-th of the others. */
async function renderedPaths(): Promise<string[]> {
  const data = await queryApi<Record<string, { nodes: { code: string; slug: string }[] }>>(`{
    states(first: 100) { nodes { code } }
    countries(first: 100, filter: { or: [{ isPartner: true }, { isPartner: false }] }) { nodes { code } }
    cities(first: 2000) { nodes { slug } }
    provinces: search(text: "prefecture", types: [PROVINCE], first: 5) { nodes { ... on Province { slug } } }
    partnerships(first: 2000) { nodes { slug } }
    statistics: publishedStatistics(first: 200) { nodes { slug } }
  }`);
  const paths = (list: string, kind: string, step: number) =>
    (data[list]?.nodes ?? [])
      .filter((_, index) => index % step === 0)
      .map(({ code, slug }) => `/${kind}/${code ?? slug}`);
  return [
    ...paths("states", "state", 1),
    ...paths("countries", "country", 1),
    ...paths("cities", "place", 97),
    ...paths("provinces", "place", 1),
    ...paths("partnerships", "partnership", 197),
    ...paths("statistics", "figure", 13),
    "/place/us-ks-topeka",
    "/identity/i01",
    "/search?q=oregon",
    "/search?q=united+states",
    "/q",
    ...["regions", "countries", "decades", "concentration", "awareness", "gap-overall"].map((id) => `/chart/${id}`),
  ];
}

test("no number has two values, on any page or in the API", { timeout: 300_000 }, async () => {
  const collected = new Map<string, Collected>();
  for (const { name, path, ready } of [...pages, ...views]) {
    const page = await open(path);
    await ready(page);
    for (const button of await page.locator("figure.chart").getByRole("button", { name: "Table", exact: true }).all())
      await button.click();
    collected.set(`${name}: ${path}`, await page.evaluate(collectCounts, ""));
  }
  const page = await open("/data");
  for (const path of await renderedPaths()) {
    const html = await (await fetch(inject("origin") + path, { headers: { accept: "text/html" } })).text();
    collected.set(path, await page.evaluate(collectCounts, html));
  }

  const values = new Map<string, Map<number, string>>();
  const unmarked: string[] = [];
  for (const [name, { counts, others }] of collected) {
    unmarked.push(...others.map((text) => `${name}: ${text}`));
    for (const { of, value } of counts) {
      const label = canonical(of);
      const found = values.get(label) ?? new Map<number, string>();
      values.set(label, found.set(value, found.get(value) ?? name));
    }
  }
  expect.soft(unmarked, "numbers of partnerships without data-count").toEqual([]);
  const several = [...values].filter(([, found]) => found.size > 1);
  expect.soft(Object.fromEntries(several), "labels with more than one value").toEqual({});

  const labels = [...values.keys()].filter((label) => /^(partnerships|countries|states)\b/.test(label));
  expect(labels.length).toBeGreaterThan(1000);
  const differing: string[] = [];
  for (let start = 0; start < labels.length; start += 40) {
    const batch = labels.slice(start, start + 40);
    const totals = await totalCounts(batch);
    for (const label of batch) {
      const [shown] = values.get(label)?.keys() ?? [];
      if (shown !== totals.get(label))
        differing.push(
          `${label}: ${shown} on ${values.get(label)?.get(shown ?? NaN)}, ${totals.get(label)} in the API`,
        );
    }
  }
  expect(differing).toEqual([]);
});

/** Returns a label with its filters in alphabetical order. */
function canonical(label: string): string {
  const [table = "", query = ""] = label.split("?");
  const filters = [...new Set([...new URLSearchParams(query)].map(([name, value]) => `${name}=${value}`))];
  return filters.length === 0 ? table : `${table}?${filters.sort().join("&")}`;
}

interface Total {
  totalCount: number;
  groups?: unknown[];
  nodes?: { us: { location: unknown }; partner: { location: unknown } }[];
}

/** Returns what the API counts for each label. */
async function totalCounts(labels: string[]): Promise<Map<string, number | undefined>> {
  const parts = labels.map((label, index) => {
    const [table, query] = label.split("?");
    const filters = [...new URLSearchParams(query)];
    const place = filters.find(([name]) => name === "place")?.[1];
    const unlocated = filters.some(([name]) => name === "located");
    const located = "location { latitude }";
    const fields = [
      "totalCount",
      ...(table === "partnerships" ? [] : [`groups(by: ${table === "countries" ? "COUNTRY" : "STATE"}) { count }`]),
      ...(unlocated ? [`nodes { us { ${located} } partner { ${located} } }`] : []),
    ];
    const list = (variable: string) =>
      `partnerships(filter: $${variable}${unlocated ? ", first: 2000" : ""}) { ${fields.join(" ")} }`;
    const variable = `f${index}`;
    return {
      label,
      variable,
      filter: { and: filters.flatMap(([name, value]) => conditionOf(name, value)) },
      unlocated,
      grouped: table !== "partnerships",
      text: place
        ? `c${index}: city(slug: "${place}") { ${list(variable)} } p${index}: province(slug: "${place}") { ${list(variable)} }`
        : `a${index}: ${list(variable)}`,
    };
  });
  const data = await queryApi<Record<string, Total | { partnerships: Total } | null>>(
    `query Totals(${parts.map(({ variable }) => `$${variable}: PartnershipFilter`).join(", ")}) { ${parts.map(({ text }) => text).join("\n")} }`,
    Object.fromEntries(parts.map(({ variable, filter }) => [variable, filter])),
  );
  return new Map(
    parts.map(({ label, unlocated, grouped }, index) => {
      const found = data[`a${index}`] ?? data[`c${index}`] ?? data[`p${index}`];
      const total = found && "partnerships" in found ? found.partnerships : found;
      if (unlocated)
        return [label, total?.nodes?.filter(({ us, partner }) => !us.location || !partner.location).length];
      return [label, grouped ? total?.groups?.length : total?.totalCount];
    }),
  );
}

/** Returns the condition of the API for a filter of a label. */
function conditionOf(name: string, value: string): object[] {
  switch (name) {
    case "place":
    case "located":
      return [];
    case "corroborated":
      return [{ corroborated: true }];
    case "dated":
      return [{ establishedYear: { isNull: false } }];
    case "noted":
      return [{ hasNotes: true }];
    default: {
      const filter = toPartnershipFilter({ [name]: value.split(",") });
      expect(filter, `the filter ${name}=${value}`).toBeDefined();
      return [filter ?? {}];
    }
  }
}
