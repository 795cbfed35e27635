import { ask } from "../graphql/client.ts";
import { AtlasDocument, type AtlasQuery, MoreTiesDocument } from "../graphql/generated.ts";
import type { Filters, Selection, Shade } from "./view.ts";

export type MapState = AtlasQuery["states"]["nodes"][number];
export type MapCountry = AtlasQuery["countries"]["nodes"][number];
export type MapTie = AtlasQuery["partnerships"]["nodes"][number];

/** What the map draws. */
export interface Atlas {
  states: MapState[];
  countries: MapCountry[];
  ties: MapTie[];
  /** The region of each state by its code; null for the District of Columbia and the territories. */
  regionOf: Map<string, string | null>;
}

/** Asks for all of it: one request, and one more for each further page of ties. */
export async function loadAtlas(): Promise<Atlas> {
  const first = await ask(AtlasDocument);
  const ties = first.partnerships.nodes;
  let { hasNextPage, endCursor } = first.partnerships.pageInfo;
  while (hasNextPage && endCursor) {
    const { partnerships } = await ask(MoreTiesDocument, { after: endCursor });
    ties.push(...partnerships.nodes);
    ({ hasNextPage, endCursor } = partnerships.pageInfo);
  }
  const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name, "en");
  return {
    states: first.states.nodes.sort(byName),
    countries: first.countries.nodes.sort(byName),
    ties,
    regionOf: new Map(first.states.nodes.map(({ code, region }) => [code, region?.name ?? null])),
  };
}

/** The ties that the filters let through. */
export function filterTies(atlas: Pick<Atlas, "ties" | "regionOf">, filters: Filters): MapTie[] {
  const { levels, region, state, country, decade } = filters;
  return atlas.ties.filter(
    (tie) =>
      (levels.length === 0 || levels.includes(tie.level)) &&
      (!region || atlas.regionOf.get(tie.state.code) === region) &&
      (!state || tie.state.code === state) &&
      (!country || tie.country.code === country) &&
      (decade === null || decade === (tie.establishedYear === null ? "unknown" : decadeOf(tie.establishedYear))),
  );
}

/** The first year of the decade of a year. */
export function decadeOf(year: number): number {
  return Math.floor(year / 10) * 10;
}

/** The decades in which agreements were made, from the first to the last, those without any included. */
export function decadesOf(ties: MapTie[]): number[] {
  const years = ties.flatMap(({ establishedYear }) => (establishedYear === null ? [] : [establishedYear]));
  if (years.length === 0) return [];
  const first = decadeOf(Math.min(...years));
  const count = (decadeOf(Math.max(...years)) - first) / 10 + 1;
  return Array.from({ length: count }, (_, index) => first + 10 * index);
}

/** A place of the map with its ties counted, and the number that it is shaded by: null where there is none. */
export interface Shaded<P> {
  place: P;
  count: number;
  value: number | null;
}

/**
 * Counts ties by place.
 * `rate` is ties per million inhabitants, null where the population is not known; `change` is the agreements dated in
 * `changeDecade` less those dated in the decade before, and says nothing of ties whose year is not known.
 */
export function shadePlaces<P extends { code: string; population: number | null }>(
  places: P[],
  ties: MapTie[],
  codeOf: (tie: MapTie) => string,
  shade: Shade,
  changeDecade: number,
): Shaded<P>[] {
  const counts = new Map<string, { all: number; change: number }>();
  for (const tie of ties) {
    const code = codeOf(tie);
    const count = counts.get(code) ?? { all: 0, change: 0 };
    count.all += 1;
    const decade = tie.establishedYear === null ? null : decadeOf(tie.establishedYear);
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

/** The ties of what is selected: of a place those of what lies in it too. */
export function tiesOf(ties: MapTie[], selection: Selection | null): MapTie[] {
  if (!selection) return [];
  const { kind, id } = selection;
  return ties.filter((tie) => {
    switch (kind) {
      case "state":
        return tie.state.code === id;
      case "country":
        return tie.country.code === id;
      case "city":
        return tie.us.slug === id || tie.partner.slug === id;
      case "province":
        return tie.partner.id === id || (tie.partner.__typename === "City" && tie.partner.province?.id === id);
      case "tie":
        return tie.slug === id;
    }
  });
}
