// Processor time and memory of a process and its children, from /proc.

import { readFile, writeFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";

const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** The text of a file, or an empty text if its process has ended. */
const readIfExists = (path) => readFile(path, "utf8").catch(() => "");

/** The ids of a process and its descendants; a server may have several processes. */
async function processIds(pid) {
  const children = await readIfExists(`/proc/${pid}/task/${pid}/children`);
  const descendants = children.split(" ").filter(Boolean).map(Number).map(processIds);
  return [pid, ...(await Promise.all(descendants)).flat()];
}

/** Seconds of processor time of some processes and their descendants since their start. */
export async function cpuSeconds(...pids) {
  let ticks = 0;
  for (const member of (await Promise.all(pids.map(processIds))).flat()) {
    const stat = await readIfExists(`/proc/${member}/stat`);
    // The name in parentheses may contain spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // The last two are the time of children that have ended, such as the parallel workers of PostgreSQL.
    for (const field of fields.slice(11, 15)) ticks += Number(field);
  }
  return ticks / TICKS;
}

/** Resets the peak memory. */
export async function resetPeak(pid) {
  for (const member of await processIds(pid)) await writeFile(`/proc/${member}/clear_refs`, "5");
}

/** The peak memory since the last reset in bytes, summed over all processes; shared memory counts for each of them. */
export async function peakBytes(pid) {
  let kilobytes = 0;
  for (const member of await processIds(pid)) {
    const status = await readFile(`/proc/${member}/status`, "utf8");
    kilobytes += Number(/^VmHWM:\s+(\d+)/m.exec(status)[1]);
  }
  return kilobytes * 1024;
}
