import { describe, expect, test } from "vitest";
import { type LorenzPoint, lorenz } from "./lorenz.ts";

/** The Gini coefficient: twice the area between the diagonal and the curve, by the trapezoidal rule. */
function gini(points: LorenzPoint[]): number {
  let area = 0;
  points.forEach(({ groups, partnerships }, index) => {
    const previous = points[index - 1];
    if (previous) area += ((partnerships + previous.partnerships) / 2) * (groups - previous.groups);
  });
  return 1 - 2 * area;
}

describe("a Lorenz curve", () => {
  test("of equal counts is the diagonal", () => {
    expect(gini(lorenz([5, 5, 5, 5], 4))).toBeCloseTo(0);
  });

  test("has a Gini coefficient of (groups - 1) / groups if one group holds everything", () => {
    const curve = lorenz([7], 4);
    expect(curve).toEqual([
      { groups: 0, partnerships: 0 },
      { groups: 0.75, partnerships: 0 },
      { groups: 1, partnerships: 1 },
    ]);
    expect(gini(curve)).toBeCloseTo(0.75);
  });

  test("starts with the smallest group, in whatever order the counts are", () => {
    expect(lorenz([3, 1], 2)).toEqual(lorenz([1, 3], 2));
    // By hand: shares 1/4 and 3/4 give a Gini coefficient of 1/4.
    expect(gini(lorenz([3, 1], 2))).toBeCloseTo(0.25);
  });

  test("of no counts is empty", () => {
    expect(lorenz([], 52)).toEqual([]);
  });
});
