import { openSlowly, round, secondsSinceStart } from "./slow.mjs";

/** The first view of the atlas over slow 3G: the sentence with the number, and the partnerships on a map. */
export async function* measure({ browser, address }) {
  for (const [name, path, isReady] of [
    [
      "atlas",
      "",
      () => document.querySelector("#content h1 [data-count]") && document.querySelector(".story-map .bundle"),
    ],
    ["atlas with a filter", "?state=OR", () => document.querySelector("#content h1 [data-count]")],
  ]) {
    yield* await openSlowly(browser, address, async (page, received) => {
      await page.goto(`${address}/${path}`, { waitUntil: "commit" });
      await page.waitForFunction(isReady);
      // What is in the document is visible after the style sheets.
      await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
      const seconds = await secondsSinceStart(page);
      const bytes = received();
      // The atlas below the story loads at the first sign of a reader.
      await page.mouse.move(1, 1);
      await page.locator("#atlas canvas").first().waitFor();
      const interactive = await secondsSinceStart(page);
      await page.waitForLoadState("networkidle", { timeout: 120_000 });
      const shift = await page.evaluate(() => globalThis.layoutShift);
      return [
        { name: `${name}, useful view`, value: round(seconds), unit: "s", atMost: 3 },
        { name: `${name}, received until then`, value: round(bytes / 1000), unit: "KB", atMost: 60 },
        { name: `${name}, interactive map`, value: round(interactive), unit: "s", atMost: 7 },
        { name: `${name}, layout shift`, value: round(shift, 3), atMost: 0.1 },
      ];
    });
  }
}
