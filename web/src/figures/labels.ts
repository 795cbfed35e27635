import type { PrintedFigureFragment, SegmentDimension, Verdict } from "../graphql/generated.ts";
import { formatCount, formatDecimal } from "../wording/format.ts";
import { QUALIFIER } from "../wording/terms.ts";

type Figure = PrintedFigureFragment;

/** The texts and the sign of each verdict; `plural` follows a number of checks. */
export const verdictLabels: Record<Verdict, { name: string; plural: string; sign: string; meaning: string }> = {
  CONTRADICTS: {
    name: "Contradiction",
    plural: "contradict each other",
    sign: "✕",
    meaning:
      "Under the stated assumption, the figures cannot all be right, even allowing for rounding and approximate wording.",
  },
  UNDETERMINED: {
    name: "Undecidable from the source",
    plural: "undecidable",
    sign: "?",
    meaning: "The source leaves out something needed to decide.",
  },
  HOLDS_WITHIN_ROUNDING: {
    name: "The figures agree within rounding",
    plural: "agree within rounding",
    sign: "≈",
    meaning: "It is not certain that the figures agree, but some values that the rounding or wording allows do.",
  },
  HOLDS: {
    name: "The figures agree",
    plural: "agree",
    sign: "✓",
    meaning: "They agree as published, or at every value that the rounding or wording allows.",
  },
};

/** Verdicts in the order of the page, the most newsworthy first. */
export const verdictOrder = [
  "CONTRADICTS",
  "UNDETERMINED",
  "HOLDS_WITHIN_ROUNDING",
  "HOLDS",
] as const satisfies readonly Verdict[];

const dimensions: Record<SegmentDimension, string> = {
  REGION: "Region",
  EMPLOYER: "Sector",
  PARTY: "Party",
  AWARENESS: "Know of a partnership",
  BENEFIT: "Rating",
  ASIA_MATTERS: "Asia matters to their state",
  STUDY_ABROAD: "Support study abroad",
  CHINA_TRADE_BENEFIT: "Trade with China",
  CHINA_JOBS: "Jobs from China",
  ASIA_JOBS: "Jobs from Asia",
  CHINA_COMPETITION: "Concern about competition from China",
};

/** Labels of the values whose lower-case name would not do. */
const values: Record<string, string> = {
  DEMOCRAT: "Democrat",
  REPUBLICAN: "Republican",
  EXTREMELY: "extremely beneficial",
  VERY_OR_EXTREMELY: "very or extremely beneficial",
  DONT_KNOW: "don’t know",
};

/** Puts the notation of the server into words: `P(yes | West) = 46` becomes "the share who say “yes” in the West is 46", and "at least 53 percent" becomes "at least 53%". */
export function expandNotation(text: string): string {
  return (
    text
      // It repeats the words before it.
      .replace(/[:,] P\(.+?\)(?=[.,])/g, "")
      .replace(/P\(yes \| (.+?)\) =/g, "the share who say “yes” in the $1 is")
      .replace(/P\((.+?) \| yes\) =/g, "the share of the $1 among those who say “yes” is")
      .replace(/(\d) percent\b/g, "$1%")
  );
}

/** Expands notation, adds thousands separators, and adds the unit if there is one. Not for texts that contain years. */
export function formatSide(text: string, unit: string | null = null): string {
  const suffix = unit === "percent" ? "%" : "";
  const written = expandNotation(text).replace(/\d+(?:\.\d+)?/g, (digits) => number(Number(digits)) + suffix);
  return unit === null || suffix || !/\d/.test(text) ? written : `${written} ${unit}`;
}

const number = (value: number): string => formatDecimal(value, 2);

/** Names what a figure measures. */
export function figureName(figure: Figure): string {
  if ("subject" in figure && figure.subject) return figure.subject;
  if ("base" in figure) {
    const outcome = figure.outcome.map(
      ({ dimension, value }) =>
        `${dimensions[dimension]}: ${values[value] ?? value.toLowerCase().replaceAll("_", " ")}`,
    );
    return outcome.join(", ");
  }
  return figure.slug;
}

/** Describes the base of a percentage of respondents, and the survey that it is from; null for other figures. */
export function describeBase(figure: Figure): string | null {
  if (!("base" in figure)) return null;
  const { description, n } = figure.base;
  const size = n == null ? "" : ` (${formatCount(n, "person", "people")})`;
  return `Base: ${lowerFirst(description)}${size}. Survey: ${figure.question.survey.title}`;
}

/** Formats a figure as published, such as `more than 1,000` or `46%`. */
export function formatFigure({ quantity: { value, unit, qualifier } }: Pick<Figure, "quantity">): string {
  return (
    [QUALIFIER[qualifier], value == null ? "" : withUnit(number(value), unit)].filter(Boolean).join(" ") || "no number"
  );
}

function withUnit(text: string, unit: string): string {
  if (unit === "percent") return `${text}%`;
  if (unit === "rank") return `No. ${text}`;
  if (unit.startsWith("USD ")) return `$${text} ${unit.slice(4)}`;
  return `${text} ${text === "1" ? unit.replace(/s$/, "") : unit}`;
}

/** Formats the range that rounding or wording allow; null if the number is exact or the range is unbounded. */
export function formatRange({ quantity: { low, high, qualifier, unit } }: Pick<Figure, "quantity">): string | null {
  const bound = (value: number) => withUnit(number(value), unit);
  if (qualifier === "EXACT" || (low === high && low != null)) return null;
  if (low != null && high != null) return `${unit === "percent" ? bound(low) : number(low)} to ${bound(high)}`;
  if (low != null) return qualifier === "AT_LEAST" ? `at least ${bound(low)}` : `more than ${bound(low)}`;
  return high == null ? null : `less than ${bound(high)}`;
}

/** Formats the publication of a figure as title, publisher and date. */
export function formatSource({ source }: Pick<Figure, "source">): string {
  return [source.title, source.publisher, source.asOf].filter(Boolean).join(", ");
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
