import { readFile } from "node:fs/promises";
import type { Download, Page } from "playwright-core";
import { expect, test } from "vitest";
import { fitSheet } from "../../src/map/camera.ts";
import { pacificProjection } from "../../src/map/projection.ts";
import { ask, open, sizes, themes, useBrowser } from "./browser.ts";

useBrowser();

/** What the API counts: of everything, of a state, of a country. */
async function countOf(filter: Record<string, unknown> = {}): Promise<number> {
  const { partnerships } = await ask<{ partnerships: { totalCount: number } }>(
    "query ($filter: PartnershipFilter) { partnerships(filter: $filter, first: 0) { totalCount } }",
    { filter },
  );
  return partnerships.totalCount;
}
const shownAs = (count: number) => count.toLocaleString("en-US");

const panel = (page: Page) => page.locator("article.panel");
const title = (page: Page, name: string) => panel(page).getByRole("heading", { level: 1, name, exact: true });
const search = (page: Page) => page.getByRole("combobox", { name: /^Search/ });
const found = (page: Page) => page.getByRole("listbox", { name: "Results" });
/** A filter that is chosen from a list; charts have labels with the same words. */
const choice = (page: Page, name: string) => page.locator("#filters").getByLabel(name);
const map = (page: Page) => page.getByRole("application", { name: /^Map/ });
/** Where the number of ties shown is told, once it is so many. */
const shown = (page: Page, count: number) => page.locator(".shown strong").filter({ hasText: new RegExp(`^${shownAs(count)}$`) });

/** Waits until the panel is of a place and says so many partnerships: its heading stays while other numbers come. */
async function panelSays(page: Page, name: string, count: number): Promise<void> {
  await title(page, name).waitFor();
  await panel(page).locator(".total b").filter({ hasText: new RegExp(`^${shownAs(count)}$`) }).waitFor();
}

test("a state chosen from the list, and one by a click on the map, has as many partnerships as the API says", async () => {
  const page = await open("/?list=1");
  const oregon = await countOf({ state: { code: { eq: "OR" } } });
  await page.getByRole("row", { name: /^Oregon/ }).getByRole("button").click();
  await panelSays(page, "Oregon", oregon);
  expect(await page.getByRole("row", { name: /^Oregon/ }).getByRole("cell").last().textContent()).toBe(shownAs(oregon));
  expect(new URL(page.url()).searchParams.get("select")).toBe("state:OR");

  // The camera puts the middle of Kansas into the middle of the map.
  const kansas = await countOf({ state: { code: { eq: "KS" } } });
  await page.goto("/?map=-98.40,38.50,8.00");
  await page.getByRole("heading", { level: 1, name: "Sister partnerships across the Pacific" }).waitFor();
  await expect.poll(async () => {
    await map(page).hover();
    return page.locator(".tooltip").allTextContents();
  }).toEqual([`Kansas: ${kansas} partnerships`]);
  await map(page).click();
  await panelSays(page, "Kansas", kansas);
});

test("the legend hides no part of Australia on the map, and nothing of the list", async () => {
  const page = await open("/");
  const australia = await countOf({ country: { code: { eq: "AU" } } });
  await shown(page, await countOf()).waitFor();
  const frame = await map(page).boundingBox();
  if (!frame) throw new Error("no map");
  const { scale, left, top } = fitSheet(frame.width, frame.height);
  for (const place of [[147, -42.2], [144, -37], [117, -32]] as const) {
    const [x, y] = pacificProjection()([...place]) ?? [NaN, NaN];
    await page.mouse.move(0, 0);
    await expect.poll(async () => {
      await page.mouse.move(frame.x + left + x * scale, frame.y + top + y * scale);
      return page.locator(".tooltip").allTextContents();
    }, { message: String(place) }).toEqual([`Australia: ${australia} partnerships`]);
  }
  await page.goto("/?list=1&shade=change&country=JP&level=CITY");
  await page.locator(".legend .decade").waitFor();
  const bottom = (await page.locator("section.legend").boundingBox().then((box) => box && box.y + box.height)) ?? Infinity;
  expect((await page.getByText("By name rather than by number").boundingBox())?.y).toBeGreaterThanOrEqual(bottom);
});

