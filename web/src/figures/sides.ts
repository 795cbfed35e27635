import type { ReconciliationQuery } from "../graphql/generated.ts";
import { capitalize } from "../wording/format.ts";
import { expandNotation, formatSide } from "./labels.ts";

type Check = ReconciliationQuery["reconciliation"][number];

/** A side of a check. */
export interface Side {
  /** Computed, Published, or Limit; if both sides are the same, the words of the finding for it. */
  label: string;
  /** Its value with the unit. */
  text: string;
  /** The printed number, or the lower bound if there is none; null if the side is not a number. */
  value: number | null;
  /** The bounds that rounding and wording allow. */
  low: number | null;
  high: number | null;
}

const NUMBER = /\d+(?:\.\d+)?/g;

/** Returns the two sides of a check with what they are. */
export function sidesOf(check: Check): [Side, Side] {
  const [left, right] = [toSide(check.left, check.unit), toSide(check.right, check.unit)];
  const ofFewFigures = check.figures.length <= 2;
  const isPublished = ({ value, text }: Omit<Side, "label">) =>
    value === null
      ? ofFewFigures || text === "not published"
      : check.figures.some(({ quantity }) => quantity.value === value);
  const isLimit = /^(0% to )?100%/.test(right.text);
  const labels: [string, string] = [
    ofFewFigures && isPublished(left) ? "Published" : "Computed",
    isPublished(right) ? "Published" : isLimit ? "Limit" : "Computed",
  ];
  const [first, second] = (labels[0] === labels[1] && namesOf(check)) || labels;
  return [
    { ...left, label: first },
    { ...right, label: second },
  ];
}

/** Returns the words before the numbers in the finding, without their verb; null if the finding does not have both numbers. */
function namesOf({ finding, left, right, unit }: Check): [string, string] | null {
  const [printedLeft, printedRight] = [left, right].map((side) =>
    formatSide(side.replace(/ \(.*/, ""), unit === "percent" ? unit : null),
  );
  const [first, rest] = splitAt(expandNotation(finding), ` ${printedLeft}`);
  const [, conjunction = ""] = /(, (?:and|but) )/.exec(rest) ?? [];
  const [second, end] = splitAt(splitAt(rest, conjunction)[1], ` ${printedRight}`);
  const name = (words: string) => capitalize(words.replace(/(?:, it)? (?:is|was|would be|number)$|,$/, ""));
  return end && conjunction ? [name(first), name(second)] : null;
}

/** Returns the parts of a text before and after the first occurrence of another, which is not the start of a longer number. */
function splitAt(text: string, separator: string): [string, string] {
  const at = text.search(new RegExp(`${separator.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?!\\d)`));
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

function toSide(text: string, unit: string | null): Omit<Side, "label"> {
  const isNumber = unit !== null && /^(?:[a-z ]+ )?\d[^>]*$/.test(text);
  const numbers = isNumber ? (text.match(NUMBER) ?? []).map(Number) : [];
  const [first = null] = numbers;
  // "101 (93.5 to 108.5)", or "25.5 to 42.5" if no number is printed.
  const range = / to /.test(text) ? numbers.slice(-2) : [];
  return { text: formatSide(text, unit), value: first, low: range[0] ?? first, high: range[1] ?? first };
}
