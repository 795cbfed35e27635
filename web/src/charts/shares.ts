import { CRITICAL_Z, type Group } from "../comparison/ranking.ts";
import type { ShareFragment } from "../graphql/generated.ts";
import { formatDecimal, formatList, formatNumber } from "../wording/format.ts";
import { DIRECTION, FLAG, REGION } from "../wording/terms.ts";
import type { Column } from "./chart.ts";

/** A published percentage of respondents, in the form that the charts draw. */
export interface Share {
  slug: string;
  /** Label of the respondents it describes. */
  group: string;
  /** The same as the subject of a sentence: "the West", "services". */
  name: string;
  isPlural: boolean;
  /** The same within a sentence: "in the West". */
  inGroup: string;
  /** `REGION` or `EMPLOYER`; null if it is not broken down. */
  dimension: string | null;
  answer: string;
  percent: number | null;
  /** The range that rounding and wording allow; null if unbounded. */
  low: number | null;
  high: number | null;
  /** Margin of error in percentage points; null if the base or the percentage is not published. */
  margin: number | null;
  /** What the margin would be if the respondents were split evenly; null if the margin is known or there is no total. */
  whatIf: { respondents: number; margin: number } | null;
  base: string;
  respondents: number | null;
  /** Full sentences to read before citing it. */
  warnings: string[];
  source: string;
}

const ANSWERS: Record<string, string> = {
  YES: "Yes",
  NO: "No",
  NOT_SURE: "Not sure",
  BENEFICIAL: "Beneficial",
  VERY_OR_EXTREMELY: "Very or extremely beneficial",
  EXTREMELY: "Extremely beneficial",
};
const EMPLOYERS: Record<string, string> = { PUBLIC: "Public sector", SERVICES: "Services", GOODS: "Goods" };

/** Labels the group of a percentage: `overall` if it covers all respondents to the question. */
function groupLabel(share: ShareFragment, overall: string): string {
  const names = share.given.flatMap(({ dimension, value }) => {
    if (dimension === "REGION") return [REGION[value as keyof typeof REGION] ?? value];
    if (dimension === "EMPLOYER") return [EMPLOYERS[value] ?? value];
    return [];
  });
  return names.length > 0 ? formatList(names) : overall;
}

export function toShare(share: ShareFragment, overall: string): Share {
  const group = groupLabel(share, overall);
  const breakdown = share.given.find(({ dimension }) => dimension === "REGION" || dimension === "EMPLOYER");
  const name =
    breakdown?.dimension === "REGION"
      ? `the ${group}`
      : breakdown?.value === "PUBLIC"
        ? "the public sector"
        : group.toLowerCase();
  return {
    slug: share.slug,
    group,
    name,
    isPlural: breakdown?.dimension !== "REGION" && breakdown?.value !== "PUBLIC",
    inGroup: breakdown ? `in ${name}` : `among ${name}`,
    dimension: breakdown?.dimension ?? null,
    answer: share.outcome.map(({ value }) => ANSWERS[value] ?? value).join(" and "),
    percent: share.percent,
    low: share.quantity.low,
    high: share.quantity.high,
    margin: share.marginOfError?.points ?? null,
    whatIf: null,
    base: share.base.description,
    respondents: share.base.n,
    warnings: [
      ...(share.quantity.qualifier === "APPROXIMATE" ? ["Published as an approximation."] : []),
      ...share.flags.map((flag) => FLAG[flag]),
      ...(DIRECTION[share.direction] ? [DIRECTION[share.direction]] : []),
      ...(share.note ? [share.note] : []),
    ],
    source: [share.source.title, share.source.publisher, share.source.asOf].filter(Boolean).join(", "),
  };
}

/**
 * Adds what the margins of error would be if the `total` respondents who are in none of the groups of a published size were split
 * evenly among the other groups of each breakdown.
 */
export function assumeEvenSplit(shares: Share[], total: number | null): Share[] {
  const groupsOf = (dimension: string | null, isKnown: boolean) =>
    new Map(
      shares
        .filter((share) => share.dimension === dimension && (share.respondents !== null) === isKnown)
        .map(({ group, respondents }) => [group, respondents ?? 0]),
    );
  return shares.map((share) => {
    const { dimension, percent, respondents } = share;
    if (total === null || dimension === null || respondents !== null || percent === null) return share;
    const known = [...groupsOf(dimension, true).values()].reduce((sum, size) => sum + size, 0);
    const size = Math.round((total - known) / groupsOf(dimension, false).size);
    if (size <= 0) return share;
    const margin = CRITICAL_Z * Math.sqrt((percent * (100 - percent)) / size);
    return { ...share, whatIf: { respondents: size, margin } };
  });
}

/** How the margins of error of {@link assumeEvenSplit} are read, as a caveat; none if it added none. */
export function whatIfCaveats(shares: Share[], total: number | null): string[] {
  const sizes = [
    ...new Map(shares.flatMap(({ whatIf, dimension }) => (whatIf ? [[dimension, whatIf.respondents] as const] : []))),
  ].map(([dimension, size]) => `${formatNumber(size)} in each ${dimension === "REGION" ? "region" : "such sector"}`);
  if (sizes.length === 0 || total === null) return [];
  return [
    `The gray lines are a what-if, not a result: the 95% margin of error of a simple random sample if the ${formatNumber(total)} respondents were split evenly among the groups whose size is not published (${formatList(sizes)}).`,
  ];
}

/** The shares that have a number, in the form in which groups are ranked. */
export function toGroups(shares: Share[]): Group[] {
  return shares.flatMap(({ percent, ...share }) => (percent === null ? [] : [{ ...share, percent }]));
}

/** Describes the margin of error, or why it is unknown. */
function describeMargin({ margin, respondents, whatIf }: Share): string {
  if (respondents === null) {
    const ifSplit = whatIf
      ? `; ±${formatDecimal(whatIf.margin)} points if it were ${formatNumber(whatIf.respondents)}`
      : "";
    return `unknown: the number of respondents is not published${ifSplit}`;
  }
  if (margin === null) return "unknown: the percentage is not published";
  return `±${formatDecimal(margin)} points if the ${formatNumber(respondents)} respondents were a simple random sample`;
}

export const SHARE_COLUMNS: Column<Share>[] = [
  { label: "Group", value: ({ group }) => group },
  { label: "Answer", value: ({ answer }) => answer },
  { label: "Percent", value: ({ percent }) => percent },
  { label: "Lower bound (%)", value: ({ low }) => low },
  { label: "Upper bound (%)", value: ({ high }) => high },
  { label: "Respondents", value: ({ respondents }) => respondents },
  { label: "Margin of error", value: describeMargin },
  { label: "Notes", value: ({ warnings }) => warnings.join(" ") },
];

/** Lists each warning once, with the groups, or answers of a group, that it applies to unless it applies to all shares. */
export function summarizeWarnings(shares: Share[]): string[] {
  const groups = new Map<string, Share[]>();
  for (const share of shares) {
    for (const warning of share.warnings) groups.set(warning, [...(groups.get(warning) ?? []), share]);
  }
  return [...groups].map(([warning, affected]) => {
    if (affected.length === shares.length) return warning;
    const names = new Set(
      affected.map(({ group, answer }) =>
        shares.every((share) => share.group !== group || affected.includes(share))
          ? group
          : `${group} (${answer.toLowerCase()})`,
      ),
    );
    return `${formatList([...names])}: ${warning.charAt(0).toLowerCase()}${warning.slice(1)}`;
  });
}
