import type { Shading } from "./view.ts";

/** A step of a color scale: its color token and its label in the legend. */
export interface Step {
  token: string;
  label: string;
}

/** A color scale with a few steps, so that readers can match a color to the legend. */
export interface Scale {
  steps: Step[];
  tokenOf(value: number | null): string;
}

/** The color token of a place without a value. */
export const NO_VALUE = "--land";

/** The lower bounds of the steps above zero. */
const COUNTS = [1, 3, 10, 30, 100, 200];
const RATES = [0.01, 0.1, 1, 3, 10, 30];
/** The lower bounds of absolute differences; each is used in both directions. */
const CHANGES = [1, 3, 10, 30];

export function scaleOf(shade: Shading): Scale {
  if (shade === "change") return diverging(CHANGES);
  return shade === "rate" ? sequential(RATES, true) : sequential(COUNTS, false);
}

function sequential(lower: number[], continuous: boolean): Scale {
  const token = (index: number) => `--ramp-${index + 1}`;
  const label = (from: number, index: number) => {
    const to = lower[index + 1];
    if (to === undefined) return `${from} or more`;
    // The lowest step of a continuous scale has no lower bound: any rate above zero is in it.
    if (continuous) return index === 0 ? `under ${to}` : `${from}–${to}`;
    return to - 1 > from ? `${from}–${to - 1}` : `${from}`;
  };
  return {
    steps: [
      { token: "--ramp-0", label: "none" },
      ...lower.map((from, index) => ({ token: token(index), label: label(from, index) })),
    ],
    tokenOf(value) {
      if (value === null) return NO_VALUE;
      if (value === 0) return "--ramp-0";
      return token(
        Math.max(
          0,
          lower.findLastIndex((from) => value >= from),
        ),
      );
    },
  };
}

function diverging(lower: number[]): Scale {
  const middle = lower.length;
  const range = (index: number) => {
    const from = lower[index] ?? 0;
    const to = lower[index + 1];
    return to === undefined ? `${from}+` : to - 1 > from ? `${from}–${to - 1}` : `${from}`;
  };
  return {
    steps: [
      ...lower.map((_, index) => ({ token: `--diverge-${index}`, label: `${range(middle - 1 - index)} fewer` })),
      { token: `--diverge-${middle}`, label: "no change" },
      ...lower.map((_, index) => ({ token: `--diverge-${middle + 1 + index}`, label: `${range(index)} more` })),
    ],
    tokenOf(value) {
      if (value === null) return NO_VALUE;
      const step = lower.findLastIndex((from) => Math.abs(value) >= from) + 1;
      return `--diverge-${middle + Math.sign(value) * step}`;
    },
  };
}
