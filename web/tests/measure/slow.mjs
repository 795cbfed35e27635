/**
 * Opens a page in a fresh profile over slow 3G with a slow processor: 400 kbit/s down, a round trip of 400 ms, an empty cache, and
 * a processor slowed down four times, all emulated by Chromium. Calls `inspect(page, received)` before the page is loaded;
 * `received()` is the number of compressed bytes received so far, with headers.
 */
export async function openSlowly(browser, address, inspect, viewport = { width: 1280, height: 720 }) {
  const context = await browser.newContext({ viewport });
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
    await devtools.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 400,
      downloadThroughput: 400_000 / 8,
      uploadThroughput: 400_000 / 8,
    });
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    let bytes = 0;
    devtools.on("Network.loadingFinished", ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await page.addInitScript(() => {
      globalThis.layoutShift = 0;
      new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) globalThis.layoutShift += value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    return await inspect(page, () => bytes);
  } finally {
    await context.close();
  }
}

/** The seconds from the start of the navigation until now, on the clock of the page. */
export function secondsSinceStart(page) {
  return page.evaluate(() => performance.now() / 1000);
}

/** Rounds a figure to a number of decimals. */
export function round(value, decimals = 1) {
  return Number(value.toFixed(decimals));
}
