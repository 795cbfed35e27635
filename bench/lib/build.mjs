// Checks the required tools, and builds our program and the peers.

import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { postgresBin } from "./postgres.mjs";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PEERS = join(ROOT, "bench/peers");
const TARGET = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target");

/** The folder for all files of a run. */
export const WORK = join(TARGET, "bench");

const isInstalled = (program, ...options) => !spawnSync(program, options, { stdio: "ignore" }).error;

/** Throws if something is missing, with a list of everything that is and how to install it. */
export function checkPrerequisites({ binary }) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const missing = [];
  if (process.platform !== "linux") missing.push("Linux: processor time and memory are read from /proc");
  if (major < 20 || (major === 20 && minor < 19)) missing.push(`Node 20.19 or later; this is ${process.versions.node}`);
  if (!isInstalled("npm", "--version")) missing.push("npm, which comes with Node");
  if (!isInstalled("cargo", "--version")) missing.push("Rust: https://rustup.rs");
  if (!isInstalled("cc", "--version"))
    missing.push("a C compiler: SQLite is built from source (Debian: apt install build-essential)");
  if (!isInstalled("wrk", "--version")) missing.push("wrk, the load generator (Debian: apt install wrk)");
  if (!postgresBin()) missing.push("a PostgreSQL server with initdb (Debian: apt install postgresql)");
  if (binary && !existsSync(binary)) missing.push(`${binary}, the file given by --binary`);
  if (missing.length > 0) throw new Error(`missing:\n  - ${missing.join("\n  - ")}`);
}

function run(task, program, options, settings = {}) {
  console.error(`bench: ${task}`);
  const { status, error } = spawnSync(program, options, {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    ...settings,
  });
  if (status !== 0) throw new Error(`${task} failed: ${error?.message ?? `${program} exited with ${status}`}`);
}

/** The path of our program: the one given by --binary, or a release build. */
export function buildOurs({ binary }) {
  if (binary) return resolve(binary);
  run("building our program for release", "cargo", ["build", "--release", "--bin", "sistergraph"]);
  return join(TARGET, "release/sistergraph");
}

/** Builds the peers, and returns the folder of their programs. */
export function buildPeers() {
  const target = join(WORK, "peers");
  const options = [
    "build",
    "--release",
    "--locked",
    "--manifest-path",
    join(PEERS, "Cargo.toml"),
    "--target-dir",
    target,
  ];
  run("building the floors and seaography for release; the first build takes several minutes", "cargo", options);
  for (const peer of ["mercurius", "postgraphile"]) {
    const folder = join(PEERS, peer);
    const installed = join(folder, "node_modules/.package-lock.json");
    // npm writes this file last.
    if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(join(folder, "package-lock.json")).mtimeMs) {
      run(`installing ${peer}`, "npm", ["ci", "--loglevel=error", "--no-progress"], { cwd: folder });
    }
  }
  return join(target, "release");
}
