// The scores of Lighthouse. npx downloads it, because it has 150 packages and is no dependency.
import { execFileSync } from "node:child_process";

const everything = { performance: 95, accessibility: 100, seo: 100 };
const pages = {
  "/": { performance: 90 },
  "/playground": { performance: 90 },
  "/place/us-or-portland": everything,
  "/state/OR": everything,
  "/country/JP": everything,
  "/partnership/or-portland--jp-sapporo": everything,
};

export function* measure({ address }) {
  for (const [path, targets] of Object.entries(pages)) {
    const options = [
      "--quiet",
      "--output=json",
      "--chrome-flags=--headless --no-sandbox --disable-gpu",
      `--only-categories=${Object.keys(targets).join(",")}`,
    ];
    const report = execFileSync("npx", ["--yes", "lighthouse@12.8.2", address + path, ...options], {
      env: { CHROME_PATH: process.env.SISTERGRAPH_CHROMIUM ?? "/usr/bin/chromium", ...process.env },
      maxBuffer: 1 << 28,
    });
    const { categories, audits } = JSON.parse(report);
    let missed = false;
    for (const [category, atLeast] of Object.entries(targets)) {
      const value = Math.round(categories[category].score * 100);
      missed ||= value < atLeast;
      yield { name: `${path} ${category}`, value, atLeast };
    }
    if (!missed) continue;
    for (const { id, score, title, displayValue = "" } of Object.values(audits))
      if (score !== null && score < 0.9) console.log(`    ${id} ${score}: ${title} ${displayValue}`);
  }
}
