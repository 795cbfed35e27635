import { ask } from "../graphql/client.ts";
import {
  CityPanelDocument,
  CountryPanelDocument,
  type PanelFigureFragment,
  type PanelTieFragment,
  type PartnershipFilter,
  ProvincePanelDocument,
  StatePanelDocument,
  TiePanelDocument,
} from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { count, counted } from "../wording/numbers.ts";
import { REGION, SUBREGION } from "../wording/terms.ts";
import type { Selection } from "./view.ts";

/** What the panel shows of a selection. */
export interface Panel {
  title: string;
  /** What it is and where, such as "State, West, 4,237,256 inhabitants". */
  facts: string[];
  /** Ties of every status without the filters; null of a single tie. */
  all: number | null;
  shown: number;
  ties: PanelTieFragment[];
  figures: PanelFigureFragment[];
  otherNames: string[];
  /** The playground with the query that this came from. */
  query: string;
}

const inhabitants = (population: number | null) => (population === null ? [] : [counted(population, "inhabitant")]);
const word = (text: string) => text.charAt(0) + text.slice(1).toLowerCase().replaceAll("_", " ");

/** Asks for what is selected; null where the API does not know it. */
export async function loadPanel({ kind, id }: Selection, filter: PartnershipFilter | undefined): Promise<Panel | null> {
  // Absent rather than undefined: the playground shows the variables as they were sent.
  const narrowed = filter ? { filter } : {};
  switch (kind) {
    case "state": {
      const variables = { code: id, ...narrowed };
      const { state } = await ask(StatePanelDocument, variables);
      return (
        state && {
          ...rest(state, state.publishedStatistics.nodes, playgroundHref(StatePanelDocument, variables)),
          facts: [
            word(state.kind),
            state.region ? `in the ${REGION[state.region.name]}` : "in none of the four regions",
            ...(state.capital ? [`capital ${state.capital.name}`] : []),
            ...inhabitants(state.population),
          ],
        }
      );
    }
    case "country": {
      const variables = { code: id, ...narrowed };
      const { country } = await ask(CountryPanelDocument, variables);
      return (
        country && {
          ...rest(country, country.publishedStatistics.nodes, playgroundHref(CountryPanelDocument, variables)),
          facts: [SUBREGION[country.subregion], ...inhabitants(country.population)],
        }
      );
    }
    case "city": {
      const variables = { slug: id, ...narrowed };
      const { city } = await ask(CityPanelDocument, variables);
      return (
        city && {
          ...rest(city, [], playgroundHref(CityPanelDocument, variables)),
          facts: [
            city.isCapital ? `${word(city.kind)}, a capital` : word(city.kind),
            [city.state?.name ?? city.province?.name, city.country.name].filter(Boolean).join(", "),
            ...inhabitants(city.population),
          ],
          // The name in its own script first: it is what a reader can look up.
          otherNames: city.alternateNames
            .toSorted((a, b) => Number(a.script === "LATIN") - Number(b.script === "LATIN"))
            .map(({ name }) => name),
        }
      );
    }
    case "province": {
      const variables = { id, ...narrowed };
      const { node } = await ask(ProvincePanelDocument, variables);
      return node?.__typename !== "Province"
        ? null
        : {
            ...rest(node, [], playgroundHref(ProvincePanelDocument, variables)),
            facts: [word(node.kind), node.country.name, ...inhabitants(node.population)],
          };
    }
    case "tie": {
      const { partnership } = await ask(TiePanelDocument, { slug: id });
      return (
        partnership && {
          title: `${partnership.us.name} – ${partnership.partner.name}`,
          facts: [`${partnership.state.name} and ${partnership.country.name}`],
          all: null,
          shown: 1,
          ties: [partnership],
          figures: [],
          otherNames: [],
          query: playgroundHref(TiePanelDocument, { slug: id }),
        }
      );
    }
  }
}

interface Place {
  name: string;
  all: { totalCount: number };
  partnerships: { totalCount: number; nodes: PanelTieFragment[] };
}

function rest({ name, all, partnerships }: Place, figures: PanelFigureFragment[], query: string): Omit<Panel, "facts"> {
  return {
    title: name,
    all: all.totalCount,
    shown: partnerships.totalCount,
    ties: partnerships.nodes,
    figures,
    otherNames: [],
    query,
  };
}

/** A tie as seen from what is selected: the other end first. */
export interface Seen {
  tie: PanelTieFragment;
  title: string;
  detail: string;
}

export interface Group {
  title: string;
  code: string;
  ties: Seen[];
}

/** Ties under the country of the other end, or seen from Asia under the state; the largest groups first. */
export function groupTies(ties: PanelTieFragment[], { kind, id }: Selection): Group[] {
  const fromPartner = kind === "country" || kind === "province" || (kind === "city" && ties[0]?.partner.slug === id);
  const groups = new Map<string, Group>();
  for (const tie of ties) {
    const { code, name } = fromPartner ? tie.state : tie.country;
    const group = groups.get(code) ?? { title: name, code, ties: [] };
    groups.set(code, group);
    const other = fromPartner ? tie.us : tie.partner;
    const own = fromPartner ? tie.partner : tie.us;
    const province = !fromPartner && tie.partner.__typename === "City" ? tie.partner.province?.name : undefined;
    group.ties.push({
      tie,
      title: other.name + (province && province !== other.name ? `, ${province}` : ""),
      detail: kind === "tie" || (kind === "city" && own.slug === id) ? "" : own.name,
    });
  }
  return [...groups.values()].sort((a, b) => b.ties.length - a.ties.length || a.title.localeCompare(b.title, "en"));
}

/** When and how a tie stands, in a few words. */
export function standing(tie: PanelTieFragment): string {
  const since = tie.establishedYear === null ? "year not known" : `since ${tie.establishedYear}`;
  switch (tie.status) {
    case "LISTED":
      return since;
    case "ENDED":
      return `${since}, ended${tie.endedYear === null ? "" : ` ${tie.endedYear}`}`;
    case "DORMANT":
      return `${since}, dormant`;
    case "SUSPENDED":
      return `${since}, paused`;
  }
}

/** A published figure as its source words it. */
export function published({ quantity }: PanelFigureFragment): string {
  const { value, unit, qualifier } = quantity;
  if (value === null) return "most";
  const words = {
    AT_LEAST: "at least ",
    MORE_THAN: "more than ",
    LESS_THAN: "less than ",
    APPROXIMATE: "about ",
  } as const;
  const before = qualifier in words ? words[qualifier as keyof typeof words] : "";
  return `${before}${unit === "percent" ? `${value}%` : unit === "rank" ? `no. ${value}` : count(value)}`;
}
