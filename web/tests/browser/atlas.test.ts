import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { fitMap } from "../../src/map/camera.ts";
import { pacificProjection } from "../../src/map/projection.ts";
import {
  countOf,
  filterSelect,
  map,
  matchingCount,
  panel,
  panelShows,
  results,
  search,
  shownAs,
  title,
} from "./atlas.ts";
import { expandNotation } from "../../src/figures/labels.ts";
import { open, queryApi, sizes, useBrowser } from "./browser.ts";

useBrowser();

test("a state selected in the list or on the map has as many partnerships as in the API", async () => {
  const page = await open("/?list=1");
  const oregon = await countOf({ state: { code: { eq: "OR" } } });
  await page
    .getByRole("row", { name: /^Oregon/ })
    .getByRole("button")
    .click();
  await panelShows(page, "Oregon", oregon);
  expect(
    await page
      .getByRole("row", { name: /^Oregon/ })
      .getByRole("cell")
      .last()
      .textContent(),
  ).toBe(shownAs(oregon));
  expect(new URL(page.url()).searchParams.get("select")).toBe("state:OR");

  // The camera centers the map on Kansas.
  const kansas = await countOf({ state: { code: { eq: "KS" } } });
  await page.goto("/?map=-98.40,38.50,8.00");
  await page.getByRole("heading", { level: 1, name: "Sister partnerships across the Pacific" }).waitFor();
  await expect
    .poll(async () => {
      await map(page).hover();
      return page.locator(".tooltip").allTextContents();
    })
    .toEqual([`Kansas: ${kansas} partnerships`]);
  await map(page).click();
  await panelShows(page, "Kansas", kansas);
});

test("no overlay covers Australia on the map, and the legend does not cover the list", async () => {
  for (const size of Object.keys(sizes) as (keyof typeof sizes)[]) {
    const page = await open("/?shade=count", { size });
    await matchingCount(page, await countOf()).waitFor();
    const frame = await map(page).boundingBox();
    if (!frame) throw new Error("no map");
    const { scale, left, top } = fitMap(frame.width, frame.height);
    for (const place of [
      [147, -42.2],
      [144, -37],
      [117, -32],
    ] as const) {
      const [x, y] = pacificProjection()([...place]) ?? [NaN, NaN];
      const at = [frame.x + left + x * scale, frame.y + top + y * scale] as const;
      expect(
        await page.evaluate(([x, y]) => document.elementFromPoint(x, y)?.closest("[role=application]") != null, at),
        `${place} on a ${size}`,
      ).toBe(true);
    }
  }
  const page = await open("/?list=1&shade=change&country=JP&level=CITY");
  await page.locator(".legend .decade").waitFor();
  const bottom =
    (await page
      .locator("section.legend")
      .boundingBox()
      .then((box) => box && box.y + box.height)) ?? Infinity;
  expect((await page.getByText("Sort by name").boundingBox())?.y).toBeGreaterThanOrEqual(bottom);
});

test("overview question: how many sister partnerships Oregon has in Japan", async () => {
  const page = await open("/");
  await page.getByRole("button", { name: "How many sister partnerships does Oregon have in Japan?" }).click();
  const inJapan = { state: { code: { eq: "OR" } }, country: { code: { eq: "JP" } } };
  const count = await countOf(inJapan);
  await page.getByRole("heading", { level: 1, name: `Oregon and Japan: ${count} partnerships` }).waitFor();
  const pairs = page.getByTestId("pairs").getByRole("button");
  expect(await pairs.count()).toBe(count);
  expect(await page.getByRole("heading", { name: "Where to start" }).count()).toBe(0);
  // The camera has moved to the partnerships.
  await page.getByRole("button", { name: "Show the whole map" }).and(page.locator(":enabled")).waitFor();
  const cities = await countOf({ ...inJapan, level: ["CITY"] });
  await page.getByRole("button", { name: "Cities", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: `Oregon and Japan, city level: ${cities} partnerships` }).waitFor();
  await pairs.filter({ hasText: "Portland – Sapporo" }).click();
  await title(page, "Portland – Sapporo").waitFor();

  // A table has what is too many to list.
  await page.goto("/?country=JP");
  const japan = await countOf({ country: inJapan.country });
  await page.getByRole("link", { name: `All ${japan} partnerships in a table` }).click();
  await page.waitForURL("**/partnerships?country=JP");
});