test("the question of the overview: how many sister cities Oregon has in Japan", async () => {
  const page = await open("/");
  await page.getByRole("button", { name: "How many sister cities does Oregon have in Japan?" }).click();
  const inJapan = { state: { code: { eq: "OR" } }, country: { code: { eq: "JP" } } };
  const cities = await countOf({ ...inJapan, level: ["CITY"] });
  await panelSays(page, "Oregon", cities);
  expect(await panel(page).locator("details.tie").count()).toBe(cities);
  expect(await panel(page).locator(".total").textContent()).toContain(`of ${shownAs(await countOf({ state: inJapan.state }))}`);
  // With the ties of counties and of the state itself.
  await page.getByRole("group", { name: "Level of government" }).getByRole("button", { pressed: true }).click();
  await panelSays(page, "Oregon", await countOf(inJapan));
});

test("the question of the overview: which region knows least of its partnerships", async () => {
  const page = await open("/");
  const { regions } = await ask<{ regions: { name: string; respondentAggregates: { nodes: { percent: number }[] } }[] }>(
    '{ regions { name respondentAggregates(filter: { question: { eq: "aware" }, outcome: { dimension: AWARENESS, value: "YES" } }) { nodes { percent } } } }',
  );
  const known = regions.map(({ name, respondentAggregates }) => ({ name, percent: respondentAggregates.nodes[0]?.percent ?? 100 }));
  const [least] = known.sort((a, b) => a.percent - b.percent);
  await page.getByRole("link", { name: "Which region knows least of its partnerships?" }).click();
  const finding = page.locator("#regions .finding");
  await finding.waitFor();
  expect((await finding.textContent())?.toUpperCase()).toContain(`THE ${least?.name} KNOWS LEAST OF ITS PARTNERSHIPS: ${least?.percent}%`);
  await expect.poll(() => finding.evaluate((element) => element.getBoundingClientRect().bottom)).toBeLessThan(sizes.desktop.height / 2);
});

test("the question of the overview: which published numbers contradict each other", async () => {
  const page = await open("/");
  const { reconciliation } = await ask<{ reconciliation: { statement: string }[] }>("{ reconciliation(verdict: CONTRADICTS) { statement } }");
  await page.getByRole("link", { name: "Which published numbers contradict each other?" }).click();
  const checks = page.getByTestId("check");
  await checks.first().waitFor();
  const statements = await checks.getByRole("heading").allTextContents();
  expect(statements.sort()).toEqual(reconciliation.map(({ statement }) => statement).sort());
});

test("each filter leaves as many as the API's, and so do all together", async () => {
  const page = await open("/");
  const all = await countOf();
  await shown(page, all).waitFor();
  const decade = { gte: 1980, lt: 1990 };
  const filters: { set: (on: boolean) => Promise<unknown>; filter: Record<string, unknown> }[] = [
    { set: () => page.getByRole("button", { name: "County", exact: true }).click(), filter: { level: ["COUNTY"] } },
    { set: (on) => choice(page, "Region").selectOption(on ? "WEST" : ""), filter: { state: { region: ["WEST"] } } },
    { set: (on) => choice(page, "Country").selectOption(on ? "JP" : ""), filter: { country: { code: { eq: "JP" } } } },
    { set: (on) => choice(page, "Made in").selectOption(on ? "1980" : ""), filter: { establishedYear: decade } },
    { set: (on) => choice(page, "Made in").selectOption(on ? "unknown" : ""), filter: { establishedYear: { isNull: true } } },
  ];
  for (const { set, filter } of filters) {
    const count = await countOf(filter);
    expect(count).toBeLessThan(all);
    await set(true);
    await shown(page, count).waitFor();
    await set(false);
    await shown(page, all).waitFor();
  }
  const together = { level: ["CITY"], state: { region: ["WEST"] }, country: { code: { eq: "JP" } }, establishedYear: decade };
  await page.getByRole("button", { name: "City", exact: true }).click();
  await choice(page, "Region").selectOption("WEST");
  await choice(page, "Country").selectOption("JP");
  await choice(page, "Made in").selectOption("1980");
  await shown(page, await countOf(together)).waitFor();
  const undated = await countOf({ country: { code: { eq: "JP" } }, establishedYear: { isNull: true } });
  await page.goto("/?country=JP");
  await page.getByText(`The year is not known of ${shownAs(undated)}.`).waitFor();
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await shown(page, all).waitFor();
});

