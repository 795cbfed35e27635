// The workloads with their queries.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../workloads/", import.meta.url));

const nodes = (connection) => connection.nodes.length;

/** The two configurations of our server. */
const OURS = ["cached", "uncached"];

/**
 * The workloads in the order of the tables; `rows` counts the rows of a response. Those with `servers` send the query of
 * another workload, with other variables or another name in each request, and only to these servers.
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
    servers: OURS,
    connections: [1, 8, 32],
    rows: (data) => nodes(data.partnerships),
  },
  {
    name: "page-varying",
    title: "page of 50, new variables",
    query: "page",
    servers: [...OURS, "mercurius"],
    connections: [1, 8, 32],
    rows: (data) => nodes(data.partnerships),
  },
  {
    name: "state-varying",
    title: "one of 50 states in turn",
    query: "state",
    servers: ["uncached", "mercurius"],
    rows: () => 1,
  },
  {
    name: "states-varying",
    title: "all states, 5 to 15 partnerships in turn",
    query: "states",
    servers: ["uncached", "mercurius"],
    rows: (data) => data.states.nodes.reduce((sum, state) => sum + nodes(state.partnerships), 0),
  },
  {
    name: "deep-varying",
    title: "100 deep, new variables",
    query: "deep",
    servers: ["uncached", "mercurius"],
    rows: (data) => nodes(data.partnerships),
  },
  {
    name: "documents",
    title: "page of 50, new document each time",
    query: "page",
    variables: "page",
    isNewDocument: true,
    servers: ["uncached", "mercurius"],
    rows: (data) => nodes(data.partnerships),
  },
];

/**
 * The bodies of the requests that are sent in turn, for our schema or for the one of another server. In a body, "=FORMULA"
 * stands for a number that depends on the number `n` of the request, and __N__ for that number; the formula is valid in
 * JavaScript and in Lua.
 */
function templates({ name, query = name, variables = name, isNewDocument }, dialect = "") {
  const sets = [JSON.parse(readFileSync(join(FOLDER, `${variables}.json`), "utf8"))].flat();
  let text = readFileSync(join(FOLDER, dialect, `${query}.graphql`), "utf8");
  // Another name of the operation.
  if (isNewDocument) text = text.replace(/^query (\w+)/m, "query $1__N__");
  return sets.map((set) => JSON.stringify({ query: text, variables: set }));
}

/** The body of the request with a number. */
export function body(workload, dialect, n = 0) {
  const value = (_, formula) => String(Number(new Function("n", `return ${formula}`)(n)));
  const bodies = templates(workload, dialect);
  return bodies[n % bodies.length].replace(/"=([^"]*)"/g, value).replaceAll("__N__", String(n));
}

/** Writes the bodies of all requests to a file for the load generator, one per line, and returns its path. */
export function bodyFile(folder, workload, dialect = "") {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${dialect || "sistergraph"}-${workload.name}.json`);
  writeFileSync(path, templates(workload, dialect).join("\n"));
  return path;
}
