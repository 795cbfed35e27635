import { expect, test } from "vitest";
import { RATE_STEPS, rateToken } from "./scale.ts";

test.each([
  [0, "none"],
  [0.0007, "under 0.1"],
  [0.1, "0.1–1"],
  [63, "30 or more"],
] as const)("a rate of %d is in the step “%s”", (value, label) =>
  expect(RATE_STEPS.find(({ token }) => token === rateToken(value))?.label).toBe(label),
);
