// Prints measured figures of the pages next to their targets: `npm run measure -- ADDRESS [PART...]`, for a running server.
// Each part is a file of this folder. The figures depend on the machine, so no test asserts them.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import * as atlas from "./atlas.mjs";
import * as figures from "./figures.mjs";
import * as lighthouse from "./lighthouse.mjs";
import * as map from "./map.mjs";
import * as playground from "./playground.mjs";

/** Each exports `measure({ browser, address })`, which yields rows: `name`, `value`, `unit`, and `atMost` or `atLeast`. */
const parts = { atlas, figures, playground, map, lighthouse };

const [address = "http://127.0.0.1:8000", ...names] = process.argv.slice(2);
const unknown = names.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(", ")}. The parts are ${Object.keys(parts).join(", ")}.`);
  process.exit(2);
}

const browser = await chromium.launch({
  executablePath:
    process.env.SISTERGRAPH_CHROMIUM ??
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync),
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
});
let missed = 0;
try {
  for (const [part, { measure }] of Object.entries(parts)) {
    if (names.length > 0 && !names.includes(part)) continue;
    console.log(`\n${part}`);
    for await (const { name, value, unit = "", atMost, atLeast } of measure({ browser, address })) {
      const met = atMost === undefined ? value >= atLeast : value <= atMost;
      if (!met) missed += 1;
      const target = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
      console.log(`  ${met ? "met   " : "MISSED"} ${name}: ${value} ${unit}`.trimEnd(), `(${target})`);
    }
  }
} finally {
  await browser.close();
}
process.exitCode = missed > 0 ? 1 : 0;
