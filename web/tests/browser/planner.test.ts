import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { downloaded, shownAs } from "./atlas.ts";
import { open, queryApi, useBrowser } from "./browser.ts";

useBrowser();

interface Plan {
  plan: {
    improves: boolean;
    before: { gini: number };
    after: { gini: number };
    pairs: { us: { slug: string; name: string; state: { name: string } }; partner: { slug: string; name: string } }[];
  };
}
const planOf = async (args: string) =>
  (
    await queryApi<Plan>(
      `{ plan(${args}) { improves before { gini } after { gini } pairs { us { slug name state { name } } partner { slug name } } } }`,
    )
  ).plan;
const pairs = (page: Page) => page.getByTestId("plan-pairs").locator("> li");
const result = (page: Page) => page.getByTestId("plan-result");

test("the plan is that of the API, with concentration before and after", async () => {
  const page = await open("/planner");
  await pairs(page).first().waitFor();
  const plan = await planOf("size: 10, by: STATE");
  expect(await pairs(page).count()).toBe(plan.pairs.length);
  for (const [index, { us, partner }] of plan.pairs.entries()) {
    const text = await pairs(page).nth(index).locator("h3").textContent();
    expect(text).toContain(us.name);
    expect(text).toContain(partner.name);
  }
  const text = await result(page).textContent();
  expect(text).toContain(
    `${shownAs(plan.pairs.length)} new partnerships would spread partnerships more evenly over states.`,
  );
  expect(text).toContain(plan.before.gini.toFixed(3));
  expect(text).toContain(plan.after.gini.toFixed(3));
  // The table adds up to the plan.
  const gains = await page
    .getByTestId("plan-groups")
    .locator("tbody tr")
    .evaluateAll((rows) =>
      rows.map((row) => {
        const [today, planned] = [...row.querySelectorAll("td")].map(({ textContent }) => Number(textContent));
        return (planned ?? 0) - (today ?? 0);
      }),
    );
  expect(gains.reduce((sum, gain) => sum + gain, 0)).toBe(plan.pairs.length);
});

test("options change the plan and the address, and the back button undoes them", async () => {
  const page = await open("/planner");
  await pairs(page).first().waitFor();
  await page.getByLabel("New partnerships").fill("3");
  await page.getByLabel("New partnerships").press("Enter");
  await expect.poll(() => pairs(page).count()).toBe(3);
  await page.getByLabel("Only in these states").selectOption("KS");
  await page.getByLabel("Only with these countries").selectOption("JP");
  const plan = await planOf(
    'size: 3, by: STATE, us: { state: { code: { in: ["KS"] } } }, partner: { country: { code: { in: ["JP"] } } }',
  );
  for (const { us } of plan.pairs) expect(us.state.name).toBe("Kansas");
  await expect
    .poll(async () => (await pairs(page).allTextContents()).every((text) => text.includes("Japan")))
    .toBe(true);
  expect(new URL(page.url()).search).toBe("?size=3&states=KS&countries=JP");
  const address = page.url();
  await page.getByRole("button", { name: "Remove Japan" }).click();
  await page.waitForURL(/states=KS$/);
  await page.goBack();
  expect(page.url()).toBe(address);
  await expect
    .poll(async () => (await pairs(page).allTextContents()).every((text) => text.includes("Japan")))
    .toBe(true);
  // A size outside the limits is not accepted.
  await page.getByLabel("New partnerships").fill("101");
  await page.getByLabel("New partnerships").press("Tab");
  expect(await page.getByLabel("New partnerships").inputValue()).toBe("3");
});

test("a plan that does not improve the spread says so", async () => {
  const plan = await planOf("size: 10, by: PARTNER_COMMUNITY");
  expect(plan.improves).toBe(false);
  const page = await open("/planner?by=PARTNER_COMMUNITY");
  await result(page).getByText("would not spread partnerships more evenly over the communities").waitFor();
});

test("a plan with fewer pairs than requested says why, and offers others", async () => {
  const page = await open("/planner?countries=KP");
  await result(page).getByText("This dataset has no city or county in North Korea.").waitFor();
  // Nothing stands for pairs that do not exist.
  expect(await page.getByRole("heading", { name: "The pairs" }).count()).toBe(0);
  expect(await page.getByRole("application").count()).toBe(0);
  await result(page).getByRole("button", { name: "Mongolia" }).click();
  const { country } = await queryApi<{ country: { cities: { totalCount: number } } }>(
    '{ country(code: "MN") { cities(first: 0) { totalCount } } }',
  );
  await result(page).getByText(`only ${country.cities.totalCount} cities and counties in Mongolia.`).waitFor();
  expect(await pairs(page).count()).toBe(country.cities.totalCount);
  expect(await page.evaluate(() => document.activeElement?.tagName), "the focus moves to the result").toBe("H2");

  await page.getByRole("button", { name: "Remove Mongolia" }).click();
  await page.getByLabel("Only with these countries").selectOption("CN");
  await page.getByLabel("Only in these states").selectOption("TX");
  await result(page).getByText("A law rules them out:").waitFor();
  await result(page).getByRole("link", { name: "Texas Government Code 795.003 (House Bill 128 of 2025)" }).waitFor();
  await result(page).getByRole("button", { name: "Any state" }).click();
  await pairs(page).first().waitFor();
});

test("a pair shows its reasons, and the map shows it alone", async () => {
  const page = await open("/planner?size=5");
  const pair = pairs(page).first();
  await pair.getByText("Why this partner").click();
  await pair.getByText("All 8 reasons").waitFor();
  const button = pair.getByRole("button", { name: "Show on the map" });
  await button.click();
  expect(await button.getAttribute("aria-pressed")).toBe("true");
  const map = page.getByRole("application", { name: "Map of the planned partnerships" });
  await map.focus();
  await page.keyboard.press("Escape");
  expect(await button.getAttribute("aria-pressed")).toBe("false");
});

test("the pairs as CSV, and the query in the playground", async () => {
  const page = await open("/planner?size=4&by=COUNTRY");
  await pairs(page).nth(3).waitFor();
  const plan = await planOf("size: 4, by: COUNTRY");
  const { name, text } = await downloaded(page, () =>
    page.getByRole("button", { name: "Download the pairs as CSV" }).click(),
  );
  expect(name).toBe("plan.csv");
  const lines = text.trim().split("\r\n");
  expect(lines).toHaveLength(5);
  for (const [index, { us, partner }] of plan.pairs.entries())
    expect(lines[index + 1]).toMatch(new RegExp(`^${index + 1},${us.slug},.*,${partner.slug},`));
  await page.getByRole("link", { name: "See the query in the playground" }).click();
  await page.getByTestId("json").getByText(`"name": "${plan.pairs[0]?.us.name}"`).first().waitFor();
});

test("the planner works by keyboard", async () => {
  const page = await open("/planner");
  await pairs(page).first().waitFor();
  const by = page.getByLabel("Spread them over");
  await page.getByLabel("New partnerships").focus();
  await page.keyboard.press("Tab");
  expect(await by.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.type("Region");
  await result(page).getByText("over the four regions.").first().waitFor();
  await page.waitForURL(/by=REGION/);
});
