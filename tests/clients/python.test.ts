// The Python examples of docs/clients.md, run as they are, in the environment that `make test-clients` creates.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, it } from "node:test";
import { ChangedData } from "./data.ts";
import { root, Server } from "./server.ts";

const server = await Server.start();
after(() => server.stop());

const python = join(import.meta.dirname, ".venv/bin/python");
const skip =
  !existsSync(python) &&
  process.env.SISTERGRAPH_REQUIRE_NODE === undefined &&
  "NOT tested: Python 3.11 or later with venv is missing, or `make test-clients` has not run";

const documentation = readFileSync(join(root, "docs/clients.md"), "utf8");
const [query, subscription, ...others] = Array.from(documentation.matchAll(/```python\n(.*?)```/gs), ([, text]) =>
  text!.replaceAll("127.0.0.1:8000", new URL(server.origin).host),
);
assert.ok(query && subscription && others.length === 0);

/** Runs a program until it ends or has printed a line, and returns the lines. `onStart` runs meanwhile. */
async function run(program: string, onStart: (isDone: () => boolean) => Promise<void>): Promise<string[]> {
  const child = spawn(python, ["-c", program], { stdio: ["ignore", "pipe", "inherit"] });
  const exit = new Promise((resolve, reject) => child.once("exit", resolve).once("error", reject));
  const lines: string[] = [];
  let isDone = false;
  const started = onStart(() => isDone);
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    break;
  }
  isDone = true;
  child.kill();
  await Promise.all([exit, started]);
  return lines;
}

const post = async <T>(query: string) => {
  const headers = { "content-type": "application/json" };
  const response = await fetch(server.endpoint, { method: "POST", headers, body: JSON.stringify({ query }) });
  return ((await response.json()) as { data: T }).data;
};

it("sends a query with requests", { skip }, async () => {
  const { country } = await post<{ country: { partnerships: { totalCount: number } } }>(
    '{ country(code: "JP") { partnerships { totalCount } } }',
  );
  assert.deepEqual(await run(query, async () => {}), [String(country.partnerships.totalCount)]);
});

it("subscribes with gql", { skip }, async () => {
  // Nothing tells when the program has subscribed, so data is loaded until it gets an event.
  const revisions: string[] = [];
  const lines = await run(subscription, async (isDone) => {
    for (let population = 7_000_001; !isDone(); population += 1) {
      const data = new ChangedData(population);
      try {
        await server.load(data.folder);
      } finally {
        data.remove();
      }
      const { dataset } = await post<{ dataset: { revision: string } }>("{ dataset { revision } }");
      revisions.push(dataset.revision);
    }
  });
  assert.equal(lines.length, 1);
  assert.ok(revisions.includes(lines[0]!), `${lines[0]} is none of ${revisions.join()}`);
});
