import type { FigureFlag, PrintedFigureFragment, Qualifier, SegmentDimension, Verdict } from "../graphql/generated.ts";

type Printed = PrintedFigureFragment;

/** What a verdict is called, and the sign beside it. */
export const verdicts: Record<Verdict, { name: string; plural: string; sign: string; meaning: string }> = {
  CONTRADICTS: {
    name: "The figures contradict this",
    plural: "contradict",
    sign: "✕",
    meaning: "No values that rounding and wording allow fit together, under the reading that is named.",
  },
  UNDETERMINED: {
    name: "Cannot be told",
    plural: "cannot be told",
    sign: "?",
    meaning: "The source leaves open what one would need to know.",
  },
  HOLDS_WITHIN_ROUNDING: {
    name: "The figures agree, with rounding",
    plural: "agree within rounding",
    sign: "≈",
    meaning: "As printed they miss, but some of the values that rounding or wording allow fit.",
  },
  HOLDS: {
    name: "The figures agree",
    plural: "agree",
    sign: "✓",
    meaning: "They fit as printed, or whatever they are rounded from.",
  },
};

/** Verdicts in the order in which readers ask for them. */
export const verdictOrder = [
  "CONTRADICTS",
  "UNDETERMINED",
  "HOLDS_WITHIN_ROUNDING",
  "HOLDS",
] as const satisfies readonly Verdict[];

const qualifiers: Record<Qualifier, string> = {
  EXACT: "",
  ROUNDED: "",
  APPROXIMATE: "about",
  AT_LEAST: "at least",
  MORE_THAN: "more than",
  LESS_THAN: "less than",
  MAJORITY: "most",
};

/** A flag as a sentence. */
export const flags: Record<FigureFlag, string> = {
  BASE_NOT_PUBLISHED: "How many respondents are behind it is not published.",
  BASE_NOT_STATED: "The source does not say what it is a share of.",
  WORDING_NOT_PUBLISHED: "The wording of the question is not published.",
  DIRECTION_REVERSED_IN_PROSE: "The text turns the percentage round.",
  SCOPE_DRIFT: "The source changes its scope between sentences.",
  SOURCE_IMPLIED: "It follows from the source without being printed in full.",
  DISPUTED: "Another source says otherwise.",
};

const dimensions: Record<SegmentDimension, string> = {
  REGION: "Region",
  EMPLOYER: "Employed in",
  PARTY: "Party",
  AWARENESS: "Know of a partnership",
  BENEFIT: "Rate it",
  ASIA_MATTERS: "Asia matters to the state",
  STUDY_ABROAD: "Support study abroad",
};

/** A text of the report without its shorthand: P(yes | West) is the share of yes among those of the West. */
export function plain(text: string): string {
  return text.replace(/P\((.+?) \| (.+?)\)/g, "share of “$1” among “$2”");
}

/** A side of a check likewise, its numbers with thousands parted as everywhere else. */
export function plainSide(text: string): string {
  return plain(text).replace(/(?<![.\d])\d{4,}/g, (digits) => number(Number(digits)));
}

/** A number as readers write it: at most two decimals, thousands parted. */
export const number = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 2 });

/** What a figure is of. */
export function nameOf(figure: Printed): string {
  if ("subject" in figure && figure.subject) return figure.subject;
  if ("base" in figure) {
    const outcome = figure.outcome.map(
      ({ dimension, value }) => `${dimensions[dimension]}: ${value.toLowerCase().replaceAll("_", " ")}`,
    );
    return outcome.join(", ");
  }
  return figure.slug;
}

/** Whom a percentage is of; nothing for other figures. */
export function baseOf(figure: Printed): string | null {
  if (!("base" in figure)) return null;
  const { description, n } = figure.base;
  return n == null ? `of ${lowerFirst(description)}` : `of ${lowerFirst(description)}, ${number(n)} people`;
}

/** A figure as it was printed, such as `more than 1,000` or `46%`. */
export function printed({ quantity: { value, unit, qualifier } }: Pick<Printed, "quantity">): string {
  return (
    [qualifiers[qualifier], value == null ? "" : withUnit(number(value), unit)].filter(Boolean).join(" ") || "no number"
  );
}

function withUnit(value: string, unit: string): string {
  if (unit === "percent") return `${value}%`;
  if (unit === "rank") return `rank ${value}`;
  return unit.startsWith("USD ") ? `$${value} ${unit.slice(4)}` : value;
}

/** The interval that rounding or wording allow; null where the number is exact. */
export function allowed({ quantity: { low, high, qualifier } }: Pick<Printed, "quantity">): string | null {
  if (qualifier === "EXACT" || (low === high && low != null)) return null;
  if (low != null && high != null) return `${number(low)} to ${number(high)}`;
  if (low != null) return qualifier === "AT_LEAST" ? `${number(low)} or more` : `more than ${number(low)}`;
  return high == null ? null : `less than ${number(high)}`;
}

/** Where a figure was printed. */
export function sourceOf({ source }: Pick<Printed, "source">): string {
  return [source.title, source.publisher, source.asOf].filter(Boolean).join(", ");
}

/** A share as a percentage without decimals. */
export const percent = (share: number): string => share.toLocaleString("en-US", { style: "percent" });

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
