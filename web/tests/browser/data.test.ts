import { expect, test } from "vitest";
import { open, queryApi, useBrowser } from "./browser.ts";

useBrowser();

test("the page shows the size of the dataset and cites its revision", async () => {
  const page = await open("/data");
  const { dataset } = await queryApi<{ dataset: { revision: string; partnerships: number; cities: number } }>(
    "{ dataset { revision partnerships cities } }",
  );
  const counts = await page.getByTestId("counts").textContent();
  for (const count of [dataset.partnerships, dataset.cities]) expect(counts).toContain(count.toLocaleString("en-US"));
  expect(await page.getByTestId("citation-Text").textContent()).toContain(dataset.revision);
  await page.getByRole("button", { name: "Copy the citation as BibTeX" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(dataset.revision);
});

test("the page shows what each survey does and does not disclose", async () => {
  const page = await open("/data#survey");
  const { surveys } = await queryApi<{ surveys: { disclosure: { item: string; value: string | null }[] }[] }>(
    "{ surveys { disclosure { item value } } }",
  );
  for (const [n, { disclosure }] of surveys.entries()) {
    const rows = page.getByTestId("disclosure").nth(n).getByRole("row");
    // What only one survey has is a note.
    const [items, notes] = [true, false].map((isShared) =>
      disclosure.filter(
        ({ item }) => surveys.every((survey) => survey.disclosure.some((other) => other.item === item)) === isShared,
      ),
    );
    for (const { item, value } of notes ?? []) await page.getByText(`${item}: ${value}.`).waitFor();
    for (const { item, value } of items ?? []) {
      const row = rows.filter({ has: page.getByRole("rowheader", { name: item, exact: true }) });
      expect(await row.getByRole("cell").textContent()).toBe(value ?? "not disclosed");
    }
  }
});

test("typing filters the sources", async () => {
  const page = await open("/data");
  const { dataset } = await queryApi<{ dataset: { sources: { slug: string }[] } }>("{ dataset { sources { slug } } }");
  const status = page.locator("section", { has: page.locator("#sources") }).getByRole("status");
  const count = dataset.sources.length.toLocaleString("en-US");
  expect(await status.textContent()).toBe(`${count} of ${count} sources`);
  await page.getByLabel("Find a source").fill("census population");
  expect(await page.getByTestId("sources").getByRole("listitem").allTextContents()).toEqual([
    expect.stringContaining("2020 Census"),
  ]);
});
