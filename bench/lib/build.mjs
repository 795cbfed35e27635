// What has to be there before anything is measured: tools, our program, the peers.

import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PEERS = join(ROOT, "bench/peers");
const TARGET = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target");

/** Where everything goes that a run makes. */
export const WORK = join(TARGET, "bench");

const works = (program, ...options) => !spawnSync(program, options, { stdio: "ignore" }).error;

/** Says all that is missing at once, and how to come by it. */
export function checkPrerequisites({ binary }) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const missing = [];
  if (process.platform !== "linux") missing.push("Linux: processor time and memory are read from /proc");
  if (major < 20 || (major === 20 && minor < 19)) missing.push(`Node 20.19 or later; this is ${process.versions.node}`);
  if (!works("npm", "--version")) missing.push("npm, which comes with Node");
  if (!works("cargo", "--version")) missing.push("Rust: https://rustup.rs");
  if (!works("cc", "--version"))
    missing.push("a C compiler: SQLite is built from source (Debian: apt install build-essential)");
  if (!works("wrk", "--version")) missing.push("wrk, the load generator (Debian: apt install wrk)");
  if (binary && !existsSync(binary)) missing.push(`the program that --binary names: ${binary}`);
  if (missing.length > 0) throw new Error(`needed, and not here:\n  - ${missing.join("\n  - ")}`);
}

function must(what, program, options, settings = {}) {
  console.error(`bench: ${what}`);
  const { status, error } = spawnSync(program, options, {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    ...settings,
  });
  if (status !== 0) throw new Error(`${what} failed: ${error?.message ?? `${program} ended with ${status}`}`);
}

/** Our program, built for release unless one is named. */
export function buildOurs({ binary }) {
  if (binary) return resolve(binary);
  must("building our program for release", "cargo", ["build", "--release", "--bin", "sistergraph"]);
  return join(TARGET, "release/sistergraph");
}

/** The folder of the peers' programs. */
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
  must("building the floors and seaography for release; the first time takes some minutes", "cargo", options);
  const folder = join(PEERS, "mercurius");
  const installed = join(folder, "node_modules/.package-lock.json");
  // npm writes that file last.
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(join(folder, "package-lock.json")).mtimeMs) {
    must("installing mercurius", "npm", ["ci", "--loglevel=error", "--no-progress"], { cwd: folder });
  }
  return join(target, "release");
}
