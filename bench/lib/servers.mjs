// The servers: how they are started, queried, and stopped.

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ROOT, WORK } from "./build.mjs";
import { freePort, pause, startChild } from "./children.mjs";
import { AS_OURS as POSTGRAPHILE_AS_OURS } from "./postgraphile.mjs";
import { post } from "./request.mjs";
import { AS_OURS as SEAOGRAPHY_AS_OURS } from "./seaography.mjs";
import { WORKLOADS, body } from "./workloads.mjs";

const PEERS = join(ROOT, "bench/peers");
const MERCURIUS = join(PEERS, "mercurius/server.mjs");
const POSTGRAPHILE = join(PEERS, "postgraphile/server.mjs");
const STATEMENTS = join(PEERS, "floors/statements");

/** The Node of PostGraphile, which requires Node 22; npm installs it on common processors. */
function nodeOfPostgraphile() {
  const installed = join(PEERS, `postgraphile/node_modules/node-linux-${process.arch}/bin/node`);
  return existsSync(installed) ? installed : process.execPath;
}

/**
 * The servers in the order of the tables. `command` returns the program and its options for the path of the SQLite database,
 * the URL of the PostgreSQL one, a port, and the folder with our recorded responses. All settings are defaults, except those
 * that bench/README.md explains.
 */
export function definitions({ ours, peers }) {
  const serve = (databaseUrl, port, ...options) => [
    ours,
    ["serve", "--database-url", databaseUrl, "--listen", `127.0.0.1:${port}`, "--rate-limit", "0", ...options],
  ];
  const UNCACHED = ["--cache-bytes", "0"];
  return [
    { key: "cached", title: "ours, cache on", command: ({ path, port }) => serve(`sqlite:${path}`, port) },
    {
      key: "uncached",
      title: "ours, cache off",
      command: ({ path, port }) => serve(`sqlite:${path}`, port, ...UNCACHED),
    },
    {
      key: "mercurius",
      title: "mercurius",
      command: ({ path, port }) => [process.execPath, [MERCURIUS, path, port, availableParallelism()]],
    },
    {
      key: "seaography",
      title: "seaography",
      dialect: "seaography",
      asOurs: SEAOGRAPHY_AS_OURS,
      notes: { groups: "cannot group; reads the stored count of each state and country" },
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
    {
      key: "postgres",
      title: "ours, cache off",
      usesPostgres: true,
      command: ({ postgres, port }) => serve(postgres.url, port, ...UNCACHED),
    },
    {
      key: "postgraphile",
      title: "PostGraphile",
      usesPostgres: true,
      dialect: "postgraphile",
      asOurs: POSTGRAPHILE_AS_OURS,
      notes: { groups: "cannot group; counts the partnerships of each state and country" },
      command: ({ postgres, port }) => [
        nodeOfPostgraphile(),
        [POSTGRAPHILE, postgres.url, port, availableParallelism()],
      ],
    },
    {
      key: "postgres-sql",
      title: "SQL floor",
      usesPostgres: true,
      floor: true,
      command: ({ postgres, port }) => [
        join(peers, "postgres-floor"),
        [postgres.url, join(STATEMENTS, "postgres"), `127.0.0.1:${port}`],
      ],
    },
  ];
}

/** Starts a server, and waits for its first successful response. */
export async function start(definition, { path, postgres, answers }) {
  const port = await freePort();
  const [program, options] = definition.command({ path, postgres, port, answers });
  const log = join(WORK, `${definition.key}.log`);
  const began = performance.now();
  const child = startChild(program, options, {
    log,
    // The peers do not log requests.
    env: { ...process.env, SISTERGRAPH_LOG: "warn", NODE_ENV: "production" },
  });
  const server = {
    ...definition,
    pid: child.pid,
    // The work of a database server counts as that of the server that uses it.
    pids: definition.usesPostgres ? [child.pid, postgres.pid] : [child.pid],
    url: (workload) => `http://127.0.0.1:${port}/${definition.floor ? workload.name : "graphql"}`,
    body: (workload) => body(workload, definition.dialect),
    stop: child.stop,
  };
  for (;;) {
    const [workload] = WORKLOADS;
    const first = await post(server.url(workload), server.body(workload)).catch(() => undefined);
    if (first?.status === 200) break;
    if (child.hasEnded()) throw new Error(`${definition.title} did not start; see ${log}`);
    if (performance.now() - began > 60_000) {
      await server.stop();
      throw new Error(`${definition.title} did not answer within a minute; see ${log}`);
    }
    await pause(2);
  }
  server.startMs = performance.now() - began;
  return server;
}
