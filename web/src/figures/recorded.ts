import type { GroupCountsFragment, RecordedFragment } from "../graphql/generated.ts";

/** The dimensions by which published counts and the awareness of respondents are broken down. */
type Dimension = "TOTAL" | "LEVEL" | "REGION" | "COUNTRY";

/** Partnerships of every status in a group. */
export interface RecordedCount {
  count: number;
  ended: number;
  /** What `count` counts, as the address of the table that lists it. */
  counted: string;
}

/**
 * Returns the number of partnerships in a group. The field `recorded` of the API leaves out those that have ended, but
 * every page counts them, so that the same label always has the same number.
 */
export function recordedIn({ all, ended }: RecordedFragment, by: Dimension, value: string | null): RecordedCount {
  const filter = by === "TOTAL" ? "" : `?${by.toLowerCase()}=${value}`;
  return { count: countIn(all, by, value), ended: countIn(ended, by, value), counted: `partnerships${filter}` };
}

function countIn(counts: GroupCountsFragment, by: Dimension, value: string | null): number {
  if (by === "TOTAL") return counts.totalCount;
  const groups = { LEVEL: counts.levels, REGION: counts.regions, COUNTRY: counts.countries }[by];
  return groups.find(({ key }) => key[0]?.value === value)?.count ?? 0;
}
