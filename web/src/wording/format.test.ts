import { expect, test } from "vitest";
import {
  formatCount,
  formatDate,
  formatDecimal,
  formatDifference,
  formatDistance,
  formatList,
  formatNumber,
  formatPercent,
  formatRate,
  pluralize,
} from "./format.ts";

test.each([
  [0, "0 partnerships"],
  [1, "1 partnership"],
  [2, "2 partnerships"],
  [1132, "1,132 partnerships"],
])("%d: %s", (value, text) => expect(formatCount(value, "partnership")).toBe(text));

test("irregular plurals are given", () => {
  expect(formatCount(1, "country", "countries")).toBe("1 country");
  expect(formatCount(45, "country", "countries")).toBe("45 countries");
  expect(pluralize(1, "city", "cities")).toBe("city");
  expect(pluralize(0, "city", "cities")).toBe("cities");
});

test("numbers", () => {
  expect(formatNumber(1251.6)).toBe("1,252");
  expect(formatDecimal(21.54)).toBe("21.5");
  expect(formatDecimal(1234.567, 2)).toBe("1,234.57");
  expect(formatPercent(0.254)).toBe("25%");
  expect(formatPercent(0.44, 1)).toBe("44.0%");
  expect([0, 0.00071, 5, 63.4].map(formatRate)).toEqual(["0", "0.00071", "5.0", "63"]);
  expect([1200, 0, -3.5].map((value) => formatDifference(value))).toEqual(["+1,200", "0", "−3.5"]);
  expect([1.3, 0, -0.00044].map((value) => formatDifference(value, 2))).toEqual(["+1.30", "0.00", "0.00"]);
  expect([38.2, 1.609].map(formatDistance)).toEqual(["24 miles (38 km)", "1 mile (2 km)"]);
});

test("lists", () => {
  expect([["A"], ["A", "B"], ["A", "B", "C"]].map(formatList)).toEqual(["A", "A and B", "A, B, and C"]);
});

test("dates are those of UTC", () => {
  expect(formatDate("2026-08-02T23:30:00Z")).toBe("August 2, 2026");
  expect(formatDate("2026-08-02")).toBe("August 2, 2026");
  expect(formatDate("2026")).toBe("2026");
});