test("filters are said in words, also in the files of the charts, and what fits nothing says so", async () => {
  const page = await open("/?select=state:OR&country=JP&level=CITY#decades");
  const said = "city level, Japan";
  await panel(page).locator(".total").filter({ hasText: `: ${said}` }).waitFor();
  await page.locator(".legend").getByText(`Only ${said}.`).waitFor();
  await page.locator("#decades").getByText(`partnerships of every status: ${said}.`).waitFor();
  const { text } = await saved(page, () => page.locator("#decades").getByRole("button", { name: /^Download as SVG/ }).click());
  expect(text).toContain(said);

  await page.goto("/?level=COUNTY&country=JP&decade=1950");
  await page.getByText("No tie is recorded that fits: county level, Japan, made in the 1950s.").waitFor();
  await page.locator(".overview").getByRole("button", { name: "Show all" }).click();
  await shown(page, await countOf()).waitFor();
});

test("search finds a city as one types, and by an old spelling; a result opens its panel", async () => {
  const page = await open("/");
  for (const { typed, name, slug } of [
    { typed: "Kob", name: "Kobe", slug: "jp-kobe" },
    { typed: "Pusan", name: "Busan", slug: "kr-busan" },
  ]) {
    const { city } = await ask<{ city: { name: string; partnerships: { totalCount: number } } }>(
      "query ($slug: String!) { city(slug: $slug) { name partnerships(first: 0) { totalCount } } }",
      { slug },
    );
    expect(city.name).toBe(name);
    await search(page).pressSequentially(typed);
    await found(page).getByRole("option", { name: new RegExp(`^${name}`) }).first().click();
    await panelSays(page, name, city.partnerships.totalCount);
    expect(new URL(page.url()).searchParams.get("select")).toBe(`city:${slug}`);
  }
  await panel(page).getByText("Also 釜山").waitFor();
  await search(page).pressSequentially("Pusan");
  await found(page).getByRole("option", { name: /^Busan also Pusan/ }).first().waitFor();
});

test("who presses Enter before the results are there gets the first of them", async () => {
  const page = await open("/");
  await shown(page, await countOf()).waitFor();
  await search(page).focus();
  await page.keyboard.insertText("oregon");
  await page.keyboard.press("Enter");
  await title(page, "Oregon").waitFor();
  expect(await search(page).inputValue()).toBe("");
});

test("an address shows the same view to who opens it, and the back button goes back by steps", async () => {
  let page = await open("/?list=1");
  const texas = await countOf({ state: { code: { eq: "TX" } } });
  const chosen = await countOf({ state: { code: { eq: "TX" } }, country: { code: { eq: "JP" } } });
  const inJapan = await countOf({ country: { code: { eq: "JP" } } });
  await page.getByRole("row", { name: /^Texas/ }).getByRole("button").click();
  await panelSays(page, "Texas", texas);
  await choice(page, "Country").selectOption("JP");
  await panelSays(page, "Texas", chosen);
  const address = page.url();
  await page.goBack();
  await panelSays(page, "Texas", texas);
  await page.goBack();
  await shown(page, await countOf()).waitFor();
  expect(await panel(page).count()).toBe(0);
  await page.goForward();
  await panelSays(page, "Texas", texas);

  page = await open(address);
  await panelSays(page, "Texas", chosen);
  await shown(page, inJapan).waitFor();
  expect(await choice(page, "Country").inputValue()).toBe("JP");
  expect(await page.getByRole("row", { name: /^Texas/ }).getByRole("button", { pressed: true }).count()).toBe(1);
  expect(page.url()).toBe(address);
});

