import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, inject, test } from "vitest";
import { formatFragment, parseLink } from "../../src/playground/link.ts";
import { tour } from "../../src/playground/tour.ts";
import { open, playgroundAnswer, playgroundEditor, queryApi, useBrowser } from "./browser.ts";

useBrowser();

/** The answer before the editor is loaded. */
const json = (page: Page) => page.getByTestId("json");
/** The answer in the editor. */
const response = (page: Page) => page.locator(".graphiql-response");
/** The answer as JSON, whether the editor is loaded or not. */
const answer = (page: Page) => page.locator("[data-testid=json], .graphiql-response .view-lines");
/** The text of an editor; Monaco renders spaces as no-break spaces. */
const textOf = async (page: Page, selector: string) =>
  (await page.locator(selector).innerText()).replaceAll("\u00a0", " ");
const show = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

/** Opens the playground with the editor. */
async function openEditor(): Promise<Page> {
  const page = await open("/playground");
  await playgroundEditor(page);
  return page;
}

/** Replaces the text of the editor by pasting; typing would trigger auto-closing brackets. */
async function replaceQuery(page: Page, text: string): Promise<void> {
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await page.locator(".graphiql-query-editor .monaco-editor").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Control+V");
  // Monaco pastes asynchronously; pressing a key before that would run the old text.
  await expect.poll(() => textOf(page, ".graphiql-query-editor .view-lines")).toBe(text);
}

test("examples, a query and its answer are there before the editor is loaded", async () => {
  const page = await open("/playground");
  await playgroundAnswer(page);
  expect(await page.getByRole("textbox", { name: "Query" }).inputValue()).toBe(tour[0]?.query);
  expect(await page.locator(".tour li").count()).toBe(tour.length);
  expect(tour.length).toBeGreaterThanOrEqual(8);
  await page.waitForLoadState("networkidle");
  const editorFiles = () =>
    page.evaluate(
      () => performance.getEntriesByType("resource").filter(({ name }) => /monaco|Editor/.test(name)).length,
    );
  expect(await editorFiles()).toBe(0);
  await page.mouse.move(300, 300);
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  expect(await editorFiles()).toBeGreaterThan(0);
  const shift = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          resolve(list.getEntries().reduce((sum, entry) => sum + (entry as unknown as { value: number }).value, 0));
        }).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(0), 500);
      }),
  );
  expect(shift, "layout shift").toBeLessThan(0.1);
});

test("a query can be edited and run before the editor is loaded, and the editor continues there", async () => {
  const page = await open("/playground");
  await playgroundAnswer(page);
  const query = page.getByRole("textbox", { name: "Query" });
  await query.fill('{ state(code: "WA") { capital { name } } }');
  await query.press("Control+Enter");
  await answer(page).getByText('"Olympia"').first().waitFor();
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  expect(await textOf(page, ".graphiql-query-editor .view-lines")).toBe('{ state(code: "WA") { capital { name } } }');
  await response(page).getByText('"Olympia"').waitFor();
  expect(parseLink(page.url()).query).toContain('"WA"');
});

test("choosing an example runs it, without and with the editor", async () => {
  const page = await open("/playground");
  await page.getByRole("link", { name: /A long list, page by page/ }).focus();
  await page.keyboard.press("Enter");
  await answer(page).getByText("endCursor").first().waitFor();
  expect(JSON.parse(parseLink(page.url()).variables ?? "")).toMatchObject({ regions: ["WEST"] });
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  await page.getByRole("link", { name: /When were partnerships founded/ }).click();
  const { partnerships } = await queryApi<{ partnerships: { totalCount: number } }>("{ partnerships { totalCount } }");
  await response(page).getByText(String(partnerships.totalCount)).first().waitFor();
  await response(page).getByText('"1950s"').waitFor();
  expect(parseLink(page.url()).query).toContain("query Decades");
  await page.getByRole("link", { name: /A long list, page by page/ }).click();
  await response(page).getByText("endCursor").waitFor();
  expect(JSON.parse(parseLink(page.url()).variables ?? "")).toMatchObject({ regions: ["WEST"] });
});

test("a subscription waits for changes until it is stopped", async () => {
  const page = await openEditor();
  await page.getByRole("link", { name: /Get notified when the data changes/ }).click();
  const stop = page.getByRole("button", { name: /^Stop query/ });
  await stop.waitFor();
  await page.getByText("Waiting for changes").waitFor();
  expect(await textOf(page, ".graphiql-response")).not.toContain("errors");
  await stop.click();
  await page.getByText("Waiting for changes").waitFor({ state: "detached" });
  await show(page, "Code");
  await page.getByTestId("code").getByText("text/event-stream").waitFor();
});

