import { AxeBuilder } from "@axe-core/playwright";
import { mkdirSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { open, sizes, themes, useBrowser } from "./browser.ts";

const screenshots = new URL("../../screenshots/", import.meta.url).pathname;
mkdirSync(screenshots, { recursive: true });

/** Each page, and what is there once it has drawn itself. */
const pages: { name: string; path: string; ready: (page: Page) => Promise<unknown> }[] = [
  { name: "atlas", path: "/", ready: atlasWithCharts },
  {
    name: "atlas-list",
    path: "/?country=JP&select=state:OR&list=1",
    ready: (page) => page.locator("article.panel details").first().waitFor(),
  },
  {
    name: "playground",
    path: "/playground",
    ready: (page) => page.locator(".graphiql-response").getByText("totalCount").first().waitFor(),
  },
  { name: "figures", path: "/figures", ready: (page) => page.getByTestId("check").first().waitFor() },
  { name: "data", path: "/data", ready: (page) => page.getByTestId("disclosure").waitFor() },
];

/** Charts come when the reader does. */
async function atlasWithCharts(page: Page): Promise<void> {
  await page.getByRole("heading", { name: "States with the most" }).waitFor();
  await page.locator("#regions").scrollIntoViewIfNeeded();
  for (const chart of await page.locator("figure.chart").all())
    await chart.getByRole("button", { name: "Table", exact: true }).waitFor();
  await page.evaluate(() => scrollTo(0, 0));
}

useBrowser();

describe.each(pages)("$name", ({ name, path, ready }) => {
  describe.each(themes)("%s", (theme) => {
    test.each(Object.keys(sizes) as (keyof typeof sizes)[])("%s", async (size) => {
      const page = await open(path, { theme, size });
      await ready(page);
      // The footer's citation comes last.
      await page.locator("#citation code").waitFor();
      await page.screenshot({ path: `${screenshots}${name}-${theme}-${size}.png`, fullPage: name !== "playground" });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, "nothing is wider than the window").toBeLessThanOrEqual(sizes[size].width);
      const below = await page.evaluate(() => document.documentElement.scrollHeight - document.body.offsetHeight);
      expect(below, "nothing lies below the footer").toBe(0);
      const { violations } = await new AxeBuilder({ page })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
        .analyze();
      const found = violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`),
      );
      expect(found).toEqual([]);
    });
  });
});

test.each(Object.keys(sizes) as (keyof typeof sizes)[])(
  "what comes after the first paint moves little of what is seen, on a %s",
  async (size) => {
    const page = await open("/data", { size });
    await page.addInitScript(() => {
      const moved = Object.assign(globalThis, { moved: 0 });
      new PerformanceObserver((list) => {
        for (const shift of list.getEntries() as (PerformanceEntry & { value: number })[]) moved.moved += shift.value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    for (const path of ["/", "/figures"]) {
      await page.goto(path);
      await page
        .getByRole("heading", { name: path === "/" ? "States with the most" : "Do the parts add up to the whole?" })
        .waitFor();
      await page.locator("#citation code").waitFor();
      // Of 1, which is all of the window moved by all of its height; 0.1 is what web.dev calls good.
      expect(await page.evaluate(() => (globalThis as unknown as { moved: number }).moved), path).toBeLessThan(0.1);
    }
  },
);

test("on paper what is folded up is open, and marks keep their colours", async () => {
  let page = await open("/figures");
  await page.getByTestId("coverage-REGION").getByRole("row", { name: /^West/ }).waitFor();
  await page.emulateMedia({ media: "print" });
  const kept = (marks: string) =>
    page
      .locator(marks)
      .evaluateAll((found) => [...new Set(found.map((mark) => getComputedStyle(mark).printColorAdjust))]);
  expect(await kept(".bar.recorded, .bar.published, .sign, .key span")).toEqual(["exact"]);
  for (const check of await page.getByTestId("check").all())
    expect(await check.locator(".sides").isVisible()).toBe(true);

  page = await open("/");
  await atlasWithCharts(page);
  await page.emulateMedia({ media: "print" });
  const caveats = page.locator("figure.chart details li");
  expect(await caveats.count()).toBeGreaterThan(10);
  for (const caveat of await caveats.all()) expect(await caveat.isVisible()).toBe(true);

  page = await open("/playground");
  await page.locator(".graphiql-response").getByText("totalCount").first().waitFor();
  await page.pdf();
  await page.emulateMedia({ media: "print" });
  const paper = await page.locator(".print-view").innerText();
  for (const text of ["query OregonAndJapan", '"name": "Oregon"', '"name": "Yoshikawa"']) expect(paper).toContain(text);
});

test("the theme is chosen by a button and kept", async () => {
  const page = await open("/data");
  await page.getByTestId("disclosure").waitFor();
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  const button = page.getByRole("button", { name: /^Theme/ });
  await button.click();
  expect(await background()).toBe(light);
  await button.click();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload();
  expect(await background()).toBe(dark);
});
