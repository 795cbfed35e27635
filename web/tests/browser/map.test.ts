import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { fitMap, placement, toTransform } from "../../src/map/camera.ts";
import { curveBetween } from "../../src/map/curve.ts";
import { type Point, pacificProjection } from "../../src/map/projection.ts";
import { countOf, map, matchingCount, panel, panelShows, shownAs, title } from "./atlas.ts";
import { open, queryApi, useBrowser } from "./browser.ts";

useBrowser();

/** An address with a camera opens the atlas without the story. */
const WHOLE_MAP = "?map=-178.00,20.00,1.00";

interface Partnership {
  slug: string;
  us: Place;
  partner: Place;
}
interface Place {
  name: string;
  location: { latitude: number; longitude: number };
}

async function partnershipOf(slug: string): Promise<Partnership> {
  const { partnership } = await queryApi<{ partnership: Partnership }>(
    "query ($slug: String!) { partnership(slug: $slug) { slug ...Ends } } fragment Ends on Partnership { us { name location { latitude longitude } } partner { name location { latitude longitude } } }",
    { slug },
  );
  return partnership;
}

/** Returns a point of the line of a partnership in pixels of the window, while the whole map is visible: where it is apart from others. */
async function pointOn(page: Page, { us, partner }: Partnership): Promise<Point> {
  const frame = await map(page).boundingBox();
  const projection = pacificProjection();
  const at = ({ location: { longitude, latitude } }: Place): Point => [longitude, latitude];
  const curve = curveBetween(projection, at(us), at(partner));
  if (!frame || !curve) throw new Error("not on the map");
  const fit = fitMap(frame.width, frame.height);
  const { scale, x, y } = placement(fit, toTransform(projection, fit, null, frame.width, frame.height));
  const share = 0.85;
  const along = (axis: 0 | 1) =>
    (1 - share) ** 2 * curve.from[axis] + 2 * share * (1 - share) * curve.control[axis] + share ** 2 * curve.to[axis];
  return [Math.round(frame.x + x + along(0) * scale), Math.round(frame.y + y + along(1) * scale)];
}

/** Returns a picture of a few pixels around a point of the window. */
const pictureAt = async (page: Page, [x, y]: Point) =>
  (await page.screenshot({ clip: { x: x - 2, y: y - 2, width: 5, height: 5 } })).toString("base64");

test("a line and its row light each other, and a click on the line opens the partnership", async () => {
  const partnership = await partnershipOf("or-portland--jp-sapporo");
  const page = await open(`/${WHOLE_MAP}&select=city:us-or-portland`);
  const row = panel(page)
    .locator("details.partnership")
    .filter({ hasText: new RegExp(`^\\s*${partnership.partner.name}`) });
  await row.waitFor();
  // The map may move a little while the page loads.
  let point: Point = [0, 0];
  await expect
    .poll(async () => {
      point = await pointOn(page, partnership);
      await page.mouse.move(point[0] - 1, point[1]);
      await page.mouse.move(...point);
      return page.locator(".tooltip").allTextContents();
    })
    .toEqual([expect.stringContaining(`Portland – ${partnership.partner.name}, since`)]);
  await expect.poll(() => row.getAttribute("class")).toContain("lit");

  await page.mouse.move(point[0], point[1] + 200);
  await expect.poll(() => row.getAttribute("class")).not.toContain("lit");
  const before = await pictureAt(page, point);
  await row.locator("summary").focus();
  await expect.poll(() => pictureAt(page, point)).not.toEqual(before);

  await page.mouse.click(...(await pointOn(page, partnership)));
  await title(page, `Portland – ${partnership.partner.name}`).waitFor();
  expect(new URL(page.url()).searchParams.get("select")).toBe(`tie:${partnership.slug}`);
  // The map has moved to the partnership by itself, and the address does not record what follows from the selection.
  await page.getByRole("button", { name: "Show the whole map" }).and(page.locator(":enabled")).waitFor();
  expect(new URL(page.url()).searchParams.get("map")).toBeNull();
  await page.getByRole("button", { name: "Show the whole map" }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get("map")).toMatch(/,1\.00$/);
});

test("a wide line names its state and country and opens their partnerships", async () => {
  const page = await open(`/${WHOLE_MAP}`);
  await matchingCount(page, await countOf()).waitFor();
  const { state, country } = await queryApi<Record<"state" | "country", Place>>(
    '{ state(code: "HI") { name location { latitude longitude } } country(code: "JP") { name location { latitude longitude } } }',
  );
  const count = await countOf({ state: { code: { eq: "HI" } }, country: { code: { eq: "JP" } } });
  let point: Point = [0, 0];
  await expect
    .poll(async () => {
      point = await pointOn(page, { slug: "", us: state, partner: country });
      await page.mouse.move(point[0] - 1, point[1]);
      await page.mouse.move(...point);
      return page.locator(".tooltip").allTextContents();
    })
    .toEqual([expect.stringContaining(`Hawaii – Japan: ${count} partnerships`)]);
  await page.mouse.click(...point);
  await panelShows(page, "Hawaii", count);
});