test("overview question: who misses what exists", async () => {
  const page = await open("/");
  await page.getByRole("link", { name: "Who is unaware of existing partnerships?" }).click();
  await page.getByRole("heading", { level: 1, name: "Who is unaware of existing partnerships?" }).waitFor();
  await page
    .getByTestId("ranking")
    .getByText("The West (46%) stands apart; the other three (25% to 28%) cannot be ranked.")
    .waitFor();
});

test("overview question: which published numbers contradict each other", async () => {
  const page = await open("/");
  const { reconciliation } = await queryApi<{ reconciliation: { finding: string }[] }>(
    "{ reconciliation(verdict: CONTRADICTS) { finding } }",
  );
  await page.getByRole("link", { name: "Which published numbers contradict each other?" }).click();
  const checks = page.getByTestId("check");
  await checks.first().waitFor();
  const findings = await checks.getByRole("heading").allTextContents();
  expect(findings.sort()).toEqual(reconciliation.map(({ finding }) => expandNotation(finding)).sort());
});

test("each filter, and all of them together, match as many partnerships as in the API", async () => {
  const page = await open("/");
  const all = await countOf();
  await matchingCount(page, all).waitFor();
  const decade = { gte: 1980, lt: 1990 };
  const filters: { set: (on: boolean) => Promise<unknown>; filter: Record<string, unknown> }[] = [
    { set: () => page.getByRole("button", { name: "Counties", exact: true }).click(), filter: { level: ["COUNTY"] } },
    {
      set: (on) => filterSelect(page, "Region").selectOption(on ? "WEST" : ""),
      filter: { state: { region: ["WEST"] } },
    },
    {
      set: (on) => filterSelect(page, "Country").selectOption(on ? "JP" : ""),
      filter: { country: { code: { eq: "JP" } } },
    },
    { set: (on) => filterSelect(page, "Founded").selectOption(on ? "1980" : ""), filter: { establishedYear: decade } },
    {
      set: (on) => filterSelect(page, "Founded").selectOption(on ? "unknown" : ""),
      filter: { establishedYear: { isNull: true } },
    },
  ];
  for (const { set, filter } of filters) {
    const count = await countOf(filter);
    expect(count).toBeLessThan(all);
    await set(true);
    await matchingCount(page, count).waitFor();
    await set(false);
    await matchingCount(page, all).waitFor();
  }
  const together = {
    level: ["CITY"],
    state: { region: ["WEST"] },
    country: { code: { eq: "JP" } },
    establishedYear: decade,
  };
  await page.getByRole("button", { name: "Cities", exact: true }).click();
  await filterSelect(page, "Region").selectOption("WEST");
  await filterSelect(page, "Country").selectOption("JP");
  await filterSelect(page, "Founded").selectOption("1980");
  await matchingCount(page, await countOf(together)).waitFor();
  const undated = await countOf({ country: { code: { eq: "JP" } }, establishedYear: { isNull: true } });
  await page.goto("/?country=JP");
  await page.getByText(`The founding year of ${shownAs(undated)} partnerships is unknown.`).waitFor();
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await matchingCount(page, all).waitFor();
});

