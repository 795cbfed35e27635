import { openSlowly, round, secondsSinceStart } from "./slow.mjs";

/** The first view of the atlas over slow 3G: the sentence with the number of partnerships, and the map. */
export async function* measure({ browser, address }) {
  yield* await openSlowly(browser, address, async (page, received) => {
    await page.goto(`${address}/`, { waitUntil: "commit" });
    await page.locator("#content h1").filter({ hasText: /\d/ }).waitFor();
    const sentence = await secondsSinceStart(page);
    const bytes = received();
    await page.locator("canvas, .map").first().waitFor();
    const map = await secondsSinceStart(page);
    await page.waitForLoadState("networkidle", { timeout: 120_000 });
    const shift = await page.evaluate(() => globalThis.layoutShift);
    return [
      { name: "sentence with the number visible", value: round(sentence), unit: "s", atMost: 3 },
      { name: "received until then", value: round(bytes / 1000), unit: "KB", atMost: 60 },
      { name: "map visible", value: round(map), unit: "s", atMost: 3 },
      { name: "layout shift", value: round(shift, 3), atMost: 0.1 },
    ];
  });
}
