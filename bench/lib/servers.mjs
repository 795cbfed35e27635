// The servers: how each is started, asked and stopped.

import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ask } from "./ask.mjs";
import { ROOT, WORK } from "./build.mjs";
import { AS_OURS } from "./seaography.mjs";
import { WORKLOADS, body } from "./workloads.mjs";

const PEERS = join(ROOT, "bench/peers");
const MERCURIUS = join(PEERS, "mercurius/server.mjs");
const STATEMENTS = join(PEERS, "floors/statements");

/**
 * The servers in the order of the tables. `command` gives the program and its options for a database, a port, and the
 * folder with the recorded answers of ours. All that a request needs to be answered is at their defaults, except where
 * bench/README.md says why.
 */
export function definitions({ ours, peers }) {
  const serve =
    (...options) =>
    ({ path, port }) => [
      ours,
      ["serve", "--database-url", `sqlite:${path}`, "--listen", `127.0.0.1:${port}`, "--rate-limit", "0", ...options],
    ];
  return [
    { key: "cached", title: "ours, cache on", command: serve() },
    { key: "uncached", title: "ours, cache off", command: serve("--cache-bytes", "0") },
    {
      key: "mercurius",
      title: "mercurius",
      command: ({ path, port }) => [process.execPath, [MERCURIUS, path, port, availableParallelism()]],
    },
    {
      key: "seaography",
      title: "seaography",
      dialect: "seaography",
      asOurs: AS_OURS,
      notes: { groups: "cannot group: it reads the counts that the tables keep of each place" },
      command: ({ path, port }) => [join(peers, "seaography-peer"), [path, `127.0.0.1:${port}`]],
    },
    {
      key: "sql",
      title: "SQL floor",
      floor: true,
      command: ({ path, port }) => [join(peers, "sql-floor"), [path, STATEMENTS, `127.0.0.1:${port}`]],
    },
    {
      key: "static",
      title: "static floor",
      floor: true,
      command: ({ answers, port }) => [join(peers, "static-floor"), [answers, `127.0.0.1:${port}`]],
    },
  ];
}

/** A port that nobody listens on. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts a server and waits for its first right answer. */
export async function start(definition, { path, answers }) {
  const port = await freePort();
  const [program, options] = definition.command({ path, port, answers });
  const log = join(WORK, `${definition.key}.log`);
  const began = performance.now();
  const child = spawn(program, options.map(String), {
    // A line a request on a terminal is not what is compared; no peer writes any.
    env: { ...process.env, SISTERGRAPH_LOG: "warn", NODE_ENV: "production" },
    stdio: ["ignore", openSync(log, "w"), openSync(log, "a")],
  });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  let failed;
  child.on("error", (error) => (failed = error));
  const server = {
    ...definition,
    pid: child.pid,
    url: (workload) => `http://127.0.0.1:${port}/${definition.floor ? workload.name : "graphql"}`,
    body: (workload) => body(workload, definition.dialect),
    stop: async () => {
      child.kill("SIGTERM");
      // A server may wait for connections that nobody closes.
      const killed = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await ended;
      clearTimeout(killed);
    },
  };
  for (;;) {
    const [workload] = WORKLOADS;
    const first = await ask(server.url(workload), server.body(workload)).catch(() => undefined);
    if (first?.status === 200) break;
    if (failed || child.exitCode !== null) throw new Error(`${definition.title} does not start; see ${log}`);
    if (performance.now() - began > 60_000) {
      await server.stop();
      throw new Error(`${definition.title} does not answer within a minute; see ${log}`);
    }
    await pause(2);
  }
  server.startMs = performance.now() - began;
  return server;
}
