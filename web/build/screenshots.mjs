// Writes docs/screenshots/*.webp from a running server: `npm run screenshots -- http://127.0.0.1:8000`. Chromium converts
// the screenshots to WebP.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const origin = process.argv[2] ?? "http://127.0.0.1:8000";
const folder = join(import.meta.dirname, "../../docs/screenshots");
const shots = [
  { name: "atlas", path: "/?select=state:OR", colorScheme: "light", ready: "h1" },
  { name: "figures", path: "/figures", colorScheme: "light", ready: "[data-testid=check]" },
  { name: "playground", path: "/playground", colorScheme: "dark", ready: ".answer-body" },
];

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.SISTERGRAPH_CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
  ],
});
for (const { name, path, colorScheme, ready } of shots) {
  const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  await page.goto(origin + path, { waitUntil: "networkidle" });
  await page.locator(ready).first().waitFor();
  const png = (await page.screenshot()).toString("base64");
  const canvas = await browser.newPage();
  const webp = await canvas.evaluate(async (source) => {
    const image = Object.assign(new Image(), { src: source });
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", 0.82);
  }, `data:image/png;base64,${png}`);
  const bytes = Buffer.from(webp.split(",")[1], "base64");
  writeFileSync(join(folder, `${name}.webp`), bytes);
  console.log(`${name}.webp: ${Math.round(bytes.length / 1024)} KiB`);
  await page.close();
  await canvas.close();
}
await browser.close();
