// Prints the scores of Lighthouse next to their targets for pages of a running server:
// `npm run lighthouse -- http://127.0.0.1:8000`. npx downloads Lighthouse, which has 150 packages, so it is no dependency.
import { execFileSync } from "node:child_process";

const origin = process.argv[2] ?? "http://127.0.0.1:8000";
const paths = ["/place/us-or-portland", "/state/OR", "/country/JP", "/partnership/or-portland--jp-sapporo"];
const targets = { performance: 95, accessibility: 100, seo: 100 };

let missed = false;
for (const path of paths) {
  const options = [
    "--quiet",
    "--output=json",
    "--chrome-flags=--headless --no-sandbox --disable-gpu",
    `--only-categories=${Object.keys(targets).join(",")}`,
  ];
  const report = execFileSync("npx", ["--yes", "lighthouse@12.8.2", origin + path, ...options], {
    env: { CHROME_PATH: process.env.SISTERGRAPH_CHROMIUM ?? "/usr/bin/chromium", ...process.env },
    maxBuffer: 1 << 28,
  });
  const { categories, audits } = JSON.parse(report);
  const scores = Object.entries(targets).map(([name, target]) => [
    name,
    Math.round(categories[name].score * 100),
    target,
  ]);
  console.log(path, scores.map(([name, score, target]) => `${name} ${score} (target ${target})`).join(", "));
  if (scores.every(([, score, target]) => score >= target)) continue;
  missed = true;
  for (const { id, score, title, displayValue = "" } of Object.values(audits))
    if (score !== null && score < 0.9) console.log(`  ${id} ${score}: ${title} ${displayValue}`);
}
process.exitCode = missed ? 1 : 0;
