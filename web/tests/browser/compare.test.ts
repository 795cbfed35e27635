import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { countOf, downloaded, shownAs } from "./atlas.ts";
import { open, queryApi, useBrowser } from "./browser.ts";

useBrowser();

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 2, name, exact: true });
const problems = (page: Page) => page.getByTestId("problems");
const address = (page: Page) => new URL(page.url()).search;

test("two states are chosen by select, and the address restores them", async () => {
  const page = await open("/compare");
  await page.getByRole("radio", { name: "States" }).check();
  await page.getByLabel("First state").selectOption({ label: "Oregon" });
  await problems(page).getByText("Choose what to compare Oregon with.").waitFor();
  await page.getByLabel("Second state").selectOption({ label: "Washington" });
  await heading(page, "Oregon and Washington").waitFor();
  expect(address(page)).toBe("?a=state:OR&b=state:WA");
  expect(await page.title()).toBe("Oregon and Washington · Sistergraph");
  const [oregon, washington] = [
    await countOf({ state: { code: { eq: "OR" } } }),
    await countOf({ state: { code: { eq: "WA" } } }),
  ];
  const facts = page.getByRole("row", { name: /^Partnerships \d/ });
  expect(await facts.getByRole("cell").allTextContents()).toEqual([shownAs(oregon), shownAs(washington)]);

  await page.getByRole("button", { name: "Swap" }).click();
  await heading(page, "Washington and Oregon").waitFor();
  await page.goBack();
  await heading(page, "Oregon and Washington").waitFor();
  await page.reload();
  await heading(page, "Oregon and Washington").waitFor();
  expect(await page.getByLabel("First state").inputValue()).toBe("state:OR");
});

test("shared and missing partner countries are those of the API, and the files have the same numbers", async () => {
  const page = await open("/compare?a=OR&b=WA");
  const partners = page.getByTestId("partners").first();
  await partners.waitFor();
  const { a, b } = await queryApi<
    Record<"a" | "b", { partnerships: { groups: { key: { label: string }[]; count: number }[] } }>
  >(
    'fragment G on State { partnerships { groups(by: COUNTRY) { key { label } count } } } { a: state(code: "OR") { ...G } b: state(code: "WA") { ...G } }',
  );
  const counts = [a, b].map(
    ({ partnerships }) => new Map(partnerships.groups.map(({ key, count }) => [key[0]?.label ?? "", count])),
  );
  const names = [...new Set(counts.flatMap((of) => [...of.keys()]))];
  const [both, onlyA, onlyB] = await Promise.all(
    [0, 1, 2].map(
      async (index) => await partners.locator(".lists section").nth(index).getByRole("rowheader").allTextContents(),
    ),
  );
  const [first, second] = counts;
  expect(both?.sort()).toEqual(names.filter((name) => first?.has(name) && second?.has(name)).sort());
  expect(onlyA?.sort()).toEqual(names.filter((name) => !second?.has(name)).sort());
  expect(onlyB?.sort()).toEqual(names.filter((name) => !first?.has(name)).sort());

  await partners.getByText("Table of partner countries").click();
  const csv = await downloaded(page, () => partners.getByRole("button", { name: /^Download as CSV/ }).click());
  expect(csv.name).toBe("partner-countries.csv");
  for (const name of names)
    expect(csv.text).toContain(`\r\n${name},${first?.get(name) ?? 0},${second?.get(name) ?? 0}\r\n`);
  const facts = await downloaded(page, () =>
    page.getByRole("button", { name: "Download as CSV: Side by side" }).click(),
  );
  expect(facts.text).toContain("Partner countries");
});

