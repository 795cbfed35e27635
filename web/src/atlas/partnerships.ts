import { request } from "../graphql/client.ts";
import { AtlasDocument, type AtlasQuery, MorePartnershipsDocument } from "../graphql/generated.ts";
import type { Filters, Selection, Shading } from "./view.ts";

export type MapState = AtlasQuery["states"]["nodes"][number];
export type MapCountry = AtlasQuery["countries"]["nodes"][number];
type Partnership = AtlasQuery["partnerships"]["nodes"][number];
/** A partnership of the map. Planned ones have no sources yet. */
export type MapPartnership = Omit<Partnership, "corroboration"> & Partial<Pick<Partnership, "corroboration">>;

/** The data that the map needs. */
export interface Atlas {
  states: MapState[];
  countries: MapCountry[];
  partnerships: MapPartnership[];
  /** The region of each state by its code; null for the District of Columbia and the territories. */
  regionOf: Map<string, string | null>;
}

/**
 * Loads the data with one request, plus one for each further page of partnerships.
 * @throws {RequestError} if the server returns errors or cannot be reached.
 */
export async function loadAtlas(): Promise<Atlas> {
  const first = await request(AtlasDocument);
  const partnerships = [...first.partnerships.nodes];
  let { hasNextPage, endCursor } = first.partnerships.pageInfo;
  while (hasNextPage && endCursor) {
    const { partnerships: page } = await request(MorePartnershipsDocument, { after: endCursor });
    partnerships.push(...page.nodes);
    ({ hasNextPage, endCursor } = page.pageInfo);
  }
  const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name, "en");
  return {
    states: first.states.nodes.sort(byName),
    countries: first.countries.nodes.sort(byName),
    partnerships,
    regionOf: new Map(first.states.nodes.map(({ code, region }) => [code, region?.name ?? null])),
  };
}

/** Returns the partnerships that match the filters. */
export function filterPartnerships(
  atlas: Pick<Atlas, "partnerships" | "regionOf">,
  filters: Filters,
): MapPartnership[] {
  const { levels, region, state, country, decade, status, corroboration } = filters;
  return atlas.partnerships.filter(
    (partnership) =>
      (levels.length === 0 || levels.includes(partnership.level)) &&
      (!region || atlas.regionOf.get(partnership.state.code) === region) &&
      (!state || partnership.state.code === state) &&
      (!country || partnership.country.code === country) &&
      (!status || partnership.status === status) &&
      (!corroboration || partnership.corroboration === corroboration) &&
      (decade === null ||
        decade === (partnership.establishedYear === null ? "unknown" : decadeOf(partnership.establishedYear))),
  );
}

/**
 * Returns the partnerships that existed at the end of a year, as `existing` of the API's timeline counts them: founded by
 * then, and not known to have ended. Those whose year is unknown are left out.
 */
export function existingIn(partnerships: MapPartnership[], year: number): MapPartnership[] {
  return partnerships.filter(
    ({ establishedYear, status, endedYear }) =>
      establishedYear !== null &&
      establishedYear <= year &&
      (status !== "ENDED" || (endedYear !== null && endedYear > year)),
  );
}

/** Returns the number of partnerships of the state or country that has the most. */
export function largestCount(partnerships: MapPartnership[]): number {
  const counts = [({ state }: MapPartnership) => state.code, ({ country }: MapPartnership) => country.code].flatMap(
    (codeOf) => [...Map.groupBy(partnerships, codeOf).values()].map(({ length }) => length),
  );
  return Math.max(1, ...counts);
}

/** Returns the first year of the decade of a year. */
export function decadeOf(year: number): number {
  return Math.floor(year / 10) * 10;
}

/** Returns all decades from the oldest to the newest partnership, including those without any. */
export function decadesOf(partnerships: MapPartnership[]): number[] {
  const years = partnerships.flatMap(({ establishedYear }) => (establishedYear === null ? [] : [establishedYear]));
  if (years.length === 0) return [];
  const first = decadeOf(Math.min(...years));
  const count = (decadeOf(Math.max(...years)) - first) / 10 + 1;
  return Array.from({ length: count }, (_, index) => first + 10 * index);
}

/** A place with its number of partnerships and the value that determines its circle or color; null if the value is unknown. */
export interface ShadedPlace<P> {
  place: P;
  count: number;
  value: number | null;
}

/**
 * Counts partnerships by place and computes the value of the chosen shading. `rate` is partnerships per million
 * inhabitants, null if the population is unknown. `change` is the number founded in `changeDecade` minus the number founded
 * in the decade before; it ignores partnerships whose year is unknown.
 */
export function shadePlaces<P extends { code: string; population: number | null }>(
  places: P[],
  partnerships: MapPartnership[],
  codeOf: (partnership: MapPartnership) => string,
  shade: Shading,
  changeDecade: number,
): ShadedPlace<P>[] {
  const counts = new Map<string, { all: number; change: number }>();
  for (const partnership of partnerships) {
    const code = codeOf(partnership);
    const count = counts.get(code) ?? { all: 0, change: 0 };
    count.all += 1;
    const decade = partnership.establishedYear === null ? null : decadeOf(partnership.establishedYear);
    if (decade === changeDecade) count.change += 1;
    else if (decade === changeDecade - 10) count.change -= 1;
    counts.set(code, count);
  }
  return places.map((place) => {
    const { all, change } = counts.get(place.code) ?? { all: 0, change: 0 };
    const rate = place.population ? (all / place.population) * 1e6 : null;
    return { place, count: all, value: shade === "count" ? all : shade === "rate" ? rate : change };
  });
}

/** Returns the partnerships of the selected place, including those of places within it, or the selected partnership. */
export function partnershipsOf(partnerships: MapPartnership[], selection: Selection | null): MapPartnership[] {
  if (!selection) return [];
  const { kind, id } = selection;
  return partnerships.filter((partnership) => {
    switch (kind) {
      case "state":
        return partnership.state.code === id;
      case "country":
        return partnership.country.code === id;
      case "city":
        return partnership.us.slug === id || partnership.partner.slug === id;
      case "province":
        return (
          partnership.partner.id === id ||
          (partnership.partner.__typename === "City" && partnership.partner.province?.id === id)
        );
      case "partnership":
        return partnership.slug === id;
    }
  });
}
