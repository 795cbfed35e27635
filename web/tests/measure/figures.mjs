/** How long the page that checks figures is, with its details closed. It was 9,500 px at a desktop and 15,400 px on a phone. */
export async function* measure({ browser, address }) {
  for (const { name, width, height, atMost } of [
    { name: "desktop", width: 1440, height: 900, atMost: 4750 },
    { name: "phone", width: 390, height: 844, atMost: 7700 },
  ]) {
    const page = await browser.newPage({ viewport: { width, height } });
    try {
      await page.goto(`${address}/figures`);
      await page.locator("[data-testid=coverage-COUNTRY] details").waitFor();
      await page.locator("[data-testid=concentration]").waitFor();
      await page.locator("#citation code").waitFor();
      const value = await page.evaluate(() => globalThis.document.documentElement.scrollHeight);
      yield { name: `height of the figures page (${name})`, value, unit: "px", atMost };
    } finally {
      await page.close();
    }
  }
}