test("an answer as a table, a chart, a map, and code, or the reason why not", async () => {
  const page = await open("/playground");
  await page.getByRole("link", { name: /When were partnerships founded/ }).click();
  await answer(page).getByText('"1950s"').first().waitFor();
  const { partnerships } = await queryApi<{ partnerships: { groups: { key: { label: string }[]; count: number }[] } }>(
    "{ partnerships { groups(by: DECADE, orderBy: KEY_ASC) { key { label } count } } }",
  );
  await show(page, "Table");
  expect(await page.locator(".answer th").allTextContents()).toEqual(["key", "count", "share"]);
  expect(await page.locator(".answer td:nth-child(2)").allTextContents()).toEqual(
    partnerships.groups.map(({ count }) => String(count)),
  );
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  await page.getByText("Copied", { exact: true }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split("\n")).toHaveLength(partnerships.groups.length + 1);
  await show(page, "Chart");
  await page.getByRole("img", { name: "count by key" }).getByText("1950s").waitFor();
  await show(page, "Map");
  await page.locator(".answer").getByText("The rows have no location").waitFor();
  await show(page, "Code");
  for (const [language, text] of [
    ["cURL", "curl -G 'http"],
    ["JavaScript", "await fetch("],
    ["Python", "pandas.read_csv"],
    ["R", "read.csv"],
  ] as const) {
    await show(page, language);
    await page.getByTestId("code").getByText(text).waitFor();
  }

  await page.getByRole("link", { name: /Cities near San Francisco/ }).click();
  await page.locator(".answer-facts").getByText("Cost").waitFor();
  await show(page, "Chart");
  const chart = page.getByRole("img", { name: "population by name" });
  await chart.waitFor();
  await page.getByRole("combobox", { name: "Number" }).selectOption("partnerships.totalCount");
  await page
    .getByRole("img", { name: "partnerships.totalCount by name" })
    .getByText("San Francisco", { exact: true })
    .waitFor();

  await page.getByRole("link", { name: /Everything a map needs/ }).click();
  await show(page, "Table");
  await page.getByRole("columnheader", { name: "us › name", exact: true }).waitFor();
  await show(page, "Chart");
  await page.getByRole("img", { name: "establishedYear by us.name" }).waitFor();
  const first = await queryApi<{ partnerships: { nodes: { establishedYear: number | null }[] } }>(
    "{ partnerships(first: 50) { nodes { establishedYear } } }",
  );
  const undated = first.partnerships.nodes.filter(({ establishedYear }) => establishedYear === null).length;
  await page.getByText(`${undated} rows without a value of establishedYear are not shown.`).waitFor();
  await show(page, "Map");
  await page.getByRole("img", { name: /^Map of [\d,]+ rows$/ }).waitFor();
  // Each line is in one piece, and the map shows all of it.
  const lines = await page.locator(".answer path.arc").evaluateAll((arcs) => {
    const { x, y, width, height } = (arcs[0] as SVGPathElement).ownerSVGElement?.viewBox.baseVal ?? new DOMRect();
    return (arcs as SVGPathElement[]).map((arc) => {
      const box = arc.getBBox();
      const isInside = box.x >= x && box.y >= y && box.x + box.width <= x + width && box.y + box.height <= y + height;
      return isInside && arc.getAttribute("d")?.match(/M/g)?.length === 1;
    });
  });
  expect(lines.length).toBeGreaterThan(1000);
  expect(lines).not.toContain(false);

  await page.getByRole("link", { name: /How do recorded and published counts compare/ }).click();
  await page.getByRole("combobox", { name: "Rows of" }).selectOption("byRegion");
  await show(page, "Table");
  await page
    .locator(".answer caption")
    .getByText(/^\d rows$/)
    .waitFor();
});