test("the year bar shows what existed in a year as the API counts it, and the address keeps the year", async () => {
  const page = await open(`/${WHOLE_MAP}`);
  await matchingCount(page, await countOf()).waitFor();
  const { partnerships } = await queryApi<{
    partnerships: { timeline: { year: number; existing: number; established: number; unknown: number }[] };
  }>("{ partnerships(first: 0) { timeline { year existing established unknown } } }");
  const rows = partnerships.timeline;
  const bar = page.getByRole("group", { name: "Year shown on the map" });
  const first = rows[0];
  if (!first) throw new Error("no years");
  await bar.getByRole("slider", { name: "Year" }).fill("1985");
  const row = rows.find(({ year }) => year === 1985);
  const text = `1985 ${shownAs(row?.existing ?? NaN)} existed, ${row?.established} founded that year. ${shownAs(first.unknown)} of unknown year are not shown.`;
  const shown = async () => (await bar.locator("p").innerText()).replace(/\s+/g, " ");
  await expect.poll(shown).toContain(text);
  expect(new URL(page.url()).searchParams.get("year")).toBe("1985");
  // The map shows as many partnerships of Japan as the API counts for that year.
  const inJapan = await countOf({ country: { code: { eq: "JP" } }, existedIn: { year: 1985 } });
  const { country } = await queryApi<{ country: Place }>(
    '{ country(code: "JP") { name location { latitude longitude } } }',
  );
  const [x, y] = await pointOn(page, { slug: "", us: country, partner: country });
  await page.mouse.move(x, y);
  await page.locator(".tooltip").getByText(`Japan: ${inJapan} partnerships`).waitFor();
  await page.reload();
  await expect.poll(shown).toContain(text);
  await bar.getByRole("button", { name: "All years" }).click();
  await expect.poll(() => new URL(page.url()).search).toBe(WHOLE_MAP);
});

test("the years play by themselves until the last one, and can be paused", async () => {
  const page = await open(`/${WHOLE_MAP}`, { motion: true });
  const { slider, year, button, first, last } = await yearBar(page);
  await button("Play the years").click();
  expect(await year()).toBe(first);
  await page.clock.runFor(3 * YEAR_MS);
  expect(await year()).toBe(first + 3);
  await button("Pause").click();
  await page.clock.runFor(10 * YEAR_MS);
  expect(await year(), "while paused").toBe(first + 3);
  await button("Play the years").click();
  await page.clock.runFor(YEAR_MS);
  expect(await year(), "after the pause").toBe(first + 4);
  // The reader takes over.
  await slider.fill(String(last - 2));
  await page.clock.runFor(10 * YEAR_MS);
  expect(await year(), "after the slider was moved").toBe(last - 2);
  await button("Play the years").click();
  await page.clock.runFor(10 * YEAR_MS);
  expect(await year()).toBe(last);
  await button("Play the years").click();
  expect(await year(), "played again").toBe(first);
});

test("with reduced motion, the year moves on by ten when the reader says so, and never by itself", async () => {
  const page = await open(`/${WHOLE_MAP}`);
  const { slider, year, button, first, last } = await yearBar(page);
  const later = button("Ten years later");
  for (const expected of [first, first + 10]) {
    await later.click();
    await page.clock.runFor(10 * YEAR_MS);
    expect(await year()).toBe(expected);
  }
  await slider.fill(String(last - 2));
  for (const expected of [last, first]) {
    await later.click();
    expect(await year()).toBe(expected);
  }
});

/** How long the time bar shows a year while it plays, in milliseconds. */
const YEAR_MS = 260;

/** Waits for the time bar, and stops the clock of the page, which then advances only with `page.clock.runFor`. */
async function yearBar(page: Page) {
  const bar = page.getByRole("group", { name: "Year shown on the map" });
  const slider = bar.getByRole("slider", { name: "Year" });
  await slider.waitFor();
  const bound = async (name: string) => Number(await slider.getAttribute(name));
  const [first, last] = [await bound("min"), await bound("max")];
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
  return {
    slider,
    first,
    last,
    year: async () => Number(await bar.locator("p b").innerText()),
    button: (name: string) => bar.getByRole("button", { name }),
  };
}

test("the key explains lines, widths, circles, and signs", async () => {
  const page = await open(`/${WHOLE_MAP}`);
  const key = page.getByTestId("map-key");
  await key.waitFor();
  for (const text of [
    "in a state or country",
    "between a state and a country",
    "one partnership",
    "ended",
    "dormant",
    "selected place",
  ])
    await key.getByText(text, { exact: true }).waitFor();
});
