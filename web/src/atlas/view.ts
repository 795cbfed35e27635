import { type Selected, formatFilters, formatQuery, parseFilters, unknownParameters } from "../filters/address.ts";
import {
  type Places,
  partnershipFilters,
  toPartnershipFilter as selectedToFilter,
  UNKNOWN,
} from "../filters/partnerships.ts";
import type {
  Corroboration,
  PartnershipFilter,
  PartnershipLevel,
  PartnershipStatus,
  RegionName,
} from "../graphql/generated.ts";

/** The quantity that colors places: the count, the count per million inhabitants, or the change between two decades. */
export type Shading = "count" | "rate" | "change";

/** The selected object. `id` is the code of a state or country, the slug of a city or partnership, or the id of a province. */
export interface Selection {
  kind: "state" | "country" | "city" | "province" | "partnership";
  id: string;
}

/** The center of the map in degrees, and the zoom factor; 1 shows the whole map. */
export interface Camera {
  longitude: number;
  latitude: number;
  zoom: number;
}

/** The filters of the atlas. Null and an empty list match everything. */
export interface Filters {
  levels: PartnershipLevel[];
  region: RegionName | null;
  state: string | null;
  country: string | null;
  /** The first year of the decade, or "unknown" for partnerships whose year is unknown. */
  decade: number | "unknown" | null;
  status: PartnershipStatus | null;
  corroboration: Corroboration | null;
}

/** The filters that match everything. */
export const NO_FILTERS: Filters = {
  levels: [],
  region: null,
  state: null,
  country: null,
  decade: null,
  status: null,
  corroboration: null,
};

/** The state of the atlas that its address records. */
export interface View extends Filters {
  shade: Shading;
  /** The decade that `change` compares with the previous one. */
  changeDecade: number;
  selection: Selection | null;
  /** Null if the map moves by itself to what is selected. */
  camera: Camera | null;
  /** The year whose partnerships the map shows; null for all. */
  year: number | null;
  /** Whether states and countries are listed in tables instead of shown on the map. */
  list: boolean;
}

export const LEVELS: readonly PartnershipLevel[] = ["CITY", "COUNTY", "STATE"];
export const REGIONS: readonly RegionName[] = ["WEST", "MIDWEST", "SOUTH", "NORTHEAST"];
const SHADINGS: readonly Shading[] = ["count", "rate", "change"];
/** Addresses that people have saved say "tie" for a partnership. */
const KIND_IN_ADDRESS: Record<Selection["kind"], string> = {
  state: "state",
  country: "country",
  city: "city",
  province: "province",
  partnership: "tie",
};
export const DEFAULT_CHANGE_DECADE = 1990;

export function defaultView(): View {
  return {
    ...NO_FILTERS,
    shade: "count",
    changeDecade: DEFAULT_CHANGE_DECADE,
    selection: null,
    camera: null,
    year: null,
    list: false,
  };
}

const OTHERS = ["shade", "change", "select", "map", "year", "list"];

/**
 * Parses the query string of an address. Missing and invalid parameters get their default. States and countries can be named
 * if the places are given, which the atlas loads; until then, only codes are understood.
 */
export function parseView(search: string, places?: Places): View {
  const query = new URLSearchParams(search);
  const view = defaultView();
  const { selected } = parseFilters(query, partnershipFilters(places ?? { states: [], countries: [] }));
  const first = (name: string) => selected[name]?.[0] ?? null;
  view.levels = (selected["level"] ?? []) as PartnershipLevel[];
  view.region = first("region") as RegionName | null;
  view.state = places ? first("state") : code(query.get("state"));
  view.country = places ? first("country") : code(query.get("country"));
  const founded = first("decade");
  view.decade = founded === null ? null : founded === UNKNOWN ? "unknown" : Number(founded);
  view.status = first("status") as PartnershipStatus | null;
  view.corroboration = first("corroboration") as Corroboration | null;
  view.shade = oneOf(SHADINGS, query.get("shade")) ?? "count";
  view.changeDecade = decade(query.get("change")) ?? DEFAULT_CHANGE_DECADE;
  view.selection = selection(query.get("select"));
  view.camera = camera(query.get("map"));
  view.year = year(query.get("year"));
  view.list = query.get("list") === "1";
  return view;
}