test("a chart has the API's numbers in its table and its files", async () => {
  const page = await open("/#countries");
  const { coverage } = await ask<{ coverage: { key: { label: string }; recorded: number; published: { quantity: { value: number } } | null }[] }>(
    "{ coverage(by: COUNTRY) { key { label } recorded published { quantity { value } } } }",
  );
  const numbers = coverage.map(({ key, recorded, published }) => [key.label, recorded, published?.quantity.value ?? null] as const);
  const written = (cell: string | number | null) => (typeof cell === "number" ? shownAs(cell) : (cell ?? ""));
  const chart = page.locator("#countries");
  await chart.getByRole("button", { name: "Table", exact: true }).click();
  const table = await chart.locator("tbody tr").evaluateAll((rows) => rows.map((row) => [...row.children].slice(0, 3).map((cell) => cell.textContent)));
  expect(table.sort()).toEqual(numbers.map((row) => row.map(written)).sort());

  const csv = await saved(page, () => chart.getByRole("button", { name: /^Download as CSV/ }).click());
  expect(csv.name).toBe("countries.csv");
  expect(csv.text.startsWith("\uFEFF"), "spreadsheets take it for UTF-8").toBe(true);
  for (const row of numbers) expect(csv.text).toContain(`\r\n${row.map((cell) => cell ?? "").join(",")},`);

  const svg = await saved(page, () => chart.getByRole("button", { name: /^Download as SVG/ }).click());
  expect(svg.name).toBe("countries.svg");
  // A page of its own, as the file is opened without the rules of the server.
  const alone = await page.context().newPage();
  const drawn = await alone.evaluate((text) => {
    const { documentElement } = new DOMParser().parseFromString(text, "image/svg+xml");
    return { root: documentElement.localName, broken: documentElement.querySelector("parsererror") !== null, text: documentElement.textContent };
  }, svg.text);
  expect(drawn).toMatchObject({ root: "svg", broken: false });
  for (const [name, recorded] of [...numbers].sort((a, b) => b[1] - a[1]).slice(0, 5)) {
    expect(drawn.text).toContain(name);
    expect(drawn.text).toContain(shownAs(recorded));
  }
  expect(svg.text, "colours stand in the file itself").not.toContain("var(");

});

test.each(Object.keys(sizes) as (keyof typeof sizes)[])("no text of a chart is cut off, on a %s and in its file", async (size) => {
  const page = await open("/", { size });
  await page.locator("#regions").scrollIntoViewIfNeeded();
  /** The texts of a drawing that reach beyond its sides. */
  const cutOff = (drawing: SVGElement | HTMLElement) => {
    const frame = drawing.getBoundingClientRect();
    const texts = [...drawing.querySelectorAll("text")].filter((text) => {
      const { left, right } = text.getBoundingClientRect();
      return left < frame.left - 1 || right > frame.right + 1;
    });
    return texts.map(({ textContent }) => textContent);
  };
  for (const chart of await page.locator("figure.chart").all()) {
    await chart.getByRole("button", { name: "Table", exact: true }).waitFor();
    expect(await chart.locator(".plot > svg").evaluate(cutOff)).toEqual([]);
    const { name, text } = await saved(page, () => chart.getByRole("button", { name: /^Download as SVG/ }).click());
    const alone = await page.context().newPage();
    await alone.setContent(text.replaceAll("Source Sans 3", "DejaVu Sans"));
    expect(await alone.locator("svg").first().evaluate(cutOff), name).toEqual([]);
    await alone.close();
  }
});

