import { readFile } from "node:fs/promises";
import type { Download, Page } from "playwright-core";
import { queryApi } from "./browser.ts";

// Helpers and locators for tests of the atlas.

/** Returns the number of partnerships that the API counts. */
export async function countOf(filter: Record<string, unknown> = {}): Promise<number> {
  const { partnerships } = await queryApi<{ partnerships: { totalCount: number } }>(
    "query ($filter: PartnershipFilter) { partnerships(filter: $filter, first: 0) { totalCount } }",
    { filter },
  );
  return partnerships.totalCount;
}
/** Formats a number as the pages do. */
export const shownAs = (count: number) => count.toLocaleString("en-US");

export const panel = (page: Page) => page.locator("article.panel");
export const title = (page: Page, name: string) => panel(page).getByRole("heading", { level: 1, name, exact: true });
export const search = (page: Page) => page.getByRole("combobox", { name: /^Search/ });
export const results = (page: Page) => page.getByRole("listbox", { name: "Results" });
/** A select element among the filters. Labels of charts use the same words, so the scope matters. */
export const filterSelect = (page: Page, name: string) => page.locator("#filters").getByLabel(name);
export const map = (page: Page) => page.getByRole("application", { name: /^Map/ });
/** The number of matching partnerships beside the filters, once it equals `count`. */
export const matchingCount = (page: Page, count: number) =>
  page.locator(".shown strong").filter({ hasText: new RegExp(`^${shownAs(count)}$`) });

/** Waits until the panel shows a place with this number of partnerships. The number may load after the heading. */
export async function panelShows(page: Page, name: string, count: number): Promise<void> {
  await title(page, name).waitFor();
  await panel(page)
    .locator(".total b")
    .filter({ hasText: new RegExp(`^${shownAs(count)}$`) })
    .waitFor();
}

/** Returns the file that the page downloads during `act`. */
export async function downloaded(page: Page, act: () => Promise<void>): Promise<{ name: string; text: string }> {
  const [download] = (await Promise.all([page.waitForEvent("download"), act()])) as [Download, void];
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}
