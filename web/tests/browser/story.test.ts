import { expect, test } from "vitest";
import { open, queryApi, useBrowser } from "./browser.ts";

useBrowser();

test("the map moves behind the sentences of the story, and each sentence leads to its evidence", async () => {
  const page = await open("/");
  const { partnerships, ended } = await queryApi<Record<"partnerships" | "ended", { totalCount: number }>>(
    "{ partnerships { totalCount } ended: partnerships(filter: { status: [ENDED] }) { totalCount } }",
  );
  const sentences = page.locator(".story-card > :is(h1, .story-sentence)");
  expect(await sentences.count()).toBe(5);
  expect(await sentences.first().textContent()).toMatch(
    RegExp(`^${partnerships.totalCount.toLocaleString("en-US")} sister partnerships link`),
  );
  expect(await sentences.last().textContent()).toMatch(
    RegExp(`^${ended.totalCount} partnerships are known to have ended`),
  );

  const step = () => page.locator(".story").getAttribute("data-step");
  const camera = () => page.locator(".story .camera").evaluate((element) => (element as SVGGElement).style.transform);
  await expect.poll(step).toBe("1");
  const whole = await camera();
  await sentences.nth(3).scrollIntoViewIfNeeded();
  await sentences.nth(3).evaluate((element) => element.scrollIntoView({ block: "center" }));
  await expect.poll(step).toBe("4");
  expect(await camera()).not.toBe(whole);
  expect(
    await page
      .locator(".story .in-4")
      .first()
      .evaluate((path) => Number(getComputedStyle(path).opacity)),
  ).toBeGreaterThan(
    await page
      .locator(".story .bundle:not(.in-4)")
      .first()
      .evaluate((path) => Number(getComputedStyle(path).opacity)),
  );

  const links = await page
    .locator(".story-links a")
    .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
  for (const link of new Set(links)) expect((await page.request.get(link)).status(), link).toBe(200);
});

test("an address with a view of the atlas opens it without the story", async () => {
  const page = await open("/?state=OR&utm_source=chat");
  await page
    .getByText(/^45 of/)
    .or(page.locator(".shown strong"))
    .first()
    .waitFor();
  expect(await page.locator(".story").count()).toBe(0);
  await page.goto("/?utm_source=chat");
  expect(await page.locator(".story").count()).toBe(1);
});

test("filters stay if the atlas cannot load, and a view without partnerships says what is near", async () => {
  const page = await open("/data");
  let isBroken = true;
  await page.route("**/graphql", (route) =>
    isBroken ? route.fulfill({ status: 200, json: { errors: [{ message: "out of order" }] } }) : route.continue(),
  );
  await page.goto("/?state=ME&country=IN&decade=1980");
  await page.getByRole("heading", { name: "The atlas could not load" }).waitFor();
  expect(await page.locator('label:has-text("State") select').inputValue()).toBe("ME");
  isBroken = false;
  await page.getByRole("button", { name: "Try again" }).first().click();
  await page.getByText("No partnerships match these filters: Maine, India, founded in the 1980s.").waitFor();
  const relaxed = page.getByTestId("relaxed").getByRole("listitem");
  // Without the decade, nothing matches either.
  expect(await relaxed.count()).toBe(2);
  const [first = ""] = await relaxed.allTextContents();
  await relaxed.first().getByRole("button").click();
  await expect.poll(() => page.locator(".shown strong").textContent()).toBe(/: (\d+)/.exec(first)?.[1]);
});
