/** An example query of the list next to the editor. */
export interface Example {
  title: string;
  explanation: string;
  query: string;
  /** JSON text; empty if the query has no variables. */
  variables: string;
  operationName: string;
}

/** Parses an example file: the first comment is the title, the second the explanation. */
export function parseExample(query: string, variables: string): Example {
  const [title = "", explanation = ""] = query.split("\n", 2).map((line) => line.replace(/^#\s*/, ""));
  const operationName = /^(?:query|subscription)\s+(\w+)/m.exec(query)?.[1] ?? "";
  return { title, explanation, query, variables: variables.trim(), operationName };
}
