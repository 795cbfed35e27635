// Times the way from text to a valid document beside graphql-js: node bench/documents.mjs BINARY

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { serve } from "./lib/first-and-later.mjs";
import { median } from "./lib/statistics.mjs";
import { WORKLOADS } from "./lib/workloads.mjs";

const DOCUMENTS = 1_000;
const { buildSchema, parse, validate } = createRequire(new URL("peers/mercurius/package.json", import.meta.url))(
  "graphql",
);
const schema = buildSchema(readFileSync(new URL("../schema.graphql", import.meta.url), "utf8"));

// Executing the second operation costs next to nothing, but the whole document has to be parsed and validated.
const TINY = "query Tiny { __typename }";

/** The texts of documents by name; each calls its operation `Timed`. */
function documents() {
  const texts = new Map();
  for (const { name, title, servers } of WORKLOADS) {
    if (servers) continue;
    const text = readFileSync(new URL(`workloads/${name}.graphql`, import.meta.url), "utf8");
    texts.set(title, text.replace(/^query \w+/m, "query Timed"));
  }
  // Almost as many selections as the limits allow, with many fields to merge.
  const fields = "code name slug kind ".repeat(20);
  const roots = Array.from({ length: 60 }, (_, n) => `s${n}: states(first: 1) { nodes { ${fields} } }`);
  texts.set("4,920 selections", `query Timed { ${roots.join("\n")} }`);
  // Almost as many tokens as the limits allow, with many values to check.
  const codes = '"AK", "AL", "AR", "AZ" '.repeat(22);
  const filters = Array.from(
    { length: 90 },
    (_, n) => `s${n}: states(filter: { code: { in: [${codes}] } }) { totalCount }`,
  );
  texts.set("9,724 tokens", `query Timed { ${filters.join("\n")} }`);
  return texts;
}

/** A function that sends a document and returns the milliseconds until its answer. */
function sender(address) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return (query) =>
    new Promise((done, failed) => {
      const body = JSON.stringify({ query, operationName: "Tiny" });
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const start = performance.now();
      const sent = request(`${address}/graphql`, { method: "POST", agent, headers }, (response) => {
        let text = "";
        response.on("data", (chunk) => (text += chunk));
        response.on("end", () => {
          const milliseconds = performance.now() - start;
          if (text.includes('"errors"')) failed(new Error(text));
          else done(milliseconds);
        });
      });
      sent.on("error", failed);
      sent.end(body);
    });
}

function graphqlJs(text) {
  const start = performance.now();
  const errors = validate(schema, parse(text));
  if (errors.length > 0) throw errors[0];
  return performance.now() - start;
}

if (process.argv.length !== 3)
  throw new Error("enter the path of a release build: node bench/documents.mjs target/release/sistergraph");
const folder = mkdtempSync(join(tmpdir(), "sistergraph-bench-"));
const { address, stop } = await serve(resolve(process.argv[2]), `sqlite:${join(folder, "bench.db")}`);
try {
  const send = sender(address);
  console.log("| document | ours, ms | graphql-js, ms | ratio |\n|---|---:|---:|---:|");
  for (const [title, text] of documents()) {
    const times = { known: [], fresh: [], js: [] };
    const n = text.length > 10_000 ? DOCUMENTS / 20 : DOCUMENTS;
    for (let i = 0; i < n; i++) {
      // The same length, so that only the cache of documents tells them apart.
      const other = (number) => `${text.replace("Timed", `Timed${number}`)}\n${TINY}`;
      times.known.push(await send(other(1_000_000)));
      times.fresh.push(await send(other(2_000_000 + i)));
      times.js.push(graphqlJs(other(3_000_000 + i)));
    }
    const [known, fresh, js] = [times.known, times.fresh, times.js].map(median);
    const ours = fresh - known;
    console.log(`| ${title} | ${ours.toFixed(3)} | ${js.toFixed(3)} | ${(ours / js).toFixed(2)} |`);
  }
} finally {
  await stop();
  rmSync(folder, { recursive: true });
}
