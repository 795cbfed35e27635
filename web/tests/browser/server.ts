import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    origin: string;
  }
}

/** Starts the program on a free port with a temporary database. */
export async function startServer(): Promise<{ origin: string; stop: () => Promise<void> }> {
  const program =
    process.env["SISTERGRAPH_PROGRAM"] ??
    resolve("..", process.env["CARGO_TARGET_DIR"] ?? "target", "debug/sistergraph");
  const folder = await mkdtemp(join(tmpdir(), "sistergraph-pages-"));
  const child = spawn(
    program,
    [
      "serve",
      ...["--listen", "127.0.0.1:0", "--database-url", `sqlite:${join(folder, "pages.db")}`],
      // Comparing figures takes long in a debug build on a busy machine.
      ...["--request-timeout-ms", "60000"],
    ],
    { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const log: string[] = [];
  const origin = await new Promise<string>((resolveOrigin, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server exited with code ${code}:\n${log.join("\n")}`)));
    createInterface(child.stderr).on("line", (line) => {
      log.push(line);
      const address = /serving on (http:\/\/[\d.:]+)/.exec(line)?.[1];
      if (address) resolveOrigin(address);
    });
  });
  return {
    origin,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { origin, stop } = await startServer();
  provide("origin", origin);
  return stop;
}
