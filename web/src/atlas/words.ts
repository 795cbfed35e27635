import { LEVEL, REGION } from "../wording/terms.ts";
import { type Filters, LEVELS } from "./view.ts";

/** What the filters let through, as a reader says it: "city level, Japan, made in the 1980s"; empty where that is all. */
export function inWords(filters: Filters, nameOf: (kind: "state" | "country", code: string) => string): string {
  const { levels, region, state, country, decade } = filters;
  const kinds = LEVELS.filter((level) => levels.includes(level)).map((level) => LEVEL[level].toLowerCase());
  return [
    kinds.length > 0 ? `${kinds.join(" or ")} level` : "",
    region ? `the ${REGION[region]}` : "",
    state ? nameOf("state", state) : "",
    country ? nameOf("country", country) : "",
    decade === "unknown" ? "year not known" : decade === null ? "" : `made in the ${decade}s`,
  ]
    .filter(Boolean)
    .join(", ");
}
