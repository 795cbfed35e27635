// Generates load with wrk, and measures the server.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pause } from "./children.mjs";
import { cpuSeconds, peakBytes, resetPeak } from "./process.mjs";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("post.lua", import.meta.url));

/** Sends requests as fast as the server answers. Returns undefined without a response; throws if a request failed. */
export async function load({ server, url, body, connections, seconds, bytes }) {
  await resetPeak(server.pid);
  const before = await cpuSeconds(...server.pids);
  // One thread of wrk is enough to keep two cores busy with all workloads.
  const options = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "60s", "-s", SCRIPT, url];
  const { stdout } = await run("wrk", options, { env: { ...process.env, BENCH_BODY: body } });
  const cpu = (await cpuSeconds(...server.pids)) - before;
  const peak = await peakBytes(server.pid);
  const measured = JSON.parse(stdout.trim().split("\n").at(-1));
  if (measured.errors > 0) {
    throw new Error(`${server.title}: ${measured.errors} of ${measured.requests} requests to ${url} failed`);
  }
  await waitUntilIdle(server.pids);
  if (measured.requests === 0) return undefined;
  // A response with status 200 and an error would be shorter.
  const mean = measured.bytes / measured.requests;
  if (bytes !== undefined && measured.requests > 20 && mean < bytes) {
    throw new Error(
      `${server.title}: responses of ${url} have ${Math.round(mean)} bytes including headers; the body alone should have ${bytes}`,
    );
  }
  return {
    perSecond: measured.requests / (measured.microseconds / 1e6),
    p50: measured.p50 / 1000,
    p99: measured.p99 / 1000,
    cpuPerThousand: (cpu / measured.requests) * 1000,
    peak,
  };
}

/** Waits until the server has finished abandoned requests, because the next measurement needs the cores. */
async function waitUntilIdle(pids) {
  for (let i = 0; i < 200; i += 1) {
    const before = await cpuSeconds(...pids);
    await pause(60);
    if ((await cpuSeconds(...pids)) - before < 0.02) return;
  }
}
