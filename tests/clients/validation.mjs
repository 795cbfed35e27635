// Checks that graphql-js agrees with the verdicts in tests/it/validation: node validation.mjs
//
// With --server URL it also changes the documents at random and compares the verdicts of the server:
// node validation.mjs --server http://127.0.0.1:8000/graphql --changes 20000 --seed 1

import { readFileSync, readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { buildSchema, getOperationAST, parse, validate } from "graphql";
import { getVariableValues } from "graphql/execution/values.js";
import { mutate, random } from "./fuzz.mjs";

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

/** The first error that graphql-js reports before execution, or undefined. */
function firstError({ document, variables, operation }) {
  let parsed;
  let error;
  try {
    parsed = parse(document);
    // It throws if a subscription skips its root field by a variable, which is an error too.
    [error] = validate(schema, parsed);
  } catch (thrown) {
    error = thrown;
  }
  if (error) return error.message;
  const selected = getOperationAST(parsed, operation);
  if (!selected) return "no such operation";
  if (parsed.definitions.some(({ operation }) => operation && !schema.getRootType(operation)))
    return "no such root type";
  return getVariableValues(schema, selected.variableDefinitions ?? [], variables).errors?.[0].message;
}

let failures = 0;
const corpus = [];
const folder = new URL("tests/it/validation/", root);
for (const file of readdirSync(folder)
  .filter((name) => name.endsWith(".graphql"))
  .sort()) {
  for (const testCase of cases(readFileSync(new URL(file, folder), "utf8"))) {
    corpus.push(testCase);
    const message = firstError(testCase);
    if ((message === undefined) !== (testCase.verdict === "valid")) {
      failures += 1;
      console.error(`${file}, ${testCase.name}: ${testCase.verdict} here; graphql-js: ${message ?? "valid"}`);
    }
  }
}
console.log(`${corpus.length} documents, ${failures} verdicts that differ`);

/** True if the server accepts a document, its error message if not, and undefined without a verdict. */
async function verdict({ document, variables, operation }) {
  const response = await fetch(options.server, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query: document, variables, operationName: operation }),
  });
  const { errors = [] } = await response.json();
  const rejection = errors.find(
    ({ message, extensions: { code } }) =>
      ["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"].includes(code) ||
      (code === "BAD_USER_INPUT" && /^(variable \$|operationName)/.test(message)),
  );
  // Limits and empty documents have no verdict.
  if (errors.some(({ extensions: { code } }) => /_LIMIT$|^BAD_REQUEST$/.test(code))) return undefined;
  return rejection?.message ?? true;
}

if (options.server) {
  const roll = random(Number(options.seed));
  const n = Number(options.changes);
  let valid = 0;
  for (let i = 0; i < n; i += 1) {
    const testCase = mutate(corpus, roll);
    const message = firstError(testCase);
    const ours = await verdict(testCase);
    if (ours === undefined) continue;
    if (message === undefined) valid += 1;
    if ((message === undefined) !== (ours === true)) {
      failures += 1;
      console.error(JSON.stringify({ ...testCase, verdict: undefined, graphqlJs: message ?? "valid", ours }));
    }
  }
  console.log(`${n} changed documents, ${valid} of them valid, ${failures} verdicts that differ`);
}
process.exitCode = failures ? 1 : 0;