test("search finds a city while typing and by an old spelling, and a result opens its panel", async () => {
  const page = await open("/");
  for (const { typed, name, slug } of [
    { typed: "Kob", name: "Kobe", slug: "jp-kobe" },
    { typed: "Pusan", name: "Busan", slug: "kr-busan" },
  ]) {
    const { city } = await queryApi<{ city: { name: string; partnerships: { totalCount: number } } }>(
      "query ($slug: String!) { city(slug: $slug) { name partnerships(first: 0) { totalCount } } }",
      { slug },
    );
    expect(city.name).toBe(name);
    await search(page).pressSequentially(typed);
    await results(page)
      .getByRole("option", { name: new RegExp(`^${name}`) })
      .first()
      .click();
    await panelShows(page, name, city.partnerships.totalCount);
    expect(new URL(page.url()).searchParams.get("select")).toBe(`city:${slug}`);
  }
  await panel(page).getByText("Also known as Pusan, 釜山").waitFor();
  await search(page).pressSequentially("Pusan");
  await results(page)
    .getByRole("option", { name: /^Busan also known as Pusan/ })
    .first()
    .waitFor();
  // A title that begins with the text comes before another name that does, which is given as the reason.
  await search(page).fill("Spring");
  await results(page)
    .getByRole("option", { name: /^Huntsville also known as Hunts Spring · Alabama/ })
    .waitFor();
  expect(await results(page).getByRole("option").first().innerText()).toMatch(/^Springfield/);
  await search(page).fill("Springfield");
  await results(page)
    .getByRole("option", { name: /^Springfield – Jining Partnership of Illinois and China/ })
    .waitFor();
  await search(page).fill("Beijing");
  await results(page)
    .getByRole("option", { name: /^Beijing Province-level municipality, China/ })
    .waitFor();
  await results(page)
    .getByRole("option", { name: /^Beijing City, China/ })
    .waitFor();
});

test("Enter before the results arrive chooses the first result", async () => {
  const page = await open("/");
  await matchingCount(page, await countOf()).waitFor();
  await search(page).focus();
  await page.keyboard.insertText("oregon");
  await page.keyboard.press("Enter");
  await title(page, "Oregon").waitFor();
  expect(await search(page).inputValue()).toBe("");
});

test("an address restores its view, and the back button undoes steps", async () => {
  let page = await open("/?list=1");
  const texas = await countOf({ state: { code: { eq: "TX" } } });
  const chosen = await countOf({ state: { code: { eq: "TX" } }, country: { code: { eq: "JP" } } });
  const inJapan = await countOf({ country: { code: { eq: "JP" } } });
  await page
    .getByRole("row", { name: /^Texas/ })
    .getByRole("button")
    .click();
  await panelShows(page, "Texas", texas);
  await filterSelect(page, "Country").selectOption("JP");
  await panelShows(page, "Texas", chosen);
  const address = page.url();
  await page.goBack();
  await panelShows(page, "Texas", texas);
  await page.goBack();
  await matchingCount(page, await countOf()).waitFor();
  expect(await panel(page).count()).toBe(0);
  await page.goForward();
  await panelShows(page, "Texas", texas);

  page = await open(address);
  await panelShows(page, "Texas", chosen);
  await matchingCount(page, inJapan).waitFor();
  expect(await filterSelect(page, "Country").inputValue()).toBe("JP");
  expect(
    await page
      .getByRole("row", { name: /^Texas/ })
      .getByRole("button", { pressed: true })
      .count(),
  ).toBe(1);
  expect(page.url()).toBe(address);
});

test("two clicks lead from the map to a running query", async () => {
  const page = await open("/?map=-98.40,38.50,8.00");
  await expect
    .poll(async () => {
      await map(page).hover();
      return page.locator(".tooltip").count();
    })
    .toBe(1);
  await map(page).click();
  const query = panel(page).getByRole("link", { name: "See the query in the playground" });
  await query.waitFor();
  expect((await query.boundingBox())?.y, "visible without scrolling").toBeLessThan(sizes.desktop.height / 2);
  await query.click();
  await page.getByTestId("json").getByText('"Kansas"').waitFor();
});

