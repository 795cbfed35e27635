// The comparative benchmark: node bench/run.mjs --help

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { WORK, buildOurs, buildPeers, checkPrerequisites } from "./lib/build.mjs";
import { SIZES, database } from "./lib/databases.mjs";
import { machine } from "./lib/machine.mjs";
import { measure } from "./lib/measure.mjs";
import { report } from "./lib/report.mjs";
import { keep } from "./lib/readme.mjs";
import { definitions } from "./lib/servers.mjs";
import { WORKLOADS } from "./lib/workloads.mjs";

const HELP = `Compares this server with others and with floors, on the same data and the same questions.

  --rounds N       rounds, of which the median counts (3)
  --seconds N      seconds that each server is asked, for each workload and number of connections in each round (3)
  --starts N       starts that are timed, of which the median counts (5)
  --only NAME      only this workload or server; may be repeated
  --size 1|100     only this size of the data; may be repeated
  --binary PATH    our program, already built; without it, it is built for release
  --fresh          make the databases again
  --no-readme      print the tables, and leave bench/README.md as it is; so does a run of less than everything

Workloads: ${WORKLOADS.map(({ name }) => name).join(", ")}
Servers: ${definitions({ ours: "", peers: "" })
  .map(({ key }) => key)
  .join(", ")}`;

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "3" },
    starts: { type: "string", default: "5" },
    only: { type: "string", multiple: true, default: [] },
    size: { type: "string", multiple: true, default: [] },
    binary: { type: "string" },
    fresh: { type: "boolean", default: false },
    "no-readme": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** Those that were named, or all. */
function chosen(all, name, names) {
  const found = all.filter((one) => names.includes(name(one)));
  return found.length > 0 ? found : all;
}

async function main() {
  if (options.help) return console.log(HELP);
  const number = (name) => {
    const value = Number(options[name]);
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number from 1`);
    return value;
  };
  const settings = { rounds: number("rounds"), seconds: number("seconds"), starts: number("starts") };
  const names = [...WORKLOADS.map(({ name }) => name), ...definitions({ ours: "", peers: "" }).map(({ key }) => key)];
  const unknown = [
    ...options.only.filter((name) => !names.includes(name)),
    ...options.size.filter((size) => !SIZES.includes(Number(size))),
  ];
  if (unknown.length > 0) throw new Error(`nothing is called ${unknown.join(", ")}; see --help`);

  checkPrerequisites(options);
  mkdirSync(WORK, { recursive: true });
  const ours = buildOurs(options);
  const peers = buildPeers();
  const servers = chosen(definitions({ ours, peers }), ({ key }) => key, options.only);
  const workloads = chosen(WORKLOADS, ({ name }) => name, options.only);
  const sizes = chosen(SIZES, String, options.size);

  const results = { machine: machine(), settings, sizes: [] };
  for (const times of sizes) {
    const made = database(ours, times, options);
    // Whoever is left out, our answers are what the others are compared with.
    const reference = definitions({ ours, peers }).find(({ key }) => key === "uncached");
    results.sizes.push({ ...made, ...(await measure({ made, reference, servers, workloads, settings })) });
  }
  writeFileSync(join(WORK, "results.json"), JSON.stringify(results, null, 2));
  const text = report(results);
  console.log(text);
  const whole = [SIZES, WORKLOADS, definitions({})].every(
    (all, i) => all.length === [sizes, workloads, servers][i].length,
  );
  if (whole && !options["no-readme"]) keep(text);
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});
