/** A step of a color scale: its color token and its label in the legend. */
export interface Step {
  token: string;
  label: string;
}

/** The color token of a place without a value. */
const NO_VALUE = "--land";
const NONE = "--ramp-0";

/** The lower bounds of the steps above zero, in partnerships per million people. */
const RATES = [0.01, 0.1, 1, 3, 10, 30];

/** The color scale of rates. It has few steps, so that readers can match a color to the legend. */
export const RATE_STEPS: Step[] = [
  { token: NONE, label: "none" },
  ...RATES.map((from, index) => ({ token: tokenAt(index), label: labelAt(index, from) })),
];

export function rateToken(value: number | null): string {
  if (value === null) return NO_VALUE;
  if (value === 0) return NONE;
  return tokenAt(
    Math.max(
      0,
      RATES.findLastIndex((from) => value >= from),
    ),
  );
}

function tokenAt(index: number): string {
  return `--ramp-${index + 1}`;
}

/** The lowest step has no lower bound: any rate above zero is in it. */
function labelAt(index: number, from: number): string {
  const to = RATES[index + 1];
  if (to === undefined) return `${from} or more`;
  return index === 0 ? `under ${to}` : `${from}–${to}`;
}
