import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { countOf, filterSelect, matchingCount, shownAs } from "./atlas.ts";
import { open, queryApi, somePages, useBrowser } from "./browser.ts";
import { textOf, translate, translatedTexts, useNextControl } from "./translator.ts";

// Translated pages show the same as others. Many readers use the translator of their browser.

useBrowser();

/** Opens a page and the same page translated. */
async function openBoth(path: string): Promise<[translated: Page, original: Page]> {
  const translated = await open(path);
  await translate(translated);
  const original = await translated.context().newPage();
  await original.goto(path);
  return [translated, original];
}

async function expectSameText([translated, original]: [Page, Page], after: string): Promise<void> {
  await expect
    .poll(async () => (await textOf(translated)) === (await textOf(original)), { timeout: 5000 })
    .toBe(true)
    .catch(async () => expect(await textOf(translated), after).toBe(await textOf(original)));
}

test.each(somePages.filter(({ name }) => !name.startsWith("playground")))(
  "the page $name shows the same after each control is used",
  async ({ path, ready }) => {
    const both = await openBoth(path);
    // Charts load when they are scrolled into view.
    if (path === "/") await both[0].locator("#regions").scrollIntoViewIfNeeded();
    await ready(both[1]);
    await expectSameText(both, "the page has loaded");
    const used: string[] = [];
    for (;;) {
      const [control, other] = await Promise.all(both.map(useNextControl));
      expect(control).toBe(other);
      if (!control) break;
      used.push(control);
      await Promise.all(both.map((page) => page.waitForTimeout(/input/.test(control) ? 400 : 60)));
      await expectSameText(both, control);
    }
    await Promise.all(both.map((page) => page.waitForLoadState("networkidle")));
    await expectSameText(both, "all controls");
    expect(used.length).toBeGreaterThan(/^\/($|\?|figures)/.test(path) ? 20 : 3);
    const names = await placeNames();
    const texts = await translatedTexts(both[0]);
    const untranslatable = texts.filter((text) => /^[\d,.±%]*\d[\d,.±%]*$/.test(text) || names.has(text));
    expect(untranslatable, "translated numbers and names").toEqual([]);
  },
  180_000,
);

/** Returns the names of all states, countries, provinces and cities in upper case. */
async function placeNames(): Promise<Set<string>> {
  const { states, countries, cities } = await queryApi<
    Record<"states" | "countries" | "cities", { nodes: { name: string }[] }>
  >("{ states { nodes { name } } countries { nodes { name } } cities(first: 1000) { nodes { name } } }");
  return new Set([states, countries, cities].flatMap(({ nodes }) => nodes.map(({ name }) => name.toUpperCase())));
}

test("choosing a country on a translated page shows its count", async () => {
  const page = await open("/?country=JP");
  await translate(page);
  await matchingCount(page, await countOf({ country: { code: { eq: "JP" } } })).waitFor();
  await filterSelect(page, "Country").selectOption("CN");
  const count = await countOf({ country: { code: { eq: "CN" } } });
  await matchingCount(page, count).waitFor();
  await page
    .getByRole("heading", { level: 1 })
    .filter({ hasText: `China: ${shownAs(count)} PARTNERSHIPS` })
    .waitFor();
});

test("errors and the button to try again work on a translated page", async () => {
  const failing = (page: Page) =>
    page.route("**/graphql", (route) => route.fulfill({ json: { errors: [{ message: "out of order" }] } }));
  const [translated, original] = await openBoth("/");
  for (const page of [translated, original]) {
    await failing(page);
    await page.reload();
    await page
      .getByRole("alert")
      .getByText(/out of order/i)
      .first()
      .waitFor();
  }
  await expectSameText([translated, original], "the atlas could not load");
  for (const page of [translated, original]) {
    await page.unroute("**/graphql");
    await page
      .getByRole("button", { name: /^try again$/i })
      .first()
      .click();
    await page.locator(".lede").waitFor();
  }
  await expectSameText([translated, original], "the atlas has loaded");
  for (const path of ["/?select=state:OR", "/figures", "/planner", "/data"])
    for (const page of [translated, original]) {
      await failing(page);
      await page.goto(path);
      await page
        .getByRole("alert")
        .getByText(/out of order/i)
        .first()
        .waitFor();
    }
  await expectSameText([translated, original], "the data could not load");
});

test("the playground works on a translated page", async () => {
  const page = await open("/playground");
  await translate(page);
  const answer = page.getByTestId("json");
  await answer.getByText('"totalCount"').waitFor();
  for (const example of await page.locator(".tour a").all()) {
    const name = await example.locator("strong").innerText();
    expect(name).toBe(name.toUpperCase());
  }
  await page.getByRole("link", { name: /When were partnerships founded/i }).click();
  await answer.getByText('"1950s"').waitFor();
  // Pointing at the example has loaded the editor, too.
  const response = page.locator(".graphiql-response");
  await response.getByText('"1950s"').waitFor();
  await page.getByRole("link", { name: /Which partnerships are the oldest/i }).click();
  await response.getByText("corroborated").first().waitFor();
  await page.getByRole("button", { name: /^table$/i }).click();
  await page.getByRole("columnheader", { name: "establishedYear" }).waitFor();
  await page.getByRole("button", { name: /copy link/i }).click();
  await page.getByText("COPIED", { exact: true }).waitFor();
  await page.getByText("COPY LINK", { exact: true }).waitFor();
  await page.getByRole("button", { name: /documentation explorer/i }).click();
  await page.locator(".graphiql-doc-explorer").getByRole("link", { name: "Query", exact: true }).click();
  await page.locator(".graphiql-doc-explorer").getByRole("link", { name: "regions", exact: true }).waitFor();
});