test("touch: two fingers zoom the map, one pans it, one scrolls the page over the whole map, and a tap selects", async () => {
  const page = await open("/?shade=count", { size: "phone" });
  await matchingCount(page, await countOf()).waitFor();
  const scrolled = () => page.evaluate(() => scrollY);
  const camera = () => new URL(page.url()).searchParams.get("map");
  const middle = await map(page).evaluate((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return { x: (left + right) / 2, y: (top + bottom) / 2 };
  });
  const drag = await fingers(page);

  await drag(
    [-20, 20].map((dx) => ({ x: middle.x + dx, y: middle.y })),
    [-60, 60].map((dx) => ({ x: middle.x + dx, y: middle.y })),
  );
  await expect.poll(camera).toMatch(/,3\.00$/);
  expect(await scrolled()).toBe(0);

  const zoomed = camera();
  await drag([middle], [{ x: middle.x - 30, y: middle.y - 80 }]);
  await expect.poll(camera).not.toBe(zoomed);
  expect(camera()).toMatch(/,3\.00$/);
  expect(await scrolled()).toBe(0);

  await drag(
    [-90, 90].map((dx) => ({ x: middle.x + dx, y: middle.y })),
    [-20, 20].map((dx) => ({ x: middle.x + dx, y: middle.y })),
  );
  await expect.poll(camera).toBeNull();
  expect(await scrolled()).toBe(0);

  await drag([middle], [{ x: middle.x, y: middle.y - 120 }]);
  await expect.poll(scrolled).toBeGreaterThan(60);
  expect(camera()).toBeNull();

  await page.goto("/?map=-98.40,38.50,8.00");
  await matchingCount(page, await countOf()).waitFor();
  await expect
    .poll(async () => {
      await page.touchscreen.tap(middle.x, middle.y);
      return panel(page).getByRole("heading", { level: 1 }).allTextContents();
    })
    .toEqual(["Kansas"]);
});

interface Point {
  x: number;
  y: number;
}

/** Returns a function that simulates fingers that touch the page, move, and are lifted. */
async function fingers(page: Page): Promise<(from: Point[], to: Point[]) => Promise<void>> {
  const devtools = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", points: Point[]) =>
    devtools.send("Input.dispatchTouchEvent", { type, touchPoints: points.map((point, id) => ({ ...point, id })) });
  return async (from, to) => {
    const steps = 10;
    const between = (share: number) =>
      from.map(({ x, y }, id) => ({ x: x + share * ((to[id]?.x ?? x) - x), y: y + share * ((to[id]?.y ?? y) - y) }));
    // Fingers touch down one after the other.
    for (let down = 1; down <= from.length; down += 1) await touch("touchStart", from.slice(0, down));
    for (let step = 1; step <= steps; step += 1) await touch("touchMove", between(step / steps));
    await touch("touchEnd", []);
  };
}

test("the focus moves to a useful element after a button disappears", async () => {
  const page = await open("/?select=state:OR&country=JP");
  const side = page.getByRole("complementary", { name: "Details" });
  /** Presses a button by keyboard. */
  async function press(name: string | RegExp, within = side): Promise<void> {
    await within.getByRole("button", { name }).first().focus();
    await page.keyboard.press("Enter");
  }
  const isFocused = (of: string) =>
    expect.poll(() => page.locator(of).evaluate((element) => element.contains(document.activeElement))).toBe(true);
  await title(page, "Oregon").waitFor();
  await press("Show all");
  await isFocused(".side");
  await press("Close");
  await page.getByRole("heading", { name: "Where to start" }).waitFor();
  await isFocused(".side");
  await press(/^Topeka/);
  await title(page, "Topeka").waitFor();
  await isFocused(".side");
  await page.keyboard.press("Tab");
  await isFocused(".panel");
  await filterSelect(page, "Country").selectOption("JP");
  await press("Clear", page.locator(".bar"));
  await matchingCount(page, await countOf()).waitFor();
  await isFocused("#filters");
});

test("the keyboard alone reaches the list and opens a place, and arrow keys work in search", async () => {
  const page = await open("/");
  await matchingCount(page, await countOf()).waitFor();
  const focused = page.locator(":focus");
  /** Presses Tab until the focused element has this text. */
  async function tabTo(name: string): Promise<void> {
    for (let steps = 0; steps < 60; steps += 1) {
      await page.keyboard.press("Tab");
      if ((await focused.textContent())?.trim() === name) return;
    }
    throw new Error(`60 presses of Tab do not reach "${name}"`);
  }
  await tabTo("List");
  await page.keyboard.press("Enter");
  await tabTo("California");
  await page.keyboard.press("Enter");
  await panelShows(page, "California", await countOf({ state: { code: { eq: "CA" } } }));

  await search(page).focus();
  await page.keyboard.type("Kobe");
  await results(page).getByRole("option", { name: /^Kobe/ }).first().waitFor();
  await page.keyboard.press("ArrowDown");
  expect(await results(page).getByRole("option", { selected: true }).innerText()).toContain("Kobe");
  await page.keyboard.press("Enter");
  await title(page, "Kobe").waitFor();
});
