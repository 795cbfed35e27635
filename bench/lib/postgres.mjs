// A private PostgreSQL server.

import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { freePort, pause, startChild } from "./children.mjs";

// PostgreSQL refuses to run as root; then it runs as the user that Debian's package creates.
const USER = "postgres";

/** The folder of the newest PostgreSQL server, or undefined. */
export function postgresBin() {
  const parent = "/usr/lib/postgresql";
  const versions = existsSync(parent) ? readdirSync(parent).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(parent, version, "bin")), ...process.env.PATH.split(delimiter)];
  const folder = folders.find((folder) => ["initdb", "postgres"].every((program) => existsSync(join(folder, program))));
  return folder && dirname(realpathSync(join(folder, "initdb")));
}

/** The settings of a child process that is not root and can enter its working directory. */
function unprivileged(folder) {
  if (process.getuid() !== 0) return { cwd: folder };
  const [uid, gid] = ["-u", "-g"].map((option) => Number(execFileSync("id", [option, USER], { encoding: "utf8" })));
  chownSync(folder, uid, gid);
  return { cwd: folder, uid, gid };
}

/** Creates an empty server in a folder, whose database is called like the user. */
export function createPostgres(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const bin = postgresBin();
  const icu = execFileSync(join(bin, "initdb"), ["--help"], { encoding: "utf8" }).includes("--icu-locale");
  // The sort order of a language, as most servers have.
  const locale = icu ? ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"] : ["--locale=C.UTF-8"];
  const options = [
    `--pgdata=${join(folder, "data")}`,
    `--username=${USER}`,
    "--encoding=UTF8",
    "--auth=trust",
    "--no-sync",
  ];
  execFileSync(join(bin, "initdb"), [...options, ...locale], {
    ...unprivileged(folder),
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** Runs SQL with the driver of PostGraphile. */
export async function runSql(url, sql) {
  const pg = createRequire(new URL("../peers/postgraphile/package.json", import.meta.url))("pg");
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Copies the database, to which nothing else is connected, within its server, and returns the URL of the copy. */
export async function copyPostgres(url) {
  const other = (name) => Object.assign(new URL(url), { pathname: name }).href;
  await runSql(other("template1"), "drop database if exists copied");
  await runSql(other("template1"), `create database copied template ${USER}`);
  return other("copied");
}

/** Starts the server in a folder, and returns its URL, its process id, and a function that stops it. */
export async function startPostgres(folder) {
  const port = await freePort();
  const log = join(folder, "log");
  // PostGraphile opens up to ten connections for each core. The path of a socket must be short, so there is none.
  const options = ["-D", join(folder, "data"), "-p", String(port), "-h", "127.0.0.1", "-k", "", "-N", "1000"];
  // SIGINT closes the connections. The last checkpoint may take a while.
  const settings = { ...unprivileged(folder), log, signal: "SIGINT", patience: 60_000 };
  const { pid, hasEnded, stop } = startChild(join(postgresBin(), "postgres"), options, settings);
  const url = `postgres://${USER}@127.0.0.1:${port}/${USER}`;
  for (let i = 0; ; i += 1) {
    const connected = await runSql(url, "select 1").catch(() => undefined);
    if (connected) return { url, pid, stop };
    if (hasEnded()) throw new Error(`PostgreSQL did not start; see ${log}`);
    if (i === 600) {
      await stop();
      throw new Error(`PostgreSQL did not start within a minute; see ${log}`);
    }
    await pause(100);
  }
}
