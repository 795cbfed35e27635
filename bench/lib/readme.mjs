// Replaces the tables in bench/README.md, which are between two markers.

import { readFileSync, writeFileSync } from "node:fs";

const README = new URL("../README.md", import.meta.url);
const [BEGIN, END] = ["<!-- results -->", "<!-- end of results -->"];

export function updateReadme(text) {
  const before = readFileSync(README, "utf8");
  const [begin, end] = [before.indexOf(BEGIN), before.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`bench/README.md does not have the markers ${BEGIN} and ${END}`);
  writeFileSync(README, `${before.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${before.slice(end)}`);
}
