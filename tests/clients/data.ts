// Data sets to load into a running server.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./server.ts";

/** A copy of the data in the repository with another population of Nagoya. */
export class ChangedData {
  readonly folder = mkdtempSync(join(tmpdir(), "sistergraph-data-"));

  constructor(population: number) {
    cpSync(join(root, "data"), this.folder, { recursive: true });
    const file = join(this.folder, "cities.csv");
    const row = /^(jp-nagoya,(?:[^,]*,){7})\d+,/m;
    const text = readFileSync(file, "utf8");
    if (!row.test(text)) throw new Error("cities.csv has no row for jp-nagoya with a population");
    writeFileSync(file, text.replace(row, `$1${population},`));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
