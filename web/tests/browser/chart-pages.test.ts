import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { expect, inject, test } from "vitest";
import { accessibilityProblems, launch, open, sizes, themes, useBrowser } from "./browser.ts";
import { documentedConfigurations, isInstalled, startProxy } from "./proxy.ts";
import { translate } from "./translator.ts";

// The pages of charts, which the server renders.

useBrowser();

const CHARTS = {
  "/": ["regions", "countries", "awareness", "usefulness", "decades", "concentration"],
  "/awareness": ["gap-by-region", "gap-by-sector", "gap-overall"],
};

/** The texts of the elements, with spaces as in the page. */
const texts = (page: Page, selector: string) => page.locator(selector).allInnerTexts();

test.each(Object.entries(CHARTS))(
  "the charts of %s and their pages say the same",
  async (path, ids) => {
    const page = await open(path);
    if (path === "/") await page.locator("#regions").scrollIntoViewIfNeeded();
    const drawn: Record<string, unknown> = {};
    for (const id of ids) {
      const chart = page.locator(`#${id}`);
      await chart.getByRole("button", { name: "Table", exact: true }).click();
      await chart.locator(".notes details").evaluate((details) => details.setAttribute("open", ""));
      drawn[id] = {
        title: await chart.locator(".kicker").innerText(),
        // The page of awareness says the finding about all respondents above its charts.
        headline: id === "gap-overall" ? null : await chart.locator("h3").innerText(),
        // The page of awareness has the percentages beside its charts.
        details: path === "/" ? await texts(page, `#${id} .details`) : [],
        notes: await texts(page, `#${id} .notes > p`),
        caveats: await texts(page, `#${id} .notes li`),
        // The page of awareness also has the numbers of partnerships.
        numbers: path === "/" ? await cells(page, `#${id}`) : null,
      };
    }
    const rendered: Record<string, unknown> = {};
    for (const id of ids) {
      await page.goto(`/chart/${id}`);
      rendered[id] = {
        title: await page.locator(".kicker").innerText(),
        headline: id === "gap-overall" ? null : await page.locator("h1").innerText(),
        details: path === "/" ? await texts(page, ".lead") : [],
        notes: await texts(page, "figcaption > p"),
        caveats: await texts(page, "section[aria-labelledby=caveats] li"),
        numbers: path === "/" ? await cells(page, ".chart-table") : null,
      };
      await page.getByRole("link", { name: "See it among the other charts" }).waitFor();
    }
    expect(rendered).toEqual(drawn);
  },
  180_000,
);

/** The names of the rows and the whole numbers in a table. */
async function cells(page: Page, selector: string): Promise<string[][]> {
  const rows = await page
    .locator(`${selector} tbody tr`)
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  return rows.map((row) => row.filter((cell, index) => index === 0 || /^[\d,]+$/.test(cell)));
}

test.each(themes)("the page of a chart is accessible in the %s theme", async (theme) => {
  for (const size of Object.keys(sizes) as (keyof typeof sizes)[]) {
    for (const path of ["/chart", "/chart/awareness"]) {
      const page = await open(path, { theme, size });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, "no horizontal scrolling").toBeLessThanOrEqual(sizes[size].width);
      expect(await page.locator(".chart > .drawing:visible").count()).toBe(path === "/chart" ? 0 : 1);
      expect(await accessibilityProblems(page, theme)).toEqual([]);
    }
  }
});

test("no text of a drawing is cut off", async () => {
  const page = await open("/chart");
  // The files are opened without the Content-Security-Policy of the server.
  const alone = await page.context().newPage();
  /** Returns the texts that extend into the margin at the sides of a drawing. */
  const cutOff = (drawing: SVGElement | HTMLElement, margin: number) => {
    const frame = drawing.getBoundingClientRect();
    const texts = [...drawing.querySelectorAll("text")].filter((text) => {
      const { left, right } = text.getBoundingClientRect();
      return left < frame.left + margin || right > frame.right - margin;
    });
    return texts.map(({ textContent }) => textContent);
  };
  for (const id of Object.values(CHARTS).flat()) {
    await page.goto(`/chart/${id}`);
    for (const [name, size] of Object.entries(sizes)) {
      await page.setViewportSize(size);
      const drawing = page.locator(".chart > .drawing:visible");
      expect(await drawing.evaluate(cutOff, -1), `${id} on a ${name}`).toEqual([]);
    }
    await alone.setContent(await (await fetch(`${inject("origin")}/chart/${id}.svg`)).text());
    await alone.evaluate(() => document.fonts.load('16px "Source Sans 3 Variable"'));
    expect(await alone.locator("svg").evaluate(cutOff, 8), `the file of ${id}`).toEqual([]);
  }
}, 180_000);

