/** An example query of the list next to the editor. */
export interface Example {
  title: string;
  explanation: string;
  query: string;
  /** JSON text; empty if the query has no variables. */
  variables: string;
  operationName: string;
}

// The server's tests run every one of these files (tests/it/playground_examples.rs).
const queries = import.meta.glob<string>("./tour/*.graphql", { query: "?raw", import: "default", eager: true });
const variables = import.meta.glob<string>("./tour/*.json", { query: "?raw", import: "default", eager: true });

/** The examples in the order of their file names. */
export const tour: Example[] = Object.keys(queries)
  .sort()
  .map((path) => parseExample(queries[path] ?? "", variables[path.replace(/graphql$/, "json")] ?? ""));

/** Parses an example file: the first comment is the title, the second the explanation. */
function parseExample(query: string, variables: string): Example {
  const [title = "", explanation = ""] = query.split("\n", 2).map((line) => line.replace(/^#\s*/, ""));
  const operationName = /^(?:query|subscription)\s+(\w+)/m.exec(query)?.[1] ?? "";
  return { title, explanation, query, variables: variables.trim(), operationName };
}
