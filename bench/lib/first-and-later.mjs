// The time of the first request for a query, and of later ones.

import { spawn } from "node:child_process";
import { median } from "./statistics.mjs";

/** Starts a server, and returns its address and a function that stops it. */
export async function serve(binary, databaseUrl) {
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

/**
 * Sends each query to a server of its own, without the response cache, so its first request is the first of a revision.
 * Prints a table; `starts` servers are started for each query.
 */
export async function timeFirstAndLater({ binary, databaseUrl, queries, requests, starts }) {
  console.log(
    "| query | first request, ms | statements | later requests, median ms | statements |\n|---|---:|---:|---:|---:|",
  );
  for (const [name, query] of Object.entries(queries)) {
    const first = [];
    const later = [];
    for (let n = 0; n < starts; n++) {
      const { address, stop } = await serve(binary, databaseUrl);
      // Parses and plans something else first, as a server that is in use has done.
      await send(address, "{ states(first: 1) { nodes { name } } }");
      first.push(await send(address, query));
      for (let m = 0; m < requests; m++) later.push(await send(address, query));
      await stop();
    }
    const time = (sent) => median(sent.map(({ milliseconds }) => milliseconds)).toFixed(1);
    console.log(`| ${name} | ${time(first)} | ${first[0].statements} | ${time(later)} | ${later[0].statements} |`);
  }
}
