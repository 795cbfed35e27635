// Starts and stops other processes.

import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { createServer } from "node:net";

const running = new Map();
process.on("exit", () => running.forEach((signal, child) => child.kill(signal)));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/**
 * Starts a process that writes to a log file and ends with the run at the latest. It is stopped with a signal, and killed if it
 * has not ended after `patience` milliseconds.
 */
export function startChild(program, options, { log, signal = "SIGTERM", patience = 5_000, ...settings }) {
  const stdio = ["ignore", openSync(log, "w"), openSync(log, "a")];
  const child = spawn(program, options.map(String), { ...settings, stdio });
  running.set(child, signal);
  const ended = new Promise((resolve) => {
    child.on("exit", resolve);
    child.on("error", resolve);
  }).then(() => running.delete(child));
  return {
    pid: child.pid,
    hasEnded: () => !running.has(child),
    async stop() {
      child.kill(signal);
      const killTimer = setTimeout(() => child.kill("SIGKILL"), patience);
      await ended;
      clearTimeout(killTimer);
    },
  };
}

/** A free port. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
