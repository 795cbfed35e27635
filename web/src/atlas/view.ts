import type { PartnershipFilter, PartnershipLevel, RegionName } from "../graphql/generated.ts";

/** By what places are shaded. */
export type Shade = "count" | "rate" | "change";

/** What is selected: a state or a country by its code, a city or a tie by its slug, a province by its id. */
export interface Selection {
  kind: "state" | "country" | "city" | "province" | "tie";
  id: string;
}

/** Where the map looks: the point at its centre, in degrees, and how much it is enlarged; 1 shows the whole ocean. */
export interface Camera {
  longitude: number;
  latitude: number;
  zoom: number;
}

/** Which ties are shown; null and an empty list mean all. */
export interface Filters {
  levels: PartnershipLevel[];
  region: RegionName | null;
  state: string | null;
  country: string | null;
  /** The first year of the decade, or "unknown" for ties without a known year. */
  decade: number | "unknown" | null;
}

/** Everything that the address of the atlas holds. */
export interface View extends Filters {
  shade: Shade;
  /** The decade that `change` compares with the one before. */
  changeDecade: number;
  selection: Selection | null;
  camera: Camera | null;
  /** Places as a list, beside the map or in place of it. */
  list: boolean;
}

export const LEVELS: readonly PartnershipLevel[] = ["CITY", "COUNTY", "STATE"];
export const REGIONS: readonly RegionName[] = ["WEST", "MIDWEST", "SOUTH", "NORTHEAST"];
const SHADES: readonly Shade[] = ["count", "rate", "change"];
const KINDS: readonly Selection["kind"][] = ["state", "country", "city", "province", "tie"];
export const DEFAULT_CHANGE_DECADE = 1990;

export function emptyView(): View {
  return {
    levels: [],
    region: null,
    state: null,
    country: null,
    decade: null,
    shade: "count",
    changeDecade: DEFAULT_CHANGE_DECADE,
    selection: null,
    camera: null,
    list: false,
  };
}

/** The view that an address asks for. What it does not say, or says wrongly, is as without it. */
export function parseView(search: string): View {
  const query = new URLSearchParams(search);
  const view = emptyView();
  const asked = (query.get("level") ?? "").split(",");
  view.levels = LEVELS.filter((level) => asked.includes(level));
  view.region = oneOf(REGIONS, query.get("region"));
  view.state = code(query.get("state"));
  view.country = code(query.get("country"));
  view.decade = query.get("decade") === "unknown" ? "unknown" : decade(query.get("decade"));
  view.shade = oneOf(SHADES, query.get("shade")) ?? "count";
  view.changeDecade = decade(query.get("change")) ?? DEFAULT_CHANGE_DECADE;
  view.selection = selection(query.get("select"));
  view.camera = camera(query.get("map"));
  view.list = query.get("list") === "1";
  return view;
}

/** The query string of a view, without what is as at the start; the same view always gives the same string. */
export function formatView(view: View): string {
  const query = new URLSearchParams();
  if (view.levels.length > 0) query.set("level", LEVELS.filter((level) => view.levels.includes(level)).join(","));
  if (view.region) query.set("region", view.region);
  if (view.state) query.set("state", view.state);
  if (view.country) query.set("country", view.country);
  if (view.decade !== null) query.set("decade", String(view.decade));
  if (view.shade !== "count") query.set("shade", view.shade);
  if (view.changeDecade !== DEFAULT_CHANGE_DECADE) query.set("change", String(view.changeDecade));
  if (view.selection) query.set("select", `${view.selection.kind}:${view.selection.id}`);
  if (view.camera) {
    const { longitude, latitude, zoom } = view.camera;
    query.set("map", `${longitude.toFixed(2)},${latitude.toFixed(2)},${zoom.toFixed(2)}`);
  }
  if (view.list) query.set("list", "1");
  // Colons and commas may stand as they are in a query, and an address is easier to read so.
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  return text && `?${text}`;
}

/** The filter of the API that holds of the same ties as `filters`; undefined where all are shown. */
export function toPartnershipFilter(filters: Filters): PartnershipFilter | undefined {
  const filter: PartnershipFilter = {};
  if (filters.levels.length > 0) filter.level = filters.levels;
  if (filters.region || filters.state) {
    filter.state = {
      ...(filters.region && { region: [filters.region] }),
      ...(filters.state && { code: { eq: filters.state } }),
    };
  }
  if (filters.country) filter.country = { code: { eq: filters.country } };
  if (filters.decade === "unknown") filter.establishedYear = { isNull: true };
  else if (filters.decade !== null) filter.establishedYear = { gte: filters.decade, lt: filters.decade + 10 };
  return Object.keys(filter).length > 0 ? filter : undefined;
}

/** How many of the filters narrow what is shown. */
export function narrowing(filters: Filters): number {
  return [filters.levels.length > 0, filters.region, filters.state, filters.country, filters.decade !== null].filter(
    Boolean,
  ).length;
}

function oneOf<T extends string>(values: readonly T[], text: string | null): T | null {
  return values.find((value) => value === text) ?? null;
}

function code(text: string | null): string | null {
  return text && /^[A-Z]{2}$/.test(text) ? text : null;
}

function decade(text: string | null): number | null {
  return text && /^\d{3}0$/.test(text) ? Number(text) : null;
}

function selection(text: string | null): Selection | null {
  const at = text?.indexOf(":") ?? -1;
  if (!text || at < 0) return null;
  const kind = oneOf(KINDS, text.slice(0, at));
  const id = text.slice(at + 1);
  return kind && id ? { kind, id } : null;
}

function camera(text: string | null): Camera | null {
  const numbers = text?.split(",").map(Number) ?? [];
  const [longitude, latitude, zoom] = numbers;
  if (longitude === undefined || latitude === undefined || zoom === undefined) return null;
  const fits = Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 && zoom >= 1 && zoom <= 64;
  return numbers.length === 3 && fits ? { longitude, latitude, zoom } : null;
}
