// Load from wrk, and what it costs the server.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cpuSeconds, forgetPeak, peakBytes } from "./process.mjs";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("post.lua", import.meta.url));

/** Asks a server as fast as it answers, for some seconds; nothing if no answer came. Anything but whole answers is an error. */
export async function load({ server, url, body, connections, seconds, bytes }) {
  await forgetPeak(server.pid);
  const before = await cpuSeconds(server.pid);
  // One thread of wrk is enough to keep two cores busy with answers of any size here.
  const options = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "60s", "-s", SCRIPT, url];
  const { stdout } = await run("wrk", options, { env: { ...process.env, BENCH_BODY: body } });
  const cpu = (await cpuSeconds(server.pid)) - before;
  const peak = await peakBytes(server.pid);
  const measured = JSON.parse(stdout.trim().split("\n").at(-1));
  if (measured.errors > 0) {
    throw new Error(`${server.title}: ${measured.errors} of ${measured.requests} requests to ${url} failed`);
  }
  await settled(server.pid);
  if (measured.requests === 0) return undefined;
  // An error in an answer of status 200 would be of another length.
  const mean = measured.bytes / measured.requests;
  if (bytes !== undefined && measured.requests > 20 && mean < bytes) {
    throw new Error(
      `${server.title}: answers of ${url} have ${Math.round(mean)} bytes with their heads, not the ${bytes} of the right one`,
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

/** Waits until a server has done with requests that nobody waits for any more: the next one to be measured needs the cores. */
async function settled(pid) {
  for (let i = 0; i < 200; i += 1) {
    const before = await cpuSeconds(pid);
    await new Promise((resolve) => setTimeout(resolve, 60));
    if ((await cpuSeconds(pid)) - before < 0.02) return;
  }
}
