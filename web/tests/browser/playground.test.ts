import type { Page } from "playwright-core";
import { expect, inject, test } from "vitest";
import { formatFragment, parseLink } from "../../src/playground/link.ts";
import { tour } from "../../src/playground/tour.ts";
import { open, queryApi, useBrowser } from "./browser.ts";

useBrowser();

const response = (page: Page) => page.locator(".graphiql-response");
/** The text of an editor; Monaco renders spaces as no-break spaces. */
const textOf = async (page: Page, selector: string) =>
  (await page.locator(selector).innerText()).replaceAll("\u00a0", " ");

/** Replaces the text of the editor by pasting; typing would trigger auto-closing brackets. */
async function replaceQuery(page: Page, text: string): Promise<void> {
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await page.locator(".graphiql-query-editor .monaco-editor").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Control+V");
  // Monaco pastes asynchronously; pressing a key before that would run the old text.
  await expect.poll(() => textOf(page, ".graphiql-query-editor .view-lines")).toBe(text);
}

test("choosing an example runs it", async () => {
  const page = await open("/playground");
  await page.getByRole("button", { name: /When were partnerships founded/ }).click();
  const { partnerships } = await queryApi<{ partnerships: { totalCount: number } }>("{ partnerships { totalCount } }");
  await response(page).getByText(String(partnerships.totalCount)).first().waitFor();
  await response(page).getByText('"1950s"').waitFor();
  expect(parseLink(page.url()).query).toContain("query Decades");
});

test("an example sets its variables", async () => {
  const page = await open("/playground");
  await page.getByRole("button", { name: /A long list, page by page/ }).click();
  await response(page).getByText("endCursor").waitFor();
  expect(JSON.parse(parseLink(page.url()).variables ?? "")).toMatchObject({ regions: ["WEST"] });
});

test("every example is listed, and a subscription waits without an error", async () => {
  const page = await open("/playground");
  const buttons = page.locator(".tour").getByRole("button");
  await buttons.first().waitFor();
  expect(await buttons.count()).toBe(tour.length);
  expect(tour.length).toBeGreaterThanOrEqual(8);
  await response(page).getByText("totalCount").first().waitFor();
  await page.getByRole("button", { name: /Get notified when the data changes/ }).click();
  const stop = page.getByRole("button", { name: /^Stop query/ });
  await stop.waitFor();
  expect(await textOf(page, ".graphiql-response")).not.toContain("errors");
  await stop.click();
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
  await response(page).getByText('"Oregon"').waitFor();
  await page.getByRole("button", { name: "Copy link" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(`${inject("origin")}/playground${formatFragment(shared)}`);
  expect(page.url()).toBe(copied);
});

test("a link opens over another one, and skipping to the content keeps the query in the address", async () => {
  const page = await open(`/playground${formatFragment(shared)}`);
  await response(page).getByText('"Oregon"').waitFor();
  await page.goto(`/playground${formatFragment({ ...shared, variables: '{ "code": "WA" }' })}`);
  await response(page).getByText('"Washington"').waitFor();
  await page.locator(".skip-link").press("Enter");
  await page.waitForURL((address) => parseLink(address.href).variables === '{ "code": "WA" }');
  await page.waitForTimeout(500);
  expect(await textOf(page, ".graphiql-response")).toContain("Washington");
});

/** Opens a shared query and waits for the explorer, which logs errors about queries it cannot show. */
async function openShared(page: Page, href: string): Promise<void> {
  await page.goto(href.replace(/^playground/, "/playground"));
  await page
    .locator(".graphiql-explorer-root")
    .getByText(/^(query|subscription)/)
    .first()
    .waitFor();
}

/** Waits for the response and expects data without errors. */
async function expectData(page: Page): Promise<void> {
  await response(page)
    .getByText(/"(data|errors)"/)
    .first()
    .waitFor();
  const text = await textOf(page, ".graphiql-response");
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
    await openShared(page, href ?? "");
    await expectData(page);
  }
});

test.each(tour)("the example “$title” runs from a link", async ({ query, variables }) => {
  const page = await open("/");
  await openShared(page, `/playground${formatFragment({ query, variables })}`);
  if (query.includes("\nsubscription ")) {
    await page.getByRole("button", { name: /^Stop query/ }).waitFor();
  } else {
    await expectData(page);
  }
});

test("an edited query runs, and the address follows", async () => {
  const page = await open("/playground");
  await response(page).getByText("totalCount").first().waitFor();
  await replaceQuery(page, '{ state(code: "WA") { capital { name } } }');
  await page.keyboard.press("Control+Enter");
  await response(page).getByText('"Olympia"').waitFor();
  await page.waitForURL((address) => parseLink(address.href).query?.includes('"WA"') ?? false);
});

test("clicking a field in the explorer adds it", async () => {
  const page = await open(
    `/playground${formatFragment({ query: "query Limits {\n  limits {\n    maxDepth\n  }\n}" })}`,
  );
  await response(page).getByText("maxDepth").waitFor();
  await page.locator(".graphiql-explorer-root").getByText("maxPageSize", { exact: true }).click();
  await page.getByRole("button", { name: /^Execute query/ }).click();
  await response(page).getByText("maxPageSize").waitFor();
});

test("the schema documentation opens", async () => {
  const page = await open("/playground");
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
  const page = await open("/playground");
  await response(page).getByText("totalCount").first().waitFor();
  await page.getByRole("button", { name: /settings/i }).click();
  const close = page.getByRole("button", { name: "Close dialog" });
  const icon = await close.locator("svg path").boundingBox();
  expect(Math.min(icon?.width ?? 0, icon?.height ?? 0)).toBeGreaterThan(6);
  await close.click();
  await close.waitFor({ state: "detached" });
});

test("the response shows the server's error with its code", async () => {
  const page = await open("/playground");
  await response(page).getByText("totalCount").first().waitFor();
  await replaceQuery(page, '{ node(id: "nothing") { id } }');
  await page.keyboard.press("Control+Enter");
  await response(page).getByText("BAD_USER_INPUT").waitFor();
});
