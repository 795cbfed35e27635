import { expect, test } from "vitest";
import { downloaded } from "./atlas.ts";
import { open, queryApi, useBrowser } from "./browser.ts";

useBrowser();

interface Gaps {
  awareness: {
    key: { value: string | null };
    aware: { percent: number };
    gaps: { reading: string; gap: { value: number } | null; low: number; high: number }[];
  }[];
}
const QUERY =
  "query ($by: AwarenessDimension!) { awareness(by: $by) { key { value } aware { percent } gaps { reading gap { value } low high } } }";

const SECTIONS = [
  ["REGION", "gap-by-region"],
  ["EMPLOYER", "gap-by-sector"],
  ["TOTAL", "gap-overall"],
];

test.each(SECTIONS)("the gaps by %s are those of the API, in the table and in the file", async (by, id) => {
  const { awareness } = await queryApi<Gaps>(QUERY, { by });
  const gaps = awareness.flatMap(({ gaps }) => gaps);
  const page = await open(`/awareness#${id}`);
  const chart = page.locator(`#${id}`);
  await chart.getByRole("button", { name: "Table", exact: true }).click();
  const rows = await chart
    .locator("tbody tr")
    .evaluateAll((rows) => rows.map((row) => [...row.children].slice(2, 5).map((cell) => cell.textContent)));
  expect(rows).toEqual(gaps.map(({ gap, low, high }) => [gap ? String(gap.value) : "", String(low), String(high)]));
  const csv = await downloaded(page, () => chart.getByRole("button", { name: /^Download as CSV/ }).click());
  expect(csv.text.split("\r\n")).toHaveLength(gaps.length + 2);
});

test("each gap is said in words, and the unknown ones with their bounds", async () => {
  const page = await open("/awareness");
  for (const [by, id] of SECTIONS) {
    const { awareness } = await queryApi<Gaps>(QUERY, { by });
    const words = page.locator(`section[aria-labelledby="${id}-heading"]`).getByTestId("words");
    await words.waitFor();
    const text = await words.textContent();
    for (const { gap, low, high } of awareness.flatMap(({ gaps }) => gaps))
      expect(text).toContain(gap ? `${gap.value}% ` : `between ${low}% and ${high}% `);
  }
});

test("the regions are ranked only as their comparisons allow", async () => {
  const page = await open("/awareness");
  // The sections may load in any order.
  await page
    .getByTestId("ranking")
    .getByText("The West (46%) stands apart; the other three (25% to 28%) cannot be ranked.")
    .waitFor();
  await page
    .getByTestId("ranking")
    .getByText("This assumes that every respondent is in one of the four regions.")
    .waitFor();
  const counts = page.getByTestId("counts").filter({ hasText: "West" });
  const { regions } = await queryApi<{ regions: { partnerships: { totalCount: number } }[] }>(
    "{ regions { partnerships { totalCount } } }",
  );
  expect(await counts.getByRole("row").count()).toBe(regions.length + 1);
  for (const { partnerships } of regions) expect(await counts.textContent()).toContain(String(partnerships.totalCount));
});