test("the curves of a chart are dashed in its key as they are drawn, and none is of the one country that is shown", async () => {
  const page = await open("/#concentration");
  const chart = page.locator("#concentration");
  await chart.getByText("Partner countries: Gini").waitFor();
  const dashes = (marks: string) => chart.locator(marks).evaluateAll((drawn) => drawn.map((mark) => mark.getAttribute("stroke-dasharray") ?? "none"));
  // The first is the diagonal.
  const drawn = (await dashes(".plot [aria-label=line]")).slice(1);
  expect(await dashes(".key path")).toEqual(drawn);
  expect(new Set(drawn).size).toBe(4);

  await page.goto("/?country=JP#concentration");
  await chart.getByText("Partner communities: Gini").waitFor();
  expect(await chart.getByText("Partner countries: Gini").count()).toBe(0);
});

test("from the map to a query that runs in two clicks", async () => {
  const page = await open("/?map=-98.40,38.50,8.00");
  await expect.poll(async () => {
    await map(page).hover();
    return page.locator(".tooltip").count();
  }).toBe(1);
  await map(page).click();
  const query = panel(page).getByRole("link", { name: "Open this query in the playground" });
  await query.waitFor();
  expect((await query.boundingBox())?.y, "in sight without scrolling").toBeLessThan(sizes.desktop.height / 2);
  await query.click();
  await page.locator(".graphiql-response").getByText('"Kansas"').waitFor();
});

test("with fingers: two enlarge the map, one then moves it, over the whole map one scrolls the page, and a touch selects", async () => {
  const page = await open("/", { size: "phone" });
  await shown(page, await countOf()).waitFor();
  const scrolled = () => page.evaluate(() => scrollY);
  const camera = () => new URL(page.url()).searchParams.get("map");
  const middle = await map(page).evaluate((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return { x: (left + right) / 2, y: (top + bottom) / 2 };
  });
  const drag = await fingers(page);

  await drag([-20, 20].map((dx) => ({ x: middle.x + dx, y: middle.y })), [-60, 60].map((dx) => ({ x: middle.x + dx, y: middle.y })));
  await expect.poll(camera).toMatch(/,3\.00$/);
  expect(await scrolled()).toBe(0);

  const enlarged = camera();
  await drag([middle], [{ x: middle.x - 30, y: middle.y - 80 }]);
  await expect.poll(camera).not.toBe(enlarged);
  expect(camera()).toMatch(/,3\.00$/);
  expect(await scrolled()).toBe(0);

  await drag([-90, 90].map((dx) => ({ x: middle.x + dx, y: middle.y })), [-20, 20].map((dx) => ({ x: middle.x + dx, y: middle.y })));
  await expect.poll(camera).toBeNull();
  expect(await scrolled()).toBe(0);

  await drag([middle], [{ x: middle.x, y: middle.y - 120 }]);
  await expect.poll(scrolled).toBeGreaterThan(60);
  expect(camera()).toBeNull();

  await page.goto("/?map=-98.40,38.50,8.00");
  await shown(page, await countOf()).waitFor();
  await expect.poll(async () => {
    await page.touchscreen.tap(middle.x, middle.y);
    return panel(page).getByRole("heading", { level: 1 }).allTextContents();
  }).toEqual(["Kansas"]);
});

interface Point { x: number; y: number }

