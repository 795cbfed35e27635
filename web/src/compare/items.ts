import { request } from "../graphql/client.ts";
import {
  ComparableItemsDocument,
  type ComparableItemsQuery,
  PlaceByIdDocument,
  PlaceBySlugDocument,
  type PlaceBySlugQuery,
  PlacesByNameDocument,
  type PrintedFigureFragment,
} from "../graphql/generated.ts";
import { describeBase, figureName, formatFigure, formatSource } from "../figures/labels.ts";
import { fold } from "../wording/fold.ts";
import { formatList } from "../wording/format.ts";
import { MEASURE } from "../wording/terms.ts";

export type Kind = "figure" | "state" | "country" | "place";

/** Something that can be compared with others of its kind. */
export interface Item {
  kind: Kind;
  /** How the address writes it, such as `state:OR`. It is understood without the part before the colon, too. */
  address: string;
  /** The argument of the query that loads it: a code, or the slug of a figure, or the id of a place. */
  id: string;
  name: string;
  /** What tells it from others with the same name. */
  detail: string;
}

/** An item that can be chosen in a list, with the texts that name it. */
export interface ListedItem extends Item {
  names: string[];
  /** The topic that it is listed under; empty if there are none. */
  group: string;
}

/** The outcome of looking up what the address says. */
export type Resolution = { item: Item } | { problem: string; candidates: Item[] };

const PREFIX = /^(figure|state|country|city|province):(.+)$/s;

let items: Promise<ListedItem[]> | undefined;

/** Loads all figures, states, and partner countries. */
export function loadItems(): Promise<ListedItem[]> {
  items ??= request(ComparableItemsDocument).then(toItems);
  items.catch(() => (items = undefined));
  return items;
}

export function toItems(answer: ComparableItemsQuery): ListedItem[] {
  const figures = [
    ...answer.respondentAggregates.nodes.map((figure) => {
      const { topic, survey } = figure.question;
      return { figure, year: survey.year, group: `Survey: ${topic}` };
    }),
    ...answer.publishedStatistics.nodes.map((figure) => ({
      figure,
      year: figure.year,
      group: `Numbers: ${MEASURE[figure.measure]}`,
    })),
  ];
  return [
    ...figures.map(({ figure, year, group }) => ({
      kind: "figure" as const,
      address: `figure:${figure.slug}`,
      id: figure.slug,
      name: `${withYear(describeFigure(figure), year)}: ${formatFigure(figure)}`,
      detail: formatSource(figure),
      names: [figure.slug],
      group,
    })),
    ...sorted(answer.states.nodes).map(({ code, slug, name }) => ({
      kind: "state" as const,
      address: `state:${code}`,
      id: code,
      name,
      detail: "state",
      names: [code, slug, name],
      group: "",
    })),
    ...sorted(answer.countries.nodes).map(({ code, code3, name }) => ({
      kind: "country" as const,
      address: `country:${code}`,
      id: code,
      name,
      detail: "country",
      names: [code, code3, name],
      group: "",
    })),
  ];
}

const sorted = <T extends { name: string }>(places: T[]) =>
  places.toSorted((a, b) => a.name.localeCompare(b.name, "en"));

/** What a figure is about, with its base if it is a percentage of respondents. */
function describeFigure(figure: PrintedFigureFragment): string {
  const base = "base" in figure ? figure.base.description : null;
  return base && describeBase(figure) ? `${figureName(figure)} (${base})` : figureName(figure);
}

/** Adds the year to the name of a figure unless the name has it, also as the end of an academic year such as 2020/21. */
function withYear(name: string, year: number | null): string {
  const names = [String(year), `${Number(year) - 1}/${String(year).slice(-2)}`];
  return year === null || names.some((written) => name.includes(written)) ? name : `${name}, ${year}`;
}

/** Returns the listed items that a text names exactly, ignoring case and accents. */
export function matchItems(text: string, listed: ListedItem[]): ListedItem[] {
  const [, prefix, rest] = PREFIX.exec(text) ?? [];
  const name = fold(rest ?? text);
  return listed.filter(
    ({ kind, names }) => (prefix === undefined || prefix === kind) && names.some((one) => fold(one) === name),
  );
}

