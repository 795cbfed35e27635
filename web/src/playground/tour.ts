import { type Example, parseExample } from "./example.ts";

// The server's tests run every one of these files (tests/it/playground_examples.rs).
const queries = import.meta.glob<string>("./tour/*.graphql", { query: "?raw", import: "default", eager: true });
const variables = import.meta.glob<string>("./tour/*.json", { query: "?raw", import: "default", eager: true });

/** The examples in the order of their file names. */
export const tour: Example[] = Object.keys(queries)
  .sort()
  .map((path) => parseExample(queries[path] ?? "", variables[path.replace(/graphql$/, "json")] ?? ""));
