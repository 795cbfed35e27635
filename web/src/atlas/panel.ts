import { request } from "../graphql/client.ts";
import {
  CityPanelDocument,
  CountryPanelDocument,
  type PanelFigureFragment,
  type PanelPartnershipFragment,
  type PartnershipFilter,
  ProvincePanelDocument,
  StatePanelDocument,
  PartnershipPanelDocument,
} from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { formatNumber } from "../wording/format.ts";
import { otherNames } from "../wording/other-names.ts";
import { REGION, SUBREGION } from "../wording/terms.ts";
import type { Selection } from "./view.ts";

/** The contents of the panel for a selection. */
export interface Panel {
  title: string;
  /** Kind, location and size, such as "State", "West", "population 4,237,256 (2020 census)". */
  facts: string[];
  /** The filter that selects its partnerships: that of the table, or `place` with the slug. */
  counted: Record<string, string>;
  /** The number of partnerships regardless of filters; null if a partnership is selected. */
  total: number | null;
  /** The number of partnerships that match the filters. */
  matching: number;
  partnerships: PanelPartnershipFragment[];
  figures: PanelFigureFragment[];
  /** The selected city or county; null for everything else. */
  city: { slug: string; stateCode: string | null; location: { latitude: number; longitude: number } | null } | null;
  /** Names in other scripts than Latin. */
  otherNames: string[];
  /** The address of its own page. */
  page: string;
  /** The address of the playground with the query that loaded this panel. */
  playgroundHref: string;
}

const populationFact = (population: number | null, source: string) =>
  population === null ? [] : [`population ${formatNumber(population)} (${source})`];
/** Turns an enum value such as `SPECIAL_CITY` into "Special city". */
const sentenceCase = (value: string) => value.charAt(0) + value.slice(1).toLowerCase().replaceAll("_", " ");

/**
 * Loads the selected object and its partnerships; null if the API has no such object.
 * @throws {RequestError} if the server returns errors or cannot be reached.
 */
export async function loadPanel({ kind, id }: Selection, filter: PartnershipFilter | undefined): Promise<Panel | null> {
  // The property is left out rather than undefined, because the playground shows the variables.
  const filterVariable = filter ? { filter } : {};
  switch (kind) {
    case "state": {
      const variables = { code: id, ...filterVariable };
      const { state } = await request(StatePanelDocument, variables);
      return (
        state && {
          ...commonFields(state, state.publishedStatistics.nodes, playgroundHref(StatePanelDocument, variables)),
          counted: { state: state.code },
          page: `state/${state.code}`,
          facts: [
            sentenceCase(state.kind),
            state.region ? REGION[state.region.name] : "outside the four regions",
            ...(state.capital ? [`capital ${state.capital.name}`] : []),
            ...populationFact(state.population, "2020 census"),
          ],
        }
      );
    }
    case "country": {
      const variables = { code: id, ...filterVariable };
      const { country } = await request(CountryPanelDocument, variables);
      return (
        country && {
          ...commonFields(country, country.publishedStatistics.nodes, playgroundHref(CountryPanelDocument, variables)),
          counted: { country: country.code },
          page: `country/${country.code}`,
          facts: [SUBREGION[country.subregion], ...populationFact(country.population, "GeoNames")],
        }
      );
    }
    case "city": {
      const variables = { slug: id, ...filterVariable };
      const { city } = await request(CityPanelDocument, variables);
      return (
        city && {
          ...commonFields(city, [], playgroundHref(CityPanelDocument, variables)),
          counted: { place: city.slug },
          page: `place/${city.slug}`,
          city: { slug: city.slug, stateCode: city.state?.code ?? null, location: city.location },
          facts: [
            city.isCapital ? `${sentenceCase(city.kind)} and capital` : sentenceCase(city.kind),
            [city.state?.name ?? city.province?.name, city.country.name].filter(Boolean).join(", "),
            ...populationFact(city.population, "GeoNames"),
          ],
        }
      );
    }
    case "province": {
      const variables = { id, ...filterVariable };
      const { node } = await request(ProvincePanelDocument, variables);
      return node?.__typename !== "Province"
        ? null
        : {
            ...commonFields(node, [], playgroundHref(ProvincePanelDocument, variables)),
            counted: { place: node.slug },
            page: `place/${node.slug}`,
            facts: [sentenceCase(node.kind), node.country.name, ...populationFact(node.population, "GeoNames")],
          };
    }
    case "partnership": {
      const { partnership } = await request(PartnershipPanelDocument, { slug: id });
      return (
        partnership && {
          title: `${partnership.us.name} – ${partnership.partner.name}`,
          facts: [`${partnership.state.name} and ${partnership.country.name}`],
          counted: {},
          page: `partnership/${partnership.slug}`,
          total: null,
          matching: 1,
          partnerships: [partnership],
          figures: [],
          city: null,
          otherNames: [],
          playgroundHref: playgroundHref(PartnershipPanelDocument, { slug: id }),
        }
      );
    }
  }
}

