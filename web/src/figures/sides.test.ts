import { expect, test } from "vitest";
import { sidesOf } from "./sides.ts";

const check = (left: string, right: string, unit: string | null, ...values: number[]) =>
  sidesOf({
    left,
    right,
    unit,
    figures: values.map((value) => ({ quantity: { value } })),
  } as Parameters<typeof sidesOf>[0]);

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
