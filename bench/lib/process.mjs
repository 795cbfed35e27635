// What Linux knows of a process and its children.

import { readFile, writeFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";

const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** A process and its children: a server may have several. */
async function family(pid) {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const families = children.split(" ").filter(Boolean).map(Number).map(family);
  return [pid, ...(await Promise.all(families)).flat()];
}

/** Seconds of processor time so far. */
export async function cpuSeconds(pid) {
  let ticks = 0;
  for (const member of await family(pid)) {
    const stat = await readFile(`/proc/${member}/stat`, "utf8");
    // The name in brackets may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / TICKS;
}

/** Starts counting the peak of memory anew. */
export async function forgetPeak(pid) {
  for (const member of await family(pid)) await writeFile(`/proc/${member}/clear_refs`, "5");
}

/** The most memory since, in bytes; of several processes the sum, in which what they share counts once for each. */
export async function peakBytes(pid) {
  let kilobytes = 0;
  for (const member of await family(pid)) {
    const status = await readFile(`/proc/${member}/status`, "utf8");
    kilobytes += Number(/^VmHWM:\s+(\d+)/m.exec(status)[1]);
  }
  return kilobytes * 1024;
}
