import type { MapPartnership } from "../atlas/partnerships.ts";
import { type Table, toTable } from "../charts/chart.ts";
import type { ConcentrationDimension, PlanQuery, PlannerPlacesQuery } from "../graphql/generated.ts";
import { REGION } from "../wording/terms.ts";

export type Plan = PlanQuery["plan"];
export type Pair = Plan["pairs"][number];
export type Places = PlannerPlacesQuery;

/** A group that receives partnerships, with its number of partnerships before and after a step or the whole plan. */
export interface GroupChange {
  key: string;
  name: string;
  /** Those on record. */
  today: number;
  /** What `today` counts, as the address of the table that lists it. */
  counted: string;
  before: number;
  after: number;
  /** Whether all of its places have a new partner, so that it can receive no more. */
  isFull: boolean;
}

/** Returns the identifier of a pair, in the form of the slug of a partnership. */
export function pairSlug({ us, partner }: Pair): string {
  return `${us.slug}--${partner.slug}`;
}

/** Returns what each pair changes, in the order of the plan. A step is null if its pair belongs to no group. */
export function stepsOf(plan: Plan, by: ConcentrationDimension, places: Places): (GroupChange | null)[] {
  const added = new Map<string, number>();
  return plan.pairs.map((pair) => {
    const group = groupOf(pair, by, places);
    if (!group) return null;
    const before = group.count + (added.get(group.key) ?? 0);
    added.set(group.key, (added.get(group.key) ?? 0) + 1);
    const { key, name, count: today, counted } = group;
    return { key, name, today, counted, before, after: before + 1, isFull: before + 1 - today === group.places };
  });
}

/** Combines the steps of each group, those with the fewest partnerships first. */
export function changesOf(steps: (GroupChange | null)[]): GroupChange[] {
  const changes = new Map<string, GroupChange>();
  for (const step of steps) {
    if (!step) continue;
    const { before } = changes.get(step.key) ?? step;
    changes.set(step.key, { ...step, before });
  }
  return [...changes.values()].sort((a, b) => a.before - b.before || a.name.localeCompare(b.name, "en"));
}

/** The group of a pair with its number of partnerships today, and that of its places unless it is a place itself. */
function groupOf({ us, partner }: Pair, by: ConcentrationDimension, { states, countries }: Places) {
  const countsOf = (rows: (Pick<Area, "cities"> & { partnerships: { totalCount: number } })[]) => ({
    count: rows.reduce((sum, { partnerships }) => sum + partnerships.totalCount, 0),
    places: rows.reduce((sum, { cities }) => sum + cities.totalCount, 0),
  });
  switch (by) {
    case "STATE":
      return (
        us.state && {
          key: us.state.code,
          name: us.state.name,
          ...countsOf(states.nodes.filter(({ code }) => code === us.state?.code)),
          counted: `partnerships?state=${us.state.code}`,
        }
      );
    case "COUNTRY":
      return {
        key: partner.country.code,
        name: partner.country.name,
        ...countsOf(countries.nodes.filter(({ code }) => code === partner.country.code)),
        counted: `partnerships?country=${partner.country.code}`,
      };
    case "REGION": {
      const region = us.state?.region?.name;
      if (!region) return null;
      return {
        key: region,
        name: `the ${REGION[region]}`,
        ...countsOf(states.nodes.filter((state) => state.region?.name === region)),
        counted: `partnerships?region=${region}`,
      };
    }
    case "US_COMMUNITY":
      return {
        key: us.slug,
        name: us.name,
        count: us.partnerships.totalCount,
        places: null,
        counted: `partnerships?place=${us.slug}`,
      };
    case "PARTNER_COMMUNITY":
      return {
        key: partner.slug,
        name: partner.name,
        count: partner.partnerships.totalCount,
        places: null,
        counted: `partnerships?place=${partner.slug}`,
      };
  }
}

interface Area {
  code: string;
  name: string;
  cities: { totalCount: number };
}

/** Returns the names of the chosen states or countries, and how many of their places, or of all if none is chosen, a plan can join. */
export function sideOf(areas: Area[], chosen: string[]): { names: string[]; places: number } {
  const selected = areas.filter(({ code }) => chosen.length === 0 || chosen.includes(code));
  return {
    names: chosen.length > 0 ? selected.map(({ name }) => name) : [],
    places: selected.reduce((sum, { cities }) => sum + cities.totalCount, 0),
  };
}

/** Returns the countries with places that a plan can join in the subregions of these countries. */
export function nearbyCountries({ countries }: Places, codes: string[]): Area[] {
  const subregions = new Set(countries.nodes.flatMap(({ code, subregion }) => (codes.includes(code) ? subregion : [])));
  return countries.nodes.filter(({ subregion, cities }) => subregions.has(subregion) && cities.totalCount > 0);
}

/** Returns the pairs in the form that the map draws. */
export function toMapPartnerships(pairs: Pair[]): MapPartnership[] {
  return pairs.flatMap((pair) => {
    const { us, partner } = pair;
    if (!us.state) return [];
    return {
      slug: pairSlug(pair),
      level: us.kind === "COUNTY" ? "COUNTY" : "CITY",
      status: "LISTED",
      establishedYear: null,
      endedYear: null,
      us: { __typename: "City", ...us },
      partner: { __typename: "City", id: partner.slug, ...partner },
      state: us.state,
      country: partner.country,
    } satisfies MapPartnership;
  });
}

/** Returns the pairs as a table to download. */
export function toPairTable(pairs: Pair[]): Table {
  return toTable(
    [...pairs.entries()],
    [
      { label: "order", value: ([index]) => index + 1 },
      { label: "us_slug", value: ([, { us }]) => us.slug },
      { label: "us_name", value: ([, { us }]) => us.name },
      { label: "state", value: ([, { us }]) => us.state?.code ?? null },
      { label: "partner_slug", value: ([, { partner }]) => partner.slug },
      { label: "partner_name", value: ([, { partner }]) => partner.name },
      { label: "province", value: ([, { partner }]) => partner.province?.name ?? null },
      { label: "country", value: ([, { partner }]) => partner.country.code },
      { label: "gini_change", value: ([, { giniChange }]) => giniChange },
      { label: "score", value: ([, { score }]) => score },
      {
        label: "restrictions",
        value: ([, { restrictions }]) => restrictions.map(({ law, effect }) => `${law} (${effect})`).join("; "),
      },
    ],
  );
}
