/** A query with its variables. */
export interface Query {
  document: string;
  variables: object;
  /** Needed if the document has several operations. */
  operationName?: string | null;
}

/** The formats of files with their names, in the order in which pages offer them. */
export const FORMATS = {
  csv: "CSV",
  xlsx: "XLSX",
  ndjson: "NDJSON",
  json: "JSON",
  geojson: "GeoJSON",
  parquet: "Parquet",
};
export type Format = keyof typeof FORMATS;

/** What a program gets: the rows of a list, a whole answer, or an answer for each event. */
export type Result = "rows" | "answer" | "events";

/**
 * Returns the address of an answer as a file. `endpoint` is the address of the API, and `path` names the list whose items are
 * the rows if there are several.
 */
export function fileAddress(
  { document, variables, operationName }: Query,
  format: Format,
  endpoint: string,
  path?: string,
): string {
  const query = new URLSearchParams({ query: document });
  if (Object.keys(variables).length > 0) query.set("variables", JSON.stringify(variables));
  if (operationName) query.set("operationName", operationName);
  query.set("format", format);
  if (path) query.set("path", path);
  // An apostrophe ends a string of the languages below.
  return `${endpoint}?${query}`.replaceAll("'", "%27");
}

/** Returns programs that request a query, by the name of the language. Events need server-sent events, which Python and R lack. */
export function programs(
  query: Query,
  endpoint: string,
  result: Result = "rows",
  path?: string,
): Record<string, string> {
  const { document, variables, operationName } = query;
  const parameters = { variables, ...(operationName && { operationName }) };
  const hasVariables = Object.keys(variables).length > 0;
  const body = JSON.stringify({ query: document, ...parameters });
  const sendsJson = "-H 'content-type: application/json'";
  const fields = ["query", "variables", ...(operationName ? ["operationName"] : [])].join(", ");
  const constants = [
    `const query = ${templateLiteral(document)};`,
    `const variables = ${JSON.stringify(variables, null, 2)};`,
    ...(operationName ? [`const operationName = ${JSON.stringify(operationName)};`] : []),
  ];
  if (result === "events") {
    return {
      cURL: [
        `curl -N ${shellQuote(endpoint)} -H 'accept: text/event-stream' ${sendsJson} \\`,
        `  -d ${shellQuote(body)}`,
      ].join("\n"),
      JavaScript: [
        `import { createClient } from "graphql-sse";`,
        "",
        ...constants,
        `const client = createClient({ url: ${JSON.stringify(endpoint)} });`,
        `for await (const { data, errors } of client.iterate({ ${fields} })) console.log(data ?? errors);`,
      ].join("\n"),
    };
  }
  const javaScript = [
    ...constants,
    `const response = await fetch(${JSON.stringify(endpoint)}, {`,
    `  method: "POST",`,
    `  headers: { "content-type": "application/json" },`,
    `  body: JSON.stringify({ ${fields} }),`,
    `});`,
    `const { data, errors } = await response.json();`,
  ].join("\n");
  if (result === "answer") {
    return {
      cURL: [`curl ${shellQuote(endpoint)} ${sendsJson} \\`, `  -d ${shellQuote(body)}`].join("\n"),
      JavaScript: javaScript,
      Python: [
        "import requests",
        "",
        `query = ${pythonText(document)}`,
        `request = {"query": query, ${Object.entries(parameters)
          .map(([name, value]) => `"${name}": ${pythonLiteral(value)}`)
          .join(", ")}}`,
        `response = requests.post("${endpoint}", json=request)`,
        `answer = response.json()`,
      ].join("\n"),
      R: [
        "library(httr2)",
        "",
        `query <- ${rText(document)}`,
        `answer <- request("${endpoint}") |>`,
        "  req_body_json(list(",
        `    ${[
          "query = query",
          // An empty list of R would become a JSON array.
          ...(hasVariables ? [`variables = jsonlite::parse_json(${rText(JSON.stringify(variables))})`] : []),
          ...(operationName ? [`operationName = "${operationName}"`] : []),
        ].join(",\n    ")}`,
        "  )) |>",
        "  req_perform() |>",
        "  resp_body_json()",
      ].join("\n"),
    };
  }
  const csv = `${fileAddress(query, "csv", endpoint, path)}&bom=false`;
  return {
    cURL: [
      `curl -G ${shellQuote(endpoint)} -d format=csv \\`,
      ...(path ? [`  -d path=${path} \\`] : []),
      ...(operationName ? [`  -d operationName=${operationName} \\`] : []),
      `  --data-urlencode ${shellQuote(`variables=${JSON.stringify(variables)}`)} \\`,
      `  --data-urlencode ${shellQuote(`query=${document}`)}`,
    ].join("\n"),
    JavaScript: javaScript,
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

function pythonText(text: string): string {
  return `"""${text.replace(/\\|"""/g, String.raw`\$&`)}"""`;
}

function pythonLiteral(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${pythonLiteral(member)}`);
    return `{${members.join(", ")}}`;
  }
  if (typeof value === "boolean") return value ? "True" : "False";
  return value === null ? "None" : JSON.stringify(value);
}

/** A raw string of R. */
function rText(text: string): string {
  return `r"---(${text})---"`;
}
