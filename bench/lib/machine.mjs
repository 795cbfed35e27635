// The machine and the versions of a run.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { postgresBin } from "./postgres.mjs";

const BENCH = new URL("../", import.meta.url);

const output = (program, ...options) => {
  try {
    return execFileSync(program, options, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch (error) {
    // wrk prints its version and exits with an error.
    return error.stdout?.trim() ?? "unknown";
  }
};

/** The version of a crate in the lock file of the peers. */
function crate(name) {
  const lock = readFileSync(new URL("peers/Cargo.lock", BENCH), "utf8");
  return new RegExp(`name = "${name}"\nversion = "([^"]+)"`).exec(lock)?.[1] ?? "unknown";
}

export function machine() {
  const [mercurius, postgraphile] = ["mercurius", "postgraphile"].map((peer) =>
    JSON.parse(readFileSync(new URL(`peers/${peer}/package.json`, BENCH), "utf8")),
  );
  const system = /^PRETTY_NAME="(.*)"/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "Linux";
  return {
    processor: `${cpus()[0]?.model.trim() ?? "unknown"}, ${cpus().length} cores`,
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    system: `${system}, Linux ${release()}`,
    tools: `${output("rustc", "--version").replace(/ \(.*/, "")}, Node ${process.versions.node}, PostgreSQL ${output(join(postgresBin(), "postgres"), "--version").split(" ")[2]}, wrk ${/wrk (?:debian\/)?(\S+)/.exec(output("wrk", "--version"))?.[1]}`,
    peers: [
      ...["mercurius", "better-sqlite3", "fastify"].map((name) => `${name} ${mercurius.dependencies[name]}`),
      ...["postgraphile", "pg"].map((name) => `${name} ${postgraphile.dependencies[name]}`),
      `PostGraphile's Node ${Object.values(postgraphile.optionalDependencies)[0]}`,
      `seaography ${crate("seaography")}`,
      `sea-orm ${crate("sea-orm")}`,
      `async-graphql ${crate("async-graphql")}`,
      `axum ${crate("axum")}`,
      `rusqlite ${crate("rusqlite")}`,
      `tokio-postgres ${crate("tokio-postgres")}`,
    ].join(", "),
    // Shows whether the machine was busy when the run started.
    loadBefore: readFileSync("/proc/loadavg", "utf8").split(" ")[0],
    commit: output("git", "-C", BENCH.pathname, "rev-parse", "--short", "HEAD"),
    date: new Date().toISOString().slice(0, 10),
  };
}
