import type { Shade } from "./view.ts";

/** A step of a scale: the token of its colour, and what it stands for. */
export interface Step {
  token: string;
  label: string;
}

/** How numbers become colours: in a few steps, which a reader can tell apart and find in the legend. */
export interface Scale {
  steps: Step[];
  tokenOf(value: number | null): string;
}

/** The colour of a place without a value. */
export const NO_VALUE = "--land";

/** At least so many: the lower ends of the steps above none. */
const COUNTS = [1, 3, 10, 30, 100, 200];
const RATES = [0.01, 0.1, 1, 3, 10, 30];
/** Differences from zero, either way. */
const CHANGES = [1, 3, 10, 30];

export function scaleOf(shade: Shade): Scale {
  if (shade === "change") return diverging(CHANGES);
  return shade === "rate" ? rising(RATES, "per million") : rising(COUNTS, "");
}

function rising(lower: number[], unit: string): Scale {
  const token = (index: number) => `--ramp-${index + 1}`;
  const label = (from: number, index: number) => {
    const to = lower[index + 1];
    if (to === undefined) return `${from} or more`;
    // A rate is not none, however low.
    if (unit) return index === 0 ? `under ${to}` : `${from}–${to}`;
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
      { token: `--diverge-${middle}`, label: "as many" },
      ...lower.map((_, index) => ({ token: `--diverge-${middle + 1 + index}`, label: `${range(index)} more` })),
    ],
    tokenOf(value) {
      if (value === null) return NO_VALUE;
      const step = lower.findLastIndex((from) => Math.abs(value) >= from) + 1;
      return `--diverge-${middle + Math.sign(value) * step}`;
    },
  };
}
