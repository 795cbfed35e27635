import { capitalize } from "../wording/format.ts";
import { CORROBORATION_SHORT, LEVEL, REGION, STATUS } from "../wording/terms.ts";
import { type Filters, LEVELS, NO_FILTERS } from "./view.ts";

/** Describes the active filters, such as "city level, Japan, founded in the 1980s"; empty if there are none. */
export function describeFilters(filters: Filters, nameOf: (kind: "state" | "country", code: string) => string): string {
  const { levels, region, state, country, decade, status, corroboration } = filters;
  const kinds = LEVELS.filter((level) => levels.includes(level)).map((level) => LEVEL[level].toLowerCase());
  return [
    kinds.length > 0 ? `${kinds.join(" or ")} level` : "",
    region ? `the ${REGION[region]}` : "",
    state ? nameOf("state", state) : "",
    country ? nameOf("country", country) : "",
    decade === "unknown" ? "founding year unknown" : decade === null ? "" : `founded in the ${decade}s`,
    status ? STATUS[status].toLowerCase() : "",
    corroboration
      ? `with sources from ${CORROBORATION_SHORT[corroboration].replace(/^[A-Z]/, (letter) => letter.toLowerCase())}`
      : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** Returns the heading of a filtered view: the places that are filtered by, and the other filters in words. */
export function titleOfFilters(
  filters: Filters,
  nameOf: (kind: "state" | "country", code: string) => string,
): { places: string[]; others: string } {
  const { state, country } = filters;
  const others = describeFilters({ ...filters, state: null, country: null }, nameOf);
  const places = [...(state ? [nameOf("state", state)] : []), ...(country ? [nameOf("country", country)] : [])];
  return { places, others: places.length > 0 ? others : capitalize(others) };
}

/** A view without one of its filters: what the filter says, and the filters that remain. */
export interface RelaxedFilters {
  removed: string;
  filters: Filters;
}

/** Returns the active filters, each with those that remain without it. */
export function relaxFilters(
  filters: Filters,
  nameOf: (kind: "state" | "country", code: string) => string,
): RelaxedFilters[] {
  return (Object.keys(NO_FILTERS) as (keyof Filters)[]).flatMap((key) => {
    const removed = describeFilters({ ...NO_FILTERS, [key]: filters[key] }, nameOf);
    return removed === "" ? [] : [{ removed, filters: { ...filters, [key]: NO_FILTERS[key] } }];
  });
}
