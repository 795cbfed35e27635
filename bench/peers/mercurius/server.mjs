// The same API as a Node server: mercurius with JIT over better-sqlite3. node server.mjs DATABASE PORT WORKERS

import { readFileSync } from "node:fs";
import Fastify from "fastify";
import mercurius from "mercurius";
import { open } from "./database.mjs";
import { graph } from "./graph.mjs";
import { serveInWorkers } from "../workers.mjs";

const [path, port, workers] = process.argv.slice(2);

await serveInWorkers(Number(workers), async () => {
  const app = Fastify();
  await app.register(mercurius, {
    schema: readFileSync(new URL("schema.graphql", import.meta.url), "utf8"),
    ...graph(open(path)),
    // Compile a query when it is executed for the first time.
    jit: 1,
  });
  await app.listen({ host: "127.0.0.1", port: Number(port) });
});
