// Worker processes that share a port, because Node runs JavaScript on one thread.

import cluster from "node:cluster";

/** Calls `serve` in each of so many processes, or in this one if there is to be only one. */
export async function serveInWorkers(count, serve) {
  if (!cluster.isPrimary || count <= 1) return serve();
  for (let i = 0; i < count; i += 1) cluster.fork();
  process.on("SIGTERM", () => {
    for (const worker of Object.values(cluster.workers)) worker.kill();
    process.exit();
  });
}
