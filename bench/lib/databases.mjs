// The two databases, made by our program, and how long it takes to load them.

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

/** How many times the size of the real data. */
export const SIZES = [1, 100];
const SEED = 1;

const FOLDER = join(WORK, "databases");

/** What the databases are made from: if it changes, they are made again. */
function ingredients() {
  const hash = createHash("sha256");
  const take = (path) => hash.update(path).update(readFileSync(join(ROOT, path)));
  const takeAll = (folder) => {
    const entries = readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) take(file.slice(ROOT.length));
  };
  for (const folder of ["data", "migrations", "src/import", "src/entity"]) takeAll(folder);
  for (const file of ["Cargo.lock", "src/generate.rs", "src/collation.rs"]) take(file);
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

/** A folder beside `data` with the same files, but for the inhabitants of one city. */
function changed(data) {
  const folder = `${data}-changed`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const file of readdirSync(data)) {
    if (file !== "cities.csv") symlinkSync(join(data, file), join(folder, file));
  }
  const lines = readFileSync(join(data, "cities.csv"), "utf8").split("\n");
  const column = lines[0].split(",").indexOf("population");
  const place = lines.findIndex((line, i) => i > 0 && !line.includes('"') && /^\d+$/.test(line.split(",")[column]));
  const cells = lines[place].split(",");
  cells[column] = String(Number(cells[column]) + 1);
  lines[place] = cells.join(",");
  writeFileSync(join(folder, "cities.csv"), lines.join("\n"));
  return folder;
}

function make(binary, times, path, key) {
  console.error(`bench: making the database of ${times}x; 100x takes some minutes`);
  remove(path);
  const data = join(FOLDER, `data-${times}x`);
  run(binary, ["generate", "--times", String(times), "--seed", String(SEED), "--out", data]);
  // Under another name until it is whole: a run may be broken off.
  const unfinished = `${path}.unfinished`;
  remove(unfinished);
  const from = times === 1 ? [] : ["--data", data];
  const firstLoad = run(binary, ["load", "--database-url", url(unfinished), ...from]);
  const copy = `${path}.copy`;
  remove(copy);
  copyFileSync(unfinished, copy);
  const other = changed(data);
  const incrementalLoad = run(binary, ["load", "--database-url", url(copy), "--data", other]);
  remove(copy);
  rmSync(data, { recursive: true });
  rmSync(other, { recursive: true });
  renameSync(unfinished, path);
  const made = { key, firstLoad, incrementalLoad };
  writeFileSync(`${path}.json`, JSON.stringify(made));
  return made;
}

/** The database of a size, as it is if it was made from the same ingredients, and the seconds that loading it took. */
export function database(binary, times, { fresh }) {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${times}x.db`);
  const key = ingredients();
  const known =
    existsSync(`${path}.json`) && existsSync(path) ? JSON.parse(readFileSync(`${path}.json`, "utf8")) : undefined;
  const made = known?.key === key && !fresh ? known : make(binary, times, path, key);
  return { times, path, firstLoad: made.firstLoad, incrementalLoad: made.incrementalLoad };
}
