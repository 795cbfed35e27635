import { readFile } from "node:fs/promises";
import type { Download, Page } from "playwright-core";
import { ask } from "./browser.ts";

// What the tests of the atlas look for, and how.

/** What the API counts: of everything, of a state, of a country. */
export async function countOf(filter: Record<string, unknown> = {}): Promise<number> {
  const { partnerships } = await ask<{ partnerships: { totalCount: number } }>(
    "query ($filter: PartnershipFilter) { partnerships(filter: $filter, first: 0) { totalCount } }",
    { filter },
  );
  return partnerships.totalCount;
}
export const shownAs = (count: number) => count.toLocaleString("en-US");

export const panel = (page: Page) => page.locator("article.panel");
export const title = (page: Page, name: string) => panel(page).getByRole("heading", { level: 1, name, exact: true });
export const search = (page: Page) => page.getByRole("combobox", { name: /^Search/ });
export const found = (page: Page) => page.getByRole("listbox", { name: "Results" });
/** A filter that is chosen from a list; charts have labels with the same words. */
export const choice = (page: Page, name: string) => page.locator("#filters").getByLabel(name);
export const map = (page: Page) => page.getByRole("application", { name: /^Map/ });
/** Where the number of ties shown is told, once it is so many. */
export const shown = (page: Page, count: number) =>
  page.locator(".shown strong").filter({ hasText: new RegExp(`^${shownAs(count)}$`) });

/** Waits until the panel is of a place and says so many partnerships: its heading stays while other numbers come. */
export async function panelSays(page: Page, name: string, count: number): Promise<void> {
  await title(page, name).waitFor();
  await panel(page)
    .locator(".total b")
    .filter({ hasText: new RegExp(`^${shownAs(count)}$`) })
    .waitFor();
}

/** The file that the page hands over after `act`. */
export async function saved(page: Page, act: () => Promise<void>): Promise<{ name: string; text: string }> {
  const [download] = (await Promise.all([page.waitForEvent("download"), act()])) as [Download, void];
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}
