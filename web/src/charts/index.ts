import type { Chart, Narrowed } from "./chart.ts";
import { concentrationChart } from "./concentration.ts";
import { countriesChart } from "./countries.ts";
import { decadesChart } from "./decades.ts";
import { regionsChart } from "./regions.ts";
import { awarenessChart, usefulnessChart } from "./survey.ts";

/** The charts by their anchors; those of ties alone follow the filters of the map. */
export const CHARTS: Record<string, (narrowed?: Narrowed) => Promise<Chart>> = {
  regions: regionsChart,
  countries: countriesChart,
  awareness: awarenessChart,
  usefulness: usefulnessChart,
  decades: decadesChart,
  concentration: concentrationChart,
};