test("an answer can be downloaded in every format, with its size, cost, and revision", async () => {
  const page = await open("/playground");
  await page.getByRole("link", { name: /Everything a map needs/ }).focus();
  await page.keyboard.press("Enter");
  await answer(page).getByText("hasNextPage").first().waitFor();
  const { dataset, limits } = await queryApi<{ dataset: { revision: string }; limits: { maxComplexity: number } }>(
    "{ dataset { revision } limits { maxComplexity } }",
  );
  const facts = await page.locator(".answer-facts").innerText();
  expect(facts).toContain(dataset.revision.slice(0, 12));
  expect(facts).toContain(`of ${limits.maxComplexity.toLocaleString("en-US")}`);
  for (const [name, start] of [
    ["CSV", "\uFEFFslug,"],
    ["XLSX", "PK"],
    ["NDJSON", '{"slug":'],
    ["JSON", '{"data":'],
    ["GeoJSON", '{"type":"FeatureCollection"'],
    ["Parquet", "PAR1"],
  ] as const) {
    await page.getByText("Download", { exact: true }).click();
    const format = page.locator(".menu[open]").getByRole("button", { name, exact: true });
    const [file] = await Promise.all([page.waitForEvent("download"), format.click()]);
    expect(file.suggestedFilename()).toMatch(/^(MapData|answer)\.[a-z]+$/);
    const text = await readFile(await file.path(), "utf8");
    expect(text.replace(/": /g, '":').slice(0, start.length), name).toBe(start);
  }
});

test("named queries are kept in the browser, and shared by link", async () => {
  const page = await open(`/playground${formatFragment({ query: "query Named { regions { name } }" })}`);
  await json(page).getByText("MIDWEST").waitFor();
  await page.getByText("Your queries", { exact: true }).click();
  const name = page.getByLabel("Name of this query");
  expect(await name.inputValue()).toBe("Named");
  await name.fill("The four regions");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("link", { name: "The four regions" }).waitFor();
  await page.getByText("Your queries", { exact: true }).click();
  await page.getByRole("button", { name: "Copy link" }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(parseLink(link).name).toBe("The four regions");

  await page.goto("/playground");
  await page.getByText("Your queries", { exact: true }).click();
  await page.getByRole("link", { name: "The four regions" }).click();
  await answer(page).getByText("MIDWEST").first().waitFor();
  await page.getByText("Your queries", { exact: true }).click();
  await page.getByRole("button", { name: "Remove The four regions" }).click();
  await page.getByRole("link", { name: "The four regions" }).waitFor({ state: "detached" });
});

const shared = {
  query: "query A { regions { name } }\nquery B($code: String!) { state(code: $code) { name } }",
  variables: '{ "code": "OR" }',
  operationName: "B",
};

test.each([
  ["a link", formatFragment(shared)],
  ["a link of an earlier version, which has a query string,", `?${new URLSearchParams(shared)}&utm_source=news`],
])("%s carries the query, variables and operation name, and a button copies it", async (_, link) => {
  const page = await open(`/playground${link}`);
  await json(page).getByText('"Oregon"').waitFor();
  await page.getByRole("button", { name: "Copy link" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(`${inject("origin")}/playground${formatFragment(shared)}`);
  expect(page.url()).toBe(copied);
  await response(page).getByText('"Oregon"').waitFor();
  await page.waitForURL(copied);
});

test("a link opens over another one, and skipping to the content keeps the query in the address", async () => {
  const page = await open(`/playground${formatFragment(shared)}`);
  await json(page).getByText('"Oregon"').waitFor();
  await page.goto(`/playground${formatFragment({ ...shared, variables: '{ "code": "WA" }' })}`);
  await json(page).getByText('"Washington"').waitFor();
  await page.locator(".skip-link").press("Enter");
  await page.waitForURL((address) => parseLink(address.href).variables === '{ "code": "WA" }');
  await response(page).getByText('"Washington"').waitFor();
  await page.goto(`/playground${formatFragment({ ...shared, variables: '{ "code": "ID" }' })}`);
  await response(page).getByText('"Idaho"').waitFor();
});

test("a link opens even if the editor writes the query of before into the address first", async () => {
  const page = await openEditor();
  await page.evaluate((fragment) => {
    const { href } = location;
    location.hash = fragment;
    // The event of the new fragment comes after this.
    history.replaceState(null, "", href);
  }, formatFragment(shared));
  await response(page).getByText('"Oregon"').waitFor();
  await page.waitForURL((address) => parseLink(address.href).variables === shared.variables);
});

/** Waits for the response and expects data without errors. */
async function expectData(page: Page): Promise<void> {
  await json(page)
    .getByText(/"(data|errors)"/)
    .waitFor();
  const text = (await json(page).textContent()) ?? "";
  expect(text).toContain('"data"');
  expect(text).not.toContain('"errors"');
}

test.each([
  {
    name: "the charts",
    path: "/?country=JP",
    links: [
      "RegionsAndAwareness",
      "CountriesRecordedAndPublished",
      "Awareness",
      "Usefulness",
      "Decades",
      "ConcentrationCurves",
    ],
  },
  { name: "a state", path: "/?select=state:OR&country=JP", links: ["StatePanel"] },
  { name: "a country", path: "/?select=country:JP&level=CITY", links: ["CountryPanel"] },
  { name: "a city", path: "/?select=city:jp-kobe", links: ["CityPanel"] },
  { name: "a city without a partnership", path: "/?select=city:us-ks-topeka", links: ["Matches"] },
  { name: "the planner", path: "/planner", links: ["Plan"] },
  { name: "a province", path: "/?select=province:UHJvdmluY2U6anAtaHlvZ28tcHJlZmVjdHVyZQ", links: ["ProvincePanel"] },
  { name: "a partnership", path: "/?select=tie:or-portland--jp-sapporo", links: ["PartnershipPanel"] },
  { name: "the figures", path: "/figures", links: ["Reconciliation", "Check", "Coverage", "ConcentrationSummary"] },
  { name: "the data", path: "/data", links: ["Evidence", "Disclosure", "ModelQuality"] },
  {
    name: "the awareness gaps",
    path: "/awareness",
    links: ["AwarenessGaps", "RegionComparisons", "SectorComparisons"],
  },
  { name: "two figures", path: "/compare?a=aware-yes&b=aware-yes-west", links: ["CompareFigures"] },
  { name: "two states", path: "/compare?a=OR&b=WA", links: ["CompareStates"] },
  { name: "two countries", path: "/compare?a=JP&b=KR", links: ["CompareCountries"] },
  { name: "two places", path: "/compare?a=jp-kobe&b=jp-sapporo", links: ["ComparePlaces"] },
])("the links to the queries of $name open in the playground and run", async ({ path, links }) => {
  const page = await open(path);
  // Charts load when they are scrolled into view.
  if (links.includes("RegionsAndAwareness")) await page.locator("#regions").scrollIntoViewIfNeeded();
  const hrefs: (string | null)[] = [];
  for (const name of links)
    hrefs.push(await page.locator(`a[href^="playground#query=query+${name}"]`).first().getAttribute("href"));
  for (const href of hrefs) {
    const { query } = parseLink(new URL(href ?? "", inject("origin")).href);
    expect(query?.split("\n").length, query ?? "").toBeLessThan(25);
    await page.goto(href?.replace(/^playground/, "/playground") ?? "");
    await expectData(page);
  }
});

test("every example runs in the editor, and the explorer shows it", async () => {
  const page = await openEditor();
  await page.getByRole("button", { name: "Show GraphiQL Explorer" }).click();
  for (const { query, variables, operationName } of tour) {
    await page.evaluate((hash) => (location.hash = hash), formatFragment({ query, variables }));
    await page
      .locator(".graphiql-explorer-root")
      .getByText(/^(query|subscription)/)
      .first()
      .waitFor();
    await page.locator(".graphiql-tab").getByText(operationName).first().waitFor();
    if (query.includes("\nsubscription ")) {
      await page.getByRole("button", { name: /^Stop query/ }).click();
    } else {
      await response(page).getByText('"data"').first().waitFor();
      expect(await textOf(page, ".graphiql-response")).not.toContain('"errors"');
    }
  }
});

test("an edited query runs, and the address follows", async () => {
  const page = await openEditor();
  await replaceQuery(page, '{ state(code: "WA") { capital { name } } }');
  await page.keyboard.press("Control+Enter");
  await response(page).getByText('"Olympia"').waitFor();
  await page.waitForURL((address) => parseLink(address.href).query?.includes('"WA"') ?? false);
});

test("clicking a field in the explorer adds it", async () => {
  const page = await open(
    `/playground${formatFragment({ query: "query Limits {\n  limits {\n    maxDepth\n  }\n}" })}`,
  );
  await json(page).getByText("maxDepth").waitFor();
  await page.locator("#query").click();
  await page.getByRole("button", { name: "Show GraphiQL Explorer" }).click();
  await page.locator(".graphiql-explorer-root").getByText("maxPageSize", { exact: true }).click();
  await page.getByRole("button", { name: /^Execute query/ }).click();
  await response(page).getByText("maxPageSize").waitFor();
});

test("the schema documentation opens", async () => {
  const page = await openEditor();
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  await page.locator(".graphiql-doc-explorer").getByRole("link", { name: "Query", exact: true }).click();
  const { __type } = await queryApi<{ __type: { fields: { name: string; description: string }[] } }>(
    '{ __type(name: "Query") { fields { name description } } }',
  );
  const description = __type.fields.find(({ name }) => name === "regions")?.description ?? "";
  expect(description).not.toBe("");
  // Markdown is rendered, so only the start is compared.
  await page
    .locator(".graphiql-doc-explorer")
    .getByText(description.split(/[.:`(]/)[0] ?? "")
    .first()
    .waitFor();
});

test("a dialog has a visible close button", async () => {
  const page = await openEditor();
  await page.getByRole("button", { name: /settings/i }).click();
  const close = page.getByRole("button", { name: "Close dialog" });
  const icon = await close.locator("svg path").boundingBox();
  expect(Math.min(icon?.width ?? 0, icon?.height ?? 0)).toBeGreaterThan(6);
  await close.click();
  await close.waitFor({ state: "detached" });
});

test("the response shows the server's error with its code", async () => {
  const page = await openEditor();
  await replaceQuery(page, '{ node(id: "nothing") { id } }');
  await page.keyboard.press("Control+Enter");
  await response(page).getByText("BAD_USER_INPUT").waitFor();
});
