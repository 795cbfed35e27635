// Single requests, and the comparison of their responses.

import { AssertionError, deepStrictEqual } from "node:assert/strict";
import { request } from "node:http";

/** Sends a POST. By default, it has a connection of its own, because a server that is still starting refuses connections. */
export function post(url, body, agent = false) {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      accept: "application/json",
      "accept-encoding": "identity",
    };
    const sent = request(url, { method: "POST", headers, agent }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Sends the query of a workload. Returns the text, the data, and the seconds it took; throws on an error. */
export async function runQuery(server, workload) {
  const start = performance.now();
  const { status, text } = await post(server.url(workload), server.body(workload));
  const seconds = (performance.now() - start) / 1000;
  const { data, errors } = status === 200 ? JSON.parse(text) : {};
  if (errors || !data) throw new Error(`${server.title}, ${workload.title}: ${status} ${text.slice(0, 500)}`);
  return { text, data: server.asOurs?.[workload.name]?.(data) ?? data, seconds };
}

/** Throws with the difference if a response differs from ours. */
export function assertSameData(server, workload, actual, expected) {
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    throw new Error(
      `${server.title}, ${workload.title}: the data differs from ours (+ theirs, - ours)\n${error.message}`,
    );
  }
}
