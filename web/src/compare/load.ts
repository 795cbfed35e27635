import { formatFigure } from "../figures/labels.ts";
import { request } from "../graphql/client.ts";
import {
  CompareCountriesDocument,
  ComparePlacesDocument,
  type ComparePlacesQuery,
  CompareStatesDocument,
  type CompareStatesQuery,
  type ComparedCountryFragment,
  type ComparedRegionFragment,
  type StateKind,
} from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { REGION } from "../wording/terms.ts";
import type { Item } from "./items.ts";
import { type Side, countPartnerships } from "./sides.ts";

/** Two states, countries, or places, and the playground with the query that loaded them. */
export interface Sides {
  a: Side;
  b: Side;
  query: string;
}

/**
 * Loads two states, countries, or places; null if one of them is not in the data.
 * @throws {RequestError} if the server returns errors or cannot be reached.
 */
export async function loadSides(a: Item, b: Item): Promise<Sides | null> {
  const variables = { a: a.id, b: b.id };
  switch (a.kind) {
    case "state": {
      const answer = await request(CompareStatesDocument, variables);
      return toSides(answer, toState, playgroundHref(CompareStatesDocument, variables));
    }
    case "country": {
      const answer = await request(CompareCountriesDocument, variables);
      return toSides(answer, toCountry, playgroundHref(CompareCountriesDocument, variables));
    }
    default: {
      const answer = await request(ComparePlacesDocument, variables);
      return toSides(answer, toPlace, playgroundHref(ComparePlacesDocument, variables));
    }
  }
}

function toSides<T>(
  answer: { a: T | null; b: T | null },
  toSide: (value: T) => Side | null,
  query: string,
): Sides | null {
  const [a, b] = [answer.a && toSide(answer.a), answer.b && toSide(answer.b)];
  return a && b ? { a, b, query } : null;
}

const STATE_KIND: Record<StateKind, string> = { STATE: "state", DISTRICT: "federal district", TERRITORY: "territory" };

function toState(state: NonNullable<CompareStatesQuery["a"]>): Side {
  const { code, name, population, stateKind, region, partnerships } = state;
  return {
    name,
    counted: `partnerships?state=${code}`,
    population,
    isUs: true,
    kind: STATE_KIND[stateKind],
    region: toRegion(region),
    ...countPartnerships(partnerships, true),
  };
}

function toCountry({ code, name, population, partnerships }: ComparedCountryFragment): Side {
  return {
    name,
    counted: `partnerships?country=${code}`,
    population,
    isUs: false,
    kind: "country",
    region: null,
    ...countPartnerships(partnerships, false),
  };
}

function toPlace(place: NonNullable<ComparePlacesQuery["a"]>): Side | null {
  switch (place.__typename) {
    case "City": {
      const { slug, name, population, cityKind, country, state, partnerships } = place;
      const isUs = !country.isPartner;
      return {
        name,
        counted: `partnerships?place=${slug}`,
        population,
        isUs,
        kind: cityKind === "COUNTY" ? "county, without the cities in it" : "municipality",
        region: toRegion(state?.region ?? null),
        ...countPartnerships(partnerships, isUs),
      };
    }
    case "Province": {
      const { slug, name, population, partnerships } = place;
      return {
        name,
        counted: `partnerships?place=${slug}`,
        population,
        isUs: false,
        kind: "province, with the cities in it",
        region: null,
        ...countPartnerships(partnerships, false),
      };
    }
    default:
      return null;
  }
}

function toRegion(region: ComparedRegionFragment | null): Side["region"] {
  const figure = region?.respondentAggregates.nodes[0];
  return (
    region && { name: REGION[region.name], aware: figure ? { slug: figure.slug, text: formatFigure(figure) } : null }
  );
}
