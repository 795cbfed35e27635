import type { TableVariables } from "./document.ts";

/** A query with its variables. */
export interface Query {
  document: string;
  variables: TableVariables;
}

/** The formats of files with their names, in the order in which the page offers them. */
export const FORMATS = { csv: "CSV", xlsx: "XLSX", json: "JSON", geojson: "GeoJSON", parquet: "Parquet" };
export type Format = keyof typeof FORMATS;

/** Returns the address of an answer as a file. `endpoint` is the address of the API. */
export function fileAddress({ document, variables }: Query, format: Format, endpoint: string): string {
  const query = new URLSearchParams({ query: document });
  if (Object.keys(variables).length > 0) query.set("variables", JSON.stringify(variables));
  query.set("format", format);
  // An apostrophe ends a string of the languages below.
  return `${endpoint}?${query}`.replaceAll("'", "%27");
}

/** Returns programs that request a query, by the name of the language. */
export function programs(query: Query, endpoint: string): Record<string, string> {
  const variables = JSON.stringify(query.variables);
  const csv = `${fileAddress(query, "csv", endpoint)}&bom=false`;
  return {
    cURL: [
      `curl -G ${shellQuote(endpoint)} -d format=csv \\`,
      `  --data-urlencode ${shellQuote(`variables=${variables}`)} \\`,
      `  --data-urlencode ${shellQuote(`query=${query.document}`)}`,
    ].join("\n"),
    JavaScript: [
      `const query = ${templateLiteral(query.document)};`,
      `const variables = ${JSON.stringify(query.variables, null, 2)};`,
      `const response = await fetch(${JSON.stringify(endpoint)}, {`,
      `  method: "POST",`,
      `  headers: { "content-type": "application/json" },`,
      `  body: JSON.stringify({ query, variables }),`,
      `});`,
      `const { data, errors } = await response.json();`,
    ].join("\n"),
    Python: ["import pandas", "", "rows = pandas.read_csv(", `    "${csv}"`, ")"].join("\n"),
    R: ["rows <- read.csv(", `  "${csv}"`, ")"].join("\n"),
  };
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function templateLiteral(text: string): string {
  return `\`${text.replace(/[\\`]|\$(?=\{)/g, String.raw`\$&`)}\``;
}
