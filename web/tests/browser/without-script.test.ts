import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { launch, queryApi } from "./browser.ts";

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launch();
  const context = await browser.newContext({ baseURL: inject("origin"), javaScriptEnabled: false });
  page = await context.newPage();
});
afterAll(() => browser.close());

test("the sister cities of Oregon in Japan are listed without a script", async () => {
  const { state } = await queryApi<{
    state: { partnerships: { totalCount: number; nodes: { us: { name: string }; partner: { name: string } }[] } };
  }>(`{ state(code: "OR") {
    partnerships(filter: { country: { code: { eq: "JP" } } }, first: 100) { totalCount nodes { us { name } partner { name } } }
  } }`);
  await page.goto("/search?q=oregon");
  await page.getByRole("link", { name: "Oregon", exact: true }).click();
  await page.getByRole("link", { name: "Japan", exact: true }).first().click();
  const heading = page.getByRole("heading", { name: /^Japan/ });
  expect(await heading.textContent()).toContain(`${state.partnerships.totalCount} partnerships`);
  const rows = await page.locator("h3#JP + .table tbody tr").allTextContents();
  expect(rows).toHaveLength(state.partnerships.totalCount);
  for (const { us, partner } of state.partnerships.nodes)
    expect(
      rows.some((row) => row.startsWith(`${us.name}${partner.name}`)),
      `${us.name} and ${partner.name}`,
    ).toBe(true);
});

test.each([
  ["portland oregon", "Portland, Oregon", "sister partnerships on record with places in Asia and the Pacific: "],
  ["topeka", "Topeka, Kansas", "no record of a sister partnership"],
])("a search for %s leads to the page of the city without a script", async (text, name, sentence) => {
  await page.goto("/state/OR");
  await page.getByRole("searchbox").fill(text);
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name, exact: true }).click();
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(name);
  expect(await page.locator("p.lead").textContent()).toContain(sentence);
  expect(await page.getByRole("heading", { name: "Nearest places with a partnership" }).count()).toBe(1);
});

test("the story and its numbers can be read without a script", async () => {
  const { partnerships } = await queryApi<{ partnerships: { totalCount: number } }>("{ partnerships { totalCount } }");
  await page.goto("/");
  const heading = page.getByRole("heading", { level: 1 });
  expect(await heading.textContent()).toContain(partnerships.totalCount.toLocaleString("en-US"));
  expect(await page.locator(".story-sentence").count()).toBe(4);
  expect(await page.content()).toContain("The interactive map needs JavaScript.");
});

test("the playground shows the examples, a query, and its answer without a script", async () => {
  await page.goto("/playground");
  const { state } = await queryApi<{ state: { partnerships: { totalCount: number } } }>(
    '{ state(code: "OR") { partnerships(filter: { country: { code: { eq: "JP" } } }) { totalCount } } }',
  );
  expect(await page.locator("#query").inputValue()).toContain("query OregonAndJapan");
  expect(await page.locator(".answer pre").textContent()).toContain(`"totalCount": ${state.partnerships.totalCount},`);
  await page.getByRole("link", { name: /A long list, page by page/ }).click();
  expect(await page.locator("#query").inputValue()).toContain("query PageByPage");
  expect(await page.locator("#variables").inputValue()).toContain('"WEST"');
  expect(await page.locator(".answer pre").textContent()).toContain('"endCursor"');
});
