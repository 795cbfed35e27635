// The comparative benchmark: node bench/run.mjs --help

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { WORK, buildOurs, buildPeers, checkPrerequisites } from "./lib/build.mjs";
import { measureCold } from "./lib/cold.mjs";
import { SIZES, changedData, copyDatabase, database, generate, postgresDatabase } from "./lib/databases.mjs";
import { machine } from "./lib/machine.mjs";
import { measure } from "./lib/measure.mjs";
import { copyPostgres } from "./lib/postgres.mjs";
import { report } from "./lib/report.mjs";
import { updateReadme } from "./lib/readme.mjs";
import { definitions } from "./lib/servers.mjs";
import { WORKLOADS } from "./lib/workloads.mjs";

const HELP = `Compares this server with other servers and with floors, using the same data and the same queries.

  --rounds N       number of rounds; results are medians over the rounds (3)
  --seconds N      duration of each measurement in seconds (3)
  --starts N       number of measured starts of each server; the result is their median (5)
  --only NAME      run only this workload or server, or the questions after a start (cold); can be repeated
  --size 1|100     run only this size of the data; can be repeated
  --binary PATH    use this build of our program instead of building a release
  --fresh          recreate the databases
  --no-readme      print the tables without updating bench/README.md; partial runs never update it

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

/** The name of the questions after a start and after a load. */
const COLD = "cold";

/** The items with the given names, or all items if there are none. */
function select(items, nameOf, names) {
  const selected = items.filter((item) => names.includes(nameOf(item)));
  return selected.length > 0 ? selected : items;
}

/** The first questions after a start with each database, and at 1x after a load; at 100x, a load takes too long. */
async function cold(ours, { times, path, postgres }, { starts }) {
  console.error(`bench: ${times}x: sending the first questions after a start`);
  const changed = times === 1 ? changedData(ours, generate(ours, times).data) : undefined;
  const measureOne = (server, prepared, databaseUrl) => {
    const definition = definitions({ ours }).find(({ key }) => key === server);
    return measureCold({ definition, prepared, starts, load: changed && (() => changed.load(databaseUrl)) });
  };
  const sqlite = changed ? copyDatabase(path) : path;
  const results = await measureOne("uncached", { path: sqlite }, `sqlite:${sqlite}`);
  if (postgres) {
    const url = changed ? await copyPostgres(postgres.url) : postgres.url;
    results.push(...(await measureOne("postgres", { postgres: { ...postgres, url } }, url)));
  }
  changed?.remove();
  return results;
}

async function main() {
  if (options.help) return console.log(HELP);
  const number = (name) => {
    const value = Number(options[name]);
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`--${name} is "${options[name]}"; it must be a whole number from 1`);
    return value;
  };
  const settings = { rounds: number("rounds"), seconds: number("seconds"), starts: number("starts") };
  const names = [
    COLD,
    ...WORKLOADS.map(({ name }) => name),
    ...definitions({ ours: "", peers: "" }).map(({ key }) => key),
  ];
  const unknown = [
    ...options.only.filter((name) => !names.includes(name)),
    ...options.size.filter((size) => !SIZES.includes(Number(size))),
  ];
  if (unknown.length > 0) throw new Error(`unknown workload, server or size: ${unknown.join(", ")}; see --help`);

  checkPrerequisites(options);
  mkdirSync(WORK, { recursive: true });
  const ours = buildOurs(options);
  const peers = buildPeers();
  const servers = select(definitions({ ours, peers }), ({ key }) => key, options.only);
  const workloads = select(WORKLOADS, ({ name }) => name, options.only);
  const sizes = select(SIZES, String, options.size);

  const results = { machine: machine(), settings, sizes: [] };
  for (const times of sizes) {
    const prepared = database(ours, times, options);
    // The responses are always compared with ours, even if our server is not measured.
    const reference = definitions({ ours, peers }).find(({ key }) => key === "uncached");
    // With PostgreSQL, 100x is only measured if it is selected, because a complete run takes long enough.
    const included = servers.filter(
      ({ key, usesPostgres }) => !usesPostgres || times === 1 || options.only.includes(key),
    );
    const postgres = included.some(({ usesPostgres }) => usesPostgres)
      ? await postgresDatabase(ours, times, options)
      : undefined;
    try {
      const databases = { ...prepared, postgres };
      const size = { ...prepared, startMs: {}, answers: [], cells: [], cold: [] };
      if (options.only.length !== 1 || options.only[0] !== COLD)
        Object.assign(size, await measure({ prepared: databases, reference, servers: included, workloads, settings }));
      if (options.only.length === 0 || options.only.includes(COLD)) size.cold = await cold(ours, databases, settings);
      results.sizes.push(size);
    } finally {
      await postgres?.stop();
    }
  }
  writeFileSync(join(WORK, "results.json"), JSON.stringify(results, null, 2));
  const text = report(results);
  console.log(text);
  const isComplete = options.only.length === 0 && sizes.length === SIZES.length;
  if (isComplete && !options["no-readme"]) updateReadme(text);
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});
