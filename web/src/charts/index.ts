import type { PartnershipFilter } from "../graphql/generated.ts";
import type { Chart } from "./chart.ts";
import { concentrationChart } from "./concentration.ts";
import { countriesChart } from "./countries.ts";
import { decadesChart } from "./decades.ts";
import { regionsChart } from "./regions.ts";
import { awarenessChart, usefulnessChart } from "./survey.ts";

/** The charts by their anchors; those that can take the filter of the map. */
export const CHARTS: Record<string, (filter?: PartnershipFilter) => Promise<Chart>> = {
  regions: regionsChart,
  countries: countriesChart,
  awareness: awarenessChart,
  usefulness: usefulnessChart,
  decades: decadesChart,
  concentration: concentrationChart,
};