/**
 * Finds the item that a text of the address names: by code, slug, or name, with or without its kind. `other` is the text of
 * the other side, whose kind decides if a code such as `IN` is that of a state and of a country.
 * @throws {RequestError} if the server cannot be reached.
 */
export async function resolve(text: string, other: string | null): Promise<Resolution> {
  const listed = await loadItems();
  const matches = preferred(matchItems(text, listed), other ? matchItems(other, listed) : []);
  const [first, ...more] = matches;
  if (first && more.length === 0) return { item: first };
  if (first) return ambiguous(text, matches);
  const [, prefix, rest = text] = PREFIX.exec(text) ?? [];
  if (!prefix || prefix === "city") return resolvePlace(rest);
  return prefix === "province" ? resolveProvince(rest) : missing(text, []);
}

/**
 * Narrows matches to those of the same kind as the other side, if there are any, and otherwise leaves out figures if a state or
 * country matches: the slugs of some figures are names of places.
 */
export function preferred(matches: ListedItem[], other: ListedItem[]): ListedItem[] {
  const alike = matches.filter(({ kind }) => other.some((one) => one.kind === kind));
  const places = matches.filter(({ kind }) => kind !== "figure");
  return alike.length > 0 ? alike : places.length > 0 ? places : matches;
}

async function resolveProvince(id: string): Promise<Resolution> {
  const { node } = await request(PlaceByIdDocument, { id });
  return node?.__typename === "Province" ? { item: toItem(node) } : missing(`province:${id}`, []);
}

async function resolvePlace(text: string): Promise<Resolution> {
  const { city } = await request(PlaceBySlugDocument, { slug: text });
  if (city) return { item: toItem({ __typename: "City", ...city }) };
  const places = await findPlaces(text);
  const named = places.filter((place) => isNamed(place, text));
  const [first, ...more] = named;
  if (first && more.length === 0) return { item: first };
  return first ? ambiguous(text, named) : missing(text, places);
}

/** Whether a text consists of the whole name of a place and words of what tells it apart, such as "portland oregon". */
export function isNamed({ name, detail }: Pick<Item, "name" | "detail">, text: string): boolean {
  const wordsOf = (part: string): string[] => fold(part).match(/[\p{L}\p{N}]+/gu) ?? [];
  const [words, ofPlace] = [wordsOf(text), wordsOf(`${name} ${detail}`)];
  return wordsOf(name).every((word) => words.includes(word)) && words.every((word) => ofPlace.includes(word));
}

/** Returns the cities, counties, and provinces that match a text, best match first. */
export async function findPlaces(text: string): Promise<Item[]> {
  const { search } = await request(PlacesByNameDocument, { text: text.slice(0, 200), first: 8 });
  return search.edges.flatMap(({ node }) =>
    node.__typename === "City" || node.__typename === "Province" ? [toItem(node)] : [],
  );
}

type Place =
  | ({ __typename: "City" } & NonNullable<PlaceBySlugQuery["city"]>)
  | { __typename: "Province"; id: string; name: string; country: { name: string } };

function toItem(place: Place): Item {
  const { id, name, country } = place;
  return place.__typename === "Province"
    ? { kind: "place", address: `province:${id}`, id, name, detail: country.name }
    : {
        kind: "place",
        address: `city:${place.slug}`,
        id,
        name,
        detail: place.state?.name ?? [place.province?.name, country.name].filter(Boolean).join(", "),
      };
}

/** A place as a reader writes it: "Portland, Oregon". */
export function placeText({ name, detail }: Item): string {
  return detail ? `${name}, ${detail}` : name;
}

function ambiguous(text: string, candidates: Item[]): Resolution {
  return {
    problem: `“${text}” is the name or code of ${formatList(candidates.map(placeText))}. Choose one.`,
    candidates,
  };
}

function missing(text: string, candidates: Item[]): Resolution {
  const hint =
    candidates.length > 0
      ? "Did you mean one of these?"
      : "Use the name or code of a state or country, the name of a city, county, or province, or the slug of a figure.";
  return { problem: `There is no figure, state, country, or place called “${text}”. ${hint}`, candidates };
}
