// The workloads with their queries.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../workloads/", import.meta.url));

const nodes = (connection) => connection.nodes.length;

/** The two configurations of our server that the cache workloads compare. */
const OURS = ["cached", "uncached"];

/**
 * The workloads in the order of the tables; `rows` counts the rows of a response. Cache workloads send the query of
 * another workload with other variables each time, over these numbers of connections, to these servers only.
 */
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
  {
    name: "rotating",
    title: "3,007 answers in turn",
    query: "deep",
    cache: { servers: OURS, connections: [1, 8, 32] },
    rows: (data) => nodes(data.partnerships),
  },
  {
    name: "varying",
    title: "new variables each time",
    query: "page",
    cache: { servers: OURS, connections: [1, 8, 32] },
    rows: (data) => nodes(data.partnerships),
  },
];

/**
 * The body of a request, for our schema or for the one of another server. A variable of the form "=FORMULA" depends
 * on the number `n` of the request; the formula is valid in JavaScript and in Lua.
 */
function template({ name, query = name }, dialect = "") {
  const variables = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8"));
  return JSON.stringify({ query: readFileSync(join(FOLDER, dialect, `${query}.graphql`), "utf8"), variables });
}

/** The body of the first request. */
export function body(workload, dialect) {
  const first = (_, formula) => String(Number(new Function("n", `return ${formula}`)(1)));
  return template(workload, dialect).replace(/"=([^"]*)"/g, first);
}

/** Writes the body of all requests to a file for the load generator, and returns its path. */
export function bodyFile(folder, workload, dialect = "") {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${dialect || "sistergraph"}-${workload.name}.json`);
  writeFileSync(path, template(workload, dialect));
  return path;
}
