import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { shownAs } from "./atlas.ts";
import { open, queryApi, useBrowser } from "./browser.ts";

useBrowser();

const rows = (page: Page) => page.locator("tbody tr");
const total = (page: Page) => page.getByTestId("total");
const search = (page: Page) => new URL(page.url()).search;
const countOf = async (filter: string) =>
  (await queryApi<{ partnerships: { totalCount: number } }>(`{ partnerships(filter: ${filter}) { totalCount } }`))
    .partnerships.totalCount;

test("filters, sorting, columns, and pages are in the address, and the back button undoes them", async () => {
  const page = await open("/partnerships?state=california");
  const californian = await countOf('{ state: { code: { eq: "CA" } } }');
  await total(page).getByText(`${californian} partnerships`).waitFor();
  expect(await rows(page).count()).toBe(50);

  // The counts of a filter are those that its values would have.
  const oregon = page.getByTestId("facet-state").getByRole("checkbox", { name: /^Oregon/ });
  const oregonian = await countOf('{ state: { code: { eq: "OR" } } }');
  await page.getByTestId("facet-state").getByText(`Oregon ${oregonian}`).waitFor();
  await oregon.check();
  await total(page)
    .getByText(`${californian + oregonian} partnerships`)
    .waitFor();
  expect(search(page)).toBe("?state=CA,OR");

  await page.getByRole("button", { name: "Founded" }).click();
  await page.waitForURL(/sort=founded/);
  const oldest = await queryApi<{ partnerships: { nodes: { slug: string }[] } }>(
    '{ partnerships(filter: { state: { code: { in: ["CA", "OR"] } } }, orderBy: [{ field: ESTABLISHED_YEAR }], first: 51) { nodes { slug } } }',
  );
  const slugs = oldest.partnerships.nodes.map(({ slug }) => slug);
  const first = (slug = "") => rows(page).first().locator(`a[href="partnership/${slug}"]`);
  await first(slugs[0]).waitFor();

  await page.getByRole("button", { name: "Next" }).click();
  await first(slugs[50]).waitFor();
  const second = page.url();
  await page.getByText("Columns", { exact: true }).click();
  await page.getByRole("checkbox", { name: "Distance" }).check();
  await page.getByRole("columnheader", { name: "Distance" }).waitFor();
  await first(slugs[50]).waitFor();
  await page.goBack();
  expect(page.url()).toBe(second);
  await expect.poll(() => page.getByRole("columnheader", { name: "Distance" }).count()).toBe(0);
  await page.getByRole("button", { name: "Previous" }).click();
  await first(slugs[0]).waitFor();
});

test("on a phone, rows are blocks that fit, and a list sorts them", async () => {
  const page = await open("/partnerships?state=AK", { size: "phone" });
  const row = rows(page).first();
  await row.waitFor();
  expect((await row.innerText()).replaceAll(/\s+/g, " ")).toMatch(/Country .* Level .* Details Sources$/);
  const scroll = page.getByRole("region", { name: "Partnerships" });
  expect(await scroll.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  await page.getByLabel("Sort by").selectOption("Founded, descending");
  await page.waitForURL(/sort=-founded/);
  const { partnerships } = await queryApi<{
    partnerships: { nodes: { slug: string; us: { name: string }; partner: { name: string } }[] };
  }>(
    '{ partnerships(filter: { state: { code: { eq: "AK" } } }, orderBy: [{ field: ESTABLISHED_YEAR, direction: DESC }], first: 1) { nodes { slug us { name } partner { name } } } }',
  );
  const [newest] = partnerships.nodes;
  if (!newest) throw new Error("Alaska has no partnerships");
  await row.getByRole("link", { name: `Sources for ${newest.us.name} and ${newest.partner.name}` }).click();
  await page.waitForURL(`**/partnership/${newest.slug}`);
});

test("what an address says wrong is reported", async () => {
  const page = await open("/partnerships?contry=JP&level=town&utm_source=mail&fbclid=1");
  const problems = page.getByTestId("problems").locator("li");
  await problems.first().waitFor();
  expect(await problems.allTextContents()).toEqual([
    "“town” is not a value of the filter “Level”, so it is ignored.",
    "The address has the parameter “contry”, which this page does not use. Did you mean “country”?",
  ]);
});

test("the atlas has the filters of the table, and reports the same", async () => {
  const page = await open("/?state=oregon&country=Japan&contry=JP");
  await page.getByTestId("problems").getByText("Did you mean “country”?").waitFor();
  await page.locator("summary", { hasText: "Embed the map" }).click();
  const address = `${new URL(page.url()).origin}/embed/map?state=OR&amp;country=JP`;
  await page.getByTestId("embed-code").getByText(`<iframe src="${address}"`).waitFor();
  await page.getByRole("link", { name: "as a table" }).click();
  const both = await countOf('{ state: { code: { eq: "OR" } }, country: { code: { eq: "JP" } } }');
  await total(page).getByText(`${both} partnerships`).waitFor();
  expect(search(page)).toBe("?state=OR&country=JP");
  await page.goto("/?status=ended&corroboration=us-side");
  const ended = await countOf("{ status: [ENDED], corroboration: [US_SIDE] }");
  await page.getByRole("heading", { level: 1, name: `: ${ended} partnerships` }).waitFor();
  await page.getByRole("link", { name: "as a table" }).click();
  await total(page).getByText(`${ended} partnerships`).waitFor();
});

test("the headline counts every status", async () => {
  const page = await open("/partnerships");
  const [all, ended] = [await countOf("{}"), await countOf("{ status: [ENDED] }")];
  await total(page).getByText(`of which ${ended} have ended`).waitFor();
  expect(await total(page).textContent()).toBe(`${shownAs(all)} partnerships, of which ${ended} have ended`);
  // Places outside the regions have a line of their own, so that the numbers add up.
  const regions = await page.getByTestId("facet-region").locator(".count").allTextContents();
  expect(regions.reduce((sum, count) => sum + Number(count), 0)).toBe(all);
});

test("an unknown year is named, and can be chosen, also on a phone", async () => {
  const page = await open("/partnerships?decade=unknown", { size: "phone" });
  await rows(page).first().getByText("Founded unknown").waitFor();
  const undated = await countOf("{ establishedYear: { isNull: true } }");
  await page.getByTestId("facet-decade").locator("summary").click();
  await page
    .getByTestId("facet-decade")
    .getByText(`Year unknown ${shownAs(undated)}`)
    .waitFor();
});
