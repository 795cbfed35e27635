import { expect, test } from "vitest";
import { scaleOf } from "./scale.ts";

/** Returns the legend label for a value. */
const labelOf = (shade: Parameters<typeof scaleOf>[0], value: number) => {
  const { steps, tokenOf } = scaleOf(shade);
  return steps.find(({ token }) => token === tokenOf(value))?.label;
};

test.each([
  ["count", 0, "none"],
  ["count", 2, "1–2"],
  ["count", 472, "200 or more"],
  ["rate", 0, "none"],
  ["rate", 0.0007, "under 0.1"],
  ["rate", 0.1, "0.1–1"],
  ["rate", 63, "30 or more"],
  ["change", -4, "3–9 fewer"],
  ["change", 0, "no change"],
  ["change", 1, "1–2 more"],
] as const)("%s: %d is in the step “%s”", (shade, value, label) => expect(labelOf(shade, value)).toBe(label));
