// The program under test, each time with a database of its own.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

/** The root of the repository. */
export const root = resolve(import.meta.dirname, "../..");

/** The program: SISTERGRAPH_BIN, or what `cargo build` made. */
const program =
  process.env.SISTERGRAPH_BIN ?? join(resolve(root, process.env.CARGO_TARGET_DIR ?? "target"), "debug/sistergraph");

/** How long the program may take to start or to stop; a build for debugging loads the data in about 2 s. */
const PATIENCE_MS = 60_000;

/** A server on a free port of the loopback, over a fresh SQLite file. */
export class Server {
  /** Without a path, as in `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** The GraphQL endpoint. */
  readonly endpoint: string;
  readonly #options: readonly string[];
  readonly #folder: string;
  #run: Run;

  private constructor(run: Run, folder: string, options: readonly string[]) {
    this.origin = run.origin;
    this.endpoint = `${run.origin}/graphql`;
    this.#options = options;
    this.#folder = folder;
    this.#run = run;
  }

  /** Starts one with options of `sistergraph serve`; it answers when this returns. */
  static async start(...options: string[]): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), "sistergraph-clients-"));
    try {
      return new Server(await run(folder, "127.0.0.1:0", options), folder, options);
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  /** For WebSockets. */
  get socket(): string {
    return this.endpoint.replace("http", "ws");
  }

  /** Loads the files of a folder into the database of the running server, by another process. */
  async load(data: string): Promise<void> {
    const child = spawn(program, ["load", "--data", data], {
      env: environment(this.#folder),
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr!.on("data", (chunk) => (said += chunk));
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`sistergraph load stopped with ${code}:\n${said}`);
  }

  /** Stops it and starts it again, at the same address over the same database. */
  async restart(): Promise<void> {
    await this.#end();
    this.#run = await run(this.#folder, new URL(this.origin).host, this.#options);
  }

  /** Stops it as an operator would. Fails where it was gone already, or does not end well. */
  async stop(): Promise<void> {
    await this.#end();
    rmSync(this.#folder, { recursive: true });
  }

  async #end(): Promise<void> {
    const { child, log } = this.#run;
    const ended = child.exitCode ?? child.signalCode;
    if (ended !== null) throw new Error(`the server stopped by itself with ${ended}:\n${log.slice(-20).join("\n")}`);
    const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    const [code, signal] = await exit;
    clearTimeout(timer);
    if (code !== 0) throw new Error(`the server ended with ${code ?? signal}:\n${log.slice(-20).join("\n")}`);
  }
}

interface Run {
  readonly child: ChildProcess;
  readonly origin: string;
  readonly log: string[];
}

/** Runs the program until it says that it serves. */
async function run(folder: string, listen: string, options: readonly string[]): Promise<Run> {
  const child = spawn(program, ["serve", "--listen", listen, ...options], {
    env: environment(folder),
    stdio: ["ignore", "ignore", "pipe"],
  });
  // Where a test ends without stopping it, as when its file does not run to the end.
  process.once("exit", () => child.kill("SIGKILL"));
  const log: string[] = [];
  const origin = new Promise<string>((found, failed) => {
    setTimeout(() => failed(new Error(`${program} does not serve`)), PATIENCE_MS).unref();
    child.once("error", (error) =>
      failed(new Error(`cannot run ${program}; build it with: cargo build --workspace`, { cause: error })),
    );
    child.once("exit", (code) => failed(new Error(`${program} stopped with ${code}:\n${log.join("\n")}`)));
    createInterface(child.stderr!).on("line", (line) => {
      log.push(line);
      const [, origin] = /serving on (http:\/\/[\d.:]+)/.exec(line) ?? [];
      if (origin !== undefined) found(origin);
    });
  });
  return { child, origin: await origin, log };
}

/** What is set for the tests themselves should not reach the program. */
function environment(folder: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("SISTERGRAPH_"));
  return { ...Object.fromEntries(own), SISTERGRAPH_DATABASE_URL: `sqlite:${join(folder, "sistergraph.db")}` };
}