/** Fingers that touch a page, move as the browser would see them move, and leave. */
async function fingers(page: Page): Promise<(from: Point[], to: Point[]) => Promise<void>> {
  const devtools = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", points: Point[]) =>
    devtools.send("Input.dispatchTouchEvent", { type, touchPoints: points.map((point, id) => ({ ...point, id })) });
  return async (from, to) => {
    const steps = 10;
    const between = (share: number) => from.map(({ x, y }, id) => ({ x: x + share * ((to[id]?.x ?? x) - x), y: y + share * ((to[id]?.y ?? y) - y) }));
    // Fingers come one after the other.
    for (let down = 1; down <= from.length; down += 1) await touch("touchStart", from.slice(0, down));
    for (let step = 1; step <= steps; step += 1) await touch("touchMove", between(step / steps));
    await touch("touchEnd", []);
  };
}

test("on paper and in files the colours are those of the light theme, whatever the screen shows", async () => {
  const seen: Record<string, { map: number[]; chart: string }> = {};
  for (const theme of themes) {
    const page = await open("/#countries", { theme });
    await page.locator("#countries").getByRole("button", { name: "Table", exact: true }).waitFor();
    let map: number[] | null = null;
    // The ground comes after the numbers; till then an empty map is printed.
    await expect.poll(async () => {
      await page.pdf();
      map = await page.locator(".map img").first().evaluate(middleOf);
      return map;
    }).not.toBeNull();
    const { text } = await saved(page, () => page.locator("#countries").getByRole("button", { name: /^Download as SVG/ }).click());
    seen[theme] = { map: map ?? [], chart: text };
  }
  expect(seen["dark"]).toEqual(seen["light"]);
});

test("where the system forces its colours, the map and its legend keep theirs", async () => {
  const page = await open("/");
  const colours = async () => {
    await page.goto("/");
    await shown(page, await countOf()).waitFor();
    const swatches = await page.locator(".swatch").evaluateAll((found) => found.map((swatch) => getComputedStyle(swatch).backgroundColor));
    const sea = await page.locator(".map canvas").first().evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      return [...((canvas as HTMLCanvasElement).getContext("2d")?.getImageData(width / 2, height * 0.7, 1, 1).data ?? [])];
    });
    return { swatches, sea };
  };
  await expect.poll(async () => (await colours()).sea[3]).toBe(255);
  const own = await colours();
  await page.emulateMedia({ forcedColors: "active" });
  await expect.poll(colours).toEqual(own);
});

/** The colour in the middle of an image, which is sea on a whole map; null where nothing is drawn. */
async function middleOf(image: SVGElement | HTMLElement): Promise<number[] | null> {
  if (!(image instanceof HTMLImageElement)) throw new Error("not an image");
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  context?.drawImage(image, 0, 0);
  const [red = 0, green = 0, blue = 0, alpha] = context?.getImageData(width / 2, height / 2, 1, 1).data ?? [];
  return alpha === 255 ? [red, green, blue] : null;
}

/** The file that the page hands over after `act`. */
async function saved(page: Page, act: () => Promise<void>): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]) as [Download, void];
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

test("by keyboard alone the list of places is reached, and a place is opened; search takes arrow keys", async () => {
  const page = await open("/");
  await shown(page, await countOf()).waitFor();
  const focused = page.locator(":focus");
  /** Moves on by the tab key until what has the focus is so called. */
  async function tabTo(name: string): Promise<void> {
    for (let steps = 0; steps < 60; steps += 1) {
      await page.keyboard.press("Tab");
      if ((await focused.textContent())?.trim() === name) return;
    }
    throw new Error(`${name} is not among what 60 presses of the tab key reach`);
  }
  await tabTo("List");
  await page.keyboard.press("Enter");
  await tabTo("California");
  await page.keyboard.press("Enter");
  await panelSays(page, "California", await countOf({ state: { code: { eq: "CA" } } }));

  await search(page).focus();
  await page.keyboard.type("Kobe");
  await found(page).getByRole("option", { name: /^Kobe/ }).first().waitFor();
  await page.keyboard.press("ArrowDown");
  expect(await found(page).getByRole("option", { selected: true }).innerText()).toContain("Kobe");
  await page.keyboard.press("Enter");
  await title(page, "Kobe").waitFor();
});
