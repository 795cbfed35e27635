import { expect, test } from "vitest";
import type { TestFragment } from "../graphql/generated.ts";
import { describeDifference, describeTest } from "./words.ts";

/** The golden values of the West and the Northeast. */
const depends: TestFragment = {
  kind: "SEPARATE_GROUPS",
  assumption: "every respondent is in one of the four regions",
  holds: "DEPENDS_ON_THE_BASE",
  zLow: 1.472,
  zHigh: 6.3294,
  baseA: { low: 170, high: 472 },
  baseB: { low: 7, high: 1100 },
  holdsFrom: 33,
  designEffectLimit: null,
};

test("a test is described with its result first", () => {
  expect(describeTest(depends)).toEqual([
    "Whether the difference is significant depends on sample sizes that were not published.",
    "It is always significant if at least 33 respondents are behind the second figure.",
    "The test compares two separate groups (pooled z-test). z is between 1.47 and 6.33; a difference is significant at the 95% level if z is above 1.96 or below −1.96.",
    "Respondents behind the first figure: 170 to 472. Behind the second: 7 to 1,100.",
  ]);
  expect(describeTest({ ...depends, holdsFrom: null })[1]).toBe(
    "No number of respondents in the smaller group guarantees that it is.",
  );
  expect(describeTest({ ...depends, holds: "NOT_FEASIBLE" })).toEqual([
    "No sample sizes agree with the published figures under this assumption.",
  ]);
});

test("a difference that always holds names the design effect up to which it does", () => {
  const lines = describeTest({
    ...depends,
    kind: "PART_AGAINST_REST",
    holds: "FOR_EVERY_FEASIBLE_BASE",
    zLow: -8.3148,
    zHigh: -4.665,
    baseA: { low: 974, high: 1276 },
    baseB: { low: 170, high: 472 },
    holdsFrom: null,
    designEffectLimit: 5.6651,
  });
  expect(lines.slice(0, 2)).toEqual([
    "The difference is significant for every sample size that the published figures allow.",
    "It stays significant if weights and design make the variance up to 5.67 times as large as in a simple random sample.",
  ]);
  expect(lines[2]).toContain("z is between −8.31 and −4.67;");
  expect(lines[3]).toBe(
    "Respondents behind the first figure: 974 to 1,276. Behind the second: 170 to 472. For the larger group, these are the rest of it.",
  );
});

const difference = (value: number | null, low: number | null, high: number | null, unit = "percent") =>
  describeDifference({ difference: { value, low, high, unit, qualifier: "ROUNDED" } });

test("differences have a direction, a unit, and the range that rounding allows", () => {
  expect(difference(18, 17, 19)).toBe(
    "The first figure is 18 percentage points higher as published; with what rounding and wording allow, the difference is +17 to +19.",
  );
  expect(difference(-242, -242, -242, "partnerships")).toBe("The first figure is 242 partnerships lower as published.");
  expect(difference(0, -1, 1)).toBe(
    "The two figures are equal as published; with what rounding and wording allow, the difference is −1 to +1.",
  );
  expect(describeDifference({ difference: null })).toBeNull();
});
