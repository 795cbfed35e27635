// Processor time and memory of a process and its children, from /proc.

import { readFile, readdir, writeFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";

const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** The fields of the file `stat` of a process from its state on, or undefined if it has ended. */
async function stat(pid) {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The name in parentheses may contain spaces.
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

/**
 * The ids of some processes and their descendants, with the fields of their files `stat`; a server may have several processes. The
 * file `children` of a process may leave out some while others end.
 */
async function family(pids) {
  const all = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = new Map();
  for (const [i, fields] of (await Promise.all(all.map(stat))).entries()) if (fields) stats.set(all[i], fields);
  const members = new Map();
  const add = (pid) => {
    members.set(pid, stats.get(pid));
    for (const [other, [, parent]] of stats) if (Number(parent) === pid) add(other);
  };
  for (const pid of pids) if (stats.has(pid)) add(pid);
  return members;
}

const processIds = async (pid) => [...(await family([pid])).keys()];

/** Seconds of processor time of some processes and their descendants since their start. */
export async function cpuSeconds(...pids) {
  let ticks = 0;
  for (const fields of (await family(pids)).values()) {
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
