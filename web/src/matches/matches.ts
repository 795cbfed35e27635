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

/** The test that leaves out partnerships at random, by the name that the API has for it. */
export const RANDOM_SPLIT = "random";
/** The partnerships that were left out, if the name that the API has for them is not clear. */
export const SPLITS: Record<string, string> = { [RANDOM_SPLIT]: "a fifth at a time, at random" };

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

/** How often the true partner is one of the first ten, by the name that the API has for it. */
const OF_ALL = "hits@10 of all candidates";
const OF_ALIKE = "hits@10 of 100";
export const FIRST_TEN_ALIKE = "up to 100 candidates with the same number of partnerships";
/** These measures with the candidates that they rank. */
export const FIRST_TEN = { [OF_ALL]: "all candidates", [OF_ALIKE]: FIRST_TEN_ALIKE };

/** Returns the accuracy among all candidates, and among those with the same number of partnerships. Only US places were ranked among all. */
export function accuracyOf(metrics: Metric[], split: string, ofUsPlaces: boolean) {
  return {
    all: ofUsPlaces ? compareAccuracy(metrics, split, OF_ALL) : null,
    alike: compareAccuracy(metrics, split, ofUsPlaces ? OF_ALIKE : `${OF_ALIKE}, US places for a partner`),
  };
}

/** Whether the intervals of the model and of the best simple ranking do not overlap: "more", or else "not reliably more". */
export function describeLead({ model, simple }: Accuracy): string {
  return model.low > simple.high ? "more" : "not reliably more";
}

/** Says how often the true partner was one of the first ten, the hardest test first. */
export function describeTests(metrics: Metric[], ofUsPlaces: boolean): string {
  const { all, alike } = accuracyOf(metrics, RANDOM_SPLIT, ofUsPlaces);
  const sentences: string[] = [];
  const cases = (metric: Metric) => `${casesOf(metric.value)} of 100 cases`;
  if (all)
    sentences.push(
      `In a test, the true partner was one of the first ten of all candidates in ${cases(all.model)}, ${describeLead(all)} than by ${all.simpleName} (${casesOf(all.simple.value)}).`,
    );
  if (alike?.chance) {
    const later = splitsOf(metrics).flatMap((split) => {
      const accuracy = split === RANDOM_SPLIT ? null : accuracyOf(metrics, split, ofUsPlaces).alike;
      return accuracy?.chance
        ? `; for partnerships ${split}, in ${casesOf(accuracy.model.value)} (${casesOf(accuracy.chance.value)})`
        : [];
    });
    sentences.push(
      `Of ${FIRST_TEN_ALIKE}, ${all ? "it" : "the true partner"} was one of the first ten in ${cases(alike.model)} (by chance in ${casesOf(alike.chance.value)})${later.join("")}.`,
      noteOnChance([alike.chance]),
    );
  }
  return sentences.filter(Boolean).join(" ");
}

/** Returns which partnerships were left out in the tests. */
export function splitsOf(metrics: Metric[]): string[] {
  return [...new Set(metrics.map(({ split }) => split))];
}

/** Says why the first ten of 100 hold the true partner by chance in more than 10 of 100 cases; empty if they do not. */
export function noteOnChance(metrics: Metric[]): string {
  return metrics.some(({ method, value }) => method === CHANCE && value > 0.1)
    ? "Chance is above 10 because some places have fewer than 100 such candidates."
    : "";
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