/** Reports what the atlas does not understand in an address. */
export function addressProblems(search: string, places: Places): string[] {
  const query = new URLSearchParams(search);
  const filters = partnershipFilters(places);
  const { selected, problems } = parseFilters(query, filters);
  for (const { parameter, label } of filters)
    if (parameter !== "level" && (selected[parameter]?.length ?? 0) > 1)
      problems.push(
        `The map uses only the first value of the filter “${label}”. The table of partnerships uses several.`,
      );
  return [...problems, ...unknownParameters(query, [...filters.map(({ parameter }) => parameter), ...OTHERS])];
}

/** Returns the query string of a view, without defaults. The same view always gives the same string. */
export function formatView(view: View): string {
  const query = filterQuery(view);
  if (view.shade !== "count") query.set("shade", view.shade);
  if (view.changeDecade !== DEFAULT_CHANGE_DECADE) query.set("change", String(view.changeDecade));
  if (view.selection) query.set("select", `${KIND_IN_ADDRESS[view.selection.kind]}:${view.selection.id}`);
  if (view.camera) {
    const { longitude, latitude, zoom } = view.camera;
    query.set("map", `${longitude.toFixed(2)},${latitude.toFixed(2)},${zoom.toFixed(2)}`);
  }
  if (view.year !== null) query.set("year", String(view.year));
  if (view.list) query.set("list", "1");
  return formatQuery(query);
}

/** Returns the address of a map with the same filters for frames on other sites. */
export function embeddedMapHref(filters: Filters): string {
  return `embed/map${formatQuery(filterQuery(filters))}`;
}

/** Returns the HTML with which another site shows the map with the same filters. `page` is the address of the atlas. */
export function embedCode(filters: Filters, page: string): string {
  const address = new URL(embeddedMapHref(filters), page).href.replaceAll("&", "&amp;");
  // The map with its title and key fills a frame of this size.
  return `<iframe src="${address}" width="800" height="640" style="border:0;max-width:100%" loading="lazy" title="Map of sister partnerships"></iframe>`;
}

/**
 * Returns what a number of partnerships counts, as the address of the table that lists them. `further` are filters that are
 * not those of the atlas, or `place` with the slug of a place.
 */
export function countedBy(filters: Filters, further: Record<string, string> = {}): string {
  const query = filterQuery(filters);
  for (const [name, value] of Object.entries(further)) if (query.get(name) !== value) query.append(name, value);
  return `partnerships${formatQuery(query)}`;
}

/** Converts the filters to the equivalent API filter; undefined if no filter is active. */
export function toPartnershipFilter(filters: Filters): PartnershipFilter | undefined {
  return selectedToFilter(toSelected(filters));
}

function filterQuery(filters: Filters): URLSearchParams {
  const query = new URLSearchParams();
  formatFilters(query, toSelected(filters), partnershipFilters({ states: [], countries: [] }));
  return query;
}

function toSelected({ levels, region, state, country, decade, status, corroboration }: Filters): Selected {
  return {
    ...(levels.length > 0 && { level: LEVELS.filter((level) => levels.includes(level)) }),
    ...(region && { region: [region] }),
    ...(state && { state: [state] }),
    ...(country && { country: [country] }),
    ...(decade !== null && { decade: [String(decade)] }),
    ...(status && { status: [status] }),
    ...(corroboration && { corroboration: [corroboration] }),
  };
}

/** Returns the number of active filters. */
export function activeFilterCount(filters: Filters): number {
  return Object.keys(toSelected(filters)).length;
}

function oneOf<T extends string>(values: readonly T[], text: string | null): T | null {
  return values.find((value) => value === text) ?? null;
}

function code(text: string | null): string | null {
  return text && /^[A-Z]{2}$/i.test(text) ? text.toUpperCase() : null;
}

function decade(text: string | null): number | null {
  return text && /^\d{3}0$/.test(text) ? Number(text) : null;
}

function year(text: string | null): number | null {
  return text && /^\d{4}$/.test(text) ? Number(text) : null;
}

function selection(text: string | null): Selection | null {
  const at = text?.indexOf(":") ?? -1;
  if (!text || at < 0) return null;
  const name = text.slice(0, at);
  const id = text.slice(at + 1);
  const kind = (Object.keys(KIND_IN_ADDRESS) as Selection["kind"][]).find((key) => KIND_IN_ADDRESS[key] === name);
  return kind && id ? { kind, id } : null;
}

function camera(text: string | null): Camera | null {
  const numbers = text?.split(",").map(Number) ?? [];
  const [longitude, latitude, zoom] = numbers;
  if (longitude === undefined || latitude === undefined || zoom === undefined) return null;
  const inRange = Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 && zoom >= 1 && zoom <= 64;
  return numbers.length === 3 && inRange ? { longitude, latitude, zoom } : null;
}
