import { expect, test } from "vitest";
import { expandNotation, formatSide } from "../../src/figures/labels.ts";
import { formatNumber, inWords } from "../../src/wording/format.ts";
import { open, queryApi, sizes, useBrowser } from "./browser.ts";

useBrowser();

interface Reconciliation {
  reconciliation: {
    slug: string;
    statement: string;
    verdict: string;
    finding: string;
    unit: string | null;
    left: string;
    right: string;
    figures: { slug: string }[];
  }[];
}
const QUERY = "{ reconciliation { slug statement verdict finding unit left right figures { slug } } }";

test("every check of the API is shown with its verdict and both sides", async () => {
  const page = await open("/figures");
  const { reconciliation } = await queryApi<Reconciliation>(QUERY);
  await page.getByTestId("check").first().waitFor();
  expect(await page.getByTestId("check").count()).toBe(reconciliation.length);
  for (const { slug, statement, verdict, finding, unit, left, right } of reconciliation) {
    const check = page.locator(`#${slug}`);
    expect(await check.getAttribute("data-verdict")).toBe(verdict);
    const text = await check.textContent();
    const sides = [left, right].map((side) => formatSide(side, unit));
    for (const part of [...[finding, statement].map(expandNotation), ...sides]) expect(text, slug).toContain(part);
    expect(text, "statistical notation is spelled out").not.toContain("P(");
  }
});

test("the page leads with the contradictions, each with its numbers and a link to its check", async () => {
  const page = await open("/figures");
  const { reconciliation } = await queryApi<Reconciliation>(QUERY);
  const found = reconciliation.filter(({ verdict }) => verdict === "CONTRADICTS");
  const table = page.getByTestId("contradictions");
  await table.getByRole("heading", { name: `${found.length} contradictions` }).waitFor();
  await table.getByText("A contradiction is not always an error").waitFor();
  const rows = table.locator("tbody tr");
  expect(await rows.count()).toBe(found.length);
  for (const [index, { finding, unit, left, right }] of found.entries()) {
    const text = (await rows.nth(index).textContent()) ?? "";
    for (const part of [expandNotation(finding), formatSide(left, unit), formatSide(right, unit)])
      expect(text).toContain(part);
  }
  const { slug = "" } = found[0] ?? {};
  expect(await page.locator(`#${slug}`).getByText("Computed").isVisible(), "closed until it is chosen").toBe(false);
  await table.getByRole("link").first().click();
  await page.locator(`#${slug}`).getByText("Computed").waitFor();
  await page.getByRole("navigation", { name: "All checks, by topic" }).getByRole("link").nth(1).click();
  await page.getByRole("heading", { name: "Do the percentages follow from the counts?" }).waitFor();
});

test("the contradictions can be shown alone, and their number is the API's", async () => {
  const page = await open("/figures");
  const { reconciliation } = await queryApi<Reconciliation>(QUERY);
  const contradictions = reconciliation.filter(({ verdict }) => verdict === "CONTRADICTS");
  const conditional = contradictions.filter(({ finding }) => finding.includes("possible only if")).length;
  await page.getByText(`In ${inWords(conditional)} of these, both sides can be right`).waitFor();
  const button = page.getByTestId("show-CONTRADICTS");
  expect(await button.textContent()).toContain(String(contradictions.length));
  await button.click();
  expect(await page.getByTestId("check").count()).toBe(contradictions.length);
  await page.getByRole("button", { name: "Show all" }).click();
  expect(await page.getByTestId("check").count()).toBe(reconciliation.length);
});

test("an address can select the contradictions, and a link from one to an alternative reading shows it", async () => {
  const page = await open("/figures?verdict=CONTRADICTS");
  const { reconciliation } = await queryApi<Reconciliation>(QUERY);
  const contradictions = reconciliation.filter(({ verdict }) => verdict === "CONTRADICTS").map(({ slug }) => slug);
  await page.getByTestId("check").first().waitFor();
  await page.getByTestId("check").first().locator("summary").first().click();
  const shownChecks = () => page.getByTestId("check").evaluateAll((checks) => checks.map(({ id }) => id));
  expect((await shownChecks()).sort()).toEqual(contradictions.sort());

  const link = page.getByText("It would hold if:").first().getByRole("link").first();
  const target = (await link.getAttribute("href")) ?? "";
  expect(contradictions).not.toContain(target.slice(1));
  await link.click();
  await page.locator(target).waitFor();
  await expect
    .poll(() => page.locator(target).evaluate((check) => Math.round(check.getBoundingClientRect().top)))
    .toBeLessThan(sizes.desktop.height / 2);
  expect((await shownChecks()).length).toBe(reconciliation.length);

  await page.getByTestId("show-UNDETERMINED").click();
  await page.reload();
  await page.getByTestId("show-UNDETERMINED").and(page.locator("[aria-pressed=true]")).waitFor();
});

test("a check shows its figures with their sources and links to its query", async () => {
  const page = await open("/figures#i02");
  const check = page.locator("#i02");
  await check.getByText(/published figures, with sources/).click();
  expect(await check.getByRole("row").count()).toBe(6);
  expect(await check.textContent()).toContain("Source: ");
  const finding = (await check.getByRole("heading").textContent()) ?? "";
  await check.getByRole("link", { name: /See the query/ }).click();
  await page.getByTestId("json").getByText(finding).waitFor();
});

test("recorded counts are shown next to published counts", async () => {
  const page = await open("/figures");
  const { regions } = await queryApi<{
    regions: {
      name: string;
      all: { totalCount: number };
      ended: { totalCount: number };
      publishedStatistics: { nodes: { quantity: { value: number } }[] };
    }[];
  }>(`{ regions {
    name
    all: partnerships { totalCount }
    ended: partnerships(filter: { status: ENDED }) { totalCount }
    publishedStatistics(filter: { measure: PARTNERSHIP_COUNT }) { nodes { quantity { value } } }
  } }`);
  const table = page.getByTestId("coverage-REGION");
  await table.getByText("more recorded than published for all 4").click();
  for (const { name, all, ended, publishedStatistics } of regions) {
    const cells = await table.getByRole("row", { name }).getByRole("cell").allTextContents();
    const published = publishedStatistics.nodes[0]?.quantity.value ?? NaN;
    expect(cells.slice(0, 3)).toEqual([all.totalCount, ended.totalCount, published].map(formatNumber));
  }
});
