// Processor time and memory of a process and its children, from /proc.

import { readFile, writeFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";

const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** The ids of a process and its descendants; a server may have several processes. */
async function processIds(pid) {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const descendants = children.split(" ").filter(Boolean).map(Number).map(processIds);
  return [pid, ...(await Promise.all(descendants)).flat()];
}

/** Seconds of processor time since the start. */
export async function cpuSeconds(pid) {
  let ticks = 0;
  for (const member of await processIds(pid)) {
    const stat = await readFile(`/proc/${member}/stat`, "utf8");
    // The name in parentheses may contain spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11]) + Number(fields[12]);
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
