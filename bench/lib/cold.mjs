// The first hundred questions after a start and after a load, beside the same questions again.

import { readFileSync, readdirSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { ROOT } from "./build.mjs";
import { pause } from "./children.mjs";
import { post } from "./request.mjs";
import { start } from "./servers.mjs";
import { median } from "./statistics.mjs";
import { WORKLOADS, body } from "./workloads.mjs";

const QUESTIONS = 100;
const RECORDED = join(ROOT, "tests/it/queries");

/** Recorded queries that are errors without respondents or, as there are too many places, at 100x. */
const ERRORS = ["no-respondents.graphql", "plan.graphql"];

/** Workloads whose variables differ from request to request, and those with the same request each time. */
const SEVERAL = ["state-varying", "page-varying", "states-varying", "deep-varying", "rotating"];
const SINGLE = ["groups", "map"];

/**
 * Different questions: the queries that the tests record, each followed by a workload with other variables. `isNewDocument`
 * says whether no earlier question has the same document.
 */
function questions() {
  const recorded = readdirSync(RECORDED)
    .filter((file) => file.endsWith(".graphql") && !ERRORS.includes(file))
    .map((file) => {
      const query = readFileSync(join(RECORDED, file), "utf8");
      const variables = JSON.parse(/^# variables: (.*)/m.exec(query)?.[1] ?? "{}");
      return JSON.stringify({ query, variables });
    });
  const workload = (name) => WORKLOADS.find((one) => one.name === name);
  const bodies = new Set(SINGLE.map((name) => body(workload(name))));
  for (let n = 0; bodies.size < QUESTIONS; n += 1) {
    if (recorded[n]) bodies.add(recorded[n]);
    bodies.add(body(workload(SEVERAL[n % SEVERAL.length]), "", n));
  }
  const documents = new Set();
  return [...bodies].slice(0, QUESTIONS).map((body) => {
    const { query } = JSON.parse(body);
    const isNewDocument = !documents.has(query);
    documents.add(query);
    return { body, isNewDocument };
  });
}

/** The time of each question, one after the other over one connection. */
async function timeQuestions(url, agent) {
  const times = [];
  for (const { body, isNewDocument } of questions()) {
    const started = performance.now();
    const { text } = await post(url, body, agent);
    times.push({ milliseconds: performance.now() - started, isNewDocument });
    if (!text.startsWith('{"data":') || text.includes('"errors":')) throw new Error(`${body}: ${text.slice(0, 500)}`);
  }
  return times;
}

async function revision(url) {
  const metrics = await (await fetch(new URL("/metrics", url))).text();
  return /^sistergraph_data_info\{.*revision="(\w+)"/m.exec(metrics)[1];
}

/**
 * The median milliseconds of all questions, sent for the first time after a start, and sent again; and of those whose document
 * is new too. If `load` is given, also after it has loaded other data into the database of the running server, which still
 * has the documents.
 */
export async function measureCold({ definition, prepared, starts, load }) {
  const times = { "a start": { first: [], again: [] }, "a load": { first: [], again: [] } };
  for (let i = 0; i < starts; i += 1) {
    const server = await start(definition, prepared);
    const url = server.url();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      // Warms up the client, which Node compiles meanwhile.
      for (let n = 0; n < 500; n += 1) await post(url, '{"query":"{ __typename }"}', agent);
      const both = async ({ first, again }) => {
        first.push(...(await timeQuestions(url, agent)));
        again.push(...(await timeQuestions(url, agent)));
      };
      await both(times["a start"]);
      if (load && i + 1 === starts) {
        const before = await revision(url);
        load();
        for (let waited = 0; (await revision(url)) === before; waited += 1) {
          if (waited === 3_000) throw new Error("the server did not notice the load within a minute");
          await pause(20);
        }
        await both(times["a load"]);
      }
    } finally {
      agent.destroy();
      await server.stop();
    }
  }
  const medianOf = (timed) => median(timed.map(({ milliseconds }) => milliseconds));
  const medians = ({ first, again }) => ({ first: medianOf(first), again: medianOf(again) });
  const onlyNew = (timed) => timed.filter(({ isNewDocument }) => isNewDocument);
  return Object.entries(times)
    .filter(([, { first }]) => first.length > 0)
    .map(([after, { first, again }]) => ({
      server: definition.key,
      after,
      ...medians({ first, again }),
      ...(after === "a start" && { newDocuments: medians({ first: onlyNew(first), again: onlyNew(again) }) }),
    }));
}
