import type {
  CompareFiguresQuery,
  ComparisonReason,
  DifferenceHolds,
  DifferenceTestKind,
  TestFragment,
} from "../graphql/generated.ts";
import { formatCount, formatDecimal, formatDifference, formatNumber } from "../wording/format.ts";

export type Comparison = NonNullable<CompareFiguresQuery["compare"]>;

/** Why figures cannot be compared, or what to keep in mind if they can, as a sentence. */
export const COMPARISON_REASON: Record<ComparisonReason, string> = {
  DIFFERENT_MEASURE: "They measure different things, or in different units.",
  DIFFERENT_SURVEY: "They come from different surveys.",
  NO_NUMBER: "One of them was published in words only, without a number.",
  DIRECTION_NOT_SETTLED: "The source does not say on which group one of the percentages is based.",
  DIFFERENT_QUESTION: "They answer different questions.",
  DIFFERENT_OUTCOME: "They are different answers from different respondents.",
  NESTED_OUTCOMES: "One answer includes the other.",
  BASES_OVERLAP: "Their groups of respondents may overlap, and by how much is unknown.",
  SEPARATE_GROUPS: "Their groups of respondents do not overlap.",
  PART_OF_WHOLE: "One group is part of the other, so the part is tested against the rest.",
  SAME_RESPONDENTS: "They are two answers from the same respondents.",
  COUNTS: "They are counts, not estimates from a sample, so there is no sampling error to test.",
  BASE_NOT_PUBLISHED: "The number of respondents behind one of them was not published.",
  DIRECTION_INFERRED: "Which group one of the percentages is based on is inferred from the other figures.",
  WORDING_NOT_PUBLISHED: "The wording of the question was not published.",
  BASE_NOT_STATED: "The source does not say what one of them is a share or a count of.",
};

/** Whether a difference is significant, as a sentence. */
export const HOLDS: Record<DifferenceHolds, string> = {
  FOR_EVERY_FEASIBLE_BASE: "The difference is significant for every sample size that the published figures allow.",
  DEPENDS_ON_THE_BASE: "Whether the difference is significant depends on sample sizes that were not published.",
  FOR_NO_FEASIBLE_BASE:
    "The difference is not significant for any sample size that the published figures allow: it may be chance.",
  NOT_FEASIBLE: "No sample sizes agree with the published figures under this assumption.",
};

const TEST: Record<DifferenceTestKind, string> = {
  SEPARATE_GROUPS: "The test compares two separate groups (pooled z-test).",
  PART_AGAINST_REST: "The test compares the part with the rest of the whole (pooled z-test).",
  SAME_RESPONDENTS: "The test compares two answers of the same respondents (z-test within one sample).",
};

/** The difference in words, with the range that rounding and wording allow; null if the figures are not comparable. */
export function describeDifference({ difference }: Pick<Comparison, "difference">): string | null {
  if (difference?.value == null) return null;
  const { value, low, high } = difference;
  const unit = difference.unit === "percent" ? "percentage points" : difference.unit;
  const relation =
    value === 0
      ? "The two figures are equal as published"
      : `The first figure is ${formatDecimal(Math.abs(value), 2)} ${unit} ${value > 0 ? "higher" : "lower"} as published`;
  if (low === null || high === null || low === high) return `${relation}.`;
  return `${relation}; with what rounding and wording allow, the difference is ${formatDifference(low)} to ${formatDifference(high)}.`;
}

/** A test in plain words, the result first. */
export function describeTest(test: TestFragment): string[] {
  const { kind, holds, zLow, zHigh, baseA, baseB, holdsFrom, designEffectLimit } = test;
  if (holds === "NOT_FEASIBLE") return [HOLDS[holds]];
  return [
    HOLDS[holds],
    ...(holdsFrom !== null
      ? [
          `It is always significant if at least ${formatCount(holdsFrom, "respondent")} are behind the ${baseA.low < baseB.low ? "first" : "second"} figure.`,
        ]
      : holds === "DEPENDS_ON_THE_BASE" && kind === "SEPARATE_GROUPS"
        ? ["No number of respondents in the smaller group guarantees that it is."]
        : []),
    ...(designEffectLimit !== null
      ? [
          `It stays significant if weights and design make the variance up to ${formatDecimal(designEffectLimit, 2)} times as large as in a simple random sample.`,
        ]
      : []),
    `${TEST[kind]} z is ${zLow === zHigh ? formatZ(zLow) : `between ${formatZ(zLow)} and ${formatZ(zHigh)}`}; a difference is significant at the 95% level if z is above 1.96 or below −1.96.`,
    `Respondents behind the first figure: ${formatCounts(baseA)}. Behind the second: ${formatCounts(baseB)}.${kind === "PART_AGAINST_REST" ? " For the larger group, these are the rest of it." : ""}`,
  ];
}

const formatZ = (z: number) => z.toFixed(2).replace("-", "−");

function formatCounts({ low, high }: { low: number; high: number }): string {
  return low === high ? formatNumber(low) : `${formatNumber(low)} to ${formatNumber(high)}`;
}