interface PlaceResponse {
  name: string;
  commonNames: string[];
  alternateNames?: { name: string; script: string }[];
  all: { totalCount: number };
  partnerships: { totalCount: number; nodes: PanelPartnershipFragment[] };
}

function commonFields(
  place: PlaceResponse,
  figures: PanelFigureFragment[],
  href: string,
): Omit<Panel, "facts" | "counted" | "page"> {
  return {
    title: place.name,
    total: place.all.totalCount,
    matching: place.partnerships.totalCount,
    partnerships: place.partnerships.nodes,
    figures,
    city: null,
    otherNames: otherNames(place),
    playgroundHref: href,
  };
}

/** A row of the panel. */
export interface Row {
  partnership: PanelPartnershipFragment;
  /** The community on the other side. */
  title: string;
  /** The community on the side of the selection; empty if it is the selection itself. */
  detail: string;
}

export interface RowGroup {
  title: string;
  /** Which other side the group has in common. */
  kind: "state" | "country";
  code: string;
  rows: Row[];
}

/** Groups partnerships by the country, or state, of the other side. The largest groups come first. */
export function groupPartnerships(partnerships: PanelPartnershipFragment[], { kind, id }: Selection): RowGroup[] {
  const fromPartner =
    kind === "country" || kind === "province" || (kind === "city" && partnerships[0]?.partner.slug === id);
  const groups = new Map<string, RowGroup>();
  for (const partnership of partnerships) {
    const { code, name } = fromPartner ? partnership.state : partnership.country;
    const group: RowGroup = groups.get(code) ?? {
      title: name,
      kind: fromPartner ? "state" : "country",
      code,
      rows: [],
    };
    groups.set(code, group);
    const other = fromPartner ? partnership.us : partnership.partner;
    const own = fromPartner ? partnership.partner : partnership.us;
    const province =
      !fromPartner && partnership.partner.__typename === "City" ? partnership.partner.province?.name : undefined;
    group.rows.push({
      partnership,
      title: other.name + (province && province !== other.name ? `, ${province}` : ""),
      detail: kind === "partnership" || (kind === "city" && own.slug === id) ? "" : own.name,
    });
  }
  return [...groups.values()].sort((a, b) => b.rows.length - a.rows.length || a.title.localeCompare(b.title, "en"));
}

/** Describes the founding year and the status, such as "since 1959, dormant". */
export function statusText(
  partnership: Pick<PanelPartnershipFragment, "establishedYear" | "status" | "endedYear">,
): string {
  const since = partnership.establishedYear === null ? "year unknown" : `since ${partnership.establishedYear}`;
  switch (partnership.status) {
    case "LISTED":
      return since;
    case "ENDED":
      return `${since}, ended${partnership.endedYear === null ? "" : ` ${partnership.endedYear}`}`;
    case "DORMANT":
      return `${since}, dormant`;
    case "SUSPENDED":
      return `${since}, suspended`;
  }
}
