import { describe, expect, test } from "vitest";
import { lorenz } from "./lorenz.ts";

/** Twice the area between the diagonal and the curve, by trapezoids: the Gini coefficient of the groups. */
function gini(points: { groups: number; ties: number }[]): number {
  let under = 0;
  points.forEach(({ groups, ties }, index) => {
    const before = points[index - 1];
    if (before) under += ((ties + before.ties) / 2) * (groups - before.groups);
  });
  return 1 - 2 * under;
}

describe("a Lorenz curve", () => {
  test("of equal counts is the diagonal", () => {
    expect(gini(lorenz([5, 5, 5, 5], 4))).toBeCloseTo(0);
  });

  test("of all in one of four groups leaves (groups - 1) / groups", () => {
    const curve = lorenz([7], 4);
    expect(curve).toEqual([
      { groups: 0, ties: 0 },
      { groups: 0.75, ties: 0 },
      { groups: 1, ties: 1 },
    ]);
    expect(gini(curve)).toBeCloseTo(0.75);
  });

  test("begins with the smallest, whatever their order", () => {
    expect(lorenz([3, 1], 2)).toEqual(lorenz([1, 3], 2));
    // By hand: shares 1/4 and 3/4 give a Gini coefficient of 1/4.
    expect(gini(lorenz([3, 1], 2))).toBeCloseTo(0.25);
  });

  test("of nothing is empty", () => {
    expect(lorenz([], 52)).toEqual([]);
  });
});
