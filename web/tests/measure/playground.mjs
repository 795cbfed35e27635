import { openSlowly, round, secondsSinceStart } from "./slow.mjs";

/** The first view of the playground over slow 3G: the examples, the query as text, and its answer. The editor comes after it. */
export async function* measure({ browser, address }) {
  yield* await openSlowly(browser, address, async (page, received) => {
    await page.goto(`${address}/playground`, { waitUntil: "commit" });
    await page.waitForFunction(
      () =>
        document.querySelectorAll(".tour li").length > 0 &&
        document.querySelector("#query")?.value.includes("query") &&
        document.querySelector(".answer pre")?.textContent.includes('"data"'),
    );
    // The page can be seen only when its styles have arrived.
    await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
    const seconds = await secondsSinceStart(page);
    const bytes = received();
    await page.waitForLoadState("networkidle", { timeout: 120_000 });
    await page.locator("#query").click();
    await page.locator(".graphiql-query-editor .view-line").first().waitFor({ timeout: 120_000 });
    const shift = await page.evaluate(() => globalThis.layoutShift);
    return [
      { name: "examples, query, and answer visible", value: round(seconds), unit: "s", atMost: 3 },
      { name: "received until then", value: round(bytes / 1000), unit: "KB", atMost: 60 },
      { name: "layout shift until the editor is usable", value: round(shift, 3), atMost: 0.1 },
    ];
  });
}
