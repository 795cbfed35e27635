// Runs the program under test, each time with a separate database.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

/** The root of the repository. */
export const root = resolve(import.meta.dirname, "../..");

/** The program: SISTERGRAPH_BIN, or the debug build. */
const program =
  process.env.SISTERGRAPH_BIN ?? join(resolve(root, process.env.CARGO_TARGET_DIR ?? "target"), "debug/sistergraph");

/** The most time to start or stop; a debug build loads the data in about 2 s. */
const TIMEOUT_MS = 60_000;

/** A server on a free port of the loopback interface, over a new SQLite file. */
export class Server {
  /** The origin, such as `http://127.0.0.1:40123`. */
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

  /** Starts a server with options of `sistergraph serve`, and waits until it is ready. */
  static async start(...options: string[]): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), "sistergraph-clients-"));
    try {
      return new Server(await run(folder, "127.0.0.1:0", options), folder, options);
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  /** The endpoint for WebSockets. */
  get socket(): string {
    return this.endpoint.replace("http", "ws");
  }

  /** Loads the files of a folder into the database with another process. */
  async load(data: string): Promise<void> {
    const child = spawn(program, ["load", "--data", data], {
      env: environment(this.#folder),
      stdio: ["ignore", "ignore", "pipe"],
    });
    let output = "";
    child.stderr!.on("data", (chunk) => (output += chunk));
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`sistergraph load stopped with ${code}:\n${output}`);
  }

  /** Restarts the server with the same address and database. */
  async restart(): Promise<void> {
    await this.#end();
    this.#run = await run(this.#folder, new URL(this.origin).host, this.#options);
  }

  /** Stops the server with SIGTERM. Throws if it had already stopped or exits with an error. */
  async stop(): Promise<void> {
    await this.#end();
    rmSync(this.#folder, { recursive: true });
  }

  async #end(): Promise<void> {
    const { child, log } = this.#run;
    const ended = child.exitCode ?? child.signalCode;
    if (ended !== null) throw new Error(`the server stopped by itself with ${ended}:\n${log.slice(-20).join("\n")}`);
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    const [code, signal] = await exit;
    clearTimeout(timer);
    if (code !== 0) throw new Error(`the server exited with ${code ?? signal}:\n${log.slice(-20).join("\n")}`);
  }
}

interface Run {
  readonly child: ChildProcess;
  readonly origin: string;
  readonly log: string[];
}

/** Starts the program, and waits for the log entry that it serves. */
async function run(folder: string, listen: string, options: readonly string[]): Promise<Run> {
  const child = spawn(program, ["serve", "--listen", listen, ...options], {
    env: environment(folder),
    stdio: ["ignore", "ignore", "pipe"],
  });
  // In case a test ends without stopping the server.
  process.once("exit", () => child.kill("SIGKILL"));
  const log: string[] = [];
  const origin = new Promise<string>((resolve, reject) => {
    setTimeout(() => reject(new Error(`${program} did not start in time`)), TIMEOUT_MS).unref();
    child.once("error", (error) =>
      reject(new Error(`cannot run ${program}; build it with: cargo build --workspace`, { cause: error })),
    );
    child.once("exit", (code) => reject(new Error(`${program} stopped with ${code}:\n${log.join("\n")}`)));
    createInterface(child.stderr!).on("line", (line) => {
      log.push(line);
      const [, origin] = /serving on (http:\/\/[\d.:]+)/.exec(line) ?? [];
      if (origin !== undefined) resolve(origin);
    });
  });
  return { child, origin: await origin, log };
}

/** The environment without settings of the program, except for the database. */
function environment(folder: string): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("SISTERGRAPH_"));
  return { ...Object.fromEntries(others), SISTERGRAPH_DATABASE_URL: `sqlite:${join(folder, "sistergraph.db")}` };
}
