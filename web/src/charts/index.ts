import type { Chart, MapFilter } from "./chart.ts";
import { concentrationChart } from "./concentration.ts";
import { countriesChart } from "./countries.ts";
import { decadesChart } from "./decades.ts";
import { regionsChart } from "./regions.ts";
import { awarenessChart, usefulnessChart } from "./survey.ts";

/** The charts by anchor. Only `decades` and `concentration` follow the filters of the map. */
export const CHARTS: Record<string, (mapFilter?: MapFilter) => Promise<Chart>> = {
  regions: regionsChart,
  countries: countriesChart,
  awareness: awarenessChart,
  usefulness: usefulnessChart,
  decades: decadesChart,
  concentration: concentrationChart,
};
