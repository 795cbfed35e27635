// Holds the verdicts of tests/it/validation to graphql-js: node validation.mjs
//
// With --server URL it also changes the documents at random and asks the server whether each may
// run: node validation.mjs --server http://127.0.0.1:8000/graphql --changes 20000 --seed 1

import { readFileSync, readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { buildSchema, getOperationAST, parse, validate } from "graphql";
import { getVariableValues } from "graphql/execution/values.js";
import { changed, dice } from "./changes.mjs";

const root = new URL("../../", import.meta.url);
const schema = buildSchema(readFileSync(new URL("schema.graphql", root), "utf8"));
const { values: options } = parseArgs({
  options: {
    server: { type: "string" },
    changes: { type: "string", default: "5000" },
    seed: { type: "string", default: "1" },
  },
});

/** The cases of a file: see tests/it/validation/mod.rs. */
function cases(text) {
  return text
    .split("### ")
    .slice(1)
    .map((part) => {
      const lines = part.split("\n");
      const [, verdict, name] = /^(valid|invalid): (.*)$/.exec(lines.shift());
      const take = (start) => (lines[0]?.startsWith(start) ? lines.shift().slice(start.length) : undefined);
      const variables = JSON.parse(take("# variables: ") ?? "{}");
      const operation = take("# operation: ");
      return { verdict, name, variables, operation, document: lines.join("\n").replace(/\n$/, "") };
    });
}

/** What graphql-js finds before it would execute. */
function found({ document, variables, operation }) {
  let parsed;
  let error;
  try {
    parsed = parse(document);
    // It throws where a subscription skips its root field by a variable, which is an error, too.
    [error] = validate(schema, parsed);
  } catch (thrown) {
    error = thrown;
  }
  if (error) return error.message;
  const chosen = getOperationAST(parsed, operation);
  if (!chosen) return "no such operation";
  if (parsed.definitions.some((of) => of.operation && !schema.getRootType(of.operation))) return "no such root";
  return getVariableValues(schema, chosen.variableDefinitions ?? [], variables).errors?.[0].message;
}

let failures = 0;
const corpus = [];
const folder = new URL("tests/it/validation/", root);
for (const file of readdirSync(folder)
  .filter((name) => name.endsWith(".graphql"))
  .sort()) {
  for (const one of cases(readFileSync(new URL(file, folder), "utf8"))) {
    corpus.push(one);
    const message = found(one);
    if ((message === undefined) !== (one.verdict === "valid")) {
      failures += 1;
      console.error(`${file}, ${one.name}: ${one.verdict} here; graphql-js: ${message ?? "valid"}`);
    }
  }
}
console.log(`${corpus.length} documents, ${failures} verdicts that differ`);

/** Whether the server would run a document; what it refuses while planning it would run. */
async function mayRun({ document, variables, operation }) {
  const response = await fetch(options.server, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query: document, variables, operationName: operation }),
  });
  const { errors = [] } = await response.json();
  const refused = errors.find(
    ({ message, extensions: { code } }) =>
      ["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"].includes(code) ||
      (code === "BAD_USER_INPUT" && /^(variable \$|operationName)/.test(message)),
  );
  // A limit is no verdict, nor is a document without anything in it, which is no request.
  if (errors.some(({ extensions: { code } }) => /_LIMIT$|^BAD_REQUEST$/.test(code))) return undefined;
  return refused?.message ?? true;
}

if (options.server) {
  const roll = dice(Number(options.seed));
  const n = Number(options.changes);
  let valid = 0;
  for (let i = 0; i < n; i += 1) {
    const one = changed(corpus, roll);
    const message = found(one);
    const ours = await mayRun(one);
    if (ours === undefined) continue;
    if (message === undefined) valid += 1;
    if ((message === undefined) !== (ours === true)) {
      failures += 1;
      console.error(JSON.stringify({ ...one, verdict: undefined, graphqlJs: message ?? "valid", ours }));
    }
  }
  console.log(`${n} changed documents, ${valid} of them valid, ${failures} verdicts that differ`);
}
process.exitCode = failures ? 1 : 0;
