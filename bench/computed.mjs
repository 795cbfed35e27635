// Times the fields that are computed from the whole data: node bench/computed.mjs BINARY [--database-url URL]

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { timeFirstAndLater } from "./lib/first-and-later.mjs";

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

const folder = mkdtempSync(join(tmpdir(), "sistergraph-bench-"));
try {
  const binary = resolve(positionals[0]);
  const databaseUrl = options["database-url"] ?? `sqlite:${join(folder, "bench.db")}`;
  const load = spawn(binary, ["load", "--database-url", databaseUrl, "--respondents", RESPONDENTS, "--synthetic"], {
    stdio: "ignore",
  });
  await new Promise((done) => load.on("exit", done));
  await timeFirstAndLater({ binary, databaseUrl, queries: QUERIES, requests: REQUESTS, starts: 1 });
} finally {
  rmSync(folder, { recursive: true });
}
