const SECONDS = 5;
/** How many partnerships the second measurement draws. */
const MANY = 20_000;

/**
 * How smoothly the map pans at 1280 by 720 pixels: frames per second during five seconds of dragging back and forth, with the
 * partnerships of the server and with many generated from them. The page reports when the browser is ready for each frame.
 */
export async function* measure({ browser, address }) {
  const page = await open(browser, address);
  const count = await page.evaluate(() => document.querySelector(".shown strong").textContent);
  const few = await pan(page);
  await page.context().close();
  yield { name: `median with ${count} partnerships`, value: few.median, unit: "frames/s", atLeast: 60 };
  yield { name: `95th percentile with ${count} partnerships`, value: few.slow, unit: "frames/s", atLeast: 30 };

  const crowded = await open(browser, address, (partnerships) => multiply(partnerships, MANY));
  const many = await pan(crowded);
  await crowded.context().close();
  yield { name: `median with ${MANY} partnerships`, value: many.median, unit: "frames/s", atLeast: 20 };
}

async function open(browser, address, change) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, deviceScaleFactor: 1 });
  const page = await context.newPage();
  if (change)
    await page.route("**/graphql", async (route) => {
      if (!route.request().postData()?.includes("query Atlas")) return route.fallback();
      const response = await route.fetch();
      const body = await response.json();
      body.data.partnerships.nodes = change(body.data.partnerships.nodes);
      await route.fulfill({ response, json: body });
    });
  // North America and the Pacific, near enough that the whole map does not fit.
  await page.goto(`${address}/?map=-150,38,2.50`, { waitUntil: "networkidle" });
  await page.locator("[data-testid=map-key]").waitFor({ state: "attached" });
  await page.waitForTimeout(2000);
  return page;
}

/** Returns so many partnerships: copies of the given ones whose places lie up to a degree away. */
function multiply(partnerships, count) {
  const near = (community, copy) => ({
    ...community,
    slug: `${community.slug}-${copy}`,
    location: community.location && {
      latitude: community.location.latitude + Math.sin(copy * 7),
      longitude: community.location.longitude + Math.cos(copy * 3),
    },
  });
  return Array.from({ length: count }, (_, index) => {
    const original = partnerships[index % partnerships.length];
    const copy = Math.floor(index / partnerships.length);
    if (copy === 0) return original;
    return {
      ...original,
      slug: `${original.slug}-${copy}`,
      us: near(original.us, copy),
      partner: near(original.partner, copy),
    };
  });
}

/**
 * Drags the map back and forth, and returns the frames per second of the median frame and of the slowest one of twenty, as
 * whole numbers, because the clock of the page has a resolution of 0.1 ms.
 */
async function pan(page) {
  const box = await page.getByRole("application").boundingBox();
  const [middle, top] = [box.x + box.width / 2, box.y + box.height / 3];
  await page.evaluate(() => {
    globalThis.frames = [];
    const tick = (now) => {
      globalThis.frames.push(now);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await page.mouse.move(middle, top);
  await page.mouse.down();
  const start = Date.now();
  for (let elapsed = 0; elapsed < SECONDS; elapsed = (Date.now() - start) / 1000) {
    const angle = (elapsed / SECONDS) * 4 * Math.PI;
    await page.mouse.move(middle + 300 * Math.sin(angle), top + 100 * Math.sin(angle / 2));
  }
  const times = await page.evaluate(() => globalThis.frames);
  await page.mouse.up();
  const intervals = times.slice(1).map((time, index) => time - times[index]);
  intervals.sort((a, b) => a - b);
  const framesPerSecond = (share) =>
    Math.round(1000 / intervals[Math.min(intervals.length - 1, Math.floor(intervals.length * share))]);
  return { median: framesPerSecond(0.5), slow: framesPerSecond(0.95) };
}
