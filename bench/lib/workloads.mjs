// The workloads: what is asked, and in whose words.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../workloads/", import.meta.url));

const nodes = (connection) => connection.nodes.length;

/** In the order of the tables; `rows` counts what an answer lists. */
export const WORKLOADS = [
  { name: "state", title: "one state", rows: () => 1 },
  { name: "page", title: "page of 50", rows: (data) => nodes(data.partnerships) },
  {
    name: "states",
    title: "all states",
    nested: true,
    rows: (data) => data.states.nodes.reduce((sum, state) => sum + nodes(state.partnerships), 0),
  },
  { name: "deep", title: "100 deep", nested: true, rows: (data) => nodes(data.partnerships) },
  {
    name: "groups",
    title: "groups",
    rows: ({ partnerships }) => partnerships.byState.length + partnerships.byCountry.length,
  },
  { name: "map", title: "map", nested: true, rows: (data) => nodes(data.partnerships) },
];

/** The body of a request, in the words of our schema or of another. */
export function body(workload, dialect = "") {
  const query = readFileSync(join(FOLDER, dialect, `${workload.name}.graphql`), "utf8");
  const variables = JSON.parse(readFileSync(join(FOLDER, `${workload.name}.json`), "utf8"));
  return JSON.stringify({ query, variables });
}

/** Writes the body of a request to a file for the load generator, and gives its path. */
export function bodyFile(folder, workload, dialect = "") {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${dialect || "sistergraph"}-${workload.name}.json`);
  writeFileSync(path, body(workload, dialect));
  return path;
}
