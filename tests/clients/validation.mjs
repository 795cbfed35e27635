// Checks that graphql-js agrees with the verdicts and messages in tests/it/validation: node validation.mjs
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

/** The messages of the errors that graphql-js reports before execution; empty for a valid request. */
function graphqlJsMessages({ document, variables, operation }) {
  let parsed;
  let errors;
  try {
    parsed = parse(document);
    // It throws if a subscription skips its root field by a variable, which is an error too.
    errors = validate(schema, parsed);
  } catch (thrown) {
    errors = [thrown];
  }
  if (errors.length) return errors.map((error) => error.message);
  const selected = getOperationAST(parsed, operation);
  if (!selected) return ["no such operation"];
  const missing = parsed.definitions.find((of) => of.operation && !schema.getRootType(of.operation));
  if (missing) return [`The schema has no "${missing.operation}" root type defined.`];
  const { errors: invalid = [] } = getVariableValues(schema, selected.variableDefinitions ?? [], variables);
  return invalid.map((error) => error.message);
}

/** The messages of the Rust test by file and case: see tests/it/validation/mod.rs. */
function snapshotMessages() {
  const folder = new URL("tests/it/validation/snapshots/", root);
  const [file] = readdirSync(folder).filter((name) => name.endsWith("messages.snap"));
  const messages = new Map();
  let topic;
  let current;
  for (const line of readFileSync(new URL(file, folder), "utf8").split("\n")) {
    const [, message] = /^  \S+ [A-Z_]+: (.*)$/.exec(line) ?? [];
    if (message) current?.push(message);
    else if (line.startsWith("# ")) topic = line.slice(2);
    else messages.set(`${topic}, ${line}`, (current = []));
  }
  return messages;
}

/** A message without suggestions and details that differ on purpose. */
function comparable(message) {
  return message
    .replace(/ \(\d+ times\)$/, "")
    .replace(/ (Did you mean|Available|Send one) .*$/, "")
    .replace(/ (in|by) operation "\w+"/, "")
    .replace(/since type "\[?(\w+)[\]!]*"/, 'since type "$1"')
    .replaceAll(/\{ | \}/g, (brace) => brace.trim());
}

/** Cases whose message differs from that of graphql-js, and why. */
const OTHER_MESSAGES = new Map([
  ["directives, skip on a root field of a subscription", "graphql-js throws an error about the variable"],
  ["fragments, fragments that spread each other", "graphql-js lists the fragments of the cycle"],
  ["syntax, a type definition", "graphql-js reports the definition first"],
  ["operations, a conflict in nested fields", "graphql-js lists the parent fields"],
  ["operations, a conflict between an interface and an object", "graphql-js names the fields in another order"],
]);

let failures = 0;
const ours = snapshotMessages();
const corpus = [];
const folder = new URL("tests/it/validation/", root);
for (const file of readdirSync(folder)
  .filter((name) => name.endsWith(".graphql"))
  .sort()) {
  for (const testCase of cases(readFileSync(new URL(file, folder), "utf8"))) {
    corpus.push(testCase);
    const theirs = graphqlJsMessages(testCase);
    if ((theirs.length === 0) !== (testCase.verdict === "valid")) {
      failures += 1;
      console.error(`${file}, ${testCase.name}: ${testCase.verdict} here; graphql-js: ${theirs[0] ?? "valid"}`);
    }
    const name = `${file.replace(".graphql", "")}, ${testCase.name}`;
    const messages = ours.get(name) ?? [];
    // The parsers expect different tokens at the same location.
    const isSyntaxError = theirs[0]?.startsWith("Syntax Error: ") && messages[0]?.startsWith("Syntax Error: ");
    const expected = new Set(theirs.map(comparable));
    const isSame = messages.some((message) => expected.has(comparable(message)));
    if (theirs.length && !isSame && !isSyntaxError && !OTHER_MESSAGES.has(name)) {
      failures += 1;
      console.error(`${name}: ${messages.join("; ")}\n  graphql-js: ${theirs.join("; ")}`);
    }
  }
}
console.log(`${corpus.length} documents, ${failures} verdicts or messages that differ`);

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
      (code === "BAD_USER_INPUT" && /^(Variable "\$|Must provide operation|Unknown operation)/.test(message)),
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
    const [message] = graphqlJsMessages(testCase);
    const answer = await verdict(testCase);
    if (answer === undefined) continue;
    if (message === undefined) valid += 1;
    if ((message === undefined) !== (answer === true)) {
      failures += 1;
      console.error(JSON.stringify({ ...testCase, verdict: undefined, graphqlJs: message ?? "valid", ours: answer }));
    }
  }
  console.log(`${n} changed documents, ${valid} of them valid, ${failures} verdicts that differ`);
}
process.exitCode = failures ? 1 : 0;
