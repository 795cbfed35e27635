// Measures one size of the data: compares the responses of all servers, then measures the servers in turn.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertSameData, runQuery } from "./request.mjs";
import { WORK } from "./build.mjs";
import { load } from "./load.mjs";
import { start } from "./servers.mjs";
import { median } from "./statistics.mjs";
import { bodyFile } from "./workloads.mjs";

const CONNECTIONS = [1, 32];
const connectionsOf = (workload) => workload.connections ?? CONNECTIONS;
const WARMUP_SECONDS = 1;

/** Slower responses are measured over one connection only, because 32 at a time could use all memory. */
const MAX_SECONDS = 1;

/** The medians over the rounds for each workload, server, and number of connections. */
export async function measure({ prepared, reference, servers, workloads, settings }) {
  const log = (text) => console.error(`bench: ${prepared.times}x: ${text}`);
  const answers = join(WORK, "answers", `${prepared.times}x`);
  const running = [];
  try {
    const expected = await record({ prepared, reference, workloads, answers });
    log("starting the servers");
    const startMs = {};
    for (const definition of servers) {
      const times = [];
      for (let i = 0; i < settings.starts; i += 1) {
        const server = await start(definition, { ...prepared, answers });
        times.push(server.startMs);
        // The last start keeps running.
        if (i + 1 < settings.starts) await server.stop();
        else running.push(server);
      }
      startMs[definition.key] = median(times);
    }

    const cells = [];
    for (const workload of workloads) {
      for (const server of running) {
        if (workload.servers && !workload.servers.includes(server.key)) continue;
        // Several times, because a server may compile a query or cache its response after the first time.
        let [seconds, bytes] = [Infinity, 0];
        for (let i = 0; i < 4; i += 1) {
          const response = await runQuery(server, workload);
          assertSameData(server, workload, response.data, expected[workload.name].data);
          seconds = Math.min(seconds, response.seconds);
          bytes = Buffer.byteLength(response.text);
        }
        const body = bodyFile(join(WORK, "bodies"), workload, server.dialect);
        cells.push({ workload, server, seconds, body, bytes, rounds: [] });
      }
    }
    log("all servers return the same data");

    const measureCell = async (cell, connections, minSeconds) => {
      // Long enough for at least one response on each connection of a slow server.
      let seconds = Math.max(minSeconds, Math.ceil(cell.seconds * Math.max(2, connections)));
      for (;;) {
        const measured = await load({ ...cell, url: cell.server.url(cell.workload), connections, seconds });
        if (measured || seconds > 60) return measured;
        seconds *= 2;
      }
    };
    const isFastEnough = (cell, connections) => connections === 1 || cell.seconds <= MAX_SECONDS;
    log("warming up");
    for (const cell of cells) await measureCell(cell, 1, WARMUP_SECONDS);
    for (let round = 0; round < settings.rounds; round += 1) {
      log(`round ${round + 1} of ${settings.rounds}`);
      for (const workload of workloads) {
        for (const connections of connectionsOf(workload)) {
          for (const cell of cells.filter((cell) => cell.workload === workload)) {
            if (!isFastEnough(cell, connections)) continue;
            const measured = await measureCell(cell, connections, settings.seconds);
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

/** Our responses, which are compared with the others and sent by the static floor. */
async function record({ prepared, reference, workloads, answers }) {
  const server = await start(reference, { ...prepared, answers });
  try {
    rmSync(answers, { recursive: true, force: true });
    mkdirSync(answers, { recursive: true });
    const expected = {};
    for (const workload of workloads) {
      expected[workload.name] = await runQuery(server, workload);
      writeFileSync(join(answers, `${workload.name}.json`), expected[workload.name].text);
    }
    // The start of the static floor requests this file.
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
  for (const connections of connectionsOf(workload)) {
    const matching = rounds.filter((round) => round.connections === connections);
    if (matching.length === 0) continue;
    const medianOf = (field) => median(matching.map((round) => round[field]));
    byConnections[connections] = {
      perSecond: medianOf("perSecond"),
      p50: medianOf("p50"),
      p99: medianOf("p99"),
      cpuPerThousand: medianOf("cpuPerThousand"),
      peak: Math.max(...matching.map(({ peak }) => peak)),
    };
  }
  return { workload: workload.name, server: server.key, oneAnswerSeconds: seconds, ...byConnections, rounds };
}
