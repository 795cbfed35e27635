// One request at a time, and whether all servers say the same.

import { AssertionError, deepStrictEqual } from "node:assert/strict";
import { request } from "node:http";

/** The answer to a POST. Node's own client, without a pool: a server that is just starting refuses connections. */
export function ask(url, body) {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      accept: "application/json",
      "accept-encoding": "identity",
    };
    const asked = request(url, { method: "POST", headers, agent: false }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** The text and the data of an answer that must be right, and the seconds that it took. */
export async function answer(server, workload) {
  const start = performance.now();
  const { status, text } = await ask(server.url(workload), server.body(workload));
  const seconds = (performance.now() - start) / 1000;
  const { data, errors } = status === 200 ? JSON.parse(text) : {};
  if (errors || !data) throw new Error(`${server.title}, ${workload.title}: ${status} ${text.slice(0, 500)}`);
  return { text, data: server.asOurs?.[workload.name](data) ?? data, seconds };
}

/** Stops the run where two servers differ, with the difference. */
export function sameAnswer(server, workload, actual, expected) {
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    throw new Error(`${server.title}, ${workload.title}: not the answer of ours (+ theirs, - ours)\n${error.message}`);
  }
}
