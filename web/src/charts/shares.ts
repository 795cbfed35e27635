import type { ShareFragment } from "../graphql/generated.ts";
import { count, decimal, listed } from "../wording/numbers.ts";
import { DIRECTION, FLAG, QUALIFIER, REGION } from "../wording/terms.ts";
import type { Column } from "./chart.ts";

/** A published percentage of respondents, ready to be drawn. */
export interface Share {
  /** Whom it is of, as a label. */
  group: string;
  /** Likewise, after "in": "the West". */
  within: string;
  /** By what respondents are parted here; null of all of them. */
  dimension: string | null;
  answer: string;
  percent: number | null;
  /** What rounding and wording allow. */
  low: number | null;
  high: number | null;
  /** The sampling error either way, in points; null where the base is not published. */
  margin: number | null;
  base: string;
  respondents: number | null;
  /** What to know before quoting it, in sentences. */
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

/** Whom the percentage is of, in a word; `everybody` where it is of all who were asked. */
function groupOf(share: ShareFragment, everybody: string): string {
  const names = share.given.flatMap(({ dimension, value }) => {
    if (dimension === "REGION") return [REGION[value as keyof typeof REGION] ?? value];
    if (dimension === "EMPLOYER") return [EMPLOYERS[value] ?? value];
    return [];
  });
  return names.length > 0 ? listed(names) : everybody;
}

export function toShare(share: ShareFragment, everybody: string): Share {
  const group = groupOf(share, everybody);
  const parted = share.given.find(({ dimension }) => dimension === "REGION" || dimension === "EMPLOYER");
  const within =
    parted?.dimension === "REGION"
      ? `the ${group}`
      : parted?.value === "PUBLIC"
        ? "the public sector"
        : group.toLowerCase();
  return {
    group,
    within,
    dimension: parted?.dimension ?? null,
    answer: share.outcome.map(({ value }) => ANSWERS[value] ?? value).join(" and "),
    percent: share.percent,
    low: share.quantity.low,
    high: share.quantity.high,
    margin: share.marginOfError?.points ?? null,
    base: share.base.description,
    respondents: share.base.n,
    warnings: [
      ...(share.quantity.qualifier === "APPROXIMATE" ? ["Printed as about so much."] : []),
      ...share.flags.map((flag) => FLAG[flag]),
      ...(DIRECTION[share.direction] ? [DIRECTION[share.direction]] : []),
      ...(share.note ? [share.note] : []),
    ],
    source: [share.source.title, share.source.publisher, share.source.asOf].filter(Boolean).join(", "),
  };
}

/** How far sampling may carry it off, in words. */
export function marginInWords({ margin, respondents }: Share): string {
  if (margin === null || respondents === null) return "not known: the number of respondents is not published";
  return `±${decimal(margin)} points if ${count(respondents)} were a simple random sample`;
}

/** "46%", or "about 50%". */
export function percentInWords(share: ShareFragment): string {
  const before = QUALIFIER[share.quantity.qualifier];
  return share.percent === null ? before : `${before ? `${before} ` : ""}${decimal(share.percent)}%`;
}

export const SHARE_COLUMNS: Column<Share>[] = [
  { label: "Group", of: ({ group }) => group },
  { label: "Answer", of: ({ answer }) => answer },
  { label: "Percent", of: ({ percent }) => percent },
  { label: "From", of: ({ low }) => low },
  { label: "To", of: ({ high }) => high },
  { label: "Respondents", of: ({ respondents }) => respondents },
  { label: "Sampling error", of: (share) => marginInWords(share) },
  { label: "What to know", of: ({ warnings }) => warnings.join(" ") },
];

/** What flags warn of, said once, with whom it concerns where that is not all. */
export function sharedWarnings(shares: Share[]): string[] {
  const groups = new Map<string, Share[]>();
  for (const share of shares) {
    for (const warning of share.warnings) groups.set(warning, [...(groups.get(warning) ?? []), share]);
  }
  return [...groups].map(([warning, those]) => {
    if (those.length === shares.length) return warning;
    const names = [...new Set(those.map(({ group }) => group))];
    return `${listed(names)}: ${warning.charAt(0).toLowerCase()}${warning.slice(1)}`;
  });
}
