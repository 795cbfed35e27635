// One size of the data: all servers at once, compared and then timed in turn.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answer, sameAnswer } from "./ask.mjs";
import { WORK } from "./build.mjs";
import { load } from "./load.mjs";
import { start } from "./servers.mjs";
import { median } from "./statistics.mjs";
import { bodyFile } from "./workloads.mjs";

export const CONNECTIONS = [1, 32];
const WARM_SECONDS = 1;

/** Slower servers are asked over one connection only: 32 answers in the making could take all memory. */
const SLOWEST_SECONDS = 1;

/** What the servers did: for each workload, server and number of connections the medians over the rounds. */
export async function measure({ made, reference, servers, workloads, settings }) {
  const say = (text) => console.error(`bench: ${made.times}x: ${text}`);
  const answers = join(WORK, "answers", `${made.times}x`);
  const running = [];
  try {
    const expected = await record({ made, reference, workloads, answers });
    say("starting the servers");
    const startMs = {};
    for (const definition of servers) {
      const times = [];
      for (let i = 0; i < settings.starts; i += 1) {
        const server = await start(definition, { path: made.path, answers });
        times.push(server.startMs);
        // The last one stays.
        if (i + 1 < settings.starts) await server.stop();
        else running.push(server);
      }
      startMs[definition.key] = median(times);
    }

    const cells = [];
    for (const workload of workloads) {
      for (const server of running) {
        // Again and again: a server may compile a query when it has come before, or remember its answer.
        let [seconds, bytes] = [Infinity, 0];
        for (let i = 0; i < 4; i += 1) {
          const given = await answer(server, workload);
          sameAnswer(server, workload, given.data, expected[workload.name].data);
          seconds = Math.min(seconds, given.seconds);
          bytes = Buffer.byteLength(given.text);
        }
        const body = bodyFile(join(WORK, "bodies"), workload, server.dialect);
        cells.push({ workload, server, seconds, body, bytes, rounds: [] });
      }
    }
    say("all servers give the same answers");

    const timed = async (cell, connections, least) => {
      // Long enough that each connection of a slow server has an answer or two.
      let seconds = Math.max(least, Math.ceil(cell.seconds * Math.max(2, connections)));
      for (;;) {
        const measured = await load({ ...cell, url: cell.server.url(cell.workload), connections, seconds });
        if (measured || seconds > 60) return measured;
        seconds *= 2;
      }
    };
    const fastEnough = (cell, connections) => connections === 1 || cell.seconds <= SLOWEST_SECONDS;
    say("warming up");
    for (const cell of cells) await timed(cell, 1, WARM_SECONDS);
    for (let round = 0; round < settings.rounds; round += 1) {
      say(`round ${round + 1} of ${settings.rounds}`);
      for (const workload of workloads) {
        for (const connections of CONNECTIONS) {
          for (const cell of cells.filter((cell) => cell.workload === workload)) {
            if (!fastEnough(cell, connections)) continue;
            const measured = await timed(cell, connections, settings.seconds);
            if (measured) cell.rounds.push({ connections, ...measured });
          }
        }
      }
    }
    return { startMs, answers: expectedSizes(workloads, expected), cells: cells.map(summary) };
  } finally {
    for (const server of running) await server.stop();
  }
}

/** Our answers, which the others are compared with and the static floor repeats. */
async function record({ made, reference, workloads, answers }) {
  const server = await start(reference, { path: made.path, answers });
  try {
    rmSync(answers, { recursive: true, force: true });
    mkdirSync(answers, { recursive: true });
    const expected = {};
    for (const workload of workloads) {
      expected[workload.name] = await answer(server, workload);
      writeFileSync(join(answers, `${workload.name}.json`), expected[workload.name].text);
    }
    // The static floor is started with a request for it.
    if (!expected.state) writeFileSync(join(answers, "state.json"), "{}");
    return expected;
  } finally {
    await server.stop();
  }
}

function expectedSizes(workloads, expected) {
  return workloads.map((workload) => ({
    workload: workload.name,
    rows: workload.rows(expected[workload.name].data),
    bytes: Buffer.byteLength(expected[workload.name].text),
  }));
}

function summary({ workload, server, seconds, rounds }) {
  const byConnections = {};
  for (const connections of CONNECTIONS) {
    const those = rounds.filter((round) => round.connections === connections);
    if (those.length === 0) continue;
    const middle = (field) => median(those.map((round) => round[field]));
    byConnections[connections] = {
      perSecond: middle("perSecond"),
      p50: middle("p50"),
      p99: middle("p99"),
      cpuPerThousand: middle("cpuPerThousand"),
      peak: Math.max(...those.map(({ peak }) => peak)),
    };
  }
  return { workload: workload.name, server: server.key, oneAnswerSeconds: seconds, ...byConnections, rounds };
}
