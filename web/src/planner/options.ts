import type { ConcentrationDimension, PlanQueryVariables } from "../graphql/generated.ts";

/** What a plan is made for; the address of the page records it. */
export interface Options {
  /** The number of new partnerships. */
  size: number;
  by: ConcentrationDimension;
  /** The codes of the states and countries that can receive partnerships; any if empty. */
  states: string[];
  countries: string[];
}

export const MAX_SIZE = 100;
const DEFAULT_SIZE = 10;

/** The groups that partnerships can be spread over: as a choice, as part of a sentence, and what limits them. */
export const GROUPS: Record<ConcentrationDimension, { choice: string; plural: string; note: string }> = {
  STATE: { choice: "State", plural: "states", note: "The District of Columbia and the territories count as states." },
  REGION: {
    choice: "Region of the United States",
    plural: "the four regions",
    note: "The District of Columbia and the territories are in no region and receive none.",
  },
  COUNTRY: {
    choice: "Partner country",
    plural: "countries",
    note: "Countries without a city or county in the data cannot receive one.",
  },
  US_COMMUNITY: {
    choice: "US community",
    plural: "US communities",
    note: "States have partnerships of their own and count as communities, but new ones join only cities and counties.",
  },
  PARTNER_COMMUNITY: {
    choice: "Partner community",
    plural: "the communities of partner countries",
    note: "Provinces count as communities, but new partnerships join only cities and counties, so provinces without one stay without.",
  },
};
export const DIMENSIONS = Object.keys(GROUPS) as ConcentrationDimension[];

/** Parses the query string of an address. Missing and invalid parameters get their default. */
export function parseOptions(search: string): Options {
  const query = new URLSearchParams(search);
  const codes = (name: string) => (query.get(name) ?? "").split(",").filter((code) => /^[A-Z]{2}$/.test(code));
  return {
    size: parseSize(query.get("size") ?? "") ?? DEFAULT_SIZE,
    by: DIMENSIONS.find((dimension) => dimension === query.get("by")) ?? "STATE",
    states: codes("states"),
    countries: codes("countries"),
  };
}

/** Returns the query string of options, without defaults. */
export function formatOptions({ size, by, states, countries }: Options): string {
  const parameters = [
    size === DEFAULT_SIZE ? "" : `size=${size}`,
    by === "STATE" ? "" : `by=${by}`,
    states.length > 0 ? `states=${states.join(",")}` : "",
    countries.length > 0 ? `countries=${countries.join(",")}` : "",
  ].filter(Boolean);
  return parameters.length > 0 ? `?${parameters.join("&")}` : "";
}

/** Parses a size as typed; null if it is not a whole number from 1 to 100. */
export function parseSize(text: string): number | null {
  const size = /^\d{1,3}$/.test(text.trim()) ? Number(text) : 0;
  return size >= 1 && size <= MAX_SIZE ? size : null;
}

/** Returns the variables of the query; a filter is left out rather than undefined, because the playground shows them. */
export function toVariables({ size, by, states, countries }: Options): PlanQueryVariables {
  return {
    size,
    by,
    ...(states.length > 0 && { us: { state: { code: { in: states } } } }),
    ...(countries.length > 0 && { partner: { country: { code: { in: countries } } } }),
  };
}
