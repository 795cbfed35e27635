import type {
  LegalRestrictionFragment,
  MatchesQuery,
  ModelQualityQuery,
  ReasonFragment,
} from "../graphql/generated.ts";
import { formatDate, formatDifference, formatNumber } from "../wording/format.ts";

export type MatchList = NonNullable<MatchesQuery["matches"]>;
export type Match = MatchList["nodes"][number];
type MatchModel = NonNullable<ModelQualityQuery["matchModel"]>;
export type Metric = MatchModel["metrics"][number];

/** Returns the reasons that speak most for a match: those with the largest contributions above 0, at most three. */
export function strongestReasons(reasons: ReasonFragment[]): ReasonFragment[] {
  return reasons
    .filter(({ contribution }) => contribution > 0)
    .sort((a, b) => b.contribution - a.contribution)
    .slice(0, 3);
}

/** Returns the text of a reason. That of the API does not say what the places are capitals of. */
export function reasonText({ feature, text }: Pick<ReasonFragment, "feature" | "text">): string {
  return feature === "BOTH_CAPITALS" ? `${text} of a country, state, or province` : text;
}

/** Describes when a restriction applies: "since September 1, 2025"; empty if unknown. */
export function describePeriod({ from, until }: Pick<LegalRestrictionFragment, "from" | "until">): string {
  return [from && `since ${formatDate(from)}`, until && `until ${formatDate(until)}`].filter(Boolean).join(" ");
}

/** Describes the effect of a new partnership on one dimension: "more evenly over states (change in the Gini coefficient: −0.0003)". */
export function describeGiniChange(change: number | null, groups: string): string {
  if (change === null) return "";
  if (Math.abs(change) < 0.00005) return `about as evenly as before over ${groups}`;
  return `${change < 0 ? "more" : "less"} evenly over ${groups} (change in the Gini coefficient: ${formatDifference(change, 4)})`;
}

interface Ranking {
  name: string;
  /** What the name leaves open. */
  explanation?: string;
  /** Whether it uses no more than one number of each candidate. The model is compared with the best of these. */
  isSimple?: boolean;
}

const CHANCE = "random";
/** The rankings that were tested, by the name that the API has for them. */
export const RANKINGS: Record<string, Ranking> = {
  [CHANCE]: { name: "chance", explanation: "a random order", isSimple: true },
  "population only": { name: "similarity in population", isSimple: true },
  "rank by population only": { name: "similarity in population rank within the country", isSimple: true },
  "most partnerships first": { name: "the number of partnerships, most first", isSimple: true },
  "fewest partnerships first": { name: "the number of partnerships, fewest first", isSimple: true },
  "country share x partnership count": {
    name: "popular countries and places",
    explanation: "the country’s share of all partnerships times the number of partnerships of the place",
  },
  projection: {
    name: "partners of places with a common partner",
    explanation: "a projection of the network: places with the same partner may have others in common",
  },
  factorisation: {
    name: "position in the network",
    explanation: "a factorization of the network of partnerships, states, provinces, and countries",
  },
  model: { name: "the model", explanation: "all features above, with their weights" },
  "model without history": {
    name: "the model without partnerships",
    explanation: "fitted to populations, distances from the sea, and capitals only",
  },
  "equal weights": {
    name: "similar places",
    explanation:
      "population, latitude, distance from the sea, and being a capital count equally; nothing is fitted to partnerships",
  },
};

/** The partnerships that were left out, if the name that the API has for them is not clear. */
export const SPLITS: Record<string, string> = { random: "a fifth at a time, at random" };

export interface Accuracy {
  model: Metric;
  simple: Metric;
  /** The simple ranking in words. */
  simpleName: string;
  /** Guessing; null if it is not published. */
  chance: Metric | null;
}

/** Returns the accuracy of the model and of the best simple ranking by one measure; null if either is not published. */
export function compareAccuracy(metrics: Metric[], split: string, measure: string): Accuracy | null {
  const rows = metrics.filter((metric) => metric.split === split && metric.measure === measure);
  const model = rows.find(({ method }) => method === "model");
  const simple = rows
    .filter(({ method }) => RANKINGS[method]?.isSimple)
    .reduce<Metric | null>((best, metric) => (best && best.value >= metric.value ? best : metric), null);
  if (!model || !simple) return null;
  const chance = rows.find(({ method }) => method === CHANCE) ?? null;
  return { model, simple, simpleName: RANKINGS[simple.method]?.name ?? simple.method, chance };
}

/** Formats a share as a number of cases of 100: "40". */
export function casesOf(share: number): string {
  // In binary, 0.285 * 100 is less than 28.5.
  return formatNumber(Number((share * 100).toFixed(6)));
}

/** Describes a share as a number of cases of 100 with its interval: "40 (37 to 43)". */
export function describeInterval({ value, low, high }: Metric): string {
  return `${casesOf(value)} (${casesOf(low)} to ${casesOf(high)})`;
}

/** The same in a sentence: "40 of 100 cases (95% interval: 37 to 43)". */
export function describeShare(metric: Metric): string {
  return describeInterval(metric).replace(" (", " of 100 cases (95% interval: ");
}