/** Serves one page on an origin of its own. */
async function serveOnOtherOrigin(html: string): Promise<{ origin: string; stop: () => void }> {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(html));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
}

test("an embedded chart renders in a page of another origin, without scripts, and other pages do not", async () => {
  const own = inject("origin");
  const { origin, stop } = await serveOnOtherOrigin(
    `<!doctype html><title>Other</title><iframe src="${own}/embed/chart/decades" width="800" height="620"></iframe>` +
      `<iframe src="${own}/chart/decades"></iframe><iframe sandbox src="${own}/embed/chart/countries" width="400" height="600"></iframe>` +
      `<iframe src="${own}/embed/map" width="640" height="400"></iframe>`,
  );
  const browser = await launch();
  try {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const sizes: number[] = [];
    page.on("response", (response) => {
      if (response.frame().url().includes("/embed/chart/decades"))
        void response
          .request()
          .sizes()
          .then(({ responseBodySize }) => sizes.push(responseBodySize));
    });
    await page.goto(origin, { waitUntil: "networkidle", timeout: 90_000 });
    const [allowed, refused, sandboxed, map] = page.frames().slice(1);
    const drawing = allowed?.locator(".chart > .drawing:visible");
    expect(await drawing?.count()).toBe(1);
    expect(await allowed?.locator("h1").innerText()).toContain("the most");
    expect(await sandboxed?.locator("h1").innerText()).toContain("We record more");
    expect(await refused?.locator("h1").count(), "only embedded pages may be framed").toBe(0);
    // Nothing is cut off by the height of the recommended code.
    const height = await allowed?.locator("html").evaluate((html) => html.scrollHeight);
    expect(height).toBeLessThanOrEqual(620);
    const mapHeight = await map?.locator("html").evaluate((html) => html.scrollHeight);
    expect(mapHeight, "a map fits into its frame").toBeLessThanOrEqual(400);
    await page
      .locator("iframe")
      .first()
      .evaluate((frame: HTMLIFrameElement) => (frame.width = "1280"));
    const [left = 0, right = 0] =
      (await drawing?.evaluate((svg) => {
        const { left, right } = svg.getBoundingClientRect();
        return [left, right];
      })) ?? [];
    expect(right - left, "a chart uses the width of its frame").toBeGreaterThan(0.7 * 1280);
    expect(left + right, "and is in the middle").toBeCloseTo(1280, -1);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(sizes.length).toBeGreaterThan(2);
    expect(total, "bytes of an embedded chart").toBeLessThan(150 * 1024);
  } finally {
    await browser.close();
    stop();
  }
});

test.skipIf(!process.env["SISTERGRAPH_REQUIRE_BROWSER"] && !isInstalled("nginx"))(
  "charts and their frames work below a path of a proxy",
  async () => {
    const configuration = (await documentedConfigurations("nginx"))[1];
    const proxy = await startProxy("nginx", configuration ?? "", inject("origin"));
    try {
      for (const path of ["chart/decades", "embed/chart/decades"]) {
        const page = await open(`${proxy.origin}/sister/${path}`);
        const addresses = await page
          .locator("[href]")
          .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href.replace(/#.*/, "")));
        expect(addresses.length).toBeGreaterThan(2);
        for (const address of new Set(addresses)) {
          expect(address.startsWith(`${proxy.origin}/sister/`), address).toBe(true);
          expect((await fetch(address)).status, address).toBe(200);
        }
      }
    } finally {
      await proxy.stop();
    }
  },
);

test("the page of a chart can be translated", async () => {
  const page = await open("/chart/decades");
  await translate(page);
  await expect.poll(() => page.locator(".kicker").innerText()).toBe("WHEN PARTNERSHIPS WERE FOUNDED");
  expect(await page.locator(".chart > .drawing:visible text").first().innerHTML()).toMatch(/^\d+$/);
});
