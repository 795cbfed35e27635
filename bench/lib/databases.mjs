// The databases of both sizes, created by our program, and the time it takes to load them.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ROOT, WORK } from "./build.mjs";
import { createPostgres, postgresBin, runSql, startPostgres } from "./postgres.mjs";

/** Multiples of the real data. */
export const SIZES = [1, 100];
const SEED = 1;

const FOLDER = join(WORK, "databases");

/** A hash of the files that determine the content of the databases; when it changes, they are recreated. */
function inputHash() {
  const hash = createHash("sha256");
  const add = (path) => hash.update(path).update(readFileSync(join(ROOT, path)));
  const addAll = (folder) => {
    const entries = readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) add(file.slice(ROOT.length));
  };
  for (const folder of ["data", "migrations", "src/import", "src/entity"]) addAll(folder);
  for (const file of ["Cargo.lock", "src/generate.rs", "src/collation.rs"]) add(file);
  return hash.digest("hex");
}

function run(binary, options) {
  const start = performance.now();
  const { status, error, stderr } = spawnSync(binary, options, {
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`sistergraph ${options.join(" ")} failed: ${error?.message ?? stderr}`);
  return (performance.now() - start) / 1000;
}

const url = (path) => `sqlite:${path}`;
const remove = (path) => ["", "-wal", "-shm"].forEach((suffix) => rmSync(path + suffix, { force: true }));

/** A copy of the folder `data`, with a different population of one city. */
function changedCopy(data) {
  const folder = `${data}-changed`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const file of readdirSync(data)) {
    if (file !== "cities.csv") symlinkSync(join(data, file), join(folder, file));
  }
  const lines = readFileSync(join(data, "cities.csv"), "utf8").split("\n");
  const column = lines[0].split(",").indexOf("population");
  const row = lines.findIndex((line, i) => i > 0 && !line.includes('"') && /^\d+$/.test(line.split(",")[column]));
  const cells = lines[row].split(",");
  cells[column] = String(Number(cells[column]) + 1);
  lines[row] = cells.join(",");
  writeFileSync(join(folder, "cities.csv"), lines.join("\n"));
  return folder;
}

/** Generates the data of a size in a folder, and returns the folder and the options to load it. */
export function generate(binary, times) {
  const data = join(FOLDER, `data-${times}x`);
  run(binary, ["generate", "--times", String(times), "--seed", String(SEED), "--out", data]);
  return { data, from: times === 1 ? [] : ["--data", data] };
}

/** The folder `data` with a changed row. `load` loads it into a database, and returns how many seconds this took. */
export function changedData(binary, data) {
  const changed = changedCopy(data);
  return {
    load: (databaseUrl) => run(binary, ["load", "--database-url", databaseUrl, "--data", changed]),
    remove: () => [data, changed].forEach((folder) => rmSync(folder, { recursive: true })),
  };
}

/** Copies a SQLite database, and returns the path of the copy. */
export function copyDatabase(path) {
  const copy = `${path}.copy`;
  remove(copy);
  copyFileSync(path, copy);
  return copy;
}

function create(binary, times, path, key) {
  console.error(`bench: creating the ${times}x database; 100x takes several minutes`);
  remove(path);
  const { data, from } = generate(binary, times);
  // Under a temporary name until it is complete, in case the run is interrupted.
  const unfinished = `${path}.unfinished`;
  remove(unfinished);
  const firstLoad = run(binary, ["load", "--database-url", url(unfinished), ...from]);
  const copy = copyDatabase(unfinished);
  const changed = changedData(binary, data);
  const incrementalLoad = changed.load(url(copy));
  remove(copy);
  changed.remove();
  renameSync(unfinished, path);
  const created = { key, firstLoad, incrementalLoad };
  writeFileSync(`${path}.json`, JSON.stringify(created));
  return created;
}

const readJson = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined);

/** The database of a size with its load times in seconds. Reuses an existing one with the same inputs. */
export function database(binary, times, { fresh }) {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${times}x.db`);
  const key = inputHash();
  const existing = existsSync(path) ? readJson(`${path}.json`) : undefined;
  const prepared = existing?.key === key && !fresh ? existing : create(binary, times, path, key);
  return { times, path, firstLoad: prepared.firstLoad, incrementalLoad: prepared.incrementalLoad };
}

/** Starts a PostgreSQL server with the data of a size. Reuses an existing one with the same inputs. */
export async function postgresDatabase(binary, times, { fresh }) {
  const folder = join(FOLDER, `${times}x-postgres`);
  const created = join(folder, "created.json");
  // A newer PostgreSQL cannot read the files.
  const key = `${inputHash()} ${postgresBin()}`;
  if (readJson(created)?.key === key && !fresh) return startPostgres(folder);

  console.error(`bench: creating the ${times}x database of PostgreSQL; 100x takes several minutes`);
  createPostgres(folder);
  const postgres = await startPostgres(folder);
  try {
    const { data, from } = generate(binary, times);
    run(binary, ["load", "--database-url", postgres.url, ...from]);
    rmSync(data, { recursive: true });
    // PostgreSQL does this by itself within minutes, but not at the same time in every run.
    await runSql(postgres.url, "vacuum analyze");
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  writeFileSync(created, JSON.stringify({ key }));
  return postgres;
}
