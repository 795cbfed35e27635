import { expect, test } from "vitest";
import { allowed, plain, plainSide, printed } from "./words.ts";

const of = (
  value: number | null,
  unit: string,
  qualifier: "EXACT" | "ROUNDED" | "MORE_THAN" | "MAJORITY" | "LESS_THAN",
  low: number | null,
  high: number | null,
) => ({
  quantity: { value, unit, qualifier, low, high },
});

test("figures read as they were printed", () => {
  expect(printed(of(1049, "partnerships", "EXACT", 1049, 1049))).toBe("1,049");
  expect(printed(of(33.8, "percent", "ROUNDED", 33.75, 33.85))).toBe("33.8%");
  expect(printed(of(735, "USD billion", "MORE_THAN", 735, null))).toBe("more than $735 billion");
  expect(printed(of(null, "percent", "MAJORITY", 50, null))).toBe("most");
  expect(printed(of(1, "rank", "EXACT", 1, 1))).toBe("rank 1");
});

test("what a figure may stand for", () => {
  expect(allowed(of(1049, "partnerships", "EXACT", 1049, 1049))).toBeNull();
  expect(allowed(of(46, "percent", "ROUNDED", 45.5, 46.5))).toBe("45.5 to 46.5");
  expect(allowed(of(1000, "partnerships", "MORE_THAN", 1000, null))).toBe("more than 1,000");
  expect(allowed(of(33.8, "percent", "LESS_THAN", null, 33.8))).toBe("less than 33.8");
});

test("shorthand is written out, and thousands are parted in the sides of a check", () => {
  expect(plain("They are shares of those who say yes: P(region | yes).")).toBe(
    "They are shares of those who say yes: share of “region” among “yes”.",
  );
  expect(plainSide("2833.09 to 2841.48 if it is of the 959")).toBe("2,833.09 to 2,841.48 if it is of the 959");
  expect(plainSide("P(yes | West) = 0.12345")).toBe("share of “yes” among “West” = 0.12345");
});
