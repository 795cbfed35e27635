// The workloads with their queries.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../workloads/", import.meta.url));

const nodes = (connection) => connection.nodes.length;

/** The workloads in the order of the tables; `rows` counts the rows of a response. */
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

/** The body of a request, for our schema or for the one of another server. */
export function body(workload, dialect = "") {
  const query = readFileSync(join(FOLDER, dialect, `${workload.name}.graphql`), "utf8");
  const variables = JSON.parse(readFileSync(join(FOLDER, `${workload.name}.json`), "utf8"));
  return JSON.stringify({ query, variables });
}

/** Writes the body of a request to a file for the load generator, and returns its path. */
export function bodyFile(folder, workload, dialect = "") {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${dialect || "sistergraph"}-${workload.name}.json`);
  writeFileSync(path, body(workload, dialect));
  return path;
}
