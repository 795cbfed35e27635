import type { ReconciliationQuery } from "../graphql/generated.ts";
import { formatSide } from "./labels.ts";

type Check = ReconciliationQuery["reconciliation"][number];

/** A side of a check. */
export interface Side {
  label: "Computed" | "Published" | "Limit";
  /** Its value with the unit. */
  text: string;
  /** The printed number, or the lower bound if there is none; null if the side is not a number. */
  value: number | null;
  /** The bounds that rounding and wording allow. */
  low: number | null;
  high: number | null;
}

const NUMBER = /\d+(?:\.\d+)?/g;

/** Returns the two sides of a check with what they are: computed, published, or a limit such as 100%. */
export function sidesOf(check: Check): [Side, Side] {
  const [left, right] = [toSide(check.left, check.unit), toSide(check.right, check.unit)];
  const ofFewFigures = check.figures.length <= 2;
  const isPublished = ({ value, text }: Omit<Side, "label">) =>
    value === null
      ? ofFewFigures || text === "not published"
      : check.figures.some(({ quantity }) => quantity.value === value);
  const isLimit = /^(0% to )?100%/.test(right.text);
  return [
    { ...left, label: ofFewFigures && isPublished(left) ? "Published" : "Computed" },
    { ...right, label: isPublished(right) ? "Published" : isLimit ? "Limit" : "Computed" },
  ];
}

function toSide(text: string, unit: string | null): Omit<Side, "label"> {
  const isNumber = unit !== null && /^(?:[a-z ]+ )?\d[^>]*$/.test(text);
  const numbers = isNumber ? (text.match(NUMBER) ?? []).map(Number) : [];
  const [first = null] = numbers;
  // "101 (93.5 to 108.5)", or "25.5 to 42.5" if no number is printed.
  const range = / to /.test(text) ? numbers.slice(-2) : [];
  return { text: formatSide(text, unit), value: first, low: range[0] ?? first, high: range[1] ?? first };
}
