import type { Page } from "playwright-core";
import { expect, inject, test } from "vitest";
import { tour } from "../../src/playground/tour.ts";
import { ask, open, useBrowser } from "./browser.ts";

useBrowser();

const answer = (page: Page) => page.locator(".graphiql-response");
/** The text of Monaco, which draws spaces as no-break spaces. */
const textOf = async (page: Page, place: string) => (await page.locator(place).innerText()).replaceAll("\u00a0", " ");

/** Puts a text in place of what the editor holds. Typed, its brackets would be closed twice. */
async function write(page: Page, text: string): Promise<void> {
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await page.locator(".graphiql-query-editor .monaco-editor").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Control+V");
  // Monaco asks its providers before it pastes; a key that is faster than they are would run the old text.
  await expect.poll(() => textOf(page, ".graphiql-query-editor .view-lines")).toBe(text);
}

test("an example is chosen by its title, and runs", async () => {
  const page = await open("/playground");
  await page.getByRole("button", { name: /When were partnerships founded/ }).click();
  const { partnerships } = await ask<{ partnerships: { totalCount: number } }>("{ partnerships { totalCount } }");
  await answer(page).getByText(String(partnerships.totalCount)).first().waitFor();
  await answer(page).getByText('"1950s"').waitFor();
  expect(new URL(page.url()).searchParams.get("query")).toContain("query Decades");
});

test("an example with variables brings them", async () => {
  const page = await open("/playground");
  await page.getByRole("button", { name: /A long list, page by page/ }).click();
  await answer(page).getByText("endCursor").waitFor();
  expect(JSON.parse(new URL(page.url()).searchParams.get("variables") ?? "")).toMatchObject({ regions: ["WEST"] });
});

test("there are eight examples and more, and a subscription waits without an error", async () => {
  const page = await open("/playground");
  const buttons = page.locator(".tour").getByRole("button");
  await buttons.first().waitFor();
  expect(await buttons.count()).toBe(tour.length);
  expect(tour.length).toBeGreaterThanOrEqual(8);
  await answer(page).getByText("totalCount").first().waitFor();
  await page.getByRole("button", { name: /Be told when the data change/ }).click();
  const stop = page.getByRole("button", { name: /^Stop query/ });
  await stop.waitFor();
  expect(await textOf(page, ".graphiql-response")).not.toContain("errors");
  await stop.click();
});

test("a link carries the query, its variables and the operation, and is copied by a button", async () => {
  const shared = new URLSearchParams({
    query: "query A { regions { name } }\nquery B($code: String!) { state(code: $code) { name } }",
    variables: '{ "code": "OR" }',
    operationName: "B",
  });
  const page = await open(`/playground?${shared}`);
  await answer(page).getByText('"Oregon"').waitFor();
  await page.getByRole("button", { name: "Copy link" }).click();
  const copied = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  expect(copied.origin).toBe(inject("origin"));
  for (const [name, value] of shared) expect(copied.searchParams.get(name)).toBe(value);
});

/** Opens a query as a link does, beside the explorer, which complains in the console of what it cannot show. */
async function openShared(page: Page, href: string): Promise<void> {
  await page.goto(href);
  await page
    .locator(".graphiql-explorer-root")
    .getByText(/^(query|subscription)/)
    .first()
    .waitFor();
}

/** Waits for the answer of what runs, which must be data alone. */
async function runsWell(page: Page): Promise<void> {
  await answer(page)
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
      "SpreadOverPlaces",
    ],
  },
  { name: "a state", path: "/?select=state:OR&country=JP", links: ["StatePanel"] },
  { name: "a country", path: "/?select=country:JP&level=CITY", links: ["CountryPanel"] },
  { name: "a city", path: "/?select=city:jp-kobe", links: ["CityPanel"] },
  { name: "a province", path: "/?select=province:UHJvdmluY2U6anAtaHlvZ28tcHJlZmVjdHVyZQ", links: ["ProvincePanel"] },
  { name: "a partnership", path: "/?select=tie:or-portland--jp-sapporo", links: ["TiePanel"] },
  { name: "the figures", path: "/figures", links: ["Reconciliation", "Check", "Coverage", "Spread"] },
  { name: "the data", path: "/data", links: ["Evidence", "Disclosure"] },
])("the links to the queries of $name open in the playground and run", async ({ path, links }) => {
  const page = await open(path);
  // Charts come when the reader does.
  if (links.includes("RegionsAndAwareness")) await page.locator("#regions").scrollIntoViewIfNeeded();
  const hrefs: (string | null)[] = [];
  for (const name of links)
    hrefs.push(await page.locator(`a[href^="/playground?query=query+${name}"]`).first().getAttribute("href"));
  for (const href of hrefs) {
    await openShared(page, href ?? "");
    await runsWell(page);
  }
});

test.each(tour)("the example “$title” is shared by a link", async ({ query, variables }) => {
  const page = await open("/");
  await openShared(page, `/playground?${new URLSearchParams({ query, variables })}`);
  if (query.includes("\nsubscription ")) {
    await page.getByRole("button", { name: /^Stop query/ }).waitFor();
  } else {
    await runsWell(page);
  }
});

test("what is typed runs, and the address follows", async () => {
  const page = await open("/playground");
  await answer(page).getByText("totalCount").first().waitFor();
  await write(page, '{ state(code: "WA") { capital { name } } }');
  await page.keyboard.press("Control+Enter");
  await answer(page).getByText('"Olympia"').waitFor();
  await page.waitForURL((address) => address.searchParams.get("query")?.includes('"WA"') ?? false);
});

test("the explorer adds a field by a click", async () => {
  const page = await open(
    `/playground?${new URLSearchParams({ query: "query Limits {\n  limits {\n    maxDepth\n  }\n}" })}`,
  );
  await answer(page).getByText("maxDepth").waitFor();
  await page.locator(".graphiql-explorer-root").getByText("maxPageSize", { exact: true }).click();
  await page.getByRole("button", { name: /^Execute query/ }).click();
  await answer(page).getByText("maxPageSize").waitFor();
});

test("the documentation of the schema is at hand", async () => {
  const page = await open("/playground");
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  await page.locator(".graphiql-doc-explorer").getByRole("link", { name: "Query", exact: true }).click();
  await page.locator(".graphiql-doc-explorer").getByText("The four regions by which the survey").waitFor();
});

test("a dialog is closed by a cross that can be seen", async () => {
  const page = await open("/playground");
  await answer(page).getByText("totalCount").first().waitFor();
  await page.getByRole("button", { name: /settings/i }).click();
  const close = page.getByRole("button", { name: "Close dialog" });
  const cross = await close.locator("svg path").boundingBox();
  expect(Math.min(cross?.width ?? 0, cross?.height ?? 0)).toBeGreaterThan(6);
  await close.click();
  await close.waitFor({ state: "detached" });
});

test("a mistake is said by the server, with its code", async () => {
  const page = await open("/playground");
  await answer(page).getByText("totalCount").first().waitFor();
  await write(page, '{ node(id: "nothing") { id } }');
  await page.keyboard.press("Control+Enter");
  await answer(page).getByText("BAD_USER_INPUT").waitFor();
});
