import { readFileSync } from "node:fs";
import { join } from "node:path";
import { quantize } from "topojson-client";
import { filter, filterAttachedWeight, presimplify, simplify } from "topojson-simplify";
import type { Objects, Topology } from "topojson-specification";
import type { Plugin } from "vite";

const MODULE = "virtual:coarse-states";
const file = join(import.meta.dirname, "../node_modules/us-atlas/states-10m.json");
/** The area of the smallest triangle that stays, in square degrees: less than a pixel of the whole map. */
const MIN_AREA = 0.02;

/** Provides the states with a sixth of the size, which load before us-atlas's own. It has no coarser file. */
export function coarseStates(): Plugin {
  return {
    name: "coarse-states",
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    load: {
      filter: { id: new RegExp(`^\0${MODULE}$`) },
      handler() {
        const fine = JSON.parse(readFileSync(file, "utf8")) as Topology<Objects<object>>;
        const coarse = simplify(presimplify(fine), MIN_AREA);
        const topology = quantize(filter(coarse, filterAttachedWeight(coarse, MIN_AREA)), 10_000);
        return `export default JSON.parse(${JSON.stringify(JSON.stringify(topology))});`;
      },
    },
  };
}
