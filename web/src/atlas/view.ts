import type { PartnershipFilter, PartnershipLevel, RegionName } from "../graphql/generated.ts";

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
}

/** The state of the atlas that its address records. */
export interface View extends Filters {
  shade: Shading;
  /** The decade that `change` compares with the previous one. */
  changeDecade: number;
  selection: Selection | null;
  camera: Camera | null;
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

/** Parses the query string of an address. Missing and invalid parameters get their default. */
export function parseView(search: string): View {
  const query = new URLSearchParams(search);
  const view = defaultView();
  const levels = (query.get("level") ?? "").split(",");
  view.levels = LEVELS.filter((level) => levels.includes(level));
  view.region = oneOf(REGIONS, query.get("region"));
  view.state = code(query.get("state"));
  view.country = code(query.get("country"));
  view.decade = query.get("decade") === "unknown" ? "unknown" : decade(query.get("decade"));
  view.shade = oneOf(SHADINGS, query.get("shade")) ?? "count";
  view.changeDecade = decade(query.get("change")) ?? DEFAULT_CHANGE_DECADE;
  view.selection = selection(query.get("select"));
  view.camera = camera(query.get("map"));
  view.list = query.get("list") === "1";
  return view;
}

/** Returns the query string of a view, without defaults. The same view always gives the same string. */
export function formatView(view: View): string {
  const query = new URLSearchParams();
  if (view.levels.length > 0) query.set("level", LEVELS.filter((level) => view.levels.includes(level)).join(","));
  if (view.region) query.set("region", view.region);
  if (view.state) query.set("state", view.state);
  if (view.country) query.set("country", view.country);
  if (view.decade !== null) query.set("decade", String(view.decade));
  if (view.shade !== "count") query.set("shade", view.shade);
  if (view.changeDecade !== DEFAULT_CHANGE_DECADE) query.set("change", String(view.changeDecade));
  if (view.selection) query.set("select", `${KIND_IN_ADDRESS[view.selection.kind]}:${view.selection.id}`);
  if (view.camera) {
    const { longitude, latitude, zoom } = view.camera;
    query.set("map", `${longitude.toFixed(2)},${latitude.toFixed(2)},${zoom.toFixed(2)}`);
  }
  if (view.list) query.set("list", "1");
  // Colons and commas need no escaping in a query string, and the address is easier to read with them.
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  return text && `?${text}`;
}

/** Converts the filters to the equivalent API filter; undefined if no filter is active. */
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

/** Returns the number of active filters. */
export function activeFilterCount(filters: Filters): number {
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
