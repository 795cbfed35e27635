// Times the fields that are computed from the whole data: node bench/computed.mjs BINARY [--database-url URL]
//
// Each query is sent to a server of its own, without the response cache, so its first request is the first of a revision.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { median } from "./lib/statistics.mjs";

const REQUESTS = 50;
const RESPONDENTS = resolve(import.meta.dirname, "../examples/respondents");

const regions = ["west", "south", "midwest", "northeast"];
const pairs = regions.flatMap((a, n) => regions.slice(n + 1).map((b) => [a, b]));
const compareRegions = pairs
  .map(
    ([a, b]) => `${a}_${b}: compare(a: "aware-yes-${a}", b: "aware-yes-${b}") { tests { holds zLow zHigh holdsFrom } }`,
  )
  .join("\n");
const match =
  "city { name country { name } } score equity giniChange reasons { text contribution } restrictions { law }";
const plan =
  "before { gini } after { gini } pairs { us { name } partner { name } giniChange score restrictions { law } }";

const QUERIES = {
  "`awareness(by: REGION)`":
    "{ awareness(by: REGION) { aware { percent } recorded gaps { reading low high reason } } }",
  "`compare`, the six pairs of regions": `{ ${compareRegions} }`,
  "`matches`, 20 of Topeka with reasons": `{ matches(for: "us-ks-topeka", first: 20) { totalCount nodes { ${match} } } }`,
  "`matches`, 50 of Sapporo with equity": `{ matches(for: "jp-sapporo", first: 50, equityWeight: 0.5) { nodes { ${match} } } }`,
  "`matchModel` with all metrics":
    "{ matchModel { isCurrent coefficients { coefficient } metrics { method measure value } } }",
  "`plan(size: 100)` by STATE": `{ plan(size: 100) { ${plan} } }`,
  "`plan(size: 100)` by COUNTRY": `{ plan(size: 100, by: COUNTRY) { ${plan} } }`,
  "`plan(size: 100)` by PARTNER_COMMUNITY, filtered": `{ plan(size: 100, by: PARTNER_COMMUNITY, us: { state: { code: { ne: "CA" } } }, partner: { country: { code: { ne: "JP" } } }) { ${plan} } }`,
  "`tabulate`, benefit by region":
    '{ tabulate(survey: "states-survey-2021", outcome: BENEFIT, by: REGION) { rows { cells { percent low high flags } } independence { pValue } } }',
};

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: { "database-url": { type: "string" } },
});
if (positionals.length !== 1)
  throw new Error("enter the path of a release build: node bench/computed.mjs target/release/sistergraph");

/** Starts a server, and returns its address and a function that stops it. */
async function start(binary, databaseUrl) {
  const server = spawn(
    binary,
    ["serve", "--listen", "127.0.0.1:0", "--cache-bytes", "0", "--database-url", databaseUrl],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  const address = await new Promise((found, failed) => {
    let log = "";
    server.stderr.on("data", (chunk) => {
      log += chunk;
      const serving = /serving on (http:\/\/[\d.:]+)/.exec(log);
      if (serving) found(serving[1]);
    });
    server.on("exit", () => failed(new Error(`the server stopped: ${log}`)));
  });
  const stopped = new Promise((done) => server.on("exit", done));
  const stop = () => (server.kill("SIGTERM"), stopped);
  return { address, stop };
}

async function statements(address) {
  const metrics = await (await fetch(`${address}/metrics`)).text();
  return Number(/^sistergraph_sql_statements_total (\d+)/m.exec(metrics)[1]);
}

/** Sends a query, and returns how many milliseconds it took and how many statements it ran. */
async function send(address, query) {
  const before = await statements(address);
  const started = performance.now();
  const response = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const body = await response.json();
  const milliseconds = performance.now() - started;
  if (body.errors) throw new Error(JSON.stringify(body.errors));
  return { milliseconds, statements: (await statements(address)) - before };
}

const folder = mkdtempSync(join(tmpdir(), "sistergraph-bench-"));
try {
  const binary = resolve(positionals[0]);
  const databaseUrl = options["database-url"] ?? `sqlite:${join(folder, "bench.db")}`;
  const load = spawn(binary, ["load", "--database-url", databaseUrl, "--respondents", RESPONDENTS, "--synthetic"], {
    stdio: "ignore",
  });
  await new Promise((done) => load.on("exit", done));
  console.log(
    "| field | first request, ms | statements | later requests, median ms | statements |\n|---|---:|---:|---:|---:|",
  );
  for (const [name, query] of Object.entries(QUERIES)) {
    const { address, stop } = await start(binary, databaseUrl);
    // Parses and plans something else first, as a server that is in use has done.
    await send(address, "{ states(first: 1) { nodes { name } } }");
    const first = await send(address, query);
    const later = [];
    for (let n = 0; n < REQUESTS; n++) later.push(await send(address, query));
    const times = median(later.map(({ milliseconds }) => milliseconds));
    console.log(
      `| ${name} | ${first.milliseconds.toFixed(1)} | ${first.statements} | ${times.toFixed(1)} | ${later[0].statements} |`,
    );
    await stop();
  }
} finally {
  rmSync(folder, { recursive: true });
}
