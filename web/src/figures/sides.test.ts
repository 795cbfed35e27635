import { expect, test } from "vitest";
import { sidesOf } from "./sides.ts";

type Check = Parameters<typeof sidesOf>[0];

const check = (left: string, right: string, unit: string | null, ...values: number[]) =>
  sidesOf({ left, right, unit, finding: "", figures: values.map((value) => ({ quantity: { value } })) } as Check);

test("a side is computed or published, and has its unit and range", () => {
  expect(check("1046", "1049", "partnerships", 1000, 46, 1049)).toEqual([
    { label: "Computed", text: "1,046 partnerships", value: 1046, low: 1046, high: 1046 },
    { label: "Published", text: "1,049 partnerships", value: 1049, low: 1049, high: 1049 },
  ]);
  expect(check("277", "202", "partnerships", 277, 202).map(({ label }) => label)).toEqual(["Published", "Published"]);
  expect(check("125 (123 to 127)", "100", "percent", 46, 28, 26, 25)).toEqual([
    { label: "Computed", text: "125% (123% to 127%)", value: 125, low: 123, high: 127 },
    { label: "Limit", text: "100%", value: 100, low: 100, high: 100 },
  ]);
  expect(check("25.5 to 42.5", "20", "percent", 20)[0]).toMatchObject({ value: 25.5, low: 25.5, high: 42.5 });
  expect(check("not included", "included", null)[0]).toMatchObject({ label: "Published", value: null });
});

test("sides that are both computed or both published have the names that the finding gives them", () => {
  const labels = (check: Partial<Check>) =>
    sidesOf({ unit: "partnerships", figures: [], ...check } as Check).map(({ label }) => label);
  expect(
    labels({
      finding:
        "In the public sector, those who say yes would be 148 respondents, but goods leave room for 80.69: too few.",
      left: "148 (144.3 to 151.7)",
      right: "80.69 (74.98 to 86.54)",
      unit: "respondents",
    }),
  ).toEqual(["In the public sector, those who say yes", "Goods leave room for"]);
  expect(
    labels({
      finding:
        "China's count of 2019 is 1,277 partnerships, but its count of 2022 is 202: 1,075 partnerships too many.",
      left: "1277",
      right: "202",
    }),
    "a number is not found in a year that begins with it",
  ).toEqual(["China's count of 2019", "Its count of 2022"]);
  expect(
    labels({
      finding: "The share is 41% (40.5% to 41.5%), and most means more than 50%.",
      left: "41 (40.5 to 41.5)",
      right: "more than 50",
      unit: "percent",
    }),
  ).toEqual(["The share", "Most means"]);
});