test("two figures are compared in words", async () => {
  const page = await open("/compare?a=aware-yes-west&b=figure:aware-yes");
  await heading(page, "These figures can be compared").waitFor();
  const { pair } = await queryApi<{ pair: { tests: { holds: string; zLow: number; zHigh: number }[] } }>(
    '{ pair: compare(a: "aware-yes-west", b: "aware-yes") { tests { holds zLow zHigh } } }',
  );
  const tests = page.getByTestId("test");
  expect(await tests.count()).toBe(pair.tests.length);
  expect(pair.tests[0]?.holds).toBe("FOR_EVERY_FEASIBLE_BASE");
  const text = await tests.first().textContent();
  expect(text).toContain("The difference is significant for every sample size that the published figures allow.");
  expect(text).toContain(`between ${pair.tests[0]?.zLow.toFixed(2)} and ${pair.tests[0]?.zHigh.toFixed(2)}`);
  expect(text).toContain("weights and design");

  const select = page.getByLabel("Second figure");
  const topic = select.locator("optgroup").filter({ has: page.locator('[value="figure:japan"]') });
  expect(await topic.getAttribute("label"), "figures are listed by topic").toBe("Numbers: Partnerships");
  await select.selectOption("figure:aware-yes-goods");
  await heading(page, "These figures cannot be compared").waitFor();
  await page.getByTestId("reasons").getByText("may overlap").waitFor();
});

test("places are found by name, and a name of several places asks which one", async () => {
  const page = await open("/compare?b=us-wa-seattle");
  await page.getByLabel("First place").fill("Portland");
  await page.keyboard.press("Enter");
  const choice = problems(page).getByRole("button", { name: "Portland, Oregon" });
  await choice.waitFor();
  await choice.click();
  await heading(page, "Portland and Seattle").waitFor();
  expect(address(page)).toBe("?a=city:us-or-portland&b=us-wa-seattle");
});

test("what the address has and the page cannot use is reported", async () => {
  const page = await open("/compare?a=Atlantis&b=OR&state=TX");
  await problems(page).getByText("There is no figure, state, country, or place called “Atlantis”.").waitFor();
  await problems(page).getByText("“state”, which this page does not use").waitFor();
  await page.goto("/compare?a=Japan&b=Oregon");
  await problems(page).getByText("Only two of the same kind can be compared.").waitFor();
  await page.goto("/compare?a=OR&b=us-or");
  await problems(page).getByText("Both sides are Oregon.").waitFor();
  await page.goto("/compare?a=IN");
  await problems(page).getByRole("button", { name: "India, country" }).click();
  await problems(page).getByText("Choose what to compare India with.").waitFor();
});

test("sides whose bases differ come with a warning", async () => {
  const page = await open("/compare?a=Guam&b=Oregon");
  const warning = page.getByTestId("bases");
  await warning.getByText("The population of Guam is unknown").waitFor();
  await warning.getByText("Guam is a territory, and Oregon is a state.").waitFor();
  await warning.getByText("Awareness was published for regions, not for states: the West.").waitFor();
});

test("a country without partnerships has none, rather than unknown years", async () => {
  const page = await open("/compare?a=country:JP&b=country:KP");
  await page.getByRole("heading", { name: /; North Korea has no partnership on record\.$/ }).waitFor();
  expect(await page.locator(".result").textContent()).not.toContain("0 of 0");
});

test("the panel of the atlas and the figures link to comparisons, and the panel to its page", async () => {
  const page = await open("/?select=country:JP");
  await page.getByRole("link", { name: "Page of Japan: sources, files, how to cite" }).click();
  await page.getByRole("heading", { name: "Cite this" }).first().waitFor();
  expect(new URL(page.url()).pathname).toBe("/country/JP");
  await page.goBack();
  await page.getByRole("link", { name: "Compare with another country" }).click();
  await problems(page).getByText("Choose what to compare Japan with.").waitFor();
  await page.goto("/figures#i02");
  await page
    .locator("#i02")
    .getByText(/published figures, with sources/)
    .click();
  await page
    .locator("#i02")
    .getByRole("link", { name: /^Compare/ })
    .first()
    .click();
  await problems(page).getByText("Choose what to compare").waitFor();
});

test("a comparison that fails can be tried again", async () => {
  const page = await open("/data");
  await page.route("**/graphql", (route) => route.fulfill({ json: { errors: [{ message: "out of order" }] } }));
  await page.goto("/compare?a=OR&b=WA");
  await page.getByRole("alert").getByText("out of order").waitFor();
  await page.unroute("**/graphql");
  await page.getByRole("button", { name: "Try again" }).click();
  await heading(page, "Oregon and Washington").waitFor();
});
