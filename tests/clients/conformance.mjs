// Runs the conformance suite of the Model Context Protocol on Node 20, which lacks a function that the suite imports for a command that
// is not used here.

import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

/** Loads a module, the suite without this import. */
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (!url.includes("@modelcontextprotocol/conformance/")) return loaded;
  return { ...loaded, source: String(loaded.source).replace(/\bglobSync as \w+,/, "") };
}

// Node runs `load` in another thread.
if (isMainThread) {
  register(import.meta.url);
  await import("@modelcontextprotocol/conformance/dist/index.js");
}
