import { mkdirSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  accessibilityProblems,
  atlasWithCharts,
  isShort,
  open,
  pages,
  playgroundAnswer,
  playgroundEditor,
  queryApi,
  sizes,
  themes,
  useBrowser,
} from "./browser.ts";

const screenshots = new URL("../../screenshots/", import.meta.url).pathname;
mkdirSync(screenshots, { recursive: true });

useBrowser();

describe.each(pages)("$name", ({ name, path, ready }) => {
  test.each(Object.keys(sizes) as (keyof typeof sizes)[])("%s", async (size) => {
    const page = await open(path, { size });
    await ready(page);
    // The citation in the footer loads last.
    await page.locator("#citation code").waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, "no horizontal scrolling").toBeLessThanOrEqual(sizes[size].width);
    const current = await page
      .locator(".site-nav [aria-current]")
      .evaluateAll((links) => links.map((link) => link.getBoundingClientRect()));
    for (const { left, right } of current) {
      expect(left, "the link to this page is in sight").toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(sizes[size].width);
    }
    if (size === "phone") expect(await page.locator("main").innerText(), "no keys").not.toMatch(/Ctrl|Cmd/);
    const below = await page.evaluate(() => document.documentElement.scrollHeight - document.body.offsetHeight);
    expect(below, "no space below the footer").toBe(0);
    for (const theme of isShort ? ([size === "phone" ? "dark" : "light"] as const) : themes) {
      // Loading the page again would take longer than everything else.
      await page.emulateMedia({ colorScheme: theme });
      if (!isShort)
        await page.screenshot({
          path: `${screenshots}${name}-${theme}-${size}.png`,
          fullPage: !name.startsWith("playground"),
        });
      expect(await accessibilityProblems(page, theme), theme).toEqual([]);
    }
  });
});

test("pale text and a picture without a text alternative are found", async () => {
  const page = await open("/data");
  await page.locator("h1").evaluate((heading) => {
    heading.style.color = "#999";
    heading.append(document.createElement("img"));
  });
  const rules = async (theme: (typeof themes)[number]) =>
    (await accessibilityProblems(page, theme)).map((problem) => problem.split(" ")[0]);
  expect(await rules("light")).toEqual(["color-contrast", "image-alt"]);
  expect(await rules("dark")).toEqual(["color-contrast"]);
});

test.each(Object.keys(sizes) as (keyof typeof sizes)[])(
  "late content causes little layout shift on a %s",
  async (size) => {
    const page = await open("/data", { size });
    await page.addInitScript(() => {
      const total = Object.assign(globalThis, { layoutShift: 0 });
      new PerformanceObserver((list) => {
        for (const shift of list.getEntries() as (PerformanceEntry & { value: number })[])
          total.layoutShift += shift.value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    for (const path of ["/", "/figures"]) {
      await page.goto(path);
      await page
        .getByRole("heading", {
          name: path === "/" ? "States with the most partnerships" : "Do the parts add up to the whole?",
        })
        .waitFor();
      await page.locator("#citation code").waitFor();
      // Cumulative layout shift; web.dev calls up to 0.1 good.
      expect(
        await page.evaluate(() => (globalThis as unknown as { layoutShift: number }).layoutShift),
        path,
      ).toBeLessThan(0.1);
    }
  },
);

test("print expands folded content and keeps the colors of marks", async () => {
  let page = await open("/figures");
  await page.getByTestId("coverage-REGION").getByText("more recorded than published").waitFor();
  await page.emulateMedia({ media: "print" });
  const colorAdjust = (marks: string) =>
    page
      .locator(marks)
      .evaluateAll((elements) => [...new Set(elements.map((mark) => getComputedStyle(mark).printColorAdjust))]);
  expect(await colorAdjust(".bar.recorded, .bar.published, .bars .bar, .sign, .key span")).toEqual(["exact"]);
  for (const check of await page.getByTestId("check").all())
    expect(await check.locator(".bars").isVisible()).toBe(true);

  page = await open("/");
  await atlasWithCharts(page);
  await page.emulateMedia({ media: "print" });
  const caveats = page.locator("figure.chart details li");
  expect(await caveats.count()).toBeGreaterThan(10);
  for (const caveat of await caveats.all()) expect(await caveat.isVisible()).toBe(true);

  for (const ready of [playgroundAnswer, playgroundEditor]) {
    page = await open("/playground");
    await ready(page);
    await page.pdf();
    await page.emulateMedia({ media: "print" });
    const paper = await page.locator(".print-view").innerText();
    for (const text of ["query OregonAndJapan", '"name": "Oregon"', '"name": "Yoshikawa"'])
      expect(paper).toContain(text);
  }
});

test("a button changes the theme, and the choice is remembered", async () => {
  const page = await open("/data");
  await page.getByTestId("disclosure").first().waitFor();
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  const button = page.getByRole("button", { name: /^Theme/ });
  await button.click();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload();
  expect(await background()).toBe(dark);
});

const PLURALS =
  "agreements|aliases|caveats|checks|cities|communities|counties|countries|figures|fields|levels|miles|names|notes|" +
  "partnerships|people|places|provinces|regions|respondents|results|rows|sources|states|surveys|years";
/** Plurals after a lone 1, and counts of a thousand or more without commas: "1 recorded ties", "1132 respondents". */
const BAD_COUNT = new RegExp(
  `(?<![\\d.,±+−-])(?:1[ \u00a0](?:[a-z]+[ \u00a0])?(?:${PLURALS})|\\d{4,}[ \u00a0](?:recorded[ \u00a0])?(?:${PLURALS}))\\b`,
  "giu",
);

test("counts have thousands separators and the right plural", async () => {
  expect("1 recorded partnerships, 1132 respondents, 1 people".match(BAD_COUNT)).toHaveLength(3);
  expect(
    "1 partnership, 1,132 people, 21 states, 0.1 miles, the 2020 census, 1 in 3 cities".match(BAD_COUNT),
  ).toBeNull();

  const { partnerships } = await queryApi<{
    partnerships: { nodes: { slug: string }[]; groups: { key: { value: string }[]; count: number }[] };
  }>("{ partnerships(first: 1) { nodes { slug } groups(by: COUNTRY) { key { value } count } } }");
  const single = partnerships.groups.find(({ count }) => count === 1)?.key[0]?.value;
  expect(single, "a country with one partnership").toBeDefined();
  const panel = (page: Page) => page.locator("article.panel details").first().waitFor();
  // The playground has no counts outside its editor.
  const views: { path: string; ready: (page: Page) => Promise<unknown> }[] = [
    ...pages.filter(({ name }) => !name.startsWith("playground")),
    { path: `/?country=${single}`, ready: (page) => page.getByTestId("pairs").waitFor() },
    { path: `/?country=${single}&select=country:${single}&shade=change`, ready: panel },
    { path: `/?select=tie:${partnerships.nodes[0]?.slug}&shade=rate`, ready: panel },
  ];
  for (const { path, ready } of views) {
    const page = await open(path);
    await ready(page);
    await page.locator("#citation code").waitFor();
    const text = await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = true;
      const attributes = [...document.querySelectorAll("[aria-label], [title]")].flatMap((element) => [
        element.getAttribute("aria-label") ?? "",
        element.getAttribute("title") ?? "",
      ]);
      return [document.title, document.body.innerText, ...attributes].join("\n");
    });
    expect(text.match(BAD_COUNT) ?? [], path).toEqual([]);
  }
});
